"""Everything that is paused on a fleet, as the role's own template prints it, and what the play says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.findings import suspensions_of
from ansible_collections.gitops.flux.plugins.plugin_utils._suspensions.report import reported

from tests.gates.tree import ROOT
from tests.unit.flux_objects import NOW, ago, kustomization, record
from tests.unit.window_rows import Json, pause

TEMPLATE = ROOT / "roles/suspensions/templates/page.md.j2"
DOWN = {"failed": True, "msg": "connection refused by 10.1.0.11:6443"}


def paused(name: str = "app", **more: Any) -> Json:
    return {"kind": "Kustomization", "namespace": "flux-system", "name": name, "frozen": False, **pause(), **more}


def cluster(*rows: Json, **coverage: str) -> Json:
    seen = {kind: {"state": state, "message": None} for kind, state in coverage.items()}
    return {"read_at": ago(0), "suspensions": list(rows), "coverage": seen}


def told(tmp_path: Path, results: dict[str, Any], **more: Any) -> tuple[Json, str]:
    found = {host: {"name": host.title(), "results": each} for host, each in results.items()}
    options = {"report_dir": str(tmp_path), "report_prefix": "flux-suspensions", "template": str(TEMPLATE)}
    done = reported(found, {"fail_on_overdue": False, **options, **more}, ago(0))
    return done, (tmp_path / "flux-suspensions-fleet.md").read_text()


def test_all_is_grouped_by_change(tmp_path: Path) -> None:
    results = {
        "ottawa": cluster(paused(), paused("web", change=None, frozen=True)),
        "robbinsdale": cluster(paused(change="CHG-10", until=ago(3600), overdue=True), paused("b")),
    }
    done, page = told(tmp_path, results)
    assert page.startswith("# Paused: 4 objects on 2 clusters, 1 overdue\n")
    titles = [line for line in page.splitlines() if line.startswith("## ")]
    assert titles == [
        "## Change CHG-10 (1 object on 1 cluster)",
        "## Change CHG-7 (2 objects on 2 clusters)",
        "## Without a change (1 object on 1 cluster)",
    ]
    assert "Kustomization flux-system/web (frozen)" in page
    assert "**overdue 60 min**" in page
    assert done["gate"] == {}
    assert (
        done["lines"][0] == "ottawa       Kustomization flux-system/app · ops · disk swap · OPS-1 / CHG-7 · since 1 min"
    )
    assert done["summary"]["robbinsdale"] == {
        "reachable": True,
        "suspended": 2,
        "overdue": 1,
        "changes": ["CHG-10", "CHG-7"],
    }


def test_overdue_ones_fail_their_cluster_when_asked(tmp_path: Path) -> None:
    results = {"ottawa": cluster(paused()), "robbinsdale": cluster(paused(overdue=True))}
    done, _page = told(tmp_path, results, fail_on_overdue=True)
    assert done["gate"] == {"robbinsdale": "1 suspension overdue: Kustomization/flux-system/app"}


def test_a_cluster_that_was_not_read_fails_and_is_named_first(tmp_path: Path) -> None:
    done, page = told(tmp_path, {"ottawa": cluster(), "robbinsdale": DOWN, "stpetersburg": None})
    assert done["gate"] == {
        "robbinsdale": "UNREACHABLE: connection refused by 10.1.0.11:6443",
        "stpetersburg": "UNREACHABLE: it was never asked",
    }
    assert "> **Robbinsdale was not reached: connection refused by 10.1.0.11:6443**\n" in page
    assert done["lines"][0] == "ottawa        nothing is paused"


def test_what_could_not_be_read_is_said(tmp_path: Path) -> None:
    _done, page = told(tmp_path, {"ottawa": cluster(HelmRelease="forbidden", Bucket="absent")})
    assert "- Ottawa: HelmRelease: forbidden for this user\n" in page
    assert "Bucket" not in page


def test_a_report_that_cannot_be_written_fails_every_cluster(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    options = {"report_dir": str(tmp_path / "file"), "report_prefix": "x", "template": str(TEMPLATE)}
    done = reported({"ottawa": {"results": cluster()}}, options | {"fail_on_overdue": False}, ago(0))
    assert "reports cannot be written to" in done["gate"]["ottawa"]


def test_an_age_is_overdue_only_without_an_end_of_its_own() -> None:
    since = {
        "manager": "kubectl",
        "operation": "Update",
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "time": ago(7200),
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:spec": {"f:suspend": {}}},
    }
    until = {"gitops.flux/suspended-until": ago(-3600)}
    for notes, overdue in (({}, True), (until, False)):
        item = kustomization(spec={"suspend": True}, managedFields=[since], annotations=notes)
        assert [row["overdue"] for row in suspensions_of([record(item)], NOW, 3600)] == [overdue]
