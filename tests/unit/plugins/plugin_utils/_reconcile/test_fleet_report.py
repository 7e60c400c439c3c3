"""The fleet's report on a run: batches, what the play says, who fails now and who at the end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.fleet_report import Play, fleet_reported
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.options import FLEET
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.outcome import keep, kept, reported
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.run import Run, unasked
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import own_options

from tests.gates.tree import ROOT
from tests.unit.flux_objects import ago
from tests.unit.reconciled_runs import ASKER, BROKEN, HELD, SOURCE, WAITING, WELL, answer, pictured, ran

TEMPLATES = ROOT / "roles/reconcile_all/templates"
HOSTS = ["ottawa", "robbinsdale", "stpetersburg"]
NOW = "2026-11-21T09:30:00Z"
FAILED = answer("Kustomization", "apps", "failed", reason="BuildFailed", message="no such file")


def run(host: str, sort: str) -> Run:
    asker = replace(ASKER, host=host, display_name=host.title())
    cluster = {"uid": f"uid-{host}"}
    good, faulty = pictured(SOURCE, WELL, WAITING, cluster=cluster), pictured(SOURCE, BROKEN, HELD, cluster=cluster)
    if sort == "gone":
        return unasked(asker, "connection refused", ago(0), unreachable=True)
    if sort == "ok":
        return ran(good, good, answer("Kustomization", "apps"), asker=asker)
    return ran(faulty if sort == "as before" else good, faulty, FAILED, asker=asker)


class Fleet:
    """A play of three clusters; sorts: what each came to, and nothing for those whose batch has not begun."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.reports = folder, folder / "outputs"

    def report(self, *sorts: str, batch: list[str] | None = None, **options: Any) -> dict[str, Any]:
        results = {host: self._result(host, sort) for host, sort in zip(HOSTS, sorts, strict=False)}
        given = {
            "results": "cluster",
            "report_dir": str(self.reports),
            "template": str(TEMPLATES / "fleet.md.j2"),
            "cluster_template": str(TEMPLATES / "cluster.md.j2"),
        }
        chosen = batch or HOSTS[: len(sorts)]
        play = Play(HOSTS, chosen, {host: results.get(host) for host in HOSTS}, NOW)
        return fleet_reported(play, own_options(FLEET, given | options))

    def _result(self, host: str, sort: str) -> dict[str, Any] | None:
        if sort in ("failed task", "no task"):
            return {"failed": True, "msg": "the task\nwas cut off"} if sort == "failed task" else None
        path = self.reports / f"flux-reconcile-{host}.md"
        outcome, problem = reported(run(host, sort), str(TEMPLATES / "cluster.md.j2"), str(path))
        return {"outcome_path": str(keep(outcome, self.folder / "kept")), "report_problem": problem}

    def text(self, name: str = "fleet") -> str:
        return (self.reports / f"flux-reconcile-{name}.md").read_text(encoding="utf-8")


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


def test_an_outcome_survives_its_file(tmp_path: Path) -> None:
    outcome, problem = reported(run("ottawa", "worse"), str(TEMPLATES / "cluster.md.j2"), str(tmp_path / "x.md"))
    path = keep(outcome, tmp_path)
    assert problem is None
    assert kept(path) == outcome
    assert path.stat().st_mode & 0o777 == 0o600


def test_when_all_are_well_nobody_fails(fleet: Fleet) -> None:
    result = fleet.report("ok", "ok", "ok")
    assert (result["verdict"], result["gate"], result["stop"]) == ("ok", {}, [])
    assert result["lines"][0] == "ottawa        ok             1 reconciled"
    assert result["lines"][-1] == f"reports: {fleet.reports}/flux-reconcile-*.md"
    assert fleet.text().startswith("# Fleet reconciled: 3 ok — 2026-11-21 09:30 UTC")
    assert "[Ottawa](flux-reconcile-ottawa.md)" in fleet.text()
    assert "## " not in fleet.text()


def test_what_is_bad_fails_at_the_end_and_stops_nobody(fleet: Fleet) -> None:
    result = fleet.report("as before", "ok", "gone")
    assert result["stop"] == []
    assert list(result["gate"]) == ["ottawa", "stpetersburg"]
    assert result["gate"]["ottawa"].startswith(
        "BAD AS BEFORE: Kustomization flux-system/apps failed (BuildFailed) (report: "
    )
    assert result["gate"]["stpetersburg"].startswith("UNREACHABLE: connection refused (report: ")


def test_a_known_failure_passes_only_when_allowed(fleet: Fleet) -> None:
    result = fleet.report("as before", "ok", "gone", allow_known_failures="true")
    assert list(result["gate"]) == ["stpetersburg"]
    assert "ottawa" not in fleet.report("as before", "worse", allow_known_failures=True)["gate"]


def test_worse_stops_the_batch_with_everybody_in_it_who_has_to_fail(fleet: Fleet) -> None:
    result = fleet.report("worse", "as before", batch=HOSTS[:2])
    assert (result["verdict"], result["stop"]) == ("worse", ["ottawa", "robbinsdale"])
    assert result["summary"]["not_started"] == ["stpetersburg"]
    assert result["lines"][2] == "stpetersburg  not started"
    text = fleet.text()
    assert text.startswith("# Fleet reconciled: 1 worse, 1 bad as before, 1 not started — ")
    assert "stpetersburg: the run stops, because Ottawa became worse." in text
    assert "- Ottawa: Kustomization flux-system/apps: was ready, is failed" in text
    assert text.index("## Became worse") < text.index("| cluster")
    assert text.index("| [Ottawa]") < text.index("| [Robbinsdale]") < text.index("| stpetersburg")


def test_a_batch_that_comes_later_is_not_started_yet(fleet: Fleet) -> None:
    result = fleet.report("as before")
    assert (result["stop"], result["summary"]["not_started"]) == ([], ["robbinsdale", "stpetersburg"])
    assert "not started yet" in fleet.text()
    assert "**1 of 3 clusters had their turn**" in fleet.text()


def test_the_same_on_several_clusters_is_one_line(fleet: Fleet) -> None:
    fleet.report("worse", "worse", "ok")
    assert "- Ottawa, Robbinsdale: Kustomization flux-system/apps: was ready, is failed" in fleet.text()
    assert "- Ottawa, Robbinsdale: Kustomization flux-system/apps does not build" in fleet.text()


@pytest.mark.parametrize(("sort", "said"), [("failed task", "the task was cut off"), ("no task", "gave no result")])
def test_a_host_whose_task_left_nothing_is_bad_and_has_a_report(fleet: Fleet, sort: str, said: str) -> None:
    result = fleet.report("ok", sort, batch=HOSTS[:2])
    assert said in result["gate"]["robbinsdale"]
    assert said in fleet.text("robbinsdale")


def test_two_hosts_that_are_one_cluster_both_fail(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    same = {"uid": "the-same"}
    entry = pictured(SOURCE, WELL, cluster=same)
    monkeypatch.setattr(
        f"{__name__}.run", lambda host, _sort: ran(entry, entry, asker=replace(ASKER, host=host, display_name=host))
    )
    result = fleet.report("ok", "ok")
    assert list(result["gate"]) == ["ottawa", "robbinsdale"]
    assert "ottawa is the same cluster as robbinsdale" in result["gate"]["ottawa"]


def test_reports_that_cannot_be_written_fail_everybody(fleet: Fleet) -> None:
    fleet.reports.write_text("in the way", encoding="utf-8")
    result = fleet.report("ok", "ok", "ok")
    assert list(result["gate"]) == HOSTS
    assert "reports cannot be written to" in result["gate"]["ottawa"]


def test_the_statistic_has_numbers_and_no_messages(fleet: Fleet) -> None:
    summary = fleet.report("worse", "ok")["summary"]
    assert summary["clusters"]["ottawa"]["verdict"] == "worse"
    assert summary["clusters"]["ottawa"]["bad"] == 1
    assert "no such file" not in str(summary)
