"""The options of the report about one object."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import OBJECT
from ansible_collections.gitops.flux.plugins.plugin_utils._report.object_options import (
    OBJECT_REPORT,
    explaining_arguments,
    named_subject,
    object_options,
    object_problem,
    report_paths,
)

GIVEN = {"kind": "ks", "namespace": "apps", "name": "web", "template": "/t.j2", "context": "talos-ottawa"}


def options(**changes: Any) -> dict[str, Any]:
    return object_options(GIVEN | changes)


def test_defaults() -> None:
    found = options()
    assert (found["report_dir"], found["report_prefix"], found["auth"]) == ("outputs", "flux-explain", "context")


def test_texts_of_a_survey_are_trimmed_and_numbers_are_passed_on() -> None:
    given = GIVEN | {"name": " web\n", "log_lines": "50", "request_timeout": "1m", "impersonate_groups": "a, b"}
    found = explaining_arguments(given, named_subject(object_options(given)))
    assert found == {
        "context": "talos-ottawa",
        "log_lines": "50",
        "request_timeout": 60.0,
        "impersonate_groups": ["a", "b"],
        "kind": "Kustomization",
        "namespace": "apps",
        "name": "web",
        "fail_on_unreachable": False,
    }


def test_nothing_of_its_own_reaches_the_module() -> None:
    found = explaining_arguments(GIVEN | {"report_dir": "x", "display_name": "y"}, Ref("Kustomization", "apps", "web"))
    assert set(found) - set(OBJECT) == {"context"}
    assert "template" in OBJECT_REPORT


def test_the_kubeconfig_is_not_mixed_with_the_environment() -> None:
    given = GIVEN | {"auth": "environment", "kubeconfig": "/k", "context": None}
    assert "kubeconfig" not in explaining_arguments(given, Ref("Kustomization", "apps", "web"))


@pytest.mark.parametrize(
    ("changes", "connection", "problem"),
    [
        ({}, {"context": "a"}, None),
        ({"kind": "Deployment"}, {"context": "a"}, "There is no Flux kind 'Deployment'"),
        ({"name": ""}, {"context": "a"}, "The name of the object to explain is empty."),
        ({}, {}, "it names no cluster"),
        ({"auth": "environment"}, {}, "flux_auth: environment also needs flux_cluster_uid"),
    ],
)
def test_what_is_wrong_is_known_before_any_request(
    changes: dict[str, str], connection: dict[str, str], problem: str | None
) -> None:
    found = object_problem(options(**changes), connection)
    assert found is None if problem is None else (found or "").startswith(problem)


def test_a_wrong_number_is_refused() -> None:
    with pytest.raises(AnsibleActionFail, match="request_timeout: 'soon' is not a duration"):
        explaining_arguments(GIVEN | {"request_timeout": "soon"}, Ref("Kustomization", "apps", "web"))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "flux-explain-ottawa-kustomization-apps-web"),
        ({"kind": "HELMRELEASES"}, "flux-explain-ottawa-helmrelease-apps-web"),
        ({"kind": "Nonsense", "name": "../../etc/passwd"}, "flux-explain-ottawa-nonsense-apps-.._.._etc_passwd"),
    ],
)
def test_file_names_never_lead_out_of_the_folder(changes: dict[str, str], name: str) -> None:
    found = options(report_dir="/reports", **changes)
    assert report_paths(found, "ottawa", named_subject(found)) == (f"/reports/{name}.md", f"/reports/{name}.json")
