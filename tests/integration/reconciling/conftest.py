"""Scenes on one cluster of the fleet; the others stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

import pytest
import yaml

from tests.integration.maintenance.branch import Branch
from tests.integration.objects import wait_for
from tests.integration.playbook import Ansible, Json
from tests.integration.reconciling.scene import HOST, Scene, config_map
from tests.testbed.bed import Bed
from tests.testbed.cluster import documents
from tests.testbed.seeding import filled
from tests.testbed.undoing import delete_objects

# name, objects, folders with a ConfigMap each, further files, and what has to be ready before it begins.
MakeScene = Callable[..., AbstractContextManager[Scene]]


@pytest.fixture(scope="package")
def make_scene(bed: Bed, ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> MakeScene:
    """A scene on a namespace of this name, gone afterwards."""

    @contextmanager
    def make(
        name: str,
        objects: Sequence[Json],
        folders: Sequence[str] = (),
        *,
        files: Mapping[str, str] | None = None,
        ready: Sequence[str] = (),
    ) -> Iterator[Scene]:
        branch = Branch(f"reconciling-{name}", tmp_path_factory.mktemp(name), bed.paths)
        scene = Scene(bed, ansible, bed.cluster(HOST), branch, name)
        values = {**bed.values(HOST), "BRANCH": branch.name, "NAMESPACE": name}
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        manifests = filled(yaml.safe_dump_all([namespace, *objects]), values)
        try:
            branch.publish(
                {f"{each}/all.yaml": config_map(each, name, "first") for each in folders} | dict(files or {})
            )
            scene.cluster.apply(manifests)
            for each in ready:
                resource, _slash, plain = each.partition("/")
                wait_for(scene.cluster, resource, f"{name}/{plain}", "Ready", "True", 90)
            yield scene
        finally:
            delete_objects(scene.cluster, list(documents(manifests)))
            branch.delete()

    return make
