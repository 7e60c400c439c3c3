# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a module's parameters to the one cluster they name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidTarget
from ansible_collections.gitops.flux.plugins.module_utils._flux.picture import picture_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.reading import Reading, Wishes
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import CONNECTIONS, Client
from ansible_collections.gitops.flux.plugins.module_utils._kube.configuration import configuration_of
from ansible_collections.gitops.flux.plugins.module_utils._kube.target import Target, target_of


@dataclass(frozen=True)
class Session:
    """A connection to the cluster that was named, and what its name was."""

    client: Client
    target: Target
    expected_uid: str | None

    def picture(self, reading: Reading, wishes: Wishes) -> dict[str, Any]:
        """The picture of what was read, as flux_info returns it."""
        return picture_of(reading, self.target.context, self.target.named_kubeconfig, self.expected_uid, wishes)


def opened(params: Mapping[str, Any], scratch: str, connections: int = CONNECTIONS) -> Session:
    """The session of a module's parameters. scratch: folder for key files of a kubeconfig. Sends nothing yet."""
    target = target_of(params, os.environ)
    client = Client(configuration_of(target, params, scratch), target, params["request_timeout"], connections)
    return Session(client, target, params["expected_cluster_uid"])


def require_meant(cluster: Mapping[str, Any], expected_uid: str | None) -> None:
    """Refuses to go on to writing when another cluster answered than the one that is meant."""
    if cluster["uid_mismatch"]:
        found = cluster["uid"] or "not readable"
        raise InvalidTarget(
            f"{cluster['server']} is not the cluster that is meant: its UID is {found}, expected is {expected_uid}. "
            "Nothing was written.",
            "Check the context, or expected_cluster_uid (flux_cluster_uid in the inventory).",
        )
