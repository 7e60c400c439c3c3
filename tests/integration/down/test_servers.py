"""One API server is gone, another accepts and never answers. The third cluster's report does not wait for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.playbook import Ansible, Health
from tests.testbed.bed import Bed

TIMEOUT = 4.0


@pytest.fixture(scope="module")
def done(bed: Bed, ansible: Ansible, reports: Callable[[], Path], settled: Callable[[], None]) -> Iterator[Health]:
    settled()
    try:
        with (
            bed.fault("apiserver_stopped", cluster="stpetersburg"),
            bed.fault("apiserver_hangs", cluster="robbinsdale"),
        ):
            yield ansible.health(reports(), extra={"health_check_request_timeout": f"{TIMEOUT:g}s"})
    finally:
        settled()


def test_unreachable_is_a_result_of_its_own(done: Health) -> None:
    assert done.rc == 2
    assert done.verdicts() == {"ottawa": "healthy", "robbinsdale": "unreachable", "stpetersburg": "unreachable"}
    assert done.fleet["verdict"] == "unreachable"
    assert {host: done.recap(host)["failed"] for host in done.verdicts()} == {
        "ottawa": 0, "robbinsdale": 1, "stpetersburg": 1,
    }  # fmt: skip
    assert {host: done.recap(host)["unreachable"] for host in done.verdicts()} == dict.fromkeys(done.verdicts(), 0)


@pytest.mark.parametrize(
    ("host", "words"), [("stpetersburg", "connection refused by 127.0.0.1:"), ("robbinsdale", "within 4 s")]
)
def test_the_reason_is_plain_and_stands_everywhere(done: Health, host: str, words: str) -> None:
    entry = done.cluster(host)
    assert (entry["reachable"], entry["objects"], entry["root_causes"]) == (False, [], [])
    assert words in entry["reason"]
    assert entry["reason"] in done.report(host).splitlines()[0]
    assert "it does not count as healthy" in done.report(host)
    assert words in done.report("fleet")
    assert words in done.stdout


def test_the_hanging_one_takes_no_longer_than_its_time(done: Health) -> None:
    assert TIMEOUT <= done.cluster("robbinsdale")["seconds"] < TIMEOUT + 1.5


def test_the_report_of_the_healthy_one_is_whole_and_came_first(done: Health) -> None:
    assert done.is_whole("ottawa")
    assert done.report("ottawa").startswith("# Ottawa: healthy")
    written = {host: (done.folder / f"flux-status-{host}.md").stat().st_mtime for host in done.verdicts()}
    assert written["robbinsdale"] - written["ottawa"] > TIMEOUT / 2
    assert done.cluster("ottawa")["seconds"] < TIMEOUT
