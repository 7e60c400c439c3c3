"""Three Kustomizations that do not build: they must hold nobody up, and who asks for them alone must know at once."""

from __future__ import annotations

import json
import sys
import threading
import time
from functools import partial
from pathlib import Path

from tests.testbed.bed import Bed
from tests.testbed.readiness import condition_of
from tests.testbed.testbed import FLEET

from .desk import Desk
from .figures import Figure
from .limit import Limit
from .moving import NAMESPACE, Branch, Json, behind, many
from .timing import Run, alternating, measured, ratio, summed, wall

NUMBER, BROKEN = 100, 3
BOUND, SECONDS = 1.25, 2.0
FAILED = 2
ANSIBLE = str(Path(sys.executable).with_name("ansible"))


def broken_figures(bed: Bed, moving: Branch, outputs: Path, rounds: int) -> list[Figure]:
    """Among a hundred, and alone."""
    desk = Desk(bed, moving, outputs, FLEET[0])
    with behind(bed, moving, {FLEET[0]: many(NUMBER, BROKEN)}):
        play, limit, ping = alternating(
            rounds, partial(desk.moved, partial(desk.play, FAILED)), partial(desk.moved, desk.limit_moved), desk.ping
        )
        late = [_seconds_behind(desk) for _round in range(rounds)]
    name = f"{BROKEN} of {NUMBER} Kustomizations do not build"
    detail = f"{wall(play)} against {wall(limit)} + {wall(ping)}"
    return [
        Figure(
            f"reconcile_all / (raw limit + ping play), {name}", ratio(play, summed(limit, ping)), "x", BOUND, detail
        ),
        Figure("flux_reconcile of those alone ends after its controller's word", max(late), "s", SECONDS),
    ]


def _seconds_behind(desk: Desk) -> float:
    """Between the last of the verdicts, as another watch sees them, and the end of the process."""
    watch = Outside(Limit(desk.bed.cluster(desk.hosts[0])))
    run = desk.unmoved(lambda: _of_broken(desk))
    ended = time.monotonic()
    if run.code != FAILED:
        raise RuntimeError(f"flux_reconcile of what does not build ended with {run.code}")
    return ended - watch.last_verdict()


def _of_broken(desk: Desk) -> Run:
    names = [item["metadata"]["name"] for item in many(BROKEN, BROKEN)]
    selected = {"kinds": ["Kustomization"], "namespaces": [NAMESPACE], "names": names}
    target = {"kubeconfig": str(desk.bed.kubeconfig), "context": desk.bed.cluster(desk.hosts[0]).context}
    where = ("localhost", "-i", "localhost,", "-c", "local", "-e", f"ansible_python_interpreter={sys.executable}")
    return measured([ANSIBLE, *where, "-m", "gitops.flux.flux_reconcile", "-a", json.dumps(selected | target)])


class Outside:
    """Sees what the controller says of the broken ones, and when: since it was made, until it is asked."""

    def __init__(self, limit: Limit) -> None:
        self._seen: dict[str, tuple[str, float]] = {}
        self._limit = limit
        listed = limit.listed()
        self._before = {_name(item): _handled(item) for item in listed["items"]}
        version = listed["metadata"]["resourceVersion"]
        threading.Thread(target=self._look, args=(version,), daemon=True).start()

    def _look(self, version: str) -> None:
        for item in self._limit.changes(version):
            said = condition_of(item, "Ready").get("status") == "False"
            fresh = _handled(item) not in (self._before.get(_name(item)), self._seen.get(_name(item), ("", 0.0))[0])
            if said and fresh:
                self._seen[_name(item)] = _handled(item), time.monotonic()

    def last_verdict(self) -> float:
        if len(self._seen) != BROKEN:
            raise RuntimeError(f"the controller spoke of {len(self._seen)} objects instead of {BROKEN}")
        return max(when for _token, when in self._seen.values())


def _name(item: Json) -> str:
    return str(item["metadata"]["name"])


def _handled(item: Json) -> str:
    """The request its last run was for."""
    return str(item.get("status", {}).get("lastHandledReconcileAt", ""))
