"""Objects that fail for ever while their controllers never stop trying, looked at again and again."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.integration.playbook import Ansible, Json
from tests.testbed.cluster import Cluster

SAMPLES = 40
RETRYING = ("always-retrying", "refused-values", "chain-root", "does-not-build")


@pytest.fixture(scope="module")
def samples(ottawa: Cluster, ansible: Ansible) -> list[Json]:
    """What flux_info says of them, as fast as one call follows the other."""
    task = {
        "gitops.flux.flux_info": {"context": ottawa.context, "namespaces": ["broken"], "names": list(RETRYING)},
        "loop": list(range(SAMPLES)),
    }
    found: list[Json] = ansible.tasks([task])[0]["results"]
    return found


@pytest.mark.parametrize("name", RETRYING)
def test_it_is_failed_in_every_sample(samples: list[Json], name: str) -> None:
    assert len(samples) == SAMPLES
    seen = Counter(record["status"] for each in samples for record in each["objects"] if record["name"] == name)
    assert seen == {"failed": SAMPLES}


def test_the_samples_fell_into_its_tries(samples: list[Json]) -> None:
    """Most of the time its conditions say "in progress"; otherwise the test above would prove nothing."""
    flags = [record["flags"] for each in samples for record in each["objects"] if record["name"] == "always-retrying"]
    assert sum("retrying" in each for each in flags) > SAMPLES / 2


def test_it_keeps_its_words_while_it_is_tried_again(samples: list[Json]) -> None:
    words = {record["message"] for each in samples for record in each["objects"] if record["name"] == "always-retrying"}
    assert all("nobody-makes-this" in message for message in words), words
