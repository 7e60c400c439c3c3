"""The fleet's report: entries merged, doubles found, files written, the play's last lines, the gate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.gitops.flux.plugins.plugin_utils._report.fleet_report import reported
from ansible_collections.gitops.flux.plugins.plugin_utils._report.gathering import Run
from ansible_collections.gitops.flux.plugins.plugin_utils._report.handover import Handover, Printing, keep, kept
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import FLEET, own_options
from ansible_collections.gitops.flux.plugins.plugin_utils._report.scope import Limits, Scope

from tests.unit.recorded_fleet import OUT_OF_REACH, TEMPLATES, WITH_FAILURES, WITHOUT_CONTROLLERS, entry

HOSTS = [WITHOUT_CONTROLLERS, WITH_FAILURES, OUT_OF_REACH]
NOW = "2026-11-21T09:30:00Z"


class Play:
    """What the tasks of a play leave for the fleet's report."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reports = folder / "outputs"
        self.entries: dict[str, Any] = {host: entry(host) for host in HOSTS}
        self.results: dict[str, Any] = {}
        self.host = WITHOUT_CONTROLLERS

    def run(self, hosts: list[str] | None = None, **options: Any) -> dict[str, Any]:
        chosen = hosts or HOSTS
        results = {host: self.results[host] if host in self.results else self._result(host) for host in chosen}
        given = {
            "results": "cluster",
            "report_dir": str(self.reports),
            "template": str(TEMPLATES / "fleet.md.j2"),
            "cluster_template": str(TEMPLATES / "cluster.md.j2"),
            "fleet": HOSTS,
        }
        run = Run(hosts=chosen, host=self.host, results=results, folder=self.folder / "kept", now=NOW)
        return reported(run, own_options(FLEET, given | options))

    def _result(self, host: str) -> dict[str, Any]:
        path = self.reports / f"flux-status-{host}.md"
        printing = Printing(str(path), str(TEMPLATES / "cluster.md.j2"), kubeconfig="/etc/flux")
        kept_at = keep(Handover(self.entries[host], printing), self.folder / "kept")
        return {"entry_path": str(kept_at), "report_problem": None}

    def text(self, name: str) -> str:
        return (self.reports / f"flux-status-{name}.md").read_text(encoding="utf-8")

    def fleet(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.reports / "flux-status-fleet.json").read_text(encoding="utf-8"))
        return found


@pytest.fixture
def play(tmp_path: Path) -> Play:
    return Play(tmp_path)


def test_a_handover_survives_its_file(tmp_path: Path) -> None:
    printing = Printing("/out/x.md", "/t.j2", Scope(("HelmRelease",), ("apps",)), Limits(events=3), None, {"new": []})
    handover = Handover(entry(WITH_FAILURES), printing)
    path = keep(handover, tmp_path)
    assert kept(path) == handover
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_fleet_is_the_worst_of_its_clusters_and_every_record_is_there(play: Play) -> None:
    result = play.run()
    fleet = play.fleet()
    assert (result["verdict"], fleet["verdict"]) == ("unreachable", "unreachable")
    assert fleet["clusters"] == play.entries
    assert (fleet["schema_version"], fleet["generated_at"]) == (1, NOW)
    assert (fleet["selected"], fleet["total"]) == (3, 3)


def test_the_worst_cluster_stands_first_and_links_to_its_report(play: Play) -> None:
    play.run()
    text = play.text("fleet")
    assert text.splitlines()[0] == "# Fleet: 2 degraded, 1 unreachable — 2026-11-21 09:30 UTC"
    rows = [line for line in text.splitlines() if line.startswith("| [")]
    assert [row.split("]")[0] for row in rows] == ["| [StPetersburg", "| [Ottawa", "| [Robbinsdale"]
    assert "(flux-status-robbinsdale.md)" in rows[2]
    assert "6 / 4" in rows[2]
    assert "(not fetched)" in rows[2]


def test_the_last_lines_of_the_play_are_one_a_cluster(play: Play) -> None:
    lines = play.run()["lines"]
    assert len(lines) == len(HOSTS) + 1
    assert lines[0].startswith("ottawa        DEGRADED     not working: source-controller, ")
    assert lines[1].startswith("robbinsdale   DEGRADED     Kustomization demo/root: build (2 waiting) · ")
    assert lines[2] == "stpetersburg  UNREACHABLE  connection refused by 127.0.0.1:9"
    assert lines[3] == f"reports: {play.reports}/flux-status-*.md"


def test_a_part_of_the_fleet_says_so(play: Play) -> None:
    result = play.run([WITH_FAILURES])
    assert result["lines"][0] == "1 of 3 clusters selected"
    assert "**1 of 3 clusters selected**" in play.text("fleet")
    assert list(play.fleet()["clusters"]) == [WITH_FAILURES]
    assert (play.fleet()["selected"], play.fleet()["total"]) == (1, 3)


def test_hosts_outside_the_fleets_group_still_count(play: Play) -> None:
    play.run(fleet=[])
    assert (play.fleet()["selected"], play.fleet()["total"]) == (3, 3)


class TestWithoutResult:
    def test_a_failed_task_is_a_cluster_out_of_reach_with_its_message(self, play: Play) -> None:
        play.results[WITH_FAILURES] = {"failed": True, "msg": "'flux_context'\n is undefined"}
        result = play.run()
        found = play.fleet()["clusters"][WITH_FAILURES]
        assert (found["verdict"], found["reachable"], found["objects"]) == ("unreachable", False, [])
        assert found["reason"] == "'flux_context' is undefined"
        assert play.text(WITH_FAILURES).startswith("# robbinsdale: UNREACHABLE · 'flux_context' is undefined")
        assert "'flux_context' is undefined" in result["gate"][WITH_FAILURES]

    def test_who_reports_without_a_check_of_its_own_is_out_of_reach_too(self, play: Play) -> None:
        play.host = WITH_FAILURES
        play.results[WITH_FAILURES] = None
        result = play.run()
        assert play.fleet()["clusters"][WITH_FAILURES]["reason"] == "the check gave no result for robbinsdale"
        assert "gave no result" in result["gate"][WITH_FAILURES]

    def test_who_has_not_come_to_the_check_is_not_out_of_reach_but_not_checked(self, play: Play) -> None:
        play.results = {WITH_FAILURES: None, OUT_OF_REACH: None}
        result = play.run()
        assert list(play.fleet()["clusters"]) == [WITHOUT_CONTROLLERS]
        assert result["lines"][0] == "1 of 3 clusters checked so far (3 selected)"
        assert "Not checked yet: robbinsdale, stpetersburg" in play.text("fleet")
        assert WITH_FAILURES not in result["gate"]
        assert not (play.reports / f"flux-status-{WITH_FAILURES}.md").exists()

    def test_what_a_check_has_left_counts_before_it_is_registered(self, play: Play) -> None:
        play.run()
        play.results = dict.fromkeys((WITH_FAILURES, OUT_OF_REACH))
        result = play.run()
        assert play.fleet()["clusters"] == play.entries
        assert sorted(result["gate"]) == sorted(HOSTS)


class TestDoubles:
    def test_both_are_degraded_name_each_other_and_fail_whatever_the_gate_is_narrowed_to(self, play: Play) -> None:
        play.entries[WITH_FAILURES]["cluster"]["uid"] = play.entries[WITHOUT_CONTROLLERS]["cluster"]["uid"]
        for host in (WITH_FAILURES, WITHOUT_CONTROLLERS):
            play.entries[host] |= {"verdict": "healthy", "root_causes": [], "findings": [], "reasons": []}
        result = play.run(fail_on=[])
        clusters = play.fleet()["clusters"]
        assert play.fleet()["duplicates"] == [[WITHOUT_CONTROLLERS, WITH_FAILURES]]
        assert [clusters[host]["verdict"] for host in HOSTS] == ["degraded", "degraded", "unreachable"]
        assert clusters[WITH_FAILURES]["same_cluster_as"] == [WITHOUT_CONTROLLERS]
        assert sorted(result["gate"]) == [WITHOUT_CONTROLLERS, WITH_FAILURES]
        assert "DEGRADED: robbinsdale is the same cluster as ottawa" in result["gate"][WITH_FAILURES]
        assert "robbinsdale is the same cluster as ottawa" in play.text(WITH_FAILURES).splitlines()[0]

    def test_clusters_whose_uid_is_unknown_are_not_the_same(self, play: Play) -> None:
        for host in HOSTS:
            play.entries[host]["cluster"]["uid"] = None
        play.run()
        assert play.fleet()["duplicates"] == []


class TestGate:
    def test_each_cluster_that_is_not_healthy_fails_with_its_verdict_and_its_report(self, play: Play) -> None:
        play.entries[WITHOUT_CONTROLLERS] |= {"verdict": "healthy", "root_causes": [], "findings": [], "reasons": []}
        gate = play.run()["gate"]
        assert sorted(gate) == [WITH_FAILURES, OUT_OF_REACH]
        assert gate[OUT_OF_REACH] == (
            f"UNREACHABLE: connection refused by 127.0.0.1:9 (report: {play.reports}/flux-status-stpetersburg.md)"
        )

    @pytest.mark.parametrize(
        ("fail_on", "hosts"),
        [
            ([], []),
            (["unreachable"], [OUT_OF_REACH]),
            ("degraded", [WITHOUT_CONTROLLERS, WITH_FAILURES]),
            ("unreachable\ndegraded", HOSTS),
            (["controllers"], [WITHOUT_CONTROLLERS]),
            ("suspension_overdue", [WITH_FAILURES]),
        ],
    )
    def test_it_can_be_narrowed(self, play: Play, fail_on: object, hosts: list[str]) -> None:
        assert sorted(play.run(fail_on=fail_on)["gate"]) == sorted(hosts)

    def test_a_narrowed_gate_says_what_it_fails_on(self, play: Play) -> None:
        message = play.run(fail_on="suspension_overdue")["gate"][WITH_FAILURES]
        assert "Kustomization demo/forgotten is still suspended by ops-user" in message
        assert "ArtifactFailed" not in message

    def test_a_word_it_does_not_know_is_refused(self, play: Play) -> None:
        with pytest.raises(AnsibleActionFail, match="fail_on does not know 'unreachble'"):
            play.run(fail_on="unreachble")


def test_reports_that_cannot_be_written_spoil_no_verdict_and_fail_every_host(play: Play) -> None:
    play.reports.write_text("in the way", encoding="utf-8")
    result = play.run(fail_on=[])
    problem = f"reports cannot be written to {play.reports}: it is no folder"
    assert result["lines"][-1] == problem
    assert sorted(result["gate"]) == sorted(HOSTS)
    assert all(message.endswith(f"({problem})") for message in result["gate"].values())
    assert result["summary"]["clusters"][WITH_FAILURES]["verdict"] == "degraded"


class TestSummary:
    def test_it_is_small_and_has_no_message(self, play: Play) -> None:
        summary = play.run()["summary"]
        assert summary["clusters"][WITH_FAILURES] == {
            "verdict": "degraded",
            "objects": 25,
            "ready": 15,
            "down": 6,
            "at_risk": 4,
            "causes": 5,
            "known_failures": 0,
            "suspended": 1,
            "overdue": 1,
        }
        assert "connection refused" not in json.dumps(summary)
        assert summary["verdict"] == "unreachable"


class TestChanges:
    def test_the_second_run_says_what_changed(self, play: Play) -> None:
        play.run()
        play.entries[WITH_FAILURES]["root_causes"] = play.entries[WITH_FAILURES]["root_causes"][1:]
        play.run()
        text = play.text("fleet")
        assert "## Since the last run (09:30)" in text
        assert "Fixed:\n\n- robbinsdale: Kustomization demo/root\n" in text
        assert "Not compared, because it was not reached in both runs: stpetersburg (unreachable then)" in text

    def test_a_file_of_another_schema_is_said_and_replaced(self, play: Play) -> None:
        play.reports.mkdir()
        (play.reports / "flux-status-fleet.json").write_text('{"schema_version": 99}', encoding="utf-8")
        play.run()
        assert "schema version 99" in play.text("fleet")
        assert play.fleet()["schema_version"] == 1


class TestInCommon:
    def test_a_source_at_different_revisions_is_skew(self, play: Play) -> None:
        for item in play.entries[WITHOUT_CONTROLLERS]["objects"]:
            if item["kind"] == "GitRepository":
                item["revision"] = "main@sha1:" + "f" * 40
        play.run()
        assert "revision skew: GitRepository flux-system/flux-system is at main@sha1:fffffff on Ottawa;" in play.text(
            "fleet"
        )

    def test_another_branch_is_no_skew(self, play: Play) -> None:
        for item in play.entries[WITHOUT_CONTROLLERS]["objects"]:
            if item["kind"] == "GitRepository":
                item["revision"] = "staging@sha1:" + "f" * 40
        play.run()
        assert "revision skew" not in play.text("fleet")

    def test_different_versions_of_flux_are_said(self, play: Play) -> None:
        play.entries[WITHOUT_CONTROLLERS]["cluster"]["flux_version"] = "v2.8.0"
        play.run()
        assert "Flux versions differ: v2.8.0 on Ottawa; v2.9.5 on Robbinsdale" in play.text("fleet")

    def test_the_same_cause_on_two_clusters_is_said(self, play: Play) -> None:
        play.entries[WITHOUT_CONTROLLERS]["root_causes"].append(play.entries[WITH_FAILURES]["root_causes"][0])
        play.run()
        assert "the same cause on Ottawa and Robbinsdale: Kustomization demo/root" in play.text("fleet")

    def test_the_revision_column_is_about_the_named_source_or_the_most_used_one(self, play: Play) -> None:
        play.run(root_source="nowhere")
        assert "revision of flux-system" in play.text("fleet")
        play.run(root_source="gone")
        assert "revision of gone" in play.text("fleet")
