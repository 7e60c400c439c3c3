# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the strategy pin changes, and the Secret it keeps that in. Values are in the Secret, and nowhere else."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.borrowed import (
    Borrowed,
    Path,
    borrow,
    borrow_again,
    borrowed_of,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import LABEL

Item = Mapping[str, Any]

CHART_VERSION: Path = ("spec", "chart", "spec", "version")
VALUES: Path = ("spec", "values")
VALUES_FROM: Path = ("spec", "valuesFrom")
SOURCE_REF: Path = ("spec", "ref")
_RECORD, _VALUES = "record.json", "values.yaml"
_LONGEST_LABEL, _LONGEST_NAME, _HASH_KEPT = 63, 253, 12
_PREFIX = "flux-rollback-"


@dataclass(frozen=True)
class Record:
    """Everything that is given back. frozen: objects that bear our freeze beside the HelmRelease."""

    borrowed: tuple[Borrowed, ...]
    frozen: tuple[Ref, ...] = ()

    def of(self, ref: Ref) -> Borrowed | None:
        return next((each for each in self.borrowed if each.ref == ref), None)

    def borrowing(self, ref: Ref, item: Item, ours: Mapping[Path, Any]) -> Record:
        """With these fields of an object as well; what was before our first change stays what it was."""
        earlier = self.of(ref)
        new = borrow(ref, item, ours) if earlier is None else borrow_again(earlier, item, ours)
        return replace(self, borrowed=(*(each for each in self.borrowed if each.ref != ref), new))

    def freezing(self, ref: Ref) -> Record:
        return self if ref in self.frozen else replace(self, frozen=(*self.frozen, ref))


def ref_of_item(item: Item) -> Ref:
    metadata = mapping(item.get("metadata"))
    return Ref(str(item.get("kind")), str(metadata.get("namespace") or ""), str(metadata.get("name") or ""))


def label_value(name: str) -> str:
    """The name of a HelmRelease as the value of our label."""
    if len(name) <= _LONGEST_LABEL:
        return name
    return hashlib.sha256(name.encode()).hexdigest()[:_LONGEST_LABEL]


def secret_name(name: str) -> str:
    full = _PREFIX + name
    if len(full) <= _LONGEST_NAME:
        return full
    return f"{full[: _LONGEST_NAME - _HASH_KEPT - 1]}-{hashlib.sha256(full.encode()).hexdigest()[:_HASH_KEPT]}"


def secret_of(release: Item, record: Record, values: Mapping[str, Any] | None) -> dict[str, Any]:
    """The Secret beside a HelmRelease, which goes when that is deleted. values: the target's, where they differ."""
    metadata = mapping(release.get("metadata"))
    name = str(metadata.get("name"))
    rows = {"borrowed": [each.as_dict() for each in record.borrowed], "frozen": [list(ref) for ref in record.frozen]}
    data = {_RECORD: _encoded(rows)} | ({} if values is None else {_VALUES: _encoded(values)})
    owner = {
        "apiVersion": release.get("apiVersion"),
        "kind": "HelmRelease",
        "name": name,
        "uid": metadata.get("uid"),
    }
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "Opaque",
        "metadata": {
            "name": secret_name(name),
            "namespace": metadata.get("namespace"),
            "labels": {LABEL: label_value(name)},
            "ownerReferences": [owner],
        },
        "data": data,
    }


def record_in(secret: Item) -> Record:
    """What the Secret says has to be given back; InvalidInput when it cannot be read."""
    try:
        found = json.loads(base64.b64decode(str(mapping(secret.get("data"))[_RECORD])))
        borrowed = tuple(borrowed_of(row) for row in found["borrowed"])
        return Record(borrowed, tuple(Ref(*row) for row in found["frozen"]))
    except (KeyError, TypeError, ValueError):
        # Without the cause: it could quote a value.
        name = mapping(secret.get("metadata")).get("name")
        raise InvalidInput(
            f"Secret {name} does not say what the rollback has changed.", "Compare the HelmRelease with Git by hand."
        ) from None


def values_from(name: str) -> list[dict[str, str]]:
    """Our Secret as the only source of values."""
    return [{"kind": "Secret", "name": secret_name(name), "valuesKey": _VALUES}]


def _encoded(value: Any) -> str:
    return base64.b64encode(json.dumps(value, ensure_ascii=False).encode()).decode()
