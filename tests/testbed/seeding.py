"""The healthy set of objects every cluster starts with."""

from __future__ import annotations

import json
import secrets

from .cluster import Cluster
from .fleet import Fleet
from .paths import SEED, Paths
from .ports import Ports


def substitutions(paths: Paths, ports: Ports, cluster: str) -> dict[str, str]:
    """What stands between @ signs in seed and scenarios. Flux' own variables are ${…}, so they pass untouched."""
    return {
        "CLUSTER": cluster,
        "GIT_BASE": ports.url("git"),
        "GIT_URL": ports.url("git") + "/fleet.git",
        "CHARTS_URL": ports.url("charts"),
        "OCI_URL": f"oci://127.0.0.1:{ports.port('registry')}",
        "OCI_HOST": f"127.0.0.1:{ports.port('registry')}",
        "GIT_PASSWORD": git_password(paths),
    }


def filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def git_password(paths: Paths) -> str:
    """The password in every cluster's Git Secret. The server asks for none unless a fault makes it."""
    file = paths.run / "git" / "password.json"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(secrets.token_hex(12)))
    return str(json.loads(file.read_text()))


def write_seed(paths: Paths, ports: Ports, clusters: list[str]) -> str:
    """Puts `clusters/` of the fleet repository into its original state and publishes it: the commit."""
    fleet = Fleet(paths)
    fleet.create()
    fleet.remove("clusters")
    for cluster in clusters:
        values = substitutions(paths, ports, cluster)
        for file in (SEED / "cluster").rglob("*.yaml"):
            text = filled(file.read_text(), values)
            fleet.write({f"clusters/{cluster}/{file.relative_to(SEED / 'cluster')}": text})
        if not (paths.bin / "notification-controller").exists():
            # Nobody would ever look at it.
            fleet.write({f"clusters/{cluster}/receiver.yaml": "# its controller does not run here\n"})
    return fleet.publish("The fleet as it should be")


def bootstrap(cluster: Cluster, ports: Ports) -> None:
    """What `flux bootstrap` leaves behind: the Secret, the root source and the root Kustomization."""
    values = substitutions(cluster.paths, ports, cluster.name)
    texts = [(SEED / name).read_text() for name in ("secrets.yaml", "cluster/flux-system/gotk-sync.yaml")]
    cluster.apply(filled("\n---\n".join(texts), values), manager="flux")
