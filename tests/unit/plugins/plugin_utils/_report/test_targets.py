"""Which cluster a host means is known before anything is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.plugin_utils._report.targets import (
    from_here,
    shared_targets,
    target_problem,
)

BY_CONTEXT = {"auth": "context"}
BY_ENVIRONMENT = {"auth": "environment"}


def test_a_relative_kubeconfig_is_meant_from_where_the_program_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ops")
    assert from_here("a/config:~/.kube/config:/etc/flux") == f"{tmp_path}/a/config:/home/ops/.kube/config:/etc/flux"


@pytest.mark.parametrize("content", [{"apiVersion": "v1"}, "apiVersion: v1\nkind: Config\n"])
def test_a_kubeconfig_given_as_content_stays_what_it_is(content: Any) -> None:
    assert from_here(content) is content


@pytest.mark.parametrize(
    ("options", "connection"),
    [
        (BY_CONTEXT, {"context": "talos-ottawa"}),
        (BY_CONTEXT, {"host": "https://10.1.0.10:6443", "api_key": "x"}),
        (BY_CONTEXT, {"in_cluster": True}),
        (BY_ENVIRONMENT, {"expected_cluster_uid": "0d1f"}),
    ],
)
def test_a_host_that_names_its_cluster_has_no_problem(options: dict[str, Any], connection: dict[str, Any]) -> None:
    assert target_problem(options, connection) is None


@pytest.mark.parametrize(
    ("options", "connection", "sentence"),
    [
        (BY_CONTEXT, {}, "it names no cluster"),
        (BY_CONTEXT, {"kubeconfig": "~/.kube/config"}, "it names no cluster"),
        (BY_ENVIRONMENT, {}, "needs flux_cluster_uid"),
        (BY_ENVIRONMENT, {"context": "talos-ottawa", "expected_cluster_uid": "0d1f"}, "keep one of them"),
        (BY_ENVIRONMENT, {"host": "https://10.1.0.10:6443", "expected_cluster_uid": "0d1f"}, "keep one of them"),
    ],
)
def test_half_a_target_is_a_sentence(options: dict[str, Any], connection: dict[str, Any], sentence: str) -> None:
    assert sentence in str(target_problem(options, connection))


def test_hosts_that_name_one_context_are_named_together() -> None:
    found = shared_targets(
        [
            ("ottawa", {"flux_context": "talos-ottawa"}),
            ("robbinsdale", {"flux_context": "talos-robbinsdale"}),
            ("copy", {"flux_context": "talos-ottawa"}),
        ]
    )
    assert len(found) == 1
    assert found[0].startswith("ottawa and copy would reach the same cluster: all of them name context talos-ottawa.")


def test_the_same_context_of_another_kubeconfig_is_another_cluster(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    hosts = [
        ("a", {"flux_context": "admin", "flux_kubeconfig": str(first)}),
        ("b", {"flux_context": "admin", "flux_kubeconfig": str(second)}),
    ]
    assert shared_targets(hosts) == []
    second.symlink_to(first)
    assert len(shared_targets(hosts)) == 1


def test_the_environment_names_one_cluster_only() -> None:
    hosts = [(host, {"flux_auth": "environment", "flux_context": None}) for host in ("a", "b", "c")]
    assert shared_targets(hosts) == [
        "a, b and c would reach the same cluster: all of them take it from the environment, which names one."
    ]


def test_hosts_without_a_target_do_not_share_one() -> None:
    assert shared_targets([("a", {}), ("b", {"flux_context": ""}), ("c", {"flux_context": None})]) == []


def test_a_kubeconfig_given_as_content_is_compared_too() -> None:
    content = {"apiVersion": "v1"}
    hosts = [(host, {"flux_context": "admin", "flux_kubeconfig": content}) for host in ("a", "b")]
    assert len(shared_targets(hosts)) == 1
