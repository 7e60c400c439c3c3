"""Every fault an object can have: its status, its cause, what waits for it, and no green where there is none."""

from __future__ import annotations

import pytest

from tests.integration.playbook import HOSTS, Health
from tests.testbed.bed import Bed

# Kind, name: status, flags that must be there, words of its message.
EXPECTED = {
    ("Kustomization", "broken/does-not-build"): ("failed", set(), "kustomize build failed"),
    ("Kustomization", "broken/chain-root"): ("failed", set(), "no-such-folder"),
    ("Kustomization", "broken/chain-middle"): ("blocked", set(), "chain-root"),
    ("Kustomization", "broken/chain-leaf"): ("blocked", set(), "chain-middle"),
    ("Kustomization", "broken/always-retrying"): ("failed", set(), "nobody-makes-this"),
    ("Kustomization", "broken/forgotten"): ("suspended", set(), ""),
    ("Kustomization", "broken/held-in-deletion"): ("terminating", {"stuck"}, "example.internal/nobody-removes-this"),
    ("HelmRelease", "broken/no-such-version"): ("blocked", set(), "broken-no-such-version"),
    ("HelmChart", "flux-system/broken-no-such-version"): ("stalled", set(), "9.9.9"),
    ("HelmRelease", "broken/refused-values"): ("failed", set(), "got number, want string"),
    ("HelmRelease", "broken/out-of-retries"): ("stalled", {"rolled_back"}, "spec.replicas"),
}

CAUSES = {
    "Kustomization/broken/does-not-build": [],
    "Kustomization/broken/chain-root": ["Kustomization/broken/chain-leaf", "Kustomization/broken/chain-middle"],
    "Kustomization/broken/always-retrying": [],
    "Kustomization/broken/held-in-deletion": [],
    "HelmChart/flux-system/broken-no-such-version": ["HelmRelease/broken/no-such-version"],
    "HelmRelease/broken/refused-values": [],
    "HelmRelease/broken/out-of-retries": [],
}
CLASSES = {
    "Kustomization/broken/does-not-build": "build",
    "Kustomization/broken/chain-root": "build",
    "Kustomization/broken/always-retrying": "health_check",
    "Kustomization/broken/held-in-deletion": "terminating",
    "HelmChart/flux-system/broken-no-such-version": "chart_missing",
    "HelmRelease/broken/refused-values": "values",
    "HelmRelease/broken/out-of-retries": "retries_exceeded",
}


def test_the_cluster_is_degraded_and_the_others_are_healthy_and_complete(checked: Health) -> None:
    assert checked.rc == 2
    assert checked.verdicts() == {"ottawa": "degraded", "robbinsdale": "healthy", "stpetersburg": "healthy"}
    assert checked.fleet["verdict"] == "degraded"
    assert {host: checked.recap(host)["failed"] for host in HOSTS} == {"ottawa": 1, "robbinsdale": 0, "stpetersburg": 0}
    for host in ("robbinsdale", "stpetersburg"):
        assert checked.is_whole(host)
        assert ": healthy · 1" in checked.report(host).splitlines()[0]


@pytest.mark.parametrize(("kind", "name"), EXPECTED)
def test_status_and_words(checked: Health, kind: str, name: str) -> None:
    status, flags, words = EXPECTED[kind, name]
    record = checked.record("ottawa", kind, name)
    assert record["status"] == status, record
    assert flags <= set(record["flags"])
    assert words in record["message"]


def test_nothing_that_was_broken_is_shown_as_good(checked: Health) -> None:
    broken = [record for record in checked.cluster("ottawa")["objects"] if record["namespace"] == "broken"]
    good = {record["name"] for record in broken if record["status"] in ("ready", "progressing")}
    assert good == {"scene"}


def test_each_cause_stands_once_with_everything_that_waits_for_it(checked: Health) -> None:
    causes = checked.causes("ottawa")
    assert {name: cause["victims"] for name, cause in causes.items()} == CAUSES
    assert causes["Kustomization/broken/chain-root"]["freed_alone"] == 2
    for cause in causes.values():
        writes = [command["writes"] for command in cause["commands"]]
        assert writes, "no command"
        assert writes == sorted(writes), "what reads stands first"
        assert all(cause[key] for key in ("evidence", "meaning", "remedy", "group"))


def test_each_cause_has_its_class(checked: Health) -> None:
    assert {name: cause["class"] for name, cause in checked.causes("ottawa").items()} == CLASSES


def test_what_frees_most_stands_first(checked: Health) -> None:
    first = checked.cluster("ottawa")["root_causes"][0]
    assert (first["kind"], first["name"]) == ("Kustomization", "chain-root")
    headings = [line for line in checked.report("ottawa").splitlines() if line.startswith("### 1.")]
    assert ["chain-root" in line and "2 objects wait for it" in line for line in headings] == [True]


@pytest.mark.parametrize("name", [name.rpartition("/")[2] for name in CAUSES])
def test_the_report_names_every_cause(checked: Health, name: str) -> None:
    text = checked.report("ottawa")
    assert text.startswith("# Ottawa: DEGRADED")
    assert name in text.partition("## Do this first")[2].partition("## Suspended")[0]


def test_the_fleets_report_names_the_worst_and_says_how_many_more(checked: Health) -> None:
    text = checked.report("fleet")
    assert text.startswith("# Fleet: 2 healthy, 1 degraded")
    assert all(name in text for name in ("chain-root", "broken-no-such-version", "out-of-retries"))
    assert "4 more causes in its own report" in text


def test_every_command_names_its_context(checked: Health, bed: Bed) -> None:
    causes = checked.cluster("ottawa")["root_causes"]
    commands = [each["command"] for cause in causes for each in cause["commands"]]
    aims = ("--context talos-ottawa", "--kube-context talos-ottawa")
    assert all(any(aim in command for aim in aims) for command in commands), commands
    assert all(f"--kubeconfig {bed.kubeconfig}" in command for command in commands), commands
    assert causes[0]["commands"][0]["command"] in checked.report("ottawa")


def test_a_release_out_of_retries_says_what_runs(checked: Health) -> None:
    record = checked.record("ottawa", "HelmRelease", "broken/out-of-retries")
    assert record["reason"] == "RetriesExceeded"
    assert (record["running"]["chart"], record["running"]["chart_version"]) == ("demo-web", "1.0.0")
    assert record["running"]["status"] == "deployed"
    assert "Running now: revision" in checked.report("ottawa")


def test_a_forgotten_suspension_is_overdue_and_says_whose_it_is(checked: Health) -> None:
    (suspension,) = checked.cluster("ottawa")["suspensions"]
    expected = {
        "name": "forgotten", "by": "ops-user", "reason": "disk swap", "ticket": "OPS-1423", "change": "CHG-7",
        "until": "2026-01-31T00:00:00Z", "overdue": True,
    }  # fmt: skip
    assert expected.items() <= suspension.items()
    assert any("forgotten is still suspended by ops-user" in reason for reason in checked.cluster("ottawa")["reasons"])
    row = next(line for line in checked.report("ottawa").splitlines() if line.startswith("| Kustomization broken/forg"))
    assert all(word in row for word in ("ops-user", "disk swap", "OPS-1423", "**overdue"))


def test_what_is_held_in_deletion_says_by_what(checked: Health) -> None:
    record = checked.record("ottawa", "Kustomization", "broken/held-in-deletion")
    assert "example.internal/nobody-removes-this" in record["finalizers"]
    assert "Kustomization broken/held-in-deletion is stuck" in checked.report("ottawa")


def test_the_counts_agree_everywhere(checked: Health) -> None:
    counts = dict(checked.cluster("ottawa")["summary"]["by_status"])
    well = counts.pop("ready") + counts.pop("progressing", 0)
    assert counts == {"failed": 4, "blocked": 3, "stalled": 2, "suspended": 1, "terminating": 1}
    assert well + sum(counts.values()) == len(checked.cluster("ottawa")["objects"])
    assert "7 causes" in checked.report("ottawa").splitlines()[0]


def test_warnings_and_log_lines_of_what_fails_are_shown(checked: Health) -> None:
    entry = checked.cluster("ottawa")
    warned = {event["name"] for event in entry["events"] if event["type"] == "Warning"}
    assert {"does-not-build", "out-of-retries", "broken-no-such-version"} <= warned
    logged = {line["name"] for line in entry["logs"]}
    assert "does-not-build" in logged
