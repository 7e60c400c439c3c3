# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether an object is at the revision that is wanted."""

from __future__ import annotations

import re

from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import runs_artifact
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS

_SHA = re.compile(r"[0-9a-f]{7,64}\Z")
_DIGEST = re.compile(r"sha(1|256|384|512):[0-9a-f]{7,128}\Z")
_FROM_CHARTS = ("HelmRelease", "HelmChart")
_CHARTS = ("HelmChart", "OCIRepository")


def is_expected(expected: str, revision: str | None) -> bool:
    """Whether a revision is the expected one: a Git commit (at least 7 digits of it), a tag or branch, an OCI digest.

    Revisions are written as in RFC-0005: main@sha1:<commit>, v1.2.3@sha256:<digest>, or a plain version.
    """
    if not revision:
        return False
    name, at, digest = revision.rpartition("@")
    name, digest = (name, digest) if at else (revision, "")
    if expected in (revision, name, name.removeprefix("refs/tags/").removeprefix("refs/heads/"), digest):
        return True
    if _DIGEST.match(expected):
        return (digest or revision).startswith(expected)
    return bool(_SHA.match(expected)) and digest.rpartition(":")[2].startswith(expected)


def is_held_to(expected: str, facts: Facts) -> bool:
    """Whether an object can be at such a revision at all: no chart version is a Git commit."""
    names_content = bool(_SHA.match(expected) or _DIGEST.match(expected))
    if facts.kind in _FROM_CHARTS:
        return not names_content
    if facts.kind == "HelmRepository":
        return False
    return facts.kind == "Kustomization" or KINDS[facts.kind].is_source


def follows(facts: Facts, source: Facts | None) -> bool:
    """Whether what is applied came from the source's present artifact; also where that cannot be told."""
    if source is None or source.artifact is None:
        return True
    if facts.kind == "Kustomization":
        return facts.revision == source.artifact.revision
    if facts.kind == "HelmRelease" and source.kind in _CHARTS:
        newest = facts.revisions[0] if facts.revisions else {"chart_version": facts.revision}
        return runs_artifact(newest, source.artifact.revision, source.artifact.digest)
    return True


def tried(facts: Facts, source: Facts) -> bool:
    """Whether the last run was one of the source's present artifact."""
    if source.artifact is None or not facts.attempted_revision:
        return False
    if facts.kind == "Kustomization":
        return facts.attempted_revision == source.artifact.revision
    return runs_artifact({"chart_version": facts.attempted_revision}, source.artifact.revision, source.artifact.digest)


def runs_by_itself(facts: Facts, source: Facts) -> bool:
    """Whether its controller runs it when its source has moved, and says which revision it tried."""
    if facts.kind == "Kustomization":
        return KINDS[source.kind].is_source
    return facts.kind == "HelmRelease" and source.kind in _CHARTS
