"""The report of a cluster, rendered with the role's own template from what real clusters said."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.plugin_utils._report.cluster_view import cluster_view
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import rendered
from ansible_collections.gitops.flux.plugins.plugin_utils._report.objects import by_cost
from ansible_collections.gitops.flux.plugins.plugin_utils._report.scope import Limits, Scope

from tests.unit.recorded_fleet import OUT_OF_REACH, TEMPLATES, WITH_FAILURES, WITHOUT_CONTROLLERS, entry

FIRST_SCREEN = 60


def report(cluster: dict[str, Any], **options: Any) -> str:
    view = cluster_view(cluster, **{"scope": Scope(), "limits": Limits(), **options})
    return rendered(TEMPLATES / "cluster.md.j2", view)


def healthy() -> dict[str, Any]:
    """The recorded cluster as it would be without what fails."""
    cluster = entry(WITH_FAILURES)
    objects = [item for item in cluster["objects"] if item["namespace"] != "demo"]
    objects = [item | {"status": "ready", "flags": []} for item in objects if "no-such" not in item["name"]]
    nothing: dict[str, Any] = {"root_causes": [], "findings": [], "reasons": [], "suspensions": [], "stale_sources": []}
    return cluster | nothing | {"verdict": "healthy", "objects": objects}


def changes(**found: Any) -> dict[str, Any]:
    return {"at": "02:12", "note": None, "new": [], "fixed": [], "still": [], "not_compared": {}} | found


def section(text: str, title: str) -> str:
    match = re.search(rf"^## {re.escape(title)}.*?(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert match, f"no section {title} in\n{text}"
    return match[0]


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
        cause | {"name": f"{cause['name']}-{copy}"} for copy in range(40) for cause in cluster["root_causes"]
    ]
    text = report(cluster)
    assert "### 5." in text
    assert "### 6." not in text
    assert f"- {len(cluster['root_causes']) - 10} more below" in text
    assert len(re.findall(r"^(?:### \d+\.|-) Kustomization demo/root-\d+ ", text, flags=re.MULTILINE)) == 40
    assert text.splitlines().index("## Suspended (1)") < FIRST_SCREEN


def test_a_cause_has_one_command_that_looks_and_one_that_acts() -> None:
    cluster = entry(WITH_FAILURES)
    acting = {"command": "ansible-playbook gitops.flux.reconcile_all --limit robbinsdale", "writes": True}
    cluster["root_causes"] = cluster["root_causes"][:1]
    cluster["root_causes"][0]["commands"] += [acting, acting | {"command": "another"}]
    text = section(report(cluster), "Do this first")
    assert text.count("- Look: ") == 1
    assert "- Then: `ansible-playbook gitops.flux.reconcile_all --limit robbinsdale`   (writes)" in text
    assert "another" not in text


def test_causes_that_hold_up_more_come_first_and_controllers_before_all() -> None:
    cluster = entry(WITH_FAILURES)
    controller = entry(WITHOUT_CONTROLLERS)["root_causes"][-1] | {"kind": "Deployment", "victims": []}
    ordered = by_cost([*cluster["root_causes"], controller], cluster["objects"])
    assert [(cause["kind"], cause["name"]) for cause in ordered[:4]] == [
        ("Deployment", controller["name"]),
        ("GitRepository", "flux-system"),
        ("Kustomization", "root"),
        ("HelmChart", "demo-no-such-version"),
    ]


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
        "GitRepository flux-system/flux-system cannot be fetched — 4 objects at risk, all still running main@sha1:"
        in text
    )
    assert "- At risk: Kustomization flux-system/apps, flux-system/flux-system, flux-system/infra and 1 more" in text


def test_a_cause_says_what_waits_for_it() -> None:
    text = section(report(entry(WITH_FAILURES)), "Do this first")
    assert "Kustomization demo/root fails — 2 objects wait for it" in text
    assert "- Waiting for it: Kustomization demo/leaf, demo/middle" in text


def test_a_failed_release_says_what_runs() -> None:
    text = section(report(entry(WITH_FAILURES)), "Do this first")
    assert re.search(r"- Running now: revision 2, chart 1\.0\.0 \(deployed \d\d:\d\d\)", text)


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


class TestUnreachable:
    def test_it_says_why_and_claims_nothing(self) -> None:
        text = report(entry(OUT_OF_REACH))
        assert "UNREACHABLE · connection refused by 127.0.0.1:9" in text.splitlines()[0]
        assert "does not count as healthy" in text
        assert "ready" not in text

    def test_it_says_what_to_try(self) -> None:
        text = section(report(entry(OUT_OF_REACH)), "Try this")
        assert "`curl -ksS -m 5 https://127.0.0.1:9/version`" in text
        assert "`kubectl --context talos-stpetersburg --request-timeout 10s auth whoami`" in text

    def test_a_hint_comes_first(self) -> None:
        cluster = entry(OUT_OF_REACH) | {"hint": "Log in again."}
        assert "## Try this\n\n- Log in again.\n" in report(cluster)

    def test_even_without_a_target_it_is_a_report(self) -> None:
        cluster = entry(OUT_OF_REACH)
        cluster["cluster"] = {"context": None, "server": None, "uid": None}
        assert "UNREACHABLE" in report(cluster)


class TestHealthy:
    def test_it_is_short_about_it(self) -> None:
        first = report(healthy()).splitlines()[0]
        assert re.fullmatch(r"# Robbinsdale: healthy · \d+ objects ready", first)
        assert "## Do this first" not in report(healthy())

    def test_suspensions_and_known_failures_are_said_all_the_same(self) -> None:
        cluster = healthy()
        cause = entry(WITH_FAILURES)["root_causes"][0] | {"known": {"ticket": "OPS-7", "until": "2026-12-24T00:00:00Z"}}
        pause = entry(WITH_FAILURES)["suspensions"][0] | {"overdue": False, "until": None}
        text = report(cluster | {"known_failures": [cause], "suspensions": [pause]})
        assert "ready, 1 suspended, 1 known failure not counted" in text.splitlines()[0]
        assert "(OPS-7, until 2026-12-24T00:00:00Z)" in section(text, "Known failures, not counted")


class TestChanges:
    def test_new_fixed_and_still_are_counted(self) -> None:
        cause = entry(WITH_FAILURES)["root_causes"][0]
        text = report(entry(WITH_FAILURES), changes=changes(new=[cause, cause], fixed=[cause], still=[cause]))
        assert text.splitlines()[0].endswith(" · since the last run (02:12): 2 new causes, 1 fixed, 1 still")

    def test_nothing_new_is_said(self) -> None:
        assert report(healthy(), changes=changes()).splitlines()[0].endswith("since the last run (02:12): no change")

    def test_a_cluster_that_was_not_seen_both_times_is_not_compared(self) -> None:
        text = report(entry(OUT_OF_REACH), changes=changes(not_compared={OUT_OF_REACH: "healthy"}))
        assert text.splitlines()[0].endswith("the last run (02:12) found it healthy")

    def test_a_file_that_cannot_be_compared_with_is_said(self) -> None:
        text = report(healthy(), changes=changes(at=None, note="the earlier file has schema version 9"))
        assert "> the earlier file has schema version 9" in text
        assert "since the last run" not in text


class TestNarrowed:
    def test_the_listing_shrinks_and_says_so_while_the_verdict_stays(self) -> None:
        cluster = entry(WITH_FAILURES)
        text = report(cluster, scope=Scope(namespaces=("flux-system",)))
        assert text.splitlines()[0] == report(cluster).splitlines()[0]
        assert "> Listing narrowed to namespaces flux-system;" in text
        assert "Kustomization demo/root" not in text
        assert "Outside this listing: 3 causes" in text

    def test_a_cause_outside_is_shown_when_something_inside_waits_for_it(self) -> None:
        text = report(entry(WITH_FAILURES), scope=Scope(kinds=("HelmRelease",)))
        assert "HelmChart flux-system/demo-no-such-version cannot be fetched" in text

    def test_a_word_that_is_no_kind_is_named(self) -> None:
        text = report(entry(WITH_FAILURES), scope=Scope(kinds=("HelmReleases",)))
        assert "HelmReleases (no Flux kind)" in text


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


def test_a_kubeconfig_of_ones_own_is_exported_first() -> None:
    assert "`export KUBECONFIG='/etc/my flux'`" in report(entry(WITH_FAILURES), kubeconfig="/etc/my flux")
    assert "export KUBECONFIG" not in report(entry(WITH_FAILURES), kubeconfig="~/.kube/config")
