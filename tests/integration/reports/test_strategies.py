"""The role in plays of other people: other strategies, batches, groups and prefixes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.playbook import HOSTS, INVENTORY, Ansible, Health
from tests.testbed.bed import Bed

Reports = Callable[[], Path]


@pytest.fixture
def play(bed: Bed, ansible: Ansible, reports: Reports, tmp_path: Path) -> Callable[..., Health]:
    """Runs the role in a play with these keywords."""

    def run(variables: dict[str, Any] | None = None, **keywords: Any) -> Health:
        folder = reports()
        roles = [{"role": "gitops.flux.health_check"}]
        header = {"hosts": "flux_clusters", "gather_facts": False, "roles": roles}
        own = {"health_check_report_dir": str(folder), "flux_kubeconfig": str(bed.paths.kubeconfig)}
        (tmp_path / "play.yml").write_text(yaml.safe_dump([header | {"vars": own | (variables or {})} | keywords]))
        done = ansible.run("ansible-playbook", "-i", str(INVENTORY), str(tmp_path / "play.yml"))
        return Health(**vars(done), folder=folder)

    return run


def test_in_batches_the_fleets_report_grows(play: Callable[..., Health]) -> None:
    done = play(serial=1)
    assert done.rc == 0, done.text
    assert done.verdicts() == dict.fromkeys(HOSTS, "healthy")
    assert "1 of 3 clusters checked so far" in done.stdout
    assert "2 of 3 clusters checked so far" in done.stdout
    assert "Not checked yet" not in done.report("fleet")


def test_with_the_free_strategy_the_last_one_reports_all(play: Callable[..., Health]) -> None:
    done = play(strategy="free")
    assert done.rc == 0, done.text
    assert done.verdicts() == dict.fromkeys(HOSTS, "healthy")
    assert "3 healthy" in done.report("fleet")


def test_one_bad_host_of_a_free_play_fails_alone(play: Callable[..., Health]) -> None:
    contexts = "{{ {'ottawa': 'nobody-ottawa'}[inventory_hostname] | default('talos-' ~ inventory_hostname) }}"
    done = play({"flux_context": contexts}, strategy="free")
    assert done.rc == 2
    assert done.verdicts()["robbinsdale"] == done.verdicts()["stpetersburg"] == "healthy"
    assert done.verdicts()["ottawa"] != "healthy"
    assert {host: done.recap(host)["failed"] for host in HOSTS} == {"ottawa": 1, "robbinsdale": 0, "stpetersburg": 0}


def test_who_reports_last_has_begun_first_and_says_no_less(play: Callable[..., Health]) -> None:
    """The task of ottawa begins when no other cluster has been checked, and writes when all of them have."""
    seconds = "(6 if inventory_hostname == 'ottawa' and __health_check_cluster is defined else 0)"
    source = f"{{{{ lookup('ansible.builtin.pipe', 'sleep ' ~ {seconds} ~ '; echo flux-system') }}}}"
    done = play({"health_check_root_source": source}, strategy="free")
    assert done.rc == 0, done.text
    assert done.verdicts() == dict.fromkeys(HOSTS, "healthy")
    assert "gave no result" not in done.text + "".join(done.report(host) for host in HOSTS)
    assert {done.report(host).split(": ")[1].split(" ")[0] for host in HOSTS} == {"healthy"}


def test_module_defaults_of_the_group_reach_the_reports(play: Callable[..., Health]) -> None:
    defaults = {"group/gitops.flux.flux": {"impersonate_user": "viewer"}}
    done = play(module_defaults=defaults)
    assert done.cluster("ottawa")["cluster"]["user"]["name"] == "viewer"
    assert done.cluster("ottawa")["coverage"]["HelmRelease"]["state"] == "forbidden"
