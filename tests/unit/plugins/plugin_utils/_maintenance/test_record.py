"""What a window found: how it is kept, gone on with, and not mistaken for another's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.plugin_utils._maintenance.keeping import kept, told_after
from ansible_collections.gitops.flux.plugins.plugin_utils._maintenance.record import (
    dependents_of,
    file_words,
    read_record,
    record_path,
)

from tests.unit.flux_objects import REVISION, ago, git_repository, kustomization, records
from tests.unit.window_rows import row

APP = "Kustomization/flux-system/app"
WEB = "Kustomization/flux-system/web"
PICTURE = {"cluster": {"uid": "u1"}, "read_at": ago(0)}


def options(folder: Path, step: str = "start", **more: Any) -> dict[str, Any]:
    return {
        "report_dir": str(folder),
        "report_prefix": "flux-maintenance",
        "change": "CHG-7",
        "step": step,
        "objects": [],
        **more,
    }


def cluster(**paused: Any) -> list[dict[str, Any]]:
    app = kustomization("app", **paused)
    return records(
        git_repository(), app, kustomization("web", spec={"dependsOn": [{"name": "app"}]}), kustomization("b")
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [("CHG-7", "CHG-7"), ("a/../b c", "a_.._b_c"), ("../..", "change"), ("Ärger", "rger"), ("..", "change")],
)
def test_the_id_of_a_change_is_a_harmless_part_of_a_file_name(change: str, words: str) -> None:
    assert file_words(change) == words


def test_dependents_hang_on_sources_dependencies_and_owners_also_indirectly() -> None:
    owned = {
        "labels": {"kustomize.toolkit.fluxcd.io/name": "app", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}
    }
    found = records(
        git_repository(),
        kustomization("app"),
        kustomization("child", **owned),
        kustomization("grandchild", spec={"dependsOn": [{"name": "child"}]}),
        kustomization("other", spec={"sourceRef": {"kind": "GitRepository", "name": "elsewhere"}}),
    )
    names = [ref.name for ref in dependents_of([Ref("Kustomization", "flux-system", "app")], found)]
    assert names == ["child", "grandchild"]
    everything = [ref.name for ref in dependents_of([Ref("GitRepository", "flux-system", "fleet")], found)]
    assert everything == ["app", "child", "grandchild"]


def test_a_start_keeps_its_objects_and_what_hangs_on_them(tmp_path: Path) -> None:
    told = kept(options(tmp_path, objects=[row(), row("x", "left")]), "ottawa", PICTURE, cluster(), is_rehearsal=False)
    assert (told["known"], told["taken"], told["ended_at"]) == (True, "start", None)
    assert told["wait_for"] == {"kinds": ["Kustomization"], "namespaces": ["flux-system"], "names": ["app", "web"]}
    path = tmp_path / "flux-maintenance-CHG-7-ottawa.json"
    found = json.loads(path.read_text())
    assert found["objects"] == {APP: {"status": "ready", "revision": REVISION}}
    assert found["dependents"] == {WEB: {"status": "ready", "revision": REVISION}}


def test_a_rehearsal_keeps_nothing(tmp_path: Path) -> None:
    told = kept(options(tmp_path, objects=[row()]), "ottawa", PICTURE, cluster(), is_rehearsal=True)
    assert told["known"]
    assert list(tmp_path.iterdir()) == []


def test_a_start_that_goes_on_keeps_what_was_found_at_first(tmp_path: Path) -> None:
    kept(options(tmp_path, objects=[row()]), "ottawa", PICTURE, cluster(), is_rehearsal=False)
    later = cluster(spec={"suspend": True})
    later[2]["status"] = "failed"
    again = options(tmp_path, objects=[row(changed=False), row("b", found=None)])
    kept(again, "ottawa", PICTURE | {"read_at": ago(-60)}, later, is_rehearsal=False)
    found = json.loads(record_path(again, "ottawa").read_text())
    assert found["at"] == ago(0)
    assert set(found["objects"]) == {APP, "Kustomization/flux-system/b"}
    assert found["dependents"][WEB]["status"] == "ready"


def test_a_start_that_finds_nothing_paused_forgets_an_older_file(tmp_path: Path) -> None:
    kept(options(tmp_path, objects=[row("gone")]), "ottawa", PICTURE, cluster(), is_rehearsal=False)
    kept(options(tmp_path, objects=[row()]), "ottawa", PICTURE, cluster(), is_rehearsal=False)
    assert set(json.loads(record_path(options(tmp_path), "ottawa").read_text())["objects"]) == {APP}


def test_an_end_without_a_file_says_that_it_made_it(tmp_path: Path) -> None:
    objects = [row(state="resumed", found={"status": "failed", "revision": "old"})]
    told = kept(options(tmp_path, "before_end", objects=objects), "ottawa", PICTURE, cluster(), is_rehearsal=False)
    assert told["taken"] == "end"
    found = json.loads(record_path(options(tmp_path), "ottawa").read_text())
    assert found["objects"] == {APP: {"status": "failed", "revision": "old"}}


def test_an_end_without_anything_knows_nothing(tmp_path: Path) -> None:
    told = kept(options(tmp_path, "before_end"), "ottawa", PICTURE, cluster(), is_rehearsal=False)
    assert (told["known"], told["wait_for"]["names"]) == (False, [])
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_end_still_knows_what_it_has_resumed(tmp_path: Path) -> None:
    kept(options(tmp_path, objects=[row()]), "ottawa", PICTURE, cluster(), is_rehearsal=False)
    told = kept(options(tmp_path, "before_end"), "ottawa", PICTURE, cluster(), is_rehearsal=False)
    assert (told["known"], told["taken"], told["wait_for"]["names"]) == (True, "start", ["app", "web"])
    after = told_after(options(tmp_path, "after_end"), "ottawa", PICTURE, cluster(), is_rehearsal=False)
    assert (after["ended"], after["rows"], after["moves"]) == (True, [], [])
    over = kept(options(tmp_path, "before_end"), "ottawa", PICTURE, cluster(), is_rehearsal=False)
    assert (over["known"], over["ended_at"], over["wait_for"]["names"]) == (True, ago(0), [])


def test_what_is_still_paused_leaves_the_file_open(tmp_path: Path) -> None:
    paused = cluster(spec={"suspend": True}, annotations={"gitops.flux/suspended-change": "CHG-7"})
    kept(options(tmp_path, objects=[row()]), "ottawa", PICTURE, cluster(), is_rehearsal=False)
    after = told_after(options(tmp_path, "after_end"), "ottawa", PICTURE, paused, is_rehearsal=False)
    assert (after["ended"], [line["outcome"] for line in after["rows"]]) == (False, ["still_paused"])
    assert json.loads(record_path(options(tmp_path), "ottawa").read_text())["ended_at"] is None


def test_a_file_that_vanished_is_said(tmp_path: Path) -> None:
    told = told_after(options(tmp_path, "after_end"), "ottawa", PICTURE, cluster(), is_rehearsal=False)
    assert told["failed"]
    assert told["msg"].endswith("is gone, so nothing can be compared")


@pytest.mark.parametrize(
    "change", [{"change": "CHG-8"}, {"uid": "other"}, {"schema_version": 2}, {"change": None}, "not JSON"]
)
def test_another_file_is_none_of_ours(tmp_path: Path, change: Any) -> None:
    path = tmp_path / "record.json"
    written = {"schema_version": 1, "change": "CHG-7", "uid": "u1"}
    path.write_text(json.dumps(written | change) if isinstance(change, dict) else change)
    assert read_record(path, "CHG-7", "u1") is None
    assert read_record(tmp_path / "absent.json", "CHG-7", "u1") is None
