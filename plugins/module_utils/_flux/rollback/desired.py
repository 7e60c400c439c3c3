# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a HelmRelease asks for, and whether that is still what was rolled back from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.charts import (
    Version,
    artifact_version,
    exact_version,
    is_of_template,
    short_digest,
    templated_chart,
    version_of,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.configs import digest_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.differing import paths_that_differ
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Stored
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.values_digest import values_digest

Item = Mapping[str, Any]

CHART, VERSION, DIGEST, VALUES = "chart", "chart version", "OCI digest", "values"
# What Helm does not store: known of the bad state, because it was noted, and of the live one.
_NOTED = {
    "values_files": "valuesFiles",
    "post_renderers": "postRenderers",
    "common_metadata": "commonMetadata",
    "release_name": "releaseName",
    "target_namespace": "targetNamespace",
    "storage_namespace": "storageNamespace",
}


@dataclass(frozen=True)
class State:
    """One state of a release. None: not known. config is kept out of any text made of it."""

    chart: str | None
    version: Version
    config_digest: str | None
    # As in the note, by its keys; what is missing is not known.
    noted: Item
    config: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Verdict:
    """What became of the bad state.

    differs, remains, unverified: of what told bad from good, what is no longer as in the bad state, what still is, and
    what nobody knows. news: in what the live state is neither the bad nor the good one.
    """

    still_bad: bool
    is_target: bool
    differs: tuple[str, ...]
    remains: tuple[str, ...]
    unverified: tuple[str, ...]
    news: tuple[str, ...]


def desired_of(item: Item, chart_item: Item | None, config: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is noted of a HelmRelease when it is held: digests wherever there could be a value.

    chart_item: its HelmChart or OCIRepository. config: its values, put together; None where they are not known.
    """
    spec = mapping(item.get("spec"))
    resolved = _version(item, chart_item)
    return {
        "chart": _chart(spec),
        "chart_version": _asked(spec) or resolved.number,
        "oci_digest": resolved.digest,
        "config_digest": None if config is None else values_digest(config),
        **_noted(spec),
    }


def _chart(spec: Item) -> str | None:
    """The chart's name, where it is named: a path or an OCI artifact tells it only when it is fetched."""
    template = mapping(mapping(spec.get("chart")).get("spec"))
    if mapping(template.get("sourceRef")).get("kind") != "HelmRepository":
        return None
    return str(template.get("chart") or "").rpartition("/")[2] or None


def _asked(spec: Item) -> str | None:
    """The version as the spec asks for it, perhaps a range."""
    return mapping(mapping(spec.get("chart")).get("spec")).get("version")


def _version(item: Item, chart_item: Item | None) -> Version:
    """The version that is asked for: said exactly, or found by the source for what is asked now."""
    spec = mapping(item.get("spec"))
    template = templated_chart(spec)
    if template is None or is_of_template(chart_item, template):
        return artifact_version(chart_item)
    return Version(exact_version(_asked(spec)), None)


def _noted(spec: Item) -> dict[str, Any]:
    template = mapping(mapping(spec.get("chart")).get("spec"))
    return {
        "values_files": _digest(template.get("valuesFiles")),
        "post_renderers": _digest(spec.get("postRenderers")),
        "common_metadata": _digest(spec.get("commonMetadata")),
        "release_name": spec.get("releaseName"),
        "target_namespace": spec.get("targetNamespace"),
        "storage_namespace": spec.get("storageNamespace"),
    }


def _digest(value: Any) -> str | None:
    return digest_of(value) if value else None


def state_of(item: Item, chart_item: Item | None, config: Mapping[str, Any] | None) -> State:
    """What a HelmRelease asks for now."""
    spec = mapping(item.get("spec"))
    digest = None if config is None else values_digest(config)
    return State(_chart(spec), _version(item, chart_item), digest, _noted(spec), config)


def state_in_storage(stored: Stored, noted: Item | None = None) -> State:
    """A revision of the release; noted: what was written down of the HelmRelease that asked for it."""
    version = version_of(stored.chart_version)
    digest = version.digest or short_digest(mapping(noted).get("oci_digest"))
    known = {key: value for key, value in mapping(noted).items() if key in _NOTED}
    return State(
        stored.chart or None, Version(version.number, digest), values_digest(stored.config), known, stored.config
    )


def state_noted(revision: Item, noted: Item | None = None) -> State:
    """The same of a revision that Helm has dropped since: what the note says of it."""
    version = version_of(str(revision.get("chart_version") or ""))
    digest = version.digest or short_digest(mapping(noted).get("oci_digest"))
    known = {key: value for key, value in mapping(noted).items() if key in _NOTED}
    return State(revision.get("chart"), Version(version.number, digest), revision.get("config_digest"), known)


def still_bad(live: State, bad: State, target: State) -> Verdict:
    """Judges the live state by what told the bad one from the good one; by the whole of it where nothing did."""
    telling = [name for name in (CHART, VERSION, DIGEST) if _differ(name, bad, target)]
    paths = _value_paths(bad, target)
    whole = not telling and not paths
    names = [CHART, VERSION, DIGEST, *_NOTED] if whole else telling
    differs = [_named(name) for name in names if _differ(name, live, bad)]
    remains = [_named(name) for name in names if _equal(name, live, bad)]
    unverified = [_named(name) for name in names if _attribute(bad, name) and _attribute(live, name) is None]
    moved, stayed, unknown = _values(live, bad, paths, whole=whole)
    other = _other_than(live, target)
    return Verdict(
        still_bad=not differs and not moved,
        is_target=not other and not whole,
        differs=(*differs, *moved),
        remains=(*remains, *stayed),
        unverified=(*[name for name in unverified if name not in differs], *unknown),
        news=(*other, *[key for name, key in _NOTED.items() if _differ(name, live, bad)]),
    )


def _named(name: str) -> str:
    return _NOTED.get(name, name)


def _attribute(state: State, name: str) -> Any:
    if name in _NOTED:
        return state.noted.get(name)
    return {CHART: state.chart, VERSION: state.version.number, DIGEST: state.version.digest}[name]


def _differ(name: str, a: State, b: State) -> bool:
    """Both are known, and not the same. What is noted is known whenever it stands there, also as null."""
    if name in _NOTED:
        return name in a.noted and name in b.noted and a.noted[name] != b.noted[name]
    first, second = _attribute(a, name), _attribute(b, name)
    return first is not None and second is not None and first != second


def _equal(name: str, a: State, b: State) -> bool:
    return _attribute(a, name) is not None and _attribute(a, name) == _attribute(b, name)


def _value_paths(bad: State, target: State) -> list[str]:
    """Where the values differ; the empty path where only their digests are known."""
    if bad.config is not None and target.config is not None:
        return paths_that_differ(bad.config, target.config)
    return [""] if bad.config_digest != target.config_digest else []


def _values(live: State, bad: State, paths: list[str], *, whole: bool) -> tuple[list[str], list[str], list[str]]:
    """Which of these paths are no longer as in the bad state, which still are, and whether nobody knows."""
    if not paths and not whole:
        return [], [], []
    if live.config_digest is None:
        return [], [], [VALUES]
    if live.config is None or bad.config is None or paths in ([], [""]):
        moved = live.config_digest != bad.config_digest
        return ([VALUES], [], []) if moved else ([], [VALUES], [])
    changed = paths_that_differ(live.config, bad.config)
    touched = [path for path in paths if any(_are_related(path, other) for other in changed)]
    stayed = [path for path in paths if path not in touched]
    return [f"{VALUES} at {path}" for path in touched], [f"{VALUES} at {path}" for path in stayed], []


def _are_related(path: str, other: str) -> bool:
    """Whether one is the other, or lies below it."""
    shorter, longer = sorted((path, other), key=len)
    return longer == shorter or (longer.startswith(shorter) and longer[len(shorter)] in ".[")


def _other_than(live: State, target: State) -> list[str]:
    """In what the live state is not the target's; what is not known counts as other."""
    other = [name for name in (CHART, VERSION, DIGEST) if _differ(name, live, target)]
    if live.version == Version(None, None):
        other.append(VERSION)
    if live.config is not None and target.config is not None:
        return other + [f"{VALUES} at {path}" for path in paths_that_differ(live.config, target.config)]
    same = live.config_digest is not None and live.config_digest == target.config_digest
    return other if same else [*other, VALUES]
