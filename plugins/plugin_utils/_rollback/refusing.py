# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is refused before anything is sent, by what was asked alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.targets import ENVIRONMENT, NEEDS_UID
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.options import ROLLBACK

# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")


def refusal(step: str, asked: Mapping[str, Any], hosts: Sequence[str], target: Mapping[str, Any]) -> str | None:
    """Why nothing may be sent, in one sentence; None when it may. hosts: all the play has selected."""
    namespace, name = asked["namespace"], asked["name"]
    for variable, value in (("namespace", namespace), ("name", name)):
        if not _NAME.fullmatch(value):
            return f"helm_rollback_{variable} is {value!r}: it takes the {variable} of one HelmRelease."
    if asked["confirm"] != name:
        return (
            f"helm_rollback_confirm is {asked['confirm']!r}: it has to be {name}, the name of the HelmRelease, "
            f"typed once more. Nothing was sent."
        )
    if step == ROLLBACK and not asked["reason"]:
        return "helm_rollback_reason is empty: it says why, to whoever finds the release held."
    if len(hosts) > 1 and not asked["allow_multiple"]:
        return (
            f"{len(hosts)} clusters are selected ({', '.join(hosts)}): choose one with --limit, or say that all of "
            "them are meant with helm_rollback_allow_multiple=true. Nothing was sent."
        )
    if target.get("auth") == ENVIRONMENT and not target.get("expected_cluster_uid"):
        return NEEDS_UID
    return None
