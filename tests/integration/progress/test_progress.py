"""The lines of a real wait, in the foreground and in the background."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.playbook import HOSTS, INVENTORY, Ansible, Finished
from tests.testbed.bed import Bed

# No commit: waited for until the time is over.
NEVER = {"kinds": ["Kustomization"], "names": ["apps", "infra"], "expected_revision": "0000000", "timeout": 7}
ALL = {"all": True, "timeout": 120}
ONE = {"kinds": ["Kustomization"], "namespaces": ["flux-system"], "names": ["apps"], "timeout": 120}
LINE = re.compile(r"^(\w+) \d+/\d+ done", re.MULTILINE)
Play = Callable[..., Finished]


@pytest.fixture
def play(ansible: Ansible, bed: Bed, tmp_path: Path) -> Play:
    """Tasks on every cluster, each reached by the defaults of the action group and a relative path."""

    def run(*tasks: dict[str, Any], extra: tuple[str, ...] = (), hosts: str = "flux_clusters") -> Finished:
        kubeconfig = os.path.relpath(bed.kubeconfig, tmp_path)
        defaults = {"kubeconfig": kubeconfig, "context": "{{ flux_context }}"}
        header = {"hosts": hosts, "gather_facts": False, "module_defaults": {"group/gitops.flux.flux": defaults}}
        (tmp_path / "plays").mkdir(exist_ok=True)
        (tmp_path / "plays/play.yml").write_text(yaml.safe_dump([header | {"tasks": list(tasks)}]))
        return ansible.run("ansible-playbook", "-i", str(INVENTORY), "plays/play.yml", *extra, cwd=tmp_path)

    return run


def test_every_cluster_says_how_far_it_is_and_what_it_waits_for(play: Play) -> None:
    done = play({"gitops.flux.flux_wait": NEVER})
    assert done.rc == 2
    said = [line for line in done.stderr.splitlines() if LINE.match(line)]
    assert {line.split()[0] for line in said} == set(HOSTS), done.text
    assert any("0/2 done · 2 waiting for infra-crds" in line for line in said)
    assert LINE.search(done.stdout) is None
    for host in HOSTS:
        last = [line for line in said if line.startswith(host)][-1]
        assert last == f"{host} 2/2 done · 2 blocked"


def test_it_can_be_turned_off_for_a_task_and_for_a_run(play: Play) -> None:
    for done in (
        play({"gitops.flux.flux_wait": NEVER | {"progress": False}}, hosts="ottawa"),
        play({"gitops.flux.flux_wait": NEVER}, hosts="ottawa", extra=("-e", "flux_progress=false")),
    ):
        assert done.rc == 2
        assert "2 of 2 objects are bad" in done.text
        assert LINE.search(done.text) is None


def test_in_the_background_all_clusters_reconcile_at_once(play: Play) -> None:
    """What people do who start many things and collect them later."""
    collect = {
        "register": "collected",
        "until": "collected is finished",
        "retries": 120,
        "delay": 1,
    }
    done = play(
        {"gitops.flux.flux_reconcile": ONE, "async": 180, "poll": 0, "register": "reconciling"},
        {"gitops.flux.flux_wait": ALL, "async": 180, "poll": 0, "register": "waiting"},
        {"ansible.builtin.async_status": {"jid": "{{ reconciling.ansible_job_id }}"}} | collect,
        {"ansible.builtin.assert": {"that": ["collected.changed", "collected.verdicts[0].verdict == 'reconciled'"]}},
        {"ansible.builtin.async_status": {"jid": "{{ waiting.ansible_job_id }}"}} | collect,
        {"ansible.builtin.assert": {"that": ["not collected.changed", "collected.summary.bad == 0"]}},
        hosts="robbinsdale",
    )
    assert done.rc == 0, done.text
    assert LINE.search(done.text) is None
