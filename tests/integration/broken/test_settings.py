"""What counts as healthy is a setting: what may be tolerated, what fails a cluster, what a report lists."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.broken.conftest import QUICK
from tests.integration.playbook import Ansible, Health, title
from tests.testbed.cluster import Cluster

Check = Callable[..., Health]
EVERYTHING = [
    {"kind": "Kustomization", "namespace": "broken"},
    {"kind": "HelmRelease", "namespace": "broken"},
    {"kind": "HelmChart", "name": "broken-no-such-version", "ticket": "OPS-9"},
]


@pytest.fixture(scope="module")
def check(ottawa: Cluster, ansible: Ansible, reports: Callable[[], Path]) -> Check:
    """Checks Ottawa alone, with settings."""
    assert ottawa

    def run(**settings: Any) -> Health:
        extra = QUICK | {f"health_check_{name}": value for name, value in settings.items()}
        return ansible.health(reports(), "--limit", "ottawa", extra=extra)

    return run


def test_known_failures_are_shown_and_not_counted(check: Check) -> None:
    done = check(known_failures=EVERYTHING)
    entry = done.cluster("ottawa")
    assert (done.rc, entry["verdict"], entry["root_causes"]) == (0, "healthy", [])
    known = {title(each): each["known"] for each in entry["known_failures"]}
    assert known["HelmChart/flux-system/broken-no-such-version"]["ticket"] == "OPS-9"
    assert {"Kustomization/broken/chain-root", "HelmRelease/broken/out-of-retries"} <= set(known)
    text = done.report("ottawa")
    assert "Known failures, not counted" in text
    assert "OPS-9" in text
    assert "known failure" in done.stdout


def test_expired_ones_count_again_and_so_do_those_nobody_can_read(check: Check) -> None:
    expired = [each | {"until": "2020-01-31"} for each in EVERYTHING[:1]]
    malformed = [{"kind": "HelmRelease", "until": "soon"}, {"ticket": "OPS-9"}]
    elsewhere = [{"cluster": "robbinsdale", "kind": "HelmChart"}]
    done = check(known_failures=[*expired, *malformed, *elsewhere])
    entry = done.cluster("ottawa")
    assert (done.rc, entry["verdict"], entry["known_failures"]) == (2, "degraded", [])
    assert len(entry["root_causes"]) == 7
    warnings = "\n".join(entry["warnings"])
    assert all(words in warnings for words in ("Known failure 1", "has expired", "Known failure 2 is not used"))
    assert "Known failure 3 is not used" in warnings
    assert "has expired" in done.report("ottawa")


def test_a_misspelt_key_is_refused_before_anything_is_read(check: Check) -> None:
    done = check(known_failures=[{"knd": "HelmRelease"}])
    assert done.rc == 2
    assert "knd" in done.stdout


def test_one_known_failure_leaves_the_others(check: Check) -> None:
    done = check(known_failures=[{"cluster": "ottawa", "kind": "Kustomization", "name": "chain-root"}])
    assert "Kustomization/broken/chain-root" not in done.causes("ottawa")
    assert len(done.causes("ottawa")) == 6


def test_fail_on_decides_the_gate_and_never_the_verdict(check: Check) -> None:
    done = check(fail_on=["unreachable"])
    assert (done.rc, done.cluster("ottawa")["verdict"]) == (0, "degraded")
    assert "DEGRADED" in done.stdout
    assert "7 causes" in done.report("ottawa")


def test_fail_on_may_be_one_word_of_a_survey(check: Check) -> None:
    assert check(fail_on="degraded,unreachable").rc == 2


@pytest.fixture(scope="module")
def narrowed(check: Check) -> Health:
    return check(kinds=["HelmRelease"], namespaces=["broken"], names="out-of-retries")


def test_a_narrowed_report_lists_less_and_judges_the_same(narrowed: Health, checked: Health) -> None:
    text = narrowed.report("ottawa")
    assert "Listing narrowed to kinds HelmRelease · namespaces broken · names out-of-retries" in text
    assert "out-of-retries" in text
    assert "does-not-build" not in text
    assert text.splitlines()[0].partition(" · since")[0] == checked.report("ottawa").splitlines()[0]
    assert narrowed.verdicts() == {"ottawa": "degraded"}


def test_a_narrowed_reading_is_whole(narrowed: Health, checked: Health) -> None:
    objects = {title(record) for record in narrowed.cluster("ottawa")["objects"]}
    assert objects == {title(record) for record in checked.cluster("ottawa")["objects"]}
    assert narrowed.causes("ottawa").keys() == checked.causes("ottawa").keys()


def test_a_long_patience_with_deletions(check: Check) -> None:
    done = check(stuck_after="1h")
    record = done.record("ottawa", "Kustomization", "broken/held-in-deletion")
    assert (record["status"], record["flags"]) == ("terminating", [])
    assert "Kustomization/broken/held-in-deletion" not in done.causes("ottawa")


def test_a_mistake_in_a_setting_is_said_before_anything_is_read(check: Check) -> None:
    done = check(settle_time="quarter of an hour")
    assert done.rc == 2
    assert "settle_time" in done.stdout
