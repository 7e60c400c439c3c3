"""Every kind that can be paused, in its own way, and back to exactly what it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.integration.pausing.conftest import HOST, Desk
from tests.integration.playbook import Json

REACHED = {
    "GitRepository": "git", "OCIRepository": "oci", "Bucket": "bucket", "HelmRepository": "charts",
    "HelmChart": "chart", "Kustomization": "plain", "HelmRelease": "release", "Receiver": "receiver",
    "ImageRepository": "image", "ImagePolicy": "policy",
}  # fmt: skip
UNSUPPORTED = {"ImageUpdateAutomation": "automation", "Alert": "alert", "Provider": "provider"}
# Their controllers do not run here.
DOWN = {
    "ArtifactGenerator": "generator", "ResourceSet": "set", "ResourceSetInputProvider": "inputs",
    "FluxInstance": "flux", "FluxReport": "flux",
}  # fmt: skip
ALL = REACHED | UNSUPPORTED | DOWN
NEVER = {"address", "artifact"}
PAUSED = {
    "ArtifactGenerator": "source.extensions.fluxcd.io/reconcile",
    **dict.fromkeys(
        ("ResourceSet", "ResourceSetInputProvider", "FluxInstance", "FluxReport"), "fluxcd.controlplane.io/reconcile"
    ),
}
REASON = """dïsk "swap" - it's Ünïcödé: {{ no }} 🔥\nand a second line"""
CHOICE: Json = {"namespaces": ["pausing"], "change": "KINDS-1", "timeout": 45}
SUSPEND: Json = {
    **CHOICE,
    "state": "suspended",
    "reason": REASON,
    "ticket": "OPS-1",
    "until": "2099-01-01",
    "found": True,
}


@dataclass(frozen=True)
class Round:
    """Everything of one kind, paused and resumed, each twice, and checked before."""

    results: dict[str, Json]
    before: dict[str, Json]
    between: dict[str, Json]
    after: dict[str, Json]

    def row(self, which: str, kind: str) -> Json:
        rows = self.results[which]["objects"]
        found: Json = next(row for row in rows if (row["kind"], row["name"]) == (kind, ALL[kind]))
        return found


@pytest.fixture(scope="module")
def done(desk: Desk) -> Round:
    # A play's texts are templates.
    suspend = SUSPEND | {"reason": REASON.replace("{{ no }}", "{{ '{{ no }}' }}")}
    resume = {**CHOICE, "state": "resumed"}
    check: Json = {"_check_mode": True, "_diff": True}
    before = _objects(desk)
    first = desk.run(suspend | check, suspend | {"_diff": True}, suspend)
    between = _objects(desk)
    second = desk.run(resume | check, resume | {"_diff": True}, resume)
    names = ("suspend_check", "suspend", "suspend_again", "resume_check", "resume", "resume_again")
    return Round(dict(zip(names, [*first, *second], strict=True)), before, between, _objects(desk))


def _objects(desk: Desk) -> dict[str, Json]:
    return {kind: desk.read(kind, name) for kind, name in ALL.items()}


def _owned(item: Json) -> Json:
    """What a person or Git decides: the spec and the annotations, but for the request that every client leaves."""
    annotations = dict(item["metadata"].get("annotations", {}))
    annotations.pop("reconcile.fluxcd.io/requestedAt", None)
    kept = ("name", "namespace", "labels", "finalizers")
    metadata = {key: item["metadata"][key] for key in kept if key in item["metadata"]}
    return {"spec": item.get("spec"), "annotations": annotations, **metadata}


@pytest.mark.parametrize("kind", ALL)
def test_it_is_paused_in_its_own_way(done: Round, kind: str) -> None:
    item = done.between[kind]
    annotations = item["metadata"]["annotations"]
    if kind in PAUSED:
        assert annotations[PAUSED[kind]] == "disabled"
        assert "suspend" not in item["spec"]
    else:
        assert item["spec"]["suspend"] is True
    assert annotations["gitops.flux/suspended-reason"] == REASON
    assert annotations["gitops.flux/suspended-by"] == annotations["fluxcd.controlplane.io/suspendedBy"] == "admin"
    assert annotations["gitops.flux/suspended-ticket"] == "OPS-1"
    assert annotations["gitops.flux/suspended-until"] == "2099-01-02T00:00:00Z"
    assert annotations["gitops.flux/suspended-change"] == "KINDS-1"
    assert annotations["gitops.flux/suspended-found"].startswith('{"status": ')


@pytest.mark.parametrize("kind", ALL)
def test_the_barrier_says_whether_anything_is_in_flight(done: Round, kind: str) -> None:
    outcome = done.row("suspend", kind)["barrier"]
    assert outcome == ("reached" if kind in REACHED else "unsupported" if kind in UNSUPPORTED else "controller_down")
    if kind in REACHED:
        item = done.between[kind]
        assert (
            item["status"]["lastHandledReconcileAt"]
            == item["metadata"]["annotations"]["reconcile.fluxcd.io/requestedAt"]
        )


@pytest.mark.parametrize("kind", ALL)
def test_resumed_it_is_what_it_was(done: Round, kind: str) -> None:
    assert _owned(done.after[kind]) == _owned(done.before[kind])
    assert "suspend" not in done.after[kind]["spec"]


@pytest.mark.parametrize("kind", ALL)
def test_the_second_time_changes_nothing(done: Round, kind: str) -> None:
    for which, state in (("suspend_again", "suspended"), ("resume_again", "resumed")):
        row = done.row(which, kind)
        assert (row["changed"], row["state"]) == (False, state)


def test_only_first_times_are_changes(done: Round) -> None:
    assert {which: result["changed"] for which, result in done.results.items()} == {
        "suspend_check": True, "suspend": True, "suspend_again": False,
        "resume_check": True, "resume": True, "resume_again": False,
    }  # fmt: skip
    assert not any(result["failed"] for result in done.results.values()), done.results


def test_what_cannot_be_paused_is_left_and_said(done: Round) -> None:
    left = {row["name"]: row["why_left"] for row in done.results["suspend"]["objects"] if row["state"] == "left"}
    assert set(left) == NEVER
    assert "type oci cannot be paused" in left["address"]
    assert "ExternalArtifact cannot be paused" in left["artifact"]


@pytest.mark.parametrize("verb", ["suspend", "resume"])
def test_a_check_says_what_the_run_does(done: Round, verb: str) -> None:
    """Apart from the barrier, what it has to say, and the second it happens in."""
    check, real = done.results[f"{verb}_check"], done.results[verb]
    assert check["diff"] == real["diff"]
    assert len(real["diff"]) == len(ALL)
    assert _lasting(check["blast"]) == _lasting(real["blast"])
    assert [_timeless(row) for row in check["objects"]] == [_timeless(row) for row in real["objects"]]


def _lasting(blast: Json) -> Json:
    """Others go on meanwhile."""
    return {**blast, "open_suspensions": [{**row, "last": None} for row in blast["open_suspensions"]]}


def _timeless(row: Json) -> dict[str, Any]:
    suspended = row["suspended"] and {**row["suspended"], "since": None}
    return {**row, "suspended": suspended, "barrier": None, "warnings": None}


def test_a_source_watcher_has_to_be_asked(done: Round) -> None:
    """It looks at no other annotation; the others see a new generation, and flux-operator sees every annotation."""

    def asked(which: dict[str, Json], kind: str) -> str:
        request: str = which[kind]["metadata"]["annotations"]["reconcile.fluxcd.io/requestedAt"]
        return request

    changed = {kind for kind in ALL if asked(done.after, kind) != asked(done.between, kind)}
    assert changed == {"ArtifactGenerator"}


def test_what_was_found_comes_back_at_the_end(done: Round) -> None:
    for kind in ("Kustomization", "HelmRelease", "GitRepository"):
        found = done.row("suspend", kind)["found"]
        assert found["status"] == "ready"
        assert found["revision"]
        assert done.row("resume", kind)["found"] == found


def test_writes_are_one_patch_for_each_object(desk: Desk) -> None:
    mark = desk.bed.mark(HOST)
    choice: Json = {"namespaces": ["pausing"], "kinds": ["Alert", "Provider", "HelmChart"], "change": "KINDS-2"}
    desk.run({**choice, "state": "suspended", "reason": "count"}, {**choice, "state": "resumed"})
    writes = [(each.verb, each.resource) for each in desk.writes(mark)]
    assert sorted(writes) == sorted([("patch", kind) for kind in ("alerts", "providers", "helmcharts")] * 2)
    assert all("fieldManager=gitops.flux" in each.uri for each in desk.writes(mark))
