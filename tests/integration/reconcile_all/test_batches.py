"""Several clusters: what became worse stops the next batches, what is only bad does not, and nobody is forgotten."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.integration.playbook import HOSTS
from tests.integration.reconcile_all.conftest import BROKEN, Reconcile, Tree
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster

# The other clusters have no such namespace: there is nothing to ask there.
HERE = {"namespaces": "acting", "timeout": "60", "serial": "1"}
OTHERS = HOSTS[1:]


@pytest.fixture
def broken(tree: Tree, ottawa: Cluster, reconcile: Reconcile) -> Iterator[Cluster]:
    tree.write("broken for a batch", base=BROKEN)
    try:
        yield ottawa
    finally:
        tree.write("mended after it", base=None)
        assert reconcile("--limit", "ottawa", namespaces="acting").rc == 0


@pytest.mark.usefixtures("broken")
def test_worse_stops_the_next_batches_and_bad_as_before_does_not(reconcile: Reconcile) -> None:
    worse = reconcile(**HERE)
    assert worse.rc == 2, worse.text
    assert worse.recap("ottawa")["failed"] == 1
    assert [worse.recap(host) for host in OTHERS] == [{}, {}]
    assert worse.files == {"flux-reconcile-ottawa.md", "flux-reconcile-fleet.md"}
    assert worse.title("fleet").startswith("# Fleet reconciled: 1 worse, 2 not started — ")
    assert "robbinsdale, stpetersburg: the run stops, because Ottawa became worse." in worse.report("fleet")
    assert worse.stats["not_started"] == list(OTHERS)

    bad = reconcile(**HERE)
    assert bad.rc == 2, bad.text
    assert {host: bad.recap(host)["failed"] for host in HOSTS} == dict(zip(HOSTS, (1, 0, 0), strict=True))
    assert bad.files == {f"flux-reconcile-{name}.md" for name in (*HOSTS, "fleet")}
    assert bad.title("fleet").startswith("# Fleet reconciled: 1 bad as before, 2 ok — ")
    assert "1 of 3 clusters had their turn" not in bad.report("fleet")
    assert "robbinsdale   not started yet" in bad.stdout
    assert bad.stats["not_started"] == []

    known = reconcile(**HERE, allow_known_failures="yes")
    assert known.rc == 0, known.text


@pytest.mark.usefixtures("broken")
def test_a_batch_with_one_that_became_worse_ends_the_run_for_both(reconcile: Reconcile) -> None:
    done = reconcile(**HERE | {"serial": "2"})
    assert done.rc == 2, done.text
    assert (done.recap("ottawa")["failed"], done.recap("robbinsdale")["failed"]) == (1, 0)
    assert done.recap("stpetersburg") == {}
    assert "stpetersburg: the run stops" in done.report("fleet")


@pytest.mark.usefixtures("ottawa")
def test_a_cluster_that_cannot_be_reached_is_in_the_reports_and_stops_nobody(
    bed: Bed, reconcile: Reconcile, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    config = yaml.safe_load(bed.kubeconfig.read_text())
    for cluster in config["clusters"]:
        cluster["cluster"]["server"] = f"https://127.0.0.1:{port}"
    (tmp_path / "dead").write_text(yaml.safe_dump(config))
    (tmp_path / "dead").chmod(0o600)
    here = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    hosts = {
        "gone": {"flux_context": "talos-robbinsdale", "flux_kubeconfig": str(tmp_path / "dead")},
        "ottawa": {"flux_context": "talos-ottawa", "flux_kubeconfig": str(bed.kubeconfig)},
    }
    inventory = tmp_path / "fleet.yml"
    inventory.write_text(yaml.safe_dump({"flux_clusters": {"hosts": hosts, "vars": here}}))
    done = reconcile(**HERE, inventory=inventory)
    assert done.rc == 2, done.text
    assert (done.recap("gone")["failed"], done.recap("ottawa")["failed"]) == (1, 0)
    assert done.title("gone").startswith(f"# gone: UNREACHABLE · connection refused by 127.0.0.1:{port}")
    assert "## Try this" in done.report("gone")
    assert "UNREACHABLE" in done.report("fleet")
    assert done.stats["clusters"]["gone"]["reachable"] is False
    assert done.title("ottawa").startswith("# ottawa: ok · ")
