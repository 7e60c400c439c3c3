# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the two report actions hand to each other: an entry, and how its report is printed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.cluster_view import cluster_view
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import rendered
from ansible_collections.gitops.flux.plugins.plugin_utils._report.scope import Limits, Scope
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import write_atomically

# Only the user who runs the play reads it, and only until the play ends.
PRIVATE = 0o600


@dataclass(frozen=True)
class Printing:
    """Where the report of one cluster goes and what of the entry it shows."""

    path: str
    template: str
    scope: Scope = field(default_factory=Scope)
    limits: Limits = field(default_factory=Limits)
    kubeconfig: str | None = None
    changes: dict[str, Any] | None = None


@dataclass(frozen=True)
class Handover:
    """One cluster's entry on its way to the fleet's report."""

    entry: dict[str, Any]
    printing: Printing


def write_report(handover: Handover) -> None:
    """Print the entry and put it where it belongs, as a whole file."""
    printing = handover.printing
    view = cluster_view(
        handover.entry,
        scope=printing.scope,
        limits=printing.limits,
        changes=printing.changes,
        kubeconfig=printing.kubeconfig,
    )
    write_atomically(Path(printing.path), rendered(Path(printing.template), view))


def keep(handover: Handover, folder: Path) -> Path:
    """Store the entry in ansible's own temporary folder; the fleet's report finds it at the path returned."""
    path = handover_path(folder, handover.entry["host"])
    content = {"entry": handover.entry, "printing": asdict(handover.printing)}
    write_atomically(path, json.dumps(content), PRIVATE)
    return path


def handover_path(folder: Path, host: str) -> Path:
    return folder / f"{host.replace('/', '_')}.json"


def kept(path: Path) -> Handover:
    """The entry stored at path."""
    content: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    printing = dict(content["printing"])
    scope = Scope(**{name: tuple(wanted) for name, wanted in printing.pop("scope").items()})
    return Handover(content["entry"], Printing(**printing | {"scope": scope, "limits": Limits(**printing["limits"])}))
