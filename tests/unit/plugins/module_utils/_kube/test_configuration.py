"""From a kubeconfig to a configuration of the client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidTarget, Unreachable
from ansible_collections.gitops.flux.plugins.module_utils._kube.configuration import configuration_of, kubeconfig_of
from ansible_collections.gitops.flux.plugins.module_utils._kube.target import Target


def kubeconfig(*names: str, user: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "nobody-may-touch-this",
        "clusters": [{"name": n, "cluster": {"server": f"https://{n}:6443"}} for n in names],
        "users": [{"name": n, "user": user or {"token": f"{n}-token"}} for n in names],
        "contexts": [{"name": n, "context": {"cluster": n, "user": n}} for n in names],
    }


def written(folder: Path, name: str, config: dict[str, Any]) -> str:
    path = folder / name
    path.write_text(yaml.safe_dump(config))
    return str(path)


def test_the_named_context_is_the_one_that_is_used(tmp_path: Path) -> None:
    path = written(tmp_path, "k", kubeconfig("a", "b"))
    configuration = configuration_of(Target(context="b", kubeconfig=path), {}, None)
    assert configuration.host == "https://b:6443"
    settings = list(configuration.auth_settings().values())
    assert [setting["value"] for setting in settings] == ["Bearer b-token"]


def test_an_unknown_context_lists_those_there_are(tmp_path: Path) -> None:
    path = written(tmp_path, "k", kubeconfig("talos-ottawa", "talos-robbinsdale"))
    with pytest.raises(InvalidTarget, match="Contexts there: talos-ottawa, talos-robbinsdale") as caught:
        configuration_of(Target(context="talos-otawa", kubeconfig=path), {}, None)
    assert caught.value.details["contexts"] == ["talos-ottawa", "talos-robbinsdale"]


def test_the_first_of_several_files_to_name_a_thing_wins(tmp_path: Path) -> None:
    first = written(tmp_path, "1", kubeconfig("a"))
    second = written(tmp_path, "2", kubeconfig("a", "b") | {"clusters": [{"name": "a", "cluster": {"server": "x"}}]})
    config, where = kubeconfig_of(f"{first}:{tmp_path}/missing:{second}")
    assert [entry["cluster"]["server"] for entry in config["clusters"]] == ["https://a:6443"]
    assert [entry["name"] for entry in config["contexts"]] == ["a", "b"]
    assert where == f"{first}:{second}"


def test_relative_paths_are_relative_to_their_own_file(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("certificate")
    config = kubeconfig("a")
    config["clusters"][0]["cluster"]["certificate-authority"] = "ca.pem"
    path = written(tmp_path, "k", config)
    configuration = configuration_of(Target(context="a", kubeconfig=path), {}, None)
    assert configuration.ssl_ca_cert == str(tmp_path / "ca.pem")


def test_content_is_taken_as_it_is() -> None:
    config = kubeconfig("a")
    assert configuration_of(Target(context="a", kubeconfig=config), {}, None).host == "https://a:6443"
    assert configuration_of(Target(context="a", kubeconfig=yaml.safe_dump(config)), {}, None).host == "https://a:6443"


def test_a_broken_file_is_said_without_quoting_it(tmp_path: Path) -> None:
    path = tmp_path / "k"
    path.write_text("users:\n- name: x\n  user: {token: very-secret\nclusters: [\n")
    with pytest.raises(InvalidTarget, match="not valid YAML") as caught:
        kubeconfig_of(str(path))
    assert "very-secret" not in str(caught.value) and caught.value.__suppress_context__


@pytest.mark.parametrize("content", ["just text\n", "- a\n- b\n"])
def test_a_file_of_something_else_is_no_kubeconfig(content: str) -> None:
    with pytest.raises(InvalidTarget, match="is not a kubeconfig"):
        kubeconfig_of(content)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(InvalidTarget, match="There is no kubeconfig at /not/there"):
        kubeconfig_of("/not/there")


def test_a_failing_credentials_plugin_is_said_instead_of_going_on_as_nobody() -> None:
    plugin = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "/bin/false"}}
    with pytest.raises(Unreachable, match="credentials plugin /bin/false of context a gave no credentials"):
        configuration_of(Target(context="a", kubeconfig=kubeconfig("a", user=plugin)), {}, None)


def test_a_host_needs_nothing_else() -> None:
    target = Target(host="https://h:6443", api_key="t", validate_certs=False, ca_cert="/ca")
    configuration = configuration_of(target, {"proxy": "http://p:3128"}, None)
    assert (configuration.host, configuration.verify_ssl, configuration.ssl_ca_cert) == ("https://h:6443", False, "/ca")
    assert configuration.proxy == "http://p:3128"
    assert [setting["value"] for setting in configuration.auth_settings().values()] == ["Bearer t"]
