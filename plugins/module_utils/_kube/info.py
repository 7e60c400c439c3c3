# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of flux_info: connect, read, and return the picture of one cluster."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput, Unreachable
from ansible_collections.gitops.flux.plugins.module_utils._flux.picture import picture_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.reading import Wishes
from ansible_collections.gitops.flux.plugins.module_utils._flux.selection import selection_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.view import Thresholds
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import Client
from ansible_collections.gitops.flux.plugins.module_utils._kube.configuration import configuration_of
from ansible_collections.gitops.flux.plugins.module_utils._kube.reading import read_cluster
from ansible_collections.gitops.flux.plugins.module_utils._kube.target import Target, target_of


def cluster_picture(params: Mapping[str, Any], scratch: str) -> dict[str, Any]:
    """The result of flux_info for its parameters. scratch: folder for key files of a kubeconfig."""
    started = time.monotonic()
    target = target_of(params, os.environ)
    wishes = _wishes(params)
    server = target.host
    try:
        client = Client(configuration_of(target, params, scratch), target, params["request_timeout"])
        server = client.server
        reading, uid = read_cluster(client, wishes), params["expected_cluster_uid"]
        picture = picture_of(reading, target.context, target.named_kubeconfig, uid, wishes)
    except Unreachable as error:
        if params["fail_on_unreachable"]:
            raise
        picture = _unreachable(target, server, error)
    picture["seconds"] = round(time.monotonic() - started, 3)
    return _compact(picture, params["records_path"]) if picture["reachable"] else picture


def _wishes(params: Mapping[str, Any]) -> Wishes:
    names = (
        "flux_namespace",
        "settings_config_maps",
        "operator_instance",
        "operator_service",
        "operator_port",
        "log_lines",
        "log_scope",
    )
    limits = ("stale_after", "unobserved_after", "stuck_after")
    return Wishes(
        gather=frozenset(params["gather"]),
        selection=selection_of(params),
        thresholds=Thresholds(**{name: params[name] for name in limits}),
        **{name: params[name] for name in names},
    )


def _unreachable(target: Target, server: str | None, error: Unreachable) -> dict[str, Any]:
    """Being out of reach is a result too: what is known, and the one reason."""
    known = {"context": target.context, "kubeconfig": target.named_kubeconfig, "server": server}
    cluster = known | dict.fromkeys(("uid", "kubernetes_version", "flux_version", "user")) | {"uid_mismatch": False}
    return {"reachable": False, "reason": error.message, "cluster": cluster}


def _compact(picture: dict[str, Any], path: str | None) -> dict[str, Any]:
    """All records into the file, and only those that are not ready into the result."""
    if path is None:
        return picture
    try:
        Path(path).write_text(json.dumps(picture["objects"]), encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"records_path {path} cannot be written: {error.strerror}.", "Name another file.") from error
    return picture | {"objects": [record for record in picture["objects"] if record["status"] != "ready"]}
