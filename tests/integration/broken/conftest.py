"""Ottawa with everything wrong at once that can be wrong with objects; the other clusters stay healthy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.objects import wait_for
from tests.integration.playbook import Ansible, Health
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster, documents
from tests.testbed.seeding import filled
from tests.testbed.undoing import delete_objects

SCENE = Path(__file__).with_name("scene") / "objects.yaml"
FILES = {
    "integration/good/config.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good, namespace: broken}\ndata: {a: b}\n"
    ),
    "integration/does-not-build/kustomization.yaml": "resources: [no-such-file.yaml]\n",
}
HELD = {"cluster": "ottawa", "kind": "kustomization", "namespace": "broken", "name": "held-in-deletion"}
BAD_VALUES = '{"spec":{"values":{"replicas":"-1"}}}'
# Seconds instead of minutes, so that what was just broken counts as broken for long.
QUICK = {"health_check_stuck_after": "1s"}


@pytest.fixture(scope="package")
def ottawa(bed: Bed, settled: Callable[[], None]) -> Iterator[Cluster]:
    settled()
    cluster = bed.cluster("ottawa")
    objects = filled(SCENE.read_text(), bed.values("ottawa"))
    try:
        bed.commit(FILES, "Something to break")
        cluster.apply(objects)
        _break(cluster)
        with bed.fault("deletion_stuck", **HELD):
            _wait(cluster)
            yield cluster
    finally:
        delete_objects(cluster, list(documents(objects)))
        bed.repository.remove("integration")
        bed.repository.publish("Nothing to break any more")
        settled()


def _break(cluster: Cluster) -> None:
    """What only breaks once it has been good."""
    for resource, name in (("helmrelease", "out-of-retries"), ("kustomization", "held-in-deletion")):
        wait_for(cluster, resource, f"broken/{name}", "Ready", "True")
    cluster.kubectl("-n", "broken", "patch", "helmrelease", "out-of-retries", "--type=merge", "-p", BAD_VALUES)


def _wait(cluster: Cluster) -> None:
    """Until every controller has said what it has to say."""
    wait_for(cluster, "helmrelease", "broken/out-of-retries", "Stalled", "True")
    wait_for(cluster, "helmchart", "flux-system/broken-no-such-version", "Ready", "False")
    for name in ("does-not-build", "chain-root", "chain-middle", "chain-leaf", "always-retrying"):
        wait_for(cluster, "kustomization", f"broken/{name}", "Ready", "False")
    for name in ("no-such-version", "refused-values"):
        wait_for(cluster, "helmrelease", f"broken/{name}", "Ready", "False")


@pytest.fixture(scope="package")
def checked(ottawa: Cluster, ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> Health:
    """One health check of the fleet while Ottawa is broken."""
    assert ottawa
    return ansible.health(tmp_path_factory.mktemp("reports"), extra=QUICK)
