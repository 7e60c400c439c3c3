"""Which arguments reach flux_reconcile."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.options import asking_arguments


def test_texts_of_a_survey_become_lists_and_seconds() -> None:
    given = {"kinds": "Kustomization, HelmRelease\nBucket", "timeout": "5m", "request_timeout": "10", "context": "c"}
    assert asking_arguments(given) == {
        "kinds": ["Kustomization", "HelmRelease", "Bucket"],
        "timeout": 300.0,
        "request_timeout": 10.0,
        "context": "c",
    }


def test_an_empty_list_restricts_nothing_and_the_actions_own_options_stay_here() -> None:
    given: dict[str, Any] = {
        "namespaces": [],
        "names": "",
        "statuses": None,
        "mode": "all",
        "template": "x",
        "report_dir": "y",
    }
    assert asking_arguments(given) == {}


def test_a_kubeconfig_is_not_mixed_with_the_environment() -> None:
    given = {"auth": "environment", "kubeconfig": "/x", "expected_cluster_uid": "u"}
    assert asking_arguments(given) == {"expected_cluster_uid": "u"}


def test_a_mistake_names_the_option() -> None:
    with pytest.raises(AnsibleActionFail, match="timeout: 'soon' is not a duration"):
        asking_arguments({"timeout": "soon"})
