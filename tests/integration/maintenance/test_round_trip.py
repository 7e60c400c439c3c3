"""A change from its blast radius to its end, with texts only, as a survey sends them."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from tests.integration.maintenance.conftest import HOST, STORAGE, Window, lasting

WEB = "Kustomization window/web"
NAMES = ["base", "release", "spare", "storage"]


def test_a_rehearsal_shows_the_blast_radius_and_writes_nothing(window: Window, folder: Path) -> None:
    mark = window.bed.mark(HOST)
    done = window.start(folder, "CHG-1", "--check", "--diff")
    assert done.rc == 0, done.text
    assert window.writes(mark) == []
    assert sorted(done.files) == ["flux-maintenance-CHG-1-start-fleet.md", f"flux-maintenance-CHG-1-start-{HOST}.md"]
    report = done.report(f"CHG-1-start-{HOST}")
    assert report.startswith("# StPetersburg: change CHG-1 would pause 4 objects\n")
    assert "## To be paused (4)" in report
    assert "- 4 objects, which keep 4 other objects up to date\n" in report
    assert f"- blocked at the next commit of their source (1): {WEB}\n" in report
    assert '+            "gitops.flux/suspended-change": "CHG-1"' in done.stdout
    assert done.recap(HOST)["changed"] == 1


def test_there_and_back_again(window: Window, folder: Path) -> None:
    before = window.items(*STORAGE)
    mark = window.bed.mark(HOST)
    done = window.start(folder, "CHG-2")
    assert done.rc == 0, done.text
    assert window.paused() == set(STORAGE)
    assert _written(window, mark) == NAMES
    report = done.report(f"CHG-2-start-{HOST}")
    assert report.startswith("# StPetersburg: change CHG-2 has paused 4 objects\n")
    assert report.count("| reached |") == 4
    _require_notes(window, "CHG-2")

    mark = window.bed.mark(HOST)
    again = window.start(folder, "CHG-2")
    assert (again.rc, again.recap(HOST)["changed"], window.writes(mark)) == (0, 0, [])

    mark = window.bed.mark(HOST)
    rehearsal = window.end(folder, "CHG-2", "--check")
    assert rehearsal.rc == 0, rehearsal.text
    assert "the end of change CHG-2 would resume 4 objects" in rehearsal.stdout
    assert window.writes(mark) == []

    ended = window.end(folder, "CHG-2")
    assert ended.rc == 0, ended.text
    assert window.paused() == set()
    # One that waits for another is asked once more when that is done, instead of after the controller's half minute.
    assert sorted(set(_written(window, mark))) == NAMES
    report = ended.report(f"CHG-2-end-{HOST}")
    assert report.startswith("# StPetersburg: change CHG-2 has ended: 4 objects resumed\n")
    assert "Nothing about the start is kept" not in report
    after = window.items(*STORAGE)
    assert {name: lasting(item) for name, item in after.items()} == {
        name: lasting(item) for name, item in before.items()
    }

    over = window.end(folder, "CHG-2")
    assert (over.rc, over.recap(HOST)["changed"]) == (0, 0), over.text
    assert "change CHG-2 was ended before, at 20" in over.stdout
    assert over.report(f"CHG-2-end-{HOST}") == report
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o640}


def _written(window: Window, mark: int) -> list[str]:
    """One patch for each object; one that was refused, because its controller was quicker, is written anew."""
    return sorted(write.name for write in window.writes(mark) if write.code != 409)


def _require_notes(window: Window, change: str) -> None:
    for item in window.items(*STORAGE).values():
        notes = item["metadata"]["annotations"]
        assert notes["gitops.flux/suspended-change"] == change
        assert notes["gitops.flux/suspended-reason"] == "disk swap"
        assert json.loads(notes["gitops.flux/suspended-found"])["status"] in ("ready", "progressing")


def test_what_was_paused_before_stays_paused(window: Window, folder: Path) -> None:
    window.suspend_by_hand("kustomization/spare")
    try:
        done = window.start(folder, "CHG-3")
        assert done.rc == 0, done.text
        report = done.report(f"CHG-3-start-{HOST}")
        assert report.startswith("# StPetersburg: change CHG-3 has paused 3 objects, 1 is left as it was\n")
        assert "| Kustomization window/spare | suspended by kubectl" in report
        assert "## Already paused on this cluster (1)" in report
        notes = window.items("kustomization/spare")["kustomization/spare"]["metadata"].get("annotations", {})
        assert [key for key in notes if key.startswith("gitops.flux/")] == []
        ended = window.end(folder, "CHG-3")
        assert ended.rc == 0, ended.text
        assert window.paused() == {"kustomization/spare"}
    finally:
        window.suspend_by_hand("kustomization/spare", value=False)


def test_by_kinds_and_names_with_line_breaks(window: Window, folder: Path) -> None:
    extra = {
        "maintenance_window_kinds": "Kustomization\nHelmRelease",
        "maintenance_window_names": "base\nrelease\n",
        "maintenance_window_label_selectors": "team in (storage,other)",
        "maintenance_window_namespaces": "",
        "maintenance_window_change": "CHG-4 / ../x",
    }
    done = window.start(folder, "ignored", **extra)
    assert done.rc == 0, done.text
    assert window.paused() == {"kustomization/base", "helmrelease/release"}
    assert f"flux-maintenance-CHG-4_.._x-start-{HOST}.md" in done.files
    assert window.end(folder, "CHG-4 / ../x").rc == 0
