# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an object names beside its source and dependencies: Secrets, ConfigMaps, and the objects of its references.

Only names. Whether a Secret exists is never asked; the object that cannot find it says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping, rows


class Mention(NamedTuple):
    ref: Ref
    # Where in the spec: secretRef, valuesFrom, decryption, …
    field: str

    def as_dict(self) -> dict[str, str]:
        return {**self.ref.as_dict(), "field": self.field}


# Field of the spec -> kind it names.
_FIELDS: Mapping[str, str] = {
    "secretRef": "Secret",
    "certSecretRef": "Secret",
    "proxySecretRef": "Secret",
    "providerRef": "Provider",
}
# Field of the spec that holds a secretRef (or, for another cluster, a configMapRef).
_NESTED = ("verify", "decryption", "kubeConfig")
# Field of the spec with a list of kind and name.
_LISTS = ("valuesFrom", "resources", "eventSources", "inputsFrom")


def mentions_of(namespace: str, spec: Mapping[str, Any]) -> tuple[Mention, ...]:
    """Every name in the spec, in the order of the fields above; optional ones are left out, "*" names all of a kind."""
    found = [
        *_plain(namespace, spec),
        *_nested(namespace, spec),
        *_listed(namespace, rows(mapping(spec.get("postBuild")).get("substituteFrom")), "substituteFrom"),
        *(mention for field in _LISTS for mention in _listed(namespace, rows(spec.get(field)), field)),
    ]
    return tuple(dict.fromkeys(found))


def _plain(namespace: str, spec: Mapping[str, Any]) -> Iterator[Mention]:
    for field, kind in _FIELDS.items():
        name = mapping(spec.get(field)).get("name")
        if name:
            yield Mention(Ref(kind, namespace, str(name)), field)


def _nested(namespace: str, spec: Mapping[str, Any]) -> Iterator[Mention]:
    for field in _NESTED:
        holder = mapping(spec.get(field))
        for key, kind in (("secretRef", "Secret"), ("configMapRef", "ConfigMap")):
            name = mapping(holder.get(key)).get("name")
            if name:
                yield Mention(Ref(kind, namespace, str(name)), field)


def _listed(namespace: str, entries: Any, field: str) -> Iterator[Mention]:
    for row in entries:
        name = row.get("name")
        if name and not row.get("optional"):
            yield Mention(Ref(str(row.get("kind") or ""), str(row.get("namespace") or namespace), str(name)), field)
