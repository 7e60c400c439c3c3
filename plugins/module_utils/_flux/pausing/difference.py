# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a merge patch does to an object: how it is afterwards, and exactly which fields differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import REQUESTED_AT
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.steps import Step
from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping

# Differs from run to run, so that a check and the run after it would never agree.
_NEW_REQUEST = "(a new request)"


def merged(target: Any, patch: Mapping[str, Any]) -> dict[str, Any]:
    """RFC 7386: what is null is taken away, mappings are merged, anything else is replaced."""
    result = dict(mapping(target))
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value) if isinstance(value, Mapping) else value
    return result


def difference_of(step: Step) -> dict[str, Any] | None:
    """The fields a step touches, before and after, in the form Ansible shows; None when it touches nothing."""
    if not step.patch:
        return None
    name = str(step.stand.ref)
    after = _picked(merged(step.stand.item, step.patch), step.patch)
    annotations = mapping(after.get("metadata")).get("annotations")
    if annotations and REQUESTED_AT in annotations:
        annotations[REQUESTED_AT] = _NEW_REQUEST
    return {
        "before_header": name,
        "after_header": name,
        "before": _picked(step.stand.item, step.patch),
        "after": after,
    }


def _picked(item: Any, patch: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an object that a patch speaks of; what is not there is left out."""
    found: dict[str, Any] = {}
    for key, value in patch.items():
        present = mapping(item).get(key)
        if isinstance(value, Mapping):
            inner = _picked(present, value)
            found |= {key: inner} if inner else {}
        elif present is not None:
            found[key] = redact(present) if isinstance(present, str) else present
    return found
