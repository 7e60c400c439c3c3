# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way out at night: a release that went bad, taken back to the revision before."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import FINISHING, SETTLED
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import FAILED, STALLED

Record = Mapping[str, Any]

_RUNS = frozenset({"deployed", "superseded"})


def emergency_of(name: str, ref: Ref, record: Record | None, host: str | None) -> str | None:
    """The playbook to start, as a check: what it would do is looked at first. None where nothing can be taken back.

    name: the class of the cause. host: the inventory's name of the cluster.
    """
    if host is None or record is None or record["kind"] != "HelmRelease":
        return None
    held = (record["suspended"] or {}).get("rollback")
    if held is not None:
        goes_on = held["phase"] not in SETTLED and held["phase"] != FINISHING
        return _play("helm_rollback" if goes_on else "helm_rollback_finish", ref, host, name)
    return _play("helm_rollback", ref, host, name) if _went_bad(name, record) else None


def _went_bad(name: str, record: Record) -> bool:
    """Whether the newest revision is the trouble, and there is one before it.

    Where a new one was never made (a chart that is missing, values that do not fit), the good one still runs.
    """
    release = record["release"] or {}
    if record["status"] not in (FAILED, STALLED) and name != "pending_release":
        return False
    has_older = isinstance(release.get("revision"), int) and release["revision"] > 1
    return has_older and (release.get("status") not in _RUNS or name == "test_failed")


def _play(playbook: str, ref: Ref, host: str, name: str) -> str:
    given = {"namespace": ref.namespace, "name": ref.name, "confirm": ref.name, "reason": name}
    extra = [word for key, value in given.items() for word in ("-e", f"helm_rollback_{key}={value}")]
    return shlex.join(["ansible-playbook", f"gitops.flux.{playbook}", "--limit", host, "--check", *extra])
