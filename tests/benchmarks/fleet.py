"""The health check of three clusters against a bare ping play, with 100 and with 2,000 Kustomizations."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.testbed.bed import Bed
from tests.testbed.testbed import FLEET

from .figures import Figure
from .load import change_one, grown, kustomizations
from .timing import ANSIBLE_PLAYBOOK, Run, in_turn, measured, ratio, wall

PING = Path(__file__).with_name("ping.yml")
KINDS = 15
PAGE = 500


def fleet_figures(bed: Bed, rounds: int) -> list[Figure]:
    """Ratios from one run, with what else is printed beside them."""
    with TemporaryDirectory() as outputs, kustomizations(bed, dict.fromkeys(FLEET, 100)):
        check = partial(_health_check, bed, outputs)
        ping, small = in_turn(rounds, _ping, check)
        figures = [
            Figure(
                "health check / ping play, 3 x 100 Kustomizations", ratio(small, ping), "x", 3.0, _both(small, ping)
            ),
            *_requests(bed, check, 100),
            *_manual(bed, rounds, small),
        ]
        with grown(bed, FLEET[0], 2000):
            again, large = in_turn(rounds, _ping, check)
            figures += _requests(bed, check, 2000)
        # Not measured side by side: each is held against the ping play of its own round.
        growth = ratio(large, again) / ratio(small, ping)
        figures.append(
            Figure("health check with 2,000 / with 100 on one cluster", growth, "x", 1.5, _both(large, small))
        )
        return figures


def _both(over: list[Run], under: list[Run]) -> str:
    return f"{wall(over)} against {wall(under)}"


def _ping() -> Run:
    return _playbook(str(PING))


def _health_check(bed: Bed, outputs: str) -> Run:
    change_one(bed, FLEET[0])
    run = _playbook("gitops.flux.health_check", f"flux_kubeconfig={bed.kubeconfig} health_check_report_dir={outputs}")
    if run.code != 0:
        raise RuntimeError(f"the health check ended with {run.code}; the fleet has to be healthy")
    return run


def _playbook(name: str, variables: str = "") -> Run:
    extra = ["-e", variables] if variables else []
    return measured([ANSIBLE_PLAYBOOK, name, "-i", "inventory/fleet.yml", *extra])


def _requests(bed: Bed, check: Callable[[], Run], number: int) -> list[Figure]:
    """Requests of one run, from the audit log: one for each served kind, 20 more, and one for each further page."""
    mark = bed.mark(FLEET[0])
    check()
    asked = [request for request in bed.audit(FLEET[0], mark) if request.agent.startswith("gitops.flux")]
    lists = {request.resource for request in asked if request.group.endswith(("fluxcd.io", "controlplane.io"))}
    bound = len(lists) + 20 + number // PAGE
    return [Figure(f"API requests with {number} Kustomizations", len(asked), "", bound, f"{len(lists)} kinds served")]


def _manual(bed: Bed, rounds: int, small: list[Run]) -> list[Figure]:
    """What a person would type instead."""
    bin_folder, env = bed.paths.bin, os.environ | {"KUBECONFIG": str(bed.kubeconfig)}
    contexts = [bed.cluster(name).context for name in FLEET]
    kubectl, flux = (shlex.quote(str(bin_folder / name)) for name in ("kubectl", "flux"))
    commands = {
        "15 x kubectl get -o json, in parallel": _parallel(
            f"{kubectl} --context {context} get {kinds} -A -o json"
            for context in contexts
            for kinds in ("gitrepositories", "helmrepositories", "helmcharts", "kustomizations", "helmreleases")
        ),
    }
    if (bin_folder / "flux").exists():  # it is optional: it may not build everywhere
        commands["3 x flux get all -A, in parallel"] = _parallel(f"{flux} --context {c} get all -A" for c in contexts)
        commands["the manual chain: flux and kubectl, one after the other"] = "; ".join(
            part for context in contexts for part in _chain(flux, kubectl, context)
        )
    figures = []
    for name, command in commands.items():
        (runs,) = in_turn(rounds, partial(measured, ["sh", "-c", command], env))
        figures.append(Figure(f"health check / {name}", ratio(small, runs), "x", None, wall(runs)))
    return figures


def _chain(flux: str, kubectl: str, context: str) -> list[str]:
    """Sources, Kustomizations, HelmReleases, events, controllers: the usual order by hand."""
    return [
        *(f"{flux} --context {context} get {kind} -A" for kind in ("sources all", "kustomizations", "helmreleases")),
        f"{kubectl} --context {context} get events -n flux-system --sort-by=.lastTimestamp",
        f"{kubectl} --context {context} get pods -n flux-system",
    ]


def _parallel(commands: Iterable[str]) -> str:
    return " & ".join(commands) + " & wait"
