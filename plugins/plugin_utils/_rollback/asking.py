# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands a report prints: the same playbook again, or the next one, for this host and this HelmRelease."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.options import ASKED, FINISH, ROLLBACK
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.record import (
    REFUSED,
    UNSETTLED,
    Run,
    is_over,
    phase_of,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.verdict import is_missing

PLAYBOOKS = {ROLLBACK: "helm_rollback", FINISH: "helm_rollback_finish"}
# As key=value this reads the same to a shell and to Ansible.
_PLAIN = re.compile(r"[A-Za-z0-9._/:@+-]+")
# What forced the rollback forces no finish: there it means another thing.
_OF_FINISH = ("namespace", "name", "confirm", "allow_multiple", "accept_unverified_values")


class Move(NamedTuple):
    """A command, and what it is good for."""

    why: str
    command: str


@dataclass(frozen=True)
class Asking:
    """Whom the commands are for. inventory: None where a command finds its own."""

    host: str
    inventory: str | None
    asked: Mapping[str, Any]

    def play(self, step: str, *options: str, **more: str) -> str:
        """gitops.flux.helm_rollback or gitops.flux.helm_rollback_finish with everything it was asked."""
        variables = {key: value for key, value in self.asked.items() if _is_given(key, value)}
        if step == FINISH:
            variables = {key: variables[key] for key in _OF_FINISH if key in variables}
        variables |= {"confirm": self.asked["name"]} | more
        words = ["ansible-playbook", f"gitops.flux.{PLAYBOOKS[step]}", *self._where(), *options]
        return shlex.join([*words, *_extra({f"helm_rollback_{key}": value for key, value in variables.items()})])

    def explain(self) -> str:
        """gitops.flux.explain for this HelmRelease, from the commit to its pods."""
        subject = {"kind": "HelmRelease", "namespace": self.asked["namespace"], "name": self.asked["name"]}
        extra = _extra({f"explain_{key}": value for key, value in subject.items()})
        return shlex.join(["ansible-playbook", "gitops.flux.explain", *self._where(), *extra])

    def _where(self) -> list[str]:
        return [*(["-i", self.inventory] if self.inventory else []), "--limit", self.host]


def next_moves(run: Run, asking: Asking) -> list[Move]:
    """What is typed next, in order; the last one goes on with what was begun."""
    step, phase = run["step"], phase_of(run)
    if is_over(run):
        return []
    if run["rehearsal"]:
        return _after_rehearsal(run, asking)
    if run["ended_at"] is None or run["unclear"] or phase in UNSETTLED:
        return [Move("go on from where it was left", asking.play(step))]
    if phase in ("rolled_back", "pinned"):
        again = [Move("verify once more", asking.play(ROLLBACK))] if step == ROLLBACK and run["problem"] else []
        look = Move("once Git asks for something better, see what letting go would do", asking.play(FINISH, "--check"))
        return [*again, look, Move("once Git asks for something better, let it go", asking.play(FINISH))]
    if phase == REFUSED:
        return [Move("once Git asks for something better, let it go", asking.play(FINISH))]
    return _after_refusal(step, asking)


def _after_rehearsal(run: Run, asking: Asking) -> list[Move]:
    step, digest = run["step"], mapping(mapping(run["result"]).get("plan")).get("digest")
    if step == FINISH and is_missing(run):
        return [Move("once Git asks for something better, look again", asking.play(step, "--check"))]
    if run["problem"]:
        return _after_refusal(step, asking, "--check")
    return [Move("do exactly this", asking.play(step, **({"plan_digest": str(digest)} if digest else {})))]


def _after_refusal(step: str, asking: Asking, *options: str) -> list[Move]:
    """Nothing was written; the sentence of the refusal says what has to be put right."""
    look = Move("see how the release is", asking.explain())
    return [look, Move("once that is put right, again", asking.play(step, *options))]


def _is_given(key: str, value: Any) -> bool:
    return bool(value) and value != ASKED[key].get("default") and key != "plan_digest"


def _extra(variables: Mapping[str, Any]) -> list[str]:
    """As -e key=value, and where a value has spaces or is no text as one -e of JSON."""
    plain = {key: value for key, value in variables.items() if isinstance(value, str) and _PLAIN.fullmatch(value)}
    rest = {key: value for key, value in variables.items() if key not in plain}
    words = [word for key, value in plain.items() for word in ("-e", f"{key}={value}")]
    return [*words, *(["-e", json.dumps(rest, ensure_ascii=False)] if rest else [])]
