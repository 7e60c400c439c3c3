"""What the report tasks accept, and what they hand to flux_info."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleActionFail
from ansible_collections.gitops.flux.plugins.doc_fragments.report import ModuleDocFragment as Report
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import HealthSettings
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import AUTH, READING
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import (
    CLUSTER,
    FLEET,
    health_settings,
    own_options,
    reading_arguments,
)

from tests.gates.tree import ROOT

FRAGMENTS = {"gitops.flux.report": Report.DOCUMENTATION, "gitops.flux.report.cluster": Report.CLUSTER}


def documented(module: str) -> dict[str, Any]:
    source = (ROOT / f"plugins/modules/{module}.py").read_text(encoding="utf-8")
    text: dict[str, Any] = yaml.safe_load(source.split('DOCUMENTATION = r"""')[1].split('"""')[0])
    found = [FRAGMENTS[name] for name in text["extends_documentation_fragment"] if name in FRAGMENTS]
    options: dict[str, Any] = dict(text["options"])
    for part in found:
        options.update(yaml.safe_load(part)["options"])
    return options


@pytest.mark.parametrize(("module", "spec"), [("flux_cluster_report", CLUSTER), ("flux_fleet_report", FLEET)])
def test_the_documentation_and_the_options_say_the_same(module: str, spec: dict[str, Any]) -> None:
    options = documented(module)
    for name, option in spec.items():
        told = options[name]
        assert [told.get(key) for key in ("type", "default", "choices", "required")] == [
            option.get(key) for key in ("type", "default", "choices", "required")
        ], name
        assert set(told.get("suboptions", {})) == set(option.get("options", {})), name
    passed_on = set(READING) - {"records_path", "fail_on_unreachable"} if module == "flux_cluster_report" else set()
    assert set(options) == set(spec) | passed_on
    assert not set(spec) & set(AUTH)


def test_durations_and_lists_are_as_flux_info_wants_them() -> None:
    passed = reading_arguments(
        {
            "context": "talos-ottawa",
            "stale_after": "10m",
            "request_timeout": 5,
            "settings_config_maps": "a\nb",
            "template": "not flux_info's",
            "host": None,
        }
    )
    assert passed == {
        "context": "talos-ottawa",
        "gather": ["events", "controllers", "logs", "helm_history", "operator", "settings"],
        "stale_after": 600.0,
        "request_timeout": 5.0,
        "settings_config_maps": ["a", "b"],
    }


def test_a_token_of_the_environment_is_not_mixed_with_a_kubeconfig() -> None:
    assert "kubeconfig" not in reading_arguments({"auth": "environment", "kubeconfig": "~/.kube/config"})
    assert "kubeconfig" in reading_arguments({"auth": "context", "kubeconfig": "~/.kube/config"})


def test_a_duration_that_is_none_names_its_option() -> None:
    with pytest.raises(AnsibleActionFail, match="stale_after: 'soon' is not a duration"):
        reading_arguments({"stale_after": "soon"})


def test_settings_may_be_texts() -> None:
    settings = health_settings(
        {"required_kinds": "Kustomization\nHelmRelease", "settle_time": "1m", "known_failures": None}
    )
    assert settings == HealthSettings(required_kinds=("Kustomization", "HelmRelease"), settle_time=60)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"settle_time": "soon"}, "settle_time: 'soon' is not a duration"),
        ({"required_kinds": "Kustomizations"}, "required_kinds does not know 'Kustomizations'"),
        ({"fail_on": ["never"]}, "fail_on does not know 'never'"),
    ],
)
def test_a_setting_that_means_nothing_is_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AnsibleActionFail, match=sentence):
        health_settings(given)


def test_own_options_have_their_defaults_and_are_checked() -> None:
    options = own_options(CLUSTER, {"template": "/t.j2", "context": "not ours", "event_count": "5"})
    assert (options["report_dir"], options["event_count"], options["auth"]) == ("outputs", 5, "context")
    assert "context" not in options
    with pytest.raises(AnsibleActionFail, match="auth"):
        own_options(CLUSTER, {"template": "/t.j2", "auth": "magic"})
