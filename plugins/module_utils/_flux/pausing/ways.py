# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How each kind is paused: by spec.suspend, by an annotation of its controller, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import EXTENSIONS, SPEC, Kind
from ansible_collections.gitops.flux.plugins.module_utils._flux.suspension import is_oci

_DISABLED = "disabled"
# Its controller never writes down that it has seen a request of a suspended object.
_SILENT = "ImageUpdateAutomation"


def unpausable(kind: Kind, spec: Mapping[str, Any]) -> str | None:
    """Why an object cannot be paused; None when it can."""
    if kind.suspend is None:
        return f"{kind.name} cannot be paused: no controller reconciles it. Pause what produces it"
    if is_oci(kind, spec):
        return "a HelmRepository of type oci cannot be paused: nobody fetches it. Pause its HelmCharts"
    return None


def paused(kind: Kind) -> dict[str, Any]:
    """The fields that pause an object, as a merge patch."""
    if kind.suspend == SPEC:
        return {"spec": {"suspend": True}}
    return {"metadata": {"annotations": {kind.suspend: _DISABLED}}}


def unpaused(kind: Kind) -> dict[str, Any]:
    """The fields that were paused are taken away, not set to another value: Git may want to own them."""
    if kind.suspend == SPEC:
        return {"spec": {"suspend": None}}
    return {"metadata": {"annotations": {kind.suspend: None}}}


def field_of(kind: Kind) -> str:
    """The field that pauses it, as people write it."""
    return "spec.suspend" if kind.suspend == SPEC else f"annotation {kind.suspend}"


def needs_request(kind: Kind) -> bool:
    """Whether a resumed object stays idle until it is asked: source-watcher does not look at other annotations.

    Elsewhere the new generation triggers a run, and flux-operator reacts to every annotation.
    """
    return kind.group == EXTENSIONS


def acknowledges(kind: Kind) -> bool:
    """Whether the controller of a suspended object writes down that it has seen a request."""
    return not kind.static and kind.name != _SILENT
