"""The ways a HelmRelease can name its release and its namespaces, and a release for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.integration.playbook import Json
from tests.integration.rollback.scene import BAD, EXPLICIT_BAD, EXPLICIT_FIXED, EXPLICIT_GOOD, FIXED, GOOD, Scene

LONG = "a-name-of-a-helm-release-that-is-longer-than-53-characters"
# helm-controller keeps 40 characters, a dash and 12 of the hash.
LONG_RELEASE = "a-name-of-a-helm-release-that-is-longer-"
CLIENT_SIDE: Json = {"install": {"serverSideApply": False}, "upgrade": {"serverSideApply": "disabled"}}


@dataclass(frozen=True)
class Case:
    """One release. target and storage: ends of namespaces, empty for the HelmRelease's own."""

    name: str
    target: str = ""
    storage: str = ""
    release_name: str = ""
    explicit: bool = False
    client_side: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def versions(self) -> tuple[str, str, str]:
        """Good, bad, fixed."""
        return (EXPLICIT_GOOD, EXPLICIT_BAD, EXPLICIT_FIXED) if self.explicit else (GOOD, BAD, FIXED)

    def spec(self, scene: Scene) -> Json:
        spec: Json = dict(self.more) | (CLIENT_SIDE if self.client_side else {})
        if self.target:
            spec["targetNamespace"] = scene.namespace(self.target)
        if self.storage:
            spec["storageNamespace"] = scene.namespace(self.storage)
        if self.release_name:
            spec["releaseName"] = self.release_name
        return spec


@dataclass(frozen=True)
class Placed:
    """A case on a cluster."""

    case: Case
    namespace: str
    release: str
    release_namespace: str
    storage_namespace: str


def make_bad(scene: Scene, home: str, cases: list[Case], more: tuple[Json, Json] = ({}, {})) -> dict[str, Placed]:
    """Every case with revision 1 good and revision 2 bad and deployed, all at the same time; by name.

    more: fields of the spec, of the good and of the bad one.
    """
    namespace = scene.namespace(home)
    for version in (0, 1):
        for case in cases:
            scene.release(namespace, case.name, case.versions[version], **case.spec(scene), **more[version])
        for case in cases:
            scene.wait_deployed(namespace, case.name, case.versions[version], 180)
    return {case.name: _placed(scene, namespace, case) for case in cases}


def _placed(scene: Scene, namespace: str, case: Case) -> Placed:
    newest = scene.read(namespace, case.name)["status"]["history"][0]
    storage = scene.namespace(case.storage) if case.storage else namespace
    return Placed(case, namespace, newest["name"], newest["namespace"], storage)


COMBINATIONS = [
    Case("plain"),
    Case("target", target="target", explicit=True),
    Case("storage", storage="storage"),
    Case("both", target="target", storage="storage"),
    Case("named", release_name="given"),
    Case(LONG, explicit=True),
]
