"""Where there is no story to tell, and where only a part of it may be seen."""

from __future__ import annotations

import json
import stat

import pytest

from tests.integration.explain.conftest import Explain, Explained
from tests.integration.playbook import HOSTS
from tests.integration.traces import Traces
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster
from tests.testbed.readiness import not_ready, wait_until

NAME = "ottawa-kustomization-explained-never-ready"
VIEWER = {"flux_context": "viewer-{{ inventory_hostname }}"}
NOBODY = {"flux_context": "nobody-{{ inventory_hostname }}"}
ENTRIES = 2000


@pytest.fixture(scope="module")
def missing(explain: Explain) -> Explained:
    return explain("Kustomization", "flux-system", "aps")


def test_an_object_that_does_not_exist_fails_each_cluster_and_names_those_there_are(missing: Explained) -> None:
    assert missing.rc == 2
    said = "Kustomization flux-system/aps does not exist; in namespace flux-system those there are apps, "
    for host in HOSTS:
        assert missing.recap(host)["failed"] == 1
        found = missing.story(f"{host}-kustomization-flux-system-aps")
        assert (found["reachable"], found["found"]) == (True, False)
        assert found["message"].startswith(said)
        assert said in missing.report(f"{host}-kustomization-flux-system-aps")
    assert missing.stdout.count(said) >= len(HOSTS)


def test_reports_are_whole_files_for_owner_and_group(missing: Explained) -> None:
    assert len(missing.files) == 2 * len(HOSTS)
    assert {stat.S_IMODE((missing.folder / name).stat().st_mode) for name in missing.files} == {0o640}


@pytest.fixture(scope="module")
def down(bed: Bed, explain: Explain) -> Explained:
    with bed.fault("apiserver_stopped", cluster="stpetersburg"):
        done = explain("ks", "flux-system", "apps")
    wait_until(lambda: _is_back(bed.cluster("stpetersburg")), 180, "stpetersburg being as it was", every=0.4)
    return done


def _is_back(cluster: Cluster) -> bool:
    """A server that has just started again turns requests away for a moment."""
    try:
        return not not_ready(cluster)
    except OSError:
        return False


def test_a_cluster_that_is_down_has_its_report_and_the_others_their_stories(down: Explained) -> None:
    assert down.rc == 2
    assert {host: down.recap(host)["failed"] for host in HOSTS} == {"ottawa": 0, "robbinsdale": 0, "stpetersburg": 1}
    found = down.story("stpetersburg-kustomization-flux-system-apps")
    assert (found["reachable"], found["found"]) == (False, False)
    assert "connection refused by 127.0.0.1:" in found["reason"]
    assert "The cluster cannot be reached: connection refused by 127.0.0.1:" in down.report(
        "stpetersburg-kustomization-flux-system-apps"
    )
    assert down.story("ottawa-kustomization-flux-system-apps")["object"]["status"] in ("ready", "progressing")


def test_one_who_may_see_less_is_told_what_is_missing(ottawa: Cluster, explain: Explain) -> None:
    assert ottawa
    done = explain("ks", "explained", "never-ready", "--limit", "ottawa", "-e", json.dumps(VIEWER))
    assert done.rc == 0, done.text
    found = done.story(NAME)
    assert [(row["what"], row["state"]) for row in found["not_seen"]] == [("HelmRelease", "forbidden")]
    assert len(found["workloads"]) == 2
    assert "- HelmRelease: forbidden for this user" in done.report(NAME)


def test_a_forbidden_kind_is_not_said_to_be_missing(ottawa: Cluster, explain: Explain) -> None:
    assert ottawa
    done = explain("hr", "explained", "out-of-retries", "--limit", "ottawa", "-e", json.dumps(VIEWER))
    assert done.rc == 2
    message = done.story("ottawa-helmrelease-explained-out-of-retries")["message"]
    assert message == "HelmRelease explained/out-of-retries cannot be seen: reading it is forbidden for this user"


def test_one_who_may_do_nothing_is_told_so(explain: Explain) -> None:
    done = explain("ks", "flux-system", "apps", "--limit", "ottawa", "-e", json.dumps(NOBODY))
    assert done.rc == 2
    assert "cannot be seen: reading it is forbidden for this user" in done.stdout


def test_texts_of_a_survey_and_check_mode(explain: Explain) -> None:
    settings = {"log_lines": "5", "event_count": "3", "request_timeout": "20"}
    done = explain(" kustomizations ", "flux-system", "apps\n", "--limit", "ottawa", "--check", "--diff", **settings)
    assert done.rc == 0, done.text
    assert "ottawa-kustomization-flux-system-apps.md" in "".join(done.files)
    assert done.recap("ottawa")["changed"] == 0


@pytest.fixture(scope="module")
def huge(ottawa: Cluster) -> None:
    """An inventory of 2,000 entries in ten namespaces, a quarter of them Deployments that are not there."""
    ids = [
        f"explained-{number % 10}_app-{number:04}_{'apps_Deployment' if number % 4 == 0 else '_ConfigMap'}"
        for number in range(ENTRIES)
    ]
    status = {"status": {"inventory": {"entries": [{"id": each, "v": "v1"} for each in ids]}}}
    command = ("-n", "explained", "patch", "kustomization", "huge", "--subresource=status", "--type=merge")
    ottawa.kubectl(*command, "-p", json.dumps(status))


@pytest.mark.usefixtures("huge")
def test_a_large_inventory_costs_few_requests(explain: Explain, traces: Traces) -> None:
    before = traces.marks()
    done = explain("ks", "explained", "huge", "--limit", "ottawa")
    assert done.rc == 0, done.text
    told = done.story("ottawa-kustomization-explained-huge")
    assert told["inventory"]["total"] == ENTRIES
    assert told["inventory"]["workloads_looked_at"] == told["inventory"]["workloads_not_well"] == ENTRIES // 4
    report = done.report("ottawa-kustomization-explained-huge")
    assert "- **500 of 500 workloads not well**\n" in report
    assert len(report.splitlines()) < 80
    assert len(traces.of("ottawa", before)) < 19 + 40
    assert told["seconds"] < 5
    assert len(done.files["flux-explain-ottawa-kustomization-explained-huge.json"]) < 700_000
