# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which cluster answered, and who we are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.reading import Reading
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping


def identity_of(
    reading: Reading, context: str | None, kubeconfig: str | None, expected_uid: str | None
) -> dict[str, Any]:
    """Which cluster answered, how its commands name it, and who we are there."""
    uid = mapping(mapping(reading.namespace.value).get("metadata")).get("uid")
    user = mapping(mapping(mapping(reading.review.value).get("status")).get("userInfo"))
    return {
        "context": context,
        "kubeconfig": kubeconfig,
        "server": reading.server,
        "uid": uid,
        "uid_mismatch": bool(expected_uid) and uid != expected_uid,
        "kubernetes_version": reading.kubernetes_version,
        "user": {"name": user.get("username"), "groups": user.get("groups") or []} if user else None,
    }


def identity_warnings(cluster: Mapping[str, Any], expected_uid: str | None) -> list[str]:
    """What is to be said loudly about the identity of the cluster that answered."""
    if not cluster["uid_mismatch"]:
        return []
    found = cluster["uid"] or "unreadable"
    return [f"{cluster['server']} is not the cluster that is meant: its UID is {found}, expected is {expected_uid}."]
