# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what flux_info answered, or did not, to the picture of a cluster. A failure is a result like any other."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.health import cluster_health
from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import HealthSettings
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import plain

# What ansible-core before 2.19 says when a module leaves nothing but a traceback.
CRASH = "See stdout/stderr for the exact error"

# What ansible-core adds to the result of a module.
NOT_THE_PICTURE = frozenset({"changed", "invocation", "deprecations", "ansible_facts"})


def unreadable(reason: str, context: str | None, at: str, hint: str | None = None) -> dict[str, Any]:
    """The picture of a cluster of which nothing is known. at: RFC 3339."""
    names = ("kubeconfig", "server", "uid", "kubernetes_version", "flux_version", "user")
    cluster = {"context": context, **dict.fromkeys(names), "uid_mismatch": False}
    return {"reachable": False, "reason": reason, "hint": hint, "cluster": cluster, "read_at": at, "seconds": None}


def picture_from(result: Mapping[str, Any], context: str | None, at: str) -> dict[str, Any]:
    """flux_info's picture, or the unreadable one that says why it failed."""
    if result.get("failed") or "reachable" not in result:
        hint = (result.get("error") or {}).get("hint")
        return unreadable(failure_reason(result), context, at, plain(hint))
    return {"read_at": at} | {name: value for name, value in plain(result).items() if name not in NOT_THE_PICTURE}


def entry_of(
    host: str,
    display_name: str | None,
    picture: Mapping[str, Any],
    records: Sequence[Mapping[str, Any]],
    settings: HealthSettings,
) -> dict[str, Any]:
    """The judged entry of one cluster, under the name of its host."""
    entry = cluster_health(picture, records, settings, host)
    return entry | {"display_name": display_name or host, "same_cluster_as": []}


def failure_reason(result: Mapping[str, Any]) -> str:
    """One sentence for people; where only a traceback is left, its last line, which names the error."""
    message = (result.get("error") or {}).get("message") or result.get("msg") or _captured(result.get("exception"))
    if not message or CRASH in str(message):
        lines = str(result.get("exception") or result.get("module_stderr") or "it gave no result").strip().splitlines()
        message = f"the module stopped unexpectedly: {lines[-1].strip()}"
    return " ".join(redact(str(message)).split())


def _captured(exception: object) -> str | None:
    """The message of a failed module since ansible-core 2.19, where it travels in an object of its own."""
    return getattr(getattr(exception, "event", None), "msg", None)


def records_of(path: Path) -> list[dict[str, Any]]:
    """The records flux_info left in its file."""
    records: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return records
