"""Which cluster is meant: explicit parameters are a closed set, the environment counts only as a whole."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidTarget
from ansible_collections.gitops.flux.plugins.module_utils._kube.target import target_of

AWX = {
    "K8S_AUTH_HOST": "https://elsewhere:6443",
    "K8S_AUTH_API_KEY": "elsewhere-token",
    "K8S_AUTH_VERIFY_SSL": "False",
    "K8S_AUTH_CONTEXT": "elsewhere",
    "K8S_AUTH_KUBECONFIG": "/elsewhere/kubeconfig",
    "K8S_AUTH_IMPERSONATE_USER": "somebody",
    "K8S_AUTH_SSL_CA_CERT": "/elsewhere/ca",
}


def test_an_explicit_context_ignores_every_identity_variable() -> None:
    target = target_of({"context": "talos-ottawa", "kubeconfig": "/here"}, AWX)
    assert (target.context, target.kubeconfig, target.host, target.api_key) == ("talos-ottawa", "/here", None, None)
    assert (target.validate_certs, target.ca_cert, target.impersonate_user) == (None, None, None)


def test_a_context_alone_reads_the_kubeconfig_kubectl_would_read() -> None:
    assert target_of({"context": "c"}, {"KUBECONFIG": "/k", **AWX}).kubeconfig == "/k"
    assert target_of({"context": "c"}, AWX).kubeconfig == "~/.kube/config"


def test_an_explicit_host_takes_no_credentials_from_the_environment() -> None:
    with pytest.raises(InvalidTarget, match="without credentials"):
        target_of({"host": "https://here"}, AWX)


def test_the_environment_is_taken_together() -> None:
    names = ("K8S_AUTH_HOST", "K8S_AUTH_API_KEY", "K8S_AUTH_VERIFY_SSL")
    target = target_of({}, {name: AWX[name] for name in names})
    assert (target.host, target.api_key, target.validate_certs) == ("https://elsewhere:6443", "elsewhere-token", False)
    target = target_of({}, {"K8S_AUTH_KUBECONFIG": "/k", "K8S_AUTH_CONTEXT": "c"})
    assert (target.context, target.kubeconfig) == ("c", "/k")


@pytest.mark.parametrize(("text", "verify"), [("True", True), ("true", True), ("1", True), ("no", False), ("0", False)])
def test_the_words_of_awx_for_verification(text: str, verify: bool) -> None:
    environ = {"K8S_AUTH_HOST": "https://h", "K8S_AUTH_API_KEY": "t", "K8S_AUTH_VERIFY_SSL": text}
    assert target_of({}, environ).validate_certs is verify


def test_what_the_caller_sets_himself_outranks_the_environment() -> None:
    environ = {"K8S_AUTH_HOST": "https://h", "K8S_AUTH_API_KEY": "t", "K8S_AUTH_IMPERSONATE_GROUPS": "a, b"}
    assert target_of({}, environ).impersonate_groups == ("a", "b")
    assert target_of({"impersonate_groups": ["c"]}, environ).impersonate_groups == ("c",)


@pytest.mark.parametrize(
    ("params", "environ", "message"),
    [
        ({}, {}, "No cluster is named"),
        ({}, AWX, "two targets"),
        ({}, {"K8S_AUTH_HOST": "https://h"}, "without credentials"),
        ({}, {"K8S_AUTH_API_KEY": "t"}, "No cluster is named"),
        ({}, {"K8S_AUTH_KUBECONFIG": "/k"}, "without a context"),
        ({"kubeconfig": "/k"}, {}, "without a context"),
        ({"api_key": "t"}, AWX, "api_key is given without the cluster"),
        ({"host": "https://h", "context": "c"}, {}, "together with host"),
        ({"context": "c", "api_key": "t"}, {}, "together with a context"),
        ({"host": "https://h", "client_cert": "/c"}, {}, "only usable together"),
        ({"in_cluster": True, "context": "c"}, {}, "together with in_cluster"),
    ],
)
def test_what_is_half_said_or_said_twice_is_refused(
    params: dict[str, Any], environ: dict[str, str], message: str
) -> None:
    with pytest.raises(InvalidTarget, match=message) as caught:
        target_of(params, environ)
    assert caught.value.hint


def test_in_cluster_is_only_used_when_asked_for() -> None:
    assert target_of({"in_cluster": True}, AWX).in_cluster
    assert target_of({"in_cluster": True}, AWX).host is None
