"""Releases to roll back. A test file asks for a scene by `make_scene(cluster, prefix)`; its namespaces go with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.integration.playbook import Ansible
from tests.integration.rollback.scene import Scene, publish_charts
from tests.testbed.bed import Bed

MakeScene = Callable[[str, str], Scene]


@pytest.fixture(scope="session")
def charted(bed: Bed) -> Bed:
    """The test bed, with the charts published."""
    publish_charts(bed)
    return bed


@pytest.fixture(scope="module")
def make_scene(charted: Bed, ansible: Ansible) -> Iterator[MakeScene]:
    """A scene on a cluster (by its host's name), whose namespaces all begin with the prefix."""
    made: list[Scene] = []

    def make(host: str, prefix: str) -> Scene:
        made.append(Scene(charted, ansible, charted.cluster(host), prefix))
        return made[-1]

    yield make
    for scene in made:
        scene.remove()
