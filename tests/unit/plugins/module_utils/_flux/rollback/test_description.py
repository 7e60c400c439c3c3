"""What is shown of Helm's descriptions: everything but values."""

from __future__ import annotations

import base64

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.description import description_of

from tests.unit.stored_revisions import revision

REFUSED = 'Upgrade "web" failed: ConfigMap "%s" is invalid: data: Invalid value: "%s": must be a name'


def shown(description: str, **more: object) -> str:
    return description_of(revision(3, "failed", description, **more))


def test_a_description_without_values_stays_as_it_is() -> None:
    assert shown("Upgrade complete", config={"a": "complex"}) == "Upgrade complete"
    assert shown('Upgrade "web" failed: timed out', config={}) == 'Upgrade "web" failed: timed out'


@pytest.mark.parametrize(
    "value",
    [
        "hunter2",
        "two words: of it",
        "first line is long\nhunter2\n",
        8472361,
        "a$b(c[d",
    ],
)
@pytest.mark.parametrize("nested", [lambda value: {"a": {"b": [{"c": value}]}}, lambda value: {"password": value}])
def test_a_value_is_masked_wherever_it_stands(value: object, nested: object) -> None:
    assert callable(nested)
    quoted = str(value).strip().rpartition("\n")[2]
    told = shown(REFUSED % (quoted, quoted), config=nested(value))
    assert quoted not in told
    assert told == REFUSED % ("***", "***")


def test_a_value_in_base64_is_masked_as_well() -> None:
    encoded = base64.b64encode(b"hunter2").decode()
    assert encoded not in shown(REFUSED % ("a", encoded), config={"password": "hunter2"})


def test_the_longer_value_goes_first() -> None:
    assert shown("no good: pass-and-more", config={"a": "pass", "b": "pass-and-more"}) == "no good: ***"


def test_a_part_of_a_word_is_no_value() -> None:
    assert shown("Upgrade failed: superfluous", config={"a": "super", "b": "fail"}) == "Upgrade failed: superfluous"


def test_names_of_the_release_are_told_also_when_they_are_values() -> None:
    told = 'Upgrade failed: chart "shop" 1.0.3 in "apps"'
    assert shown(told, config={"version": "1.0.3", "namespace": "apps"}) == told


def test_credentials_that_are_no_values_are_redacted_too() -> None:
    assert shown("failed: https://bob:hunter2@example.com") == "failed: https://***@example.com"
