# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one object a person asks about: its kind however it is written, and what there is when it is not there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS, Kind
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of

NAMES_IN_A_SENTENCE = 10
# What the API takes for a name; nothing else may become a part of a request's path.
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
# As kubectl and the flux CLI shorten them; those of Flux' own CRDs.
_SHORT: Mapping[str, str] = {
    "gitrepo": "GitRepository",
    "ocirepo": "OCIRepository",
    "helmrepo": "HelmRepository",
    "hc": "HelmChart",
    "ks": "Kustomization",
    "hr": "HelmRelease",
    "rset": "ResourceSet",
    "rsip": "ResourceSetInputProvider",
    "imgrepo": "ImageRepository",
    "imagerepo": "ImageRepository",
    "imgpol": "ImagePolicy",
    "imagepol": "ImagePolicy",
    "iua": "ImageUpdateAutomation",
    "ea": "ExternalArtifact",
    "ag": "ArtifactGenerator",
}


def subject_of(kind: object, namespace: object, name: object) -> Ref:
    """The object that is meant; InvalidInput says which part of it cannot be used."""
    given = {"kind": kind, "namespace": namespace, "name": name}
    texts = {part: str(value or "").strip() for part, value in given.items()}
    for part, text in texts.items():
        if not text:
            raise InvalidInput(f"The {part} of the object to explain is empty.", "Give kind, namespace and name.")
        if part != "kind" and not _NAME.fullmatch(text):
            raise InvalidInput(f"{text!r} is no {part} of an object.", "Give kind, namespace and name each for itself.")
    return Ref(_kind(texts["kind"]).name, texts["namespace"], texts["name"])


def _kind(text: str) -> Kind:
    wanted = text.lower()
    for kind in KINDS.values():
        if wanted in (kind.name.lower(), kind.plural, f"{kind.plural}.{kind.group}"):
            return kind
    if wanted in _SHORT:
        return KINDS[_SHORT[wanted]]
    raise InvalidInput(f"There is no Flux kind {text!r}; there are {', '.join(KINDS)}.")


def absence(subject: Ref, state: str, records: Iterable[Mapping[str, Any]]) -> str:
    """Why there is no story, in one sentence, with the names there are. state: of the kind's coverage."""
    what = f"{subject.kind} {subject.namespace}/{subject.name}"
    if state == "absent":
        return f"{what} does not exist: this cluster does not serve the kind {subject.kind}"
    if state != "ok":
        why = "reading it is forbidden for this user" if state == "forbidden" else "its kind could not be read"
        return f"{what} cannot be seen: {why}"
    refs = [ref_of(record) for record in records]
    return f"{what} does not exist{_elsewhere(subject, refs)}; {_neighbours(subject, refs)}"


def _elsewhere(subject: Ref, refs: Sequence[Ref]) -> str:
    """The same name in another place or of another kind: the usual slip."""
    found = [f"{ref.kind} {ref.namespace}/{ref.name}" for ref in refs if ref.name == subject.name]
    return f", but there is {_listed(found)}" if found else ""


def _neighbours(subject: Ref, refs: Sequence[Ref]) -> str:
    same = [ref for ref in refs if ref.kind == subject.kind]
    near = [ref.name for ref in same if ref.namespace == subject.namespace]
    if near:
        noun = "the only one there is" if len(near) == 1 else "those there are"
        return f"in namespace {subject.namespace} {noun} {_listed(_nearest(subject.name, near))}"
    if not same:
        return f"the cluster has no {subject.kind} at all"
    names = [f"{ref.namespace}/{ref.name}" for ref in same]
    full = f"{subject.namespace}/{subject.name}"
    return f"namespace {subject.namespace} has no {subject.kind}, the cluster has {_listed(_nearest(full, names))}"


def _nearest(wanted: str, names: Sequence[str]) -> list[str]:
    """The most similar first, then by the alphabet."""
    similar = difflib.get_close_matches(wanted, names, n=3, cutoff=0.5)
    return [*similar, *sorted(set(names) - set(similar))]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMES_IN_A_SENTENCE
    return ", ".join(names[:NAMES_IN_A_SENTENCE]) + (f" and {more} more" if more > 0 else "")
