"""The reports about both ends of a change, as the role's own template prints them, and what the play says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._maintenance.report import outcomes_of, reported

from tests.gates.tree import ROOT
from tests.unit.flux_objects import NEWER, REVISION, ago
from tests.unit.window_rows import CLUSTER, Json, failed, pause, result, row

TEMPLATE = ROOT / "roles/maintenance_window/templates/page.md.j2"
ASKED = {"known": True, "taken": "start", "at": ago(60), "ended_at": None}
SAME = {"rows": [], "moves": [], "counts": {"well": 2}, "ended": True}


def told(tmp_path: Path, phase: str, results: dict[str, Json], alive: list[str] | None = None, **more: Any) -> Json:
    options = {
        "phase": phase,
        "change": "CHG-7",
        "template": str(TEMPLATE),
        "report_dir": str(tmp_path),
        "report_prefix": "flux-maintenance",
        **more,
    }
    return reported(outcomes_of(results, list(results) if alive is None else alive), options, ago(0))


def page(tmp_path: Path, name: str) -> str:
    return (tmp_path / f"flux-maintenance-CHG-7-{name}.md").read_text()


def ended(*rows: Json, **more: Any) -> Json:
    """One cluster on which everything was resumed."""
    done = result(*(row(name, "resumed") for name in ("app", "web")))
    counts: dict[str, int] = {}
    for each in rows:
        counts[each["outcome"]] = counts.get(each["outcome"], 0) + 1
    compared = SAME | {"rows": list(rows), "counts": counts, "ended": "still_paused" not in counts}
    return {"looked": done, "done": done, "kept": ASKED, "compared": compared, **more}


def became(outcome: str, **more: Any) -> Json:
    return {
        "kind": "Kustomization",
        "namespace": "flux-system",
        "name": "app",
        "role": "object",
        "outcome": outcome,
        "status_before": "ready",
        "revision_before": REVISION,
        "revision": REVISION,
        "status": "failed",
        "flags": [],
        "reason": "BuildFailed",
        "message": "kustomize | build failed",
        **more,
    }


def test_a_rehearsal_says_what_would_happen(tmp_path: Path) -> None:
    looked = result(row(barrier=None), row("web", "left", suspended=pause(change=None), why_left="suspended by alice"))
    found = told(tmp_path, "start", {"ottawa": {"looked": looked, "name": "Ottawa"}})
    assert (found["stop"], found["gate"]) == (None, {})
    assert found["lines"][0] == "ottawa  change CHG-7 would pause 1 object, 1 is left as it was"
    text = page(tmp_path, "start-ottawa")
    assert text.startswith("# Ottawa: change CHG-7 would pause 1 object, 1 is left as it was\n")
    assert "talos-ottawa · https://10.1.0.10:6443 · " in text
    assert "## To be paused (1)" in text
    assert "- 2 objects, which keep 12 other objects up to date\n" in text
    assert "- blocked at the next commit of their source (1): Kustomization flux-system/apps\n" in text
    assert "| Kustomization flux-system/web | suspended by alice |" in text
    assert "| Ottawa  | change CHG-7 would pause 1 object, 1 is left as it was |" in page(tmp_path, "start-fleet")


def test_another_change_stops_all_clusters(tmp_path: Path) -> None:
    message = "Kustomization/a/b is suspended by bob under change CHG-1 (x). Nothing was written."
    results = {"ottawa": {"looked": result(row())}, "robbinsdale": {"looked": failed(message, change="CHG-1")}}
    found = told(tmp_path, "start", results)
    said = (
        "Nothing was written on any cluster, because another change is open. robbinsdale: Kustomization/a/b is "
        "suspended by bob under change CHG-1 (x). Wait for its end, end it, or leave these objects out."
    )
    assert found["stop"] == said
    assert found["gate"] == {"ottawa": said, "robbinsdale": said}
    assert page(tmp_path, "start-ottawa").startswith("# ottawa: change CHG-7 was NOT started\n")


def test_a_cluster_that_was_not_asked_first_stops_all(tmp_path: Path) -> None:
    results: dict[str, Json] = {"ottawa": {"looked": result(row())}, "robbinsdale": {}}
    assert "needs strategy linear and no serial" in told(tmp_path, "start", results)["stop"]
    # A host that has left the play before is written to by nobody.
    found = told(tmp_path, "start", results, alive=["ottawa"])
    assert (found["stop"], found["gate"]) == (None, {"robbinsdale": "it was never asked"})


def test_a_barrier_that_was_not_reached_is_said_loudly_and_fails_the_cluster(tmp_path: Path) -> None:
    rows = [
        row("a", barrier="timed_out"),
        row("b", barrier="controller_down"),
        row("c", barrier="unsupported"),
        row("d"),
    ]
    found = told(tmp_path, "start", {"ottawa": {"looked": result(*rows), "done": result(*rows), "kept": ASKED}})
    said = found["gate"]["ottawa"]
    assert said.startswith("the barrier was NOT reached for Kustomization/flux-system/a (timed_out), ")
    assert "Kustomization/flux-system/b (controller_down)" in said
    assert "system/c" not in said
    text = page(tmp_path, "start-ottawa")
    assert "> **the barrier was NOT reached for" in text
    assert "**NOT reached in time**" in text
    assert "**NOT reached: its controller does not run**" in text
    assert "| unsupported " in text


def test_a_cluster_that_is_down_fails_for_itself(tmp_path: Path) -> None:
    down = {"failed": True, "msg": "connection refused by 10.1.0.10:6443"}
    found = told(tmp_path, "start", {"ottawa": {"looked": down}, "robbinsdale": {"looked": result(row())}})
    assert found["gate"] == {"ottawa": "connection refused by 10.1.0.10:6443"}
    assert found["summary"]["clusters"]["ottawa"] == {"ok": False, "paused": 0, "resumed": 0, "left": 0}
    assert "change CHG-7 was NOT started" in page(tmp_path, "start-ottawa")


def test_a_record_that_could_not_be_kept_stops_its_cluster(tmp_path: Path) -> None:
    kept = {"failed": True, "msg": "reports cannot be written to /x: Permission denied"}
    found = told(tmp_path, "start", {"ottawa": {"looked": result(row()), "kept": kept}})
    assert found["gate"] == {"ottawa": kept["msg"]}
    assert found["lines"][0] == "ottawa  change CHG-7 was NOT started"


def test_warnings_stand_beside_their_objects_once(tmp_path: Path) -> None:
    looked = result(row(warnings=["Git sets spec.suspend"]), warnings=["Git sets spec.suspend", "UID is another"])
    told(tmp_path, "start", {"ottawa": {"looked": looked, "done": looked, "kept": ASKED}})
    text = page(tmp_path, "start-ottawa")
    assert text.count("Git sets spec.suspend") == 1
    assert "> UID is another\n" in text


def test_an_end_at_which_all_is_well(tmp_path: Path) -> None:
    waited = {"verdicts": [row("app") | {"verdict": "reconciled", "seconds": 3.2}]}
    moves = [{"from": REVISION, "to": NEWER, "objects": ["Kustomization/flux-system/app"]}]
    found = told(tmp_path, "end", {"ottawa": ended(waited=waited, compared=SAME | {"moves": moves})})
    assert found["gate"] == {}
    assert found["lines"][0] == "ottawa  change CHG-7 has ended: 2 objects resumed"
    text = page(tmp_path, "end-ottawa")
    assert "| Kustomization flux-system/app | ready | reconciled | 3 s  | ops " in text
    assert "| main@sha1:cb1ce32 | main@sha1:f9b254e | Kustomization flux-system/app |" in text
    assert found["summary"]["clusters"]["ottawa"]["resumed"] == 2


def test_what_fails_newly_is_named_and_fails(tmp_path: Path) -> None:
    rows = [became("newly_failing"), became("gone", name="old", status=None), became("still_failing", name="bad")]
    found = told(tmp_path, "end", {"ottawa": ended(*rows)})
    assert found["gate"] == {"ottawa": "Kustomization/flux-system/app is failed and was ready before (BuildFailed)"}
    said = "change CHG-7 has ended: 2 objects resumed, 1 newly failing, 1 failing as before, 1 gone"
    assert found["lines"][0] == f"ottawa  {said}"
    text = page(tmp_path, "end-ottawa")
    assert text.index("## Newly failing (1)") < text.index("## Failing as at the start (1)") < text.index("## Gone")
    assert "kustomize \\| build failed" in text


def test_what_failed_before_or_was_suspended_by_others_fails_nobody(tmp_path: Path) -> None:
    rows = [became("still_failing"), became("newly_suspended", role="dependent", status="suspended")]
    found = told(tmp_path, "end", {"ottawa": ended(*rows)})
    assert found["gate"] == {}
    assert "Kustomization flux-system/app (hangs on it)" in page(tmp_path, "end-ottawa")


def test_an_end_that_is_none_says_so(tmp_path: Path) -> None:
    found = told(tmp_path, "end", {"ottawa": ended(became("still_paused", status="suspended", reason=None))})
    assert found["gate"] == {"ottawa": "Kustomization/flux-system/app is still paused"}
    assert found["lines"][0] == "ottawa  change CHG-7 is NOT ended: 2 objects resumed, 1 still paused"


def test_what_cannot_be_compared_is_said(tmp_path: Path) -> None:
    told(tmp_path, "end", {"ottawa": ended(kept=ASKED | {"taken": "end"})})
    assert "> Nothing about the start is kept on this machine." in page(tmp_path, "end-ottawa")
    gone = {"failed": True, "msg": "connection refused"}
    found = told(tmp_path, "end", {"ottawa": ended(compared=gone)})
    assert found["gate"] == {"ottawa": "connection refused"}


def test_a_change_is_unknown_only_when_no_cluster_has_it(tmp_path: Path) -> None:
    nothing = {"looked": result(), "kept": {"known": False, "ended_at": None}}
    found = told(tmp_path, "end", {"ottawa": nothing, "robbinsdale": nothing})
    assert found["stop"].startswith("Nothing is paused under change CHG-7 on ottawa, robbinsdale, and nothing about it")
    assert set(found["gate"]) == {"ottawa", "robbinsdale"}
    found = told(tmp_path, "end", {"ottawa": nothing, "robbinsdale": ended()})
    assert (found["stop"], found["gate"]) == (None, {})
    assert found["lines"][0] == "ottawa       nothing of change CHG-7 here"
    # A cluster that nobody saw may have it.
    down = {"looked": {"failed": True, "msg": "connection refused"}}
    found = told(tmp_path, "end", {"ottawa": nothing, "robbinsdale": down})
    assert (found["stop"], found["gate"]) == (None, {"robbinsdale": "connection refused"})


def test_the_page_of_an_end_that_is_over_stays(tmp_path: Path) -> None:
    told(tmp_path, "end", {"ottawa": ended()})
    before = page(tmp_path, "end-ottawa")
    over = {"looked": result(), "kept": ASKED | {"ended_at": ago(5)}}
    found = told(tmp_path, "end", {"ottawa": over})
    assert (found["stop"], found["gate"]) == (None, {})
    assert found["lines"][0] == f"ottawa  change CHG-7 was ended before, at {ago(5)}"
    assert page(tmp_path, "end-ottawa") == before


def test_a_rehearsal_of_an_end(tmp_path: Path) -> None:
    found = told(tmp_path, "end", {"ottawa": {"looked": result(row(state="resumed")), "kept": ASKED}})
    assert (found["lines"][0], found["gate"]) == ("ottawa  the end of change CHG-7 would resume 1 object", {})
    assert "## To be resumed (1)" in page(tmp_path, "end-ottawa")


def test_skipped_tasks_say_nothing(tmp_path: Path) -> None:
    skipped = {"skipped": True, "changed": False}
    looked = result(row(), cluster=CLUSTER)
    found = told(tmp_path, "start", {"ottawa": {"looked": looked, "done": skipped, "compared": skipped}})
    assert found["lines"][0] == "ottawa  change CHG-7 would pause 1 object"


def test_reports_that_cannot_be_written_fail_every_cluster(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = told(tmp_path, "start", {"ottawa": {"looked": result(row())}}, report_dir=str(tmp_path / "file"))
    assert "reports cannot be written to" in found["gate"]["ottawa"]


def test_a_wait_that_failed_leaves_the_verdict_to_the_comparison(tmp_path: Path) -> None:
    bad = {"failed": True, "msg": "1 object is bad: Kustomization/flux-system/app"}
    waited = result(row(state="resumed"), **bad, verdicts=[row() | {"verdict": "failed", "seconds": 1.0}])
    assert told(tmp_path, "end", {"ottawa": ended(became("still_failing"), done=waited)})["gate"] == {}
    refused = result(row(state="resumed"), failed=True, msg="Kustomization/flux-system/app could not be written")
    found = told(tmp_path, "end", {"ottawa": ended(done=refused)})
    assert found["gate"] == {"ottawa": "Kustomization/flux-system/app could not be written"}


def test_an_end_that_was_interrupted_after_its_last_object(tmp_path: Path) -> None:
    found = told(tmp_path, "end", {"ottawa": {"looked": result(), "kept": ASKED, "compared": SAME}})
    assert found["lines"][0] == "ottawa  change CHG-7 has ended: nothing was left to resume"
    assert (found["stop"], found["gate"]) == (None, {})
