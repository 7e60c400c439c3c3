"""The story of a rollback, run by run, as the role's own template prints it, and what the play says and does then."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import own_options
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.asking import Asking
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.options import REPORT
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.report import Teller, told_beginning, told_end

from tests.gates.tree import ROOT
from tests.unit.rollback_results import MISSING, NEXT, Json, finished, plan, planned, refused, result, rolled_back

TEMPLATE = ROOT / "roles/helm_rollback/templates/page.md.j2"
ASKED = {"namespace": "apps", "name": "shop", "confirm": "shop", "reason": "1.3.0 does not start", "ticket": "INC-7"}
AGAIN = (
    "ansible-playbook gitops.flux.{} -i fleet.yml --limit ottawa{} -e helm_rollback_namespace=apps "
    "-e helm_rollback_name=shop -e helm_rollback_confirm=shop"
)
EXPLAIN = (
    "ansible-playbook gitops.flux.explain -i fleet.yml --limit ottawa -e explain_kind=HelmRelease "
    "-e explain_namespace=apps -e explain_name=shop"
)
THEIRS = "Then run gitops.flux.flux_helm_rollback_finish for HelmRelease/apps/shop again."
REASON = """ -e '{"helm_rollback_reason": "1.3.0 does not start"}'"""


@dataclass
class Night:
    """Plays one after the other on host ottawa; each begins a minute after the one before."""

    folder: Path
    minute: int = 10

    def teller(self, step: str, *, check: bool, **asked: Any) -> Teller:
        self.minute += 1
        now = f"2026-11-21T03:{self.minute}:00Z"
        given = {"step": step, "stage": "end", "asked": ASKED | asked, "report_dir": str(self.folder), "began_at": now}
        options = own_options(REPORT, given | {"display_name": "Ottawa", "template": str(TEMPLATE)})
        return Teller(options, Asking("ottawa", "fleet.yml", options["asked"]), check, "ops-user", now)

    def begun(self, step: str = "rollback", *, check: bool = False, refused: str | None = None) -> Json:
        return told_beginning(self.teller(step, check=check), refused)

    def run(self, done: Json | None, step: str = "rollback", *, check: bool = False, **asked: Any) -> Json:
        """A whole run of a playbook."""
        teller = self.teller(step, check=check, **asked)
        told_beginning(teller, None)
        return told_end(teller, done)

    @property
    def page(self) -> str:
        return (self.folder / "flux-rollback-ottawa-apps-shop.md").read_text()

    @property
    def title(self) -> str:
        return self.page.splitlines()[0].removeprefix("# Ottawa: HelmRelease apps/shop ")


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return Night(tmp_path)


def section(page: str, title: str) -> str:
    return page.partition(f"## {title}")[2].partition("\n## ")[0]


def test_a_check_shows_the_whole_plan_and_how_to_carry_it_out(night: Night) -> None:
    done = night.run(planned(), check=True)
    assert (done["gate"], done["plan_digest"]) == (None, "d1g3st")
    assert night.title == "would be rolled back from shop 1.3.0 (revision 4) to shop 1.2.0 (revision 3)"
    changes = section(night.page, "What it would change (4 objects)")
    assert "| ConfigMap apps/shop  | changes" in changes
    assert "| ConfigMap apps/added | **is deleted** |" in changes
    assert "| hook Job migrate     | runs           | pre-rollback |" in changes
    assert "Service apps/shop" not in changes
    assert "Strategy `helm`: the values differ" in changes
    assert "1. Hold HelmRelease apps/shop\n2. Run helm rollback" in changes
    assert "- Data: what the bad version has written stays written." in section(night.page, "What does not roll back")
    execute = AGAIN.format("helm_rollback", "") + " -e helm_rollback_ticket=INC-7 -e helm_rollback_plan_digest=d1g3st"
    assert f"```text\n# do exactly this\n{execute}{REASON}\n```" in section(night.page, "What remains to be done")


def test_a_plan_that_is_refused_must_not_be_carried_out(night: Night) -> None:
    done = night.run(refused("StatefulSet apps/db would be deleted."), check=True)
    assert done["gate"] == "StatefulSet apps/db would be deleted. Nothing was written."
    assert done["plan_digest"] == "none"
    assert night.title == "would NOT be rolled back"


def test_a_rollback_tells_who_what_when_and_what_remains(night: Night) -> None:
    done = night.run(rolled_back())
    assert (done["gate"], done["plan_digest"]) == (None, "")
    assert night.title == "is rolled back to shop 1.2.0 (revision 3) and held"
    page = night.page
    assert page.splitlines()[2] == "talos-ottawa · https://10.0.0.1:6443 · 2026-11-21 03:11:00 UTC · as ops"
    remains = section(page, "What remains to be done")
    assert "1. Correct the chart of HelmRelease apps/shop in Git: it still asks for shop 1.3.0.\n2. Then" in remains
    assert AGAIN.format("helm_rollback_finish", " --check") in remains
    assert (
        "By ops-user since 03:12, planned until 08:00: 1.3.0 does not start (INC-7). It is suspended. "
        "Nothing lets it go by itself."
    ) in section(page, "Held")
    assert "| bad          | 4        | shop 1.3.0 |" in page
    assert "| is now       | 5        | shop 1.2.0 |" in page
    assert "Kustomization flux-system/apps applies the HelmRelease." in page
    story = section(page, "What was done")
    assert "| 2026-11-21 03:11:00 | rollback  | begun by ops-user: 1.3.0 does not start" in story
    assert "| 2026-11-21 03:12:11 | roll back | Helm has made revision 5" in story
    assert "- 1 workload ready" in section(page, "What is now: verified")
    assert done["lines"][0] == ("ottawa  HelmRelease apps/shop is rolled back to shop 1.2.0 (revision 3) and held")
    assert done["lines"][-1] == f"report: {night.folder}/flux-rollback-ottawa-apps-shop.md"


def test_what_is_not_verified_is_said_first_and_fails_the_host(night: Night) -> None:
    found = rolled_back()
    found["verification"] |= {
        "ok": False,
        "differences": [{"kind": "ConfigMap", "namespace": "apps", "name": "shop", "paths": ["data.extra"]}],
        "leftovers": [{"kind": "ConfigMap", "namespace": "apps", "name": "added"}],
        "workloads": [{"kind": "Deployment", "namespace": "apps", "name": "shop", "ready": False, "message": "0 of 1"}],
    }
    done = night.run(found | {"failed": True, "msg": "Deployment apps/shop is not ready."})
    assert done["gate"] == "Deployment apps/shop is not ready."
    assert night.title.endswith("and held, and it is NOT verified that all is well")
    now = section(night.page, "What is now: NOT verified")
    assert "- ConfigMap apps/shop differs at data.extra" in now
    assert "- ConfigMap apps/added is left over from the bad version" in now
    assert "- Deployment apps/shop is not ready: 0 of 1" in now
    assert AGAIN.format("helm_rollback", "") in section(night.page, "What remains to be done")


@pytest.mark.parametrize(
    ("phase", "said"),
    [
        ("holding", "is held, and is not rolled back yet"),
        ("rolling_back", "is HALF ROLLED BACK"),
        ("pinning", "is HALF PINNED"),
        ("finishing", "is HALF LET GO"),
    ],
)
def test_a_failure_half_way_says_how_to_go_on(night: Night, phase: str, said: str) -> None:
    step, name = ("finish", "helm_rollback_finish") if phase == "finishing" else ("rollback", "helm_rollback")
    done = night.run(result(phase) | {"failed": True, "msg": "helm has failed."}, step)
    assert done["gate"] == "helm has failed."
    assert night.title == f"{said}: run the same playbook again"
    assert done["lines"][2].startswith(f"next, go on from where it was left: {AGAIN.format(name, '')}")
    assert "> **helm has failed.**" in night.page


def test_a_cluster_that_is_out_of_reach_is_called_so(night: Night) -> None:
    done = night.run(refused("connection refused by 10.0.0.1:6443", "Unreachable"))
    assert done["gate"] == "UNREACHABLE: connection refused by 10.0.0.1:6443. Nothing was written."
    assert night.title == "was NOT rolled back"
    assert done["lines"][2].startswith(f"next, once that is put right, again: {AGAIN.format('helm_rollback', '')}")
    assert f"# see how the release is\n{EXPLAIN}\n" in night.page


def test_after_a_refused_check_it_is_checked_again(night: Night) -> None:
    done = night.run(refused("it is Ready"), check=True)
    assert done["lines"][2].startswith(
        f"next, once that is put right, again: {AGAIN.format('helm_rollback', ' --check')}"
    )
    told = {"missing_in_git": MISSING, "story": [], "next": []}
    done = night.run(result("rolled_back", **told), "finish", check=True)
    once = "once Git asks for something better, look again"
    assert done["lines"][2].startswith(f"next, {once}: {AGAIN.format('helm_rollback_finish', ' --check')}")


def test_a_run_that_came_to_nothing_leaves_what_was_done_before(night: Night) -> None:
    night.run(rolled_back())
    night.run(refused("connection refused", "Unreachable"))
    assert night.title == (
        "was NOT rolled back by this run; as the one before has left it, "
        "it is rolled back to shop 1.2.0 (revision 3) and held"
    )
    assert "By ops-user since 03:12" in section(night.page, "Held")


def test_of_a_module_that_broke_off_nobody_knows_how_far_it_came(night: Night) -> None:
    done = night.run({"failed": True, "msg": "MODULE FAILURE", "exception": "Traceback\nKeyError: 'x'", "rc": 1})
    assert night.title.startswith("is in a rollback that broke off, and nobody knows how far it came: run the same")
    assert done["lines"][2].startswith(f"next, go on from where it was left: {AGAIN.format('helm_rollback', '')}")
    night.run({"failed": True, "msg": "revision is no number", "invocation": {}})
    assert night.title == "was NOT rolled back"


def test_a_finish_before_the_fix_shows_what_git_lacks(night: Night) -> None:
    night.run(rolled_back())
    held = rolled_back()["held"]
    failing = {"failed": True, "msg": "Git still asks for the bad version."}
    told = {"held": held, "missing_in_git": MISSING, "story": [], "next": [NEXT[0], THEIRS]}
    done = night.run(result("refused", **told) | failing, "finish")
    assert done["gate"]
    assert night.title == "was NOT let go, it stays held"
    missing = section(night.page, "What is missing in Git")
    assert "Git still asks for chart shop 1.3.0, the bad version" in missing
    assert "```text\nspec:\n  chart:\n    spec:\n      version: 1.2.0\n```" in missing
    remains = section(night.page, "What remains to be done")
    assert f"1. {NEXT[0]}" in remains
    assert THEIRS not in night.page
    assert AGAIN.format("helm_rollback_finish", "") in remains


def test_a_finish_closes_the_same_story(night: Night) -> None:
    night.run(refused("it is Ready"))
    night.run(rolled_back())
    done = night.run(finished(), "finish")
    assert (done["gate"], done["lines"][1:]) == (None, [f"report: {night.folder}/flux-rollback-ottawa-apps-shop.md"])
    assert night.title == "is let go: Flux runs what Git asks for"
    steps = [row.split("|")[2].strip() for row in section(night.page, "What was done").splitlines() if "2026-" in row]
    assert steps == ["rollback", "rollback", "rollback", "hold", "roll back", "finish", "resume"]
    assert "Nothing: the release is Flux's again." in night.page
    assert "- The first action of helm-controller came to a good end: shop 1.3.1 (revision 6)" in night.page
    assert "## What the rollback changes (4 objects)" in night.page
    assert "## Held" not in night.page


def test_the_next_rollback_is_a_new_story_and_a_refused_one_is_not(night: Night) -> None:
    night.run(rolled_back())
    night.run(finished(), "finish")
    night.run(refused("it is Ready"))
    assert "Helm has made revision 5" in night.page
    assert "failed: it is Ready" in night.page
    night.run(result("rolling_back", story=[]) | {"failed": True, "msg": "no"})
    assert "Helm has made revision 5" not in night.page
    assert "failed: it is Ready" in night.page


def test_a_run_that_was_killed_stands_in_the_story(night: Night) -> None:
    assert night.begun()["refused"] is None
    assert night.title == "is in a rollback that has begun, and has not told how it ended"
    assert AGAIN.format("helm_rollback", "") in night.page
    night.run(rolled_back())
    assert "the play has not told how it ended" in section(night.page, "What was done")
    assert night.title == "is rolled back to shop 1.2.0 (revision 3) and held"


def test_a_check_is_no_part_of_the_story(night: Night) -> None:
    night.run(rolled_back())
    night.run(planned(plan=plan(digest="f1n")), "finish", check=True)
    assert "as a check that writes nothing" in night.page
    assert "-e helm_rollback_plan_digest=f1n" in night.page
    night.run(finished(), "finish")
    assert "as a check" not in night.page


def test_what_is_refused_at_once_writes_nothing_before_its_report(night: Night) -> None:
    assert night.begun(refused="helm_rollback_confirm is ''")["refused"] == "helm_rollback_confirm is ''"
    assert list(night.folder.iterdir()) == []
    assert night.begun(check=True)["refused"] is None
    assert list(night.folder.iterdir()) == []


def test_a_report_that_cannot_be_written_keeps_nobody_from_rolling_back_and_fails_the_host(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    night = Night(tmp_path / "file")
    assert night.begun()["refused"] is None
    assert "reports cannot be written to" in night.run(rolled_back())["gate"]


def test_another_cluster_of_the_same_name_has_a_story_of_its_own(night: Night) -> None:
    night.run(rolled_back())
    other = rolled_back()
    other["cluster"] = other["cluster"] | {"uid": "u2"}
    night.run(other | {"story": []})
    assert "Helm has made revision 5" not in night.page


def test_neither_file_keeps_a_difference_or_an_argument(night: Night) -> None:
    night.run(rolled_back())
    files = [path.read_text() for path in night.folder.iterdir()]
    assert len(files) == 2
    assert not any("hunter2" in text for text in files)


def test_the_artifact_names_what_is_planned(night: Night) -> None:
    summary = night.run(planned(), check=True)["summary"]
    assert (summary["check"], summary["phase"], summary["ok"]) == (True, "planned", True)
    assert summary["deletes"] == ["ConfigMap/apps/added"]
    assert summary["plan_digest"] == "d1g3st"


def test_a_name_leads_to_no_other_folder(tmp_path: Path) -> None:
    night = Night(tmp_path)
    teller = night.teller("rollback", check=True, namespace="../x", name="../../y")
    done = told_end(teller, None)
    assert Path(done["report"]).parent == tmp_path
    assert done["gate"] == "it was never asked"
