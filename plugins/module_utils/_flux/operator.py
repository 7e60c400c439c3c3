# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""flux-operator: whether it is there, its FluxInstance, and how to open its web interface."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.commands import aim_at
from ansible_collections.gitops.flux.plugins.module_utils._flux.reading import Reading, Wishes
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping, rows


def operator_of(
    reading: Reading, records: Iterable[Mapping[str, Any]], wishes: Wishes, cluster: Mapping[str, Any]
) -> dict[str, Any]:
    """The operator of one cluster. A cluster without it was set up by bootstrap, which is no fault."""
    instance = next((record for record in records if _is_instance(record, wishes)), None)
    service = _service_of(reading, wishes)
    ports = f"{wishes.operator_port}:{wishes.operator_port}"
    forward = aim_at(cluster).kubectl(wishes.flux_namespace, "port-forward", f"svc/{wishes.operator_service}", ports)[
        "command"
    ]
    return {
        "installed": instance is not None or service["exists"],
        "instance": instance,
        "service": service,
        "command": forward if service["ready"] else None,
    }


def _is_instance(record: Mapping[str, Any], wishes: Wishes) -> bool:
    return (record["kind"], record["namespace"], record["name"]) == (
        "FluxInstance",
        wishes.flux_namespace,
        wishes.operator_instance,
    )


def _service_of(reading: Reading, wishes: Wishes) -> dict[str, Any]:
    service, slices = reading.others.get("Service"), reading.others.get("EndpointSlice")
    spec = mapping(mapping(service.value if service else None).get("spec"))
    serves = any(port.get("port") == wishes.operator_port for port in rows(spec.get("ports")))
    found = (slices.value if slices else None) or ()
    ready = any(
        mapping(endpoint.get("conditions")).get("ready") is not False
        for entry in found
        for endpoint in rows(entry.get("endpoints"))
    )
    return {"exists": bool(spec), "port": wishes.operator_port if serves else None, "ready": serves and ready}
