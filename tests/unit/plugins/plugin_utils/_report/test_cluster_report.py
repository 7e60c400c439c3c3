"""The report of a cluster, rendered with the role's own template from what real clusters said."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.plugin_utils._report.scope import Limits

from tests.unit.recorded_fleet import OUT_OF_REACH, WITH_FAILURES, WITHOUT_CONTROLLERS, entry
from tests.unit.rendered_report import report, section

FIRST_SCREEN = 60


@pytest.mark.parametrize("host", [WITHOUT_CONTROLLERS, WITH_FAILURES, OUT_OF_REACH])
class TestEveryReport:
    def test_tables_are_whole(self, host: str) -> None:
        for block in re.findall(r"(?:^\|.*\n)+", report(entry(host)), flags=re.MULTILINE):
            cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(cells) == 1, block

    def test_it_shows_no_python(self, host: str) -> None:
        assert not re.search(r"\bNone\b|\bTrue\b|\bFalse\b|\[\]|\{\{|__", report(entry(host)))

    def test_lines_end_and_blocks_are_apart(self, host: str) -> None:
        text = report(entry(host))
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert "\n\n\n" not in text
        assert not re.search(r"[^\n]\n#", text)

    def test_the_verdict_comes_first(self, host: str) -> None:
        cluster = entry(host)
        first = report(cluster).splitlines()[0]
        assert first.startswith(f"# {cluster['display_name']}: {cluster['verdict'].upper()} · ")

    def test_every_command_names_its_cluster(self, host: str) -> None:
        cluster = entry(host)
        commands = re.findall(r"^- (?:Look|Then).*?`(.*)`", report(cluster), flags=re.MULTILINE)
        assert all(f"--context {cluster['cluster']['context']} " in command for command in commands)
        assert bool(commands) == cluster["reachable"]


def test_ready_objects_are_not_listed() -> None:
    cluster = entry(WITH_FAILURES)
    text = report(cluster)
    listed = section(text, "Sources") + section(text, "Kustomizations") + section(text, "HelmReleases")
    names = {f"{item['kind']} {item['namespace']}/{item['name']}" for item in cluster["objects"]}
    shown = {name for name in names if f"| {name} " in listed}
    bad = {"failed", "stalled", "blocked"}
    assert shown == {
        f"{item['kind']} {item['namespace']}/{item['name']}" for item in cluster["objects"] if item["status"] in bad
    }


def test_what_matters_fits_the_first_screen() -> None:
    for host in (WITHOUT_CONTROLLERS, WITH_FAILURES):
        lines = report(entry(host)).splitlines()
        assert lines.index("## Do this first") < 15
        ends = [place for place, line in enumerate(lines) if line.startswith(("## Sources", "## Kustomizations"))]
        assert ends[0] < FIRST_SCREEN


def test_the_first_screen_holds_however_much_is_broken() -> None:
    cluster = entry(WITH_FAILURES)
    cluster["root_causes"] = [
        cause | {"name": f"{cause['name']}-{copy}", "group": f"{cause['group']}-{copy}"}
        for copy in range(40)
        for cause in cluster["root_causes"]
    ]
    text = report(cluster)
    assert "### 3." in text
    assert "### 4." not in text
    assert f"- {len({cause['group'] for cause in cluster['root_causes']}) - 7} more below" in text
    assert len(re.findall(r"^(?:### \d+\.|-) Kustomization demo/root-\d+ ", text, flags=re.MULTILINE)) == 40
    assert text.splitlines().index("## Suspended (1)") < FIRST_SCREEN


def test_a_cause_has_one_command_that_looks_and_one_that_acts() -> None:
    cluster = entry(WITH_FAILURES)
    acting = {"command": "ansible-playbook gitops.flux.reconcile_all --limit robbinsdale", "writes": True}
    cluster["root_causes"] = cluster["root_causes"][:1]
    looking = cluster["root_causes"][0]["commands"][0]
    cluster["root_causes"][0]["commands"] = [looking, acting, acting | {"command": "another"}]
    text = section(report(cluster), "Do this first")
    assert text.count("- Look: ") == 1
    assert "- Then: `ansible-playbook gitops.flux.reconcile_all --limit robbinsdale`   (writes)" in text
    assert "another" not in text


def test_the_way_out_stands_beside_them() -> None:
    cluster = entry(WITH_FAILURES)
    cluster["root_causes"] = cluster["root_causes"][:1]
    way_out = "ansible-playbook gitops.flux.helm_rollback --limit robbinsdale --check -e helm_rollback_name=web"
    cluster["root_causes"][0]["emergency"] = way_out
    text = section(report(cluster), "Do this first")
    assert f"- Emergency, what a rollback would do: `{way_out}`\n" in text


def test_log_lines_that_repeat_themselves_are_one_and_errors_are_not_pushed_out() -> None:
    line = {"controller": "source-controller", "pod": "p", "kind": "GitRepository", "namespace": "a", "name": "b"}
    error = [line | {"at": f"2026-11-21T09:0{minute}:00Z", "level": "error", "message": "refused"} for minute in (1, 2)]
    info = [line | {"at": f"2026-11-21T09:1{minute}:00Z", "level": "info", "message": f"{minute}"} for minute in (0, 1)]
    text = section(
        report(entry(WITH_FAILURES) | {"logs": [*info, *error]}, limits=Limits(logs=2)), "Log lines (2 of 3)"
    )
    assert re.findall(r"^\d\d:.*", text, flags=re.MULTILINE) == [
        "09:02 source-controller error GitRepository a/b (x2): refused",
        "09:11 source-controller info GitRepository a/b: 1",
    ]


def test_a_source_that_fails_says_what_is_at_risk() -> None:
    text = section(report(entry(WITH_FAILURES)), "Do this first")
    assert (
        "GitRepository demo/gone and 1 other cannot be fetched — 1 object waits for it, 4 objects at risk, all" in text
    )
    assert "- The same: GitRepository flux-system/flux-system" in text
    assert "- At risk: Kustomization flux-system/apps, flux-system/flux-system, flux-system/infra and 1 more" in text


def test_a_cause_says_what_waits_for_it() -> None:
    text = section(report(entry(WITH_FAILURES)), "Do this first")
    assert "Kustomization demo/root does not build — 2 objects wait for it" in text
    assert "- Waiting for it: Kustomization demo/leaf, demo/middle" in text


def test_what_is_new_fixed_and_still_there_stands_before_the_suspensions() -> None:
    def row(name: str) -> dict[str, str]:
        return {"cluster": "robbinsdale", "kind": "Kustomization", "namespace": "apps", "name": name}

    changes: dict[str, Any] = {"at": "02:12", "note": None, "not_compared": {}, "still": [], "fixed": [row("a")]}
    text = report(entry(WITH_FAILURES), changes=changes | {"new": [row(f"n{number}") for number in range(7)]})
    found = section(text, "Since the last run")
    assert "- New: Kustomization apps/n0, apps/n1, apps/n2, apps/n3, apps/n4 and 2 more" in found
    assert "- Fixed: Kustomization apps/a" in found
    assert "Still" not in found
    assert text.index("## Do this first") < text.index("## Since the last run") < text.index("## Suspended")
    assert "## Since the last run" not in report(entry(WITH_FAILURES))


def test_many_other_findings_do_not_push_out_what_matters() -> None:
    cluster = entry(WITH_FAILURES)
    cluster["findings"] += [
        {
            "code": "stale_source",
            "kind": "Bucket",
            "namespace": "a",
            "name": f"b{number}",
            "message": f"b{number} is stale",
        }
        for number in range(9)
    ]
    text = report(cluster)
    assert "- 6 more below" in section(text, "Also")
    assert "- b8 is stale" in section(text, "Further findings")


def test_a_failed_release_says_what_runs() -> None:
    text = section(report(entry(WITH_FAILURES), limits=Limits(causes=5)), "Do this first")
    assert re.search(r"- Running now: revision 2, chart 1\.0\.0 \(deployed \d\d:\d\d\)", text)


def test_a_failure_says_what_is_still_served_and_what_was_wanted() -> None:
    cluster = entry(WITH_FAILURES)
    root = next(row for row in cluster["objects"] if row["name"] == "root")
    assert "- No revision of it has ever been well" in report(cluster)
    root["revision"], root["attempted_revision"] = f"main@sha1:{'a' * 40}", f"main@sha1:{'b' * 40}"
    assert "- Still serving main@sha1:aaaaaaa, fails at main@sha1:bbbbbbb" in report(cluster)
    release = next(row for row in cluster["objects"] if row["kind"] == "HelmRelease" and row["status"] == "failed")
    release["attempted_revision"] = "2.0.0"
    assert re.search(r"Running now: .*, wanted 2\.0\.0", report(cluster, limits=Limits(causes=5)))


def test_a_controller_that_is_down_is_said_to_leave_its_objects_alone() -> None:
    text = report(entry(WITHOUT_CONTROLLERS))
    assert "Deployment flux-system/source-controller is not working — nobody looks after 4 objects" in text
    assert "**not ready**" in section(text, "Controllers")


def test_suspensions_say_who_why_and_that_they_are_overdue() -> None:
    text = section(report(entry(WITH_FAILURES)), "Suspended (1)")
    assert re.search(r"Kustomization demo/forgotten \(was \w+\) \| ops-user +\| disk \\\| swap +\| OPS-1423", text)
    assert "**overdue 2 d**" in text


def test_counts_put_what_is_at_risk_beside_what_is_ready() -> None:
    line = next(line for line in report(entry(WITH_FAILURES)).splitlines() if line.startswith("| Kustomizations"))
    assert [cell.strip() for cell in line.split("|")[2:6]] == ["4 (4 at risk)", "", "3", "1"]


def test_what_nobody_could_look_at_is_no_zero() -> None:
    cluster = entry(WITH_FAILURES)
    for kind in ("HelmRelease", "Bucket"):
        cluster["coverage"][kind] = {"state": "forbidden", "api_version": "v1", "count": None, "message": "no"}
    cluster["settings"][0] |= {"exists": None, "keys": []}
    text = report(cluster)
    assert re.search(r"^\| HelmReleases \(not seen\) ", text, flags=re.MULTILINE)
    assert re.search(r"^\| sources \(Bucket not seen\) ", text, flags=re.MULTILINE)
    assert "- Bucket, HelmRelease: forbidden for this user" in section(text, "Not seen")
    assert "cluster-settings: not seen" in section(text, "Settings")


def test_events_that_repeat_themselves_are_one_line() -> None:
    cluster = entry(WITHOUT_CONTROLLERS)
    events = [event for event in cluster["events"] if event["reason"] == "HealthCheckFailed"]
    assert len(events) > 1
    lines = [line for line in section(report(cluster), "Events").splitlines() if "HealthCheckFailed" in line]
    assert len(lines) == 1
    assert f"HealthCheckFailed x{sum(event['count'] for event in events)}" in lines[0]


def test_warnings_come_before_the_rest_and_the_number_is_limited() -> None:
    text = section(report(entry(WITHOUT_CONTROLLERS), limits=Limits(events=3)), "Events (3 of")
    kinds = re.findall(r"\| (Warning|Normal) ", text)
    assert kinds == ["Warning", "Warning", "Normal"]


def test_the_history_of_a_failed_release_is_shown_and_no_other() -> None:
    text = section(report(entry(WITH_FAILURES)), "Helm history of releases that are not ready")
    assert "demo/web" in text
    assert "dashboards" not in text


def test_foreign_text_breaks_neither_line_nor_table_nor_page() -> None:
    cluster = entry(WITH_FAILURES)
    nasty = "a|b\n## c `d` <script> **e** {{ 7 * 7 }}"
    for item in [*cluster["root_causes"], *cluster["objects"], *cluster["events"]]:
        item["message"] = nasty
    text = report(cluster)
    assert r"a\|b ## c \`d\` \<script> \*\*e\*\* {{ 7 * 7 }}" in text.replace(r"7 \* 7", "7 * 7")
    assert "\n## c" not in text
    assert "49" not in re.findall(r"a.{0,3}b.*", text)[0]


def test_a_double_says_so_before_anything_else() -> None:
    cluster = entry(WITH_FAILURES)
    sentence = "robbinsdale is the same cluster as ottawa (UID x)"
    cluster["findings"].insert(
        0, {"code": "wrong_cluster", "kind": None, "namespace": None, "name": None, "message": sentence}
    )
    text = report(cluster)
    assert text.splitlines()[0].startswith(f"# Robbinsdale: DEGRADED · {sentence}, 5 causes")
    assert text.index("## About the whole cluster") < text.index("## Do this first")


def test_several_kubeconfigs_are_exported_first() -> None:
    assert "`export KUBECONFIG='/etc/a b:/etc/c'`" in report(entry(WITH_FAILURES), kubeconfig="/etc/a b:/etc/c")
    assert "export KUBECONFIG" not in report(entry(WITH_FAILURES), kubeconfig="/etc/a")


def test_whose_work_it_is_stands_before_what_to_do() -> None:
    cluster = entry(WITH_FAILURES)
    assert "- Fix in Git: Build the path locally" in report(cluster)
    cluster["root_causes"][0]["handoff"] = "storage-ops"
    assert "- Mend: Build the path locally" in report(cluster)
    assert "- Hand over: storage-ops" in report(cluster)
