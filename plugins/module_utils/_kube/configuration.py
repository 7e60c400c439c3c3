# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a target to a configuration of the kubernetes client: kubeconfig, exec plugins and tokens are its business."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidTarget, Unreachable
from ansible_collections.gitops.flux.plugins.module_utils._kube.library import kubernetes, urllib3, yaml
from ansible_collections.gitops.flux.plugins.module_utils._kube.target import Target

# What an old client leaves out of a kubeconfig, and would so silently connect differently.
NEWER_KEYS = {"tls-server-name": "tls_server_name", "proxy-url": "proxy"}


def configuration_of(target: Target, network: Mapping[str, Any], scratch: str | None) -> Any:
    """A client configuration. network: proxy, no_proxy, proxy_headers. scratch: folder for key files."""
    configuration = kubernetes.client.Configuration()
    configuration.retries = False  # a retry would spend the time limit again
    if target.in_cluster:
        _load_in_cluster(configuration)
    elif target.host:
        _load_host(configuration, target)
    else:
        _load_context(configuration, target, scratch)
    if target.ca_cert:
        configuration.ssl_ca_cert = str(Path(target.ca_cert).expanduser())
    if target.validate_certs is not None:
        configuration.verify_ssl = target.validate_certs
    for name in ("proxy", "no_proxy"):
        if network.get(name):
            setattr(configuration, name, network[name])
    if network.get("proxy_headers"):
        configuration.proxy_headers = urllib3.make_headers(**network["proxy_headers"])
    return configuration


def _load_in_cluster(configuration: Any) -> None:
    try:
        kubernetes.config.load_incluster_config(client_configuration=configuration)
    except kubernetes.config.ConfigException as error:
        raise InvalidTarget(
            f"in_cluster is asked for, but this is no pod with a service account: {error}", "Name a context instead."
        ) from error


def _load_host(configuration: Any, target: Target) -> None:
    configuration.host = target.host
    if target.api_key:
        configuration.api_key["authorization"] = f"Bearer {target.api_key}"
    if target.client_cert and target.client_key:
        configuration.cert_file = str(Path(target.client_cert).expanduser())
        configuration.key_file = str(Path(target.client_key).expanduser())


def _load_context(configuration: Any, target: Target, scratch: str | None) -> None:
    config, where = kubeconfig_of(target.kubeconfig)
    cluster = _cluster_of(config, str(target.context), where)
    for key, attribute in NEWER_KEYS.items():
        if cluster.get(key) and not hasattr(configuration, attribute):
            raise InvalidTarget(
                f"Context {target.context} of {where} uses {key}, which this kubernetes library is too old for.",
                "Install a newer kubernetes library on the machine the module runs on.",
            )
    try:
        kubernetes.config.load_kube_config_from_dict(
            config,
            context=target.context,
            client_configuration=configuration,
            persist_config=False,
            temp_file_path=scratch,
        )
    except kubernetes.config.ConfigException as error:
        raise Unreachable(f"The credentials of context {target.context} cannot be used: {error}") from error
    if cluster.get("proxy-url"):
        configuration.proxy = cluster["proxy-url"]
    _require_credentials(configuration, config, target)


def _require_credentials(configuration: Any, config: Mapping[str, Any], target: Target) -> None:
    """The client only logs a failing exec plugin and goes on as nobody; say it instead."""
    contexts = {entry.get("name"): entry.get("context") or {} for entry in config["contexts"]}
    name = contexts[target.context].get("user")
    users = {entry.get("name"): entry.get("user") or {} for entry in config.get("users") or ()}
    command = (users.get(name, {}).get("exec") or {}).get("command")
    if command and not configuration.api_key and not configuration.cert_file:
        raise Unreachable(
            f"The credentials plugin {command} of context {target.context} gave no credentials.",
            f"Run it by hand as this user, or try kubectl --context {target.context} version.",
        )


def kubeconfig_of(source: str | dict[str, Any] | None) -> tuple[dict[str, Any], str]:
    """The kubeconfig as one dict, and where it is from. source: path, paths joined by ':', content, or dict."""
    if isinstance(source, dict):
        return source, "the kubeconfig given as content"
    text = str(source)
    if "\n" in text:
        return _parsed(text, "the kubeconfig given as content"), "the kubeconfig given as content"
    paths = [Path(path).expanduser() for path in text.split(os.pathsep) if path]
    found = [path for path in paths if path.exists()]
    if not found:
        raise InvalidTarget(
            f"There is no kubeconfig at {' or '.join(map(str, paths))}.",
            "Set kubeconfig to the file that holds the contexts.",
        )
    return _merged(found), os.pathsep.join(map(str, found))


def _parsed(text: str, where: str) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # a kubeconfig of 300 clusters takes a second without C
    try:
        config = yaml.load(text, Loader=loader)
    except yaml.YAMLError as error:
        # The parser quotes the lines around the fault, which may hold a token.
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        at = "" if line is None else f" (line {line + 1})"
        raise InvalidTarget(f"{where} is not valid YAML{at}.", "Repair the file, or name another one.") from None
    if not isinstance(config, dict):
        raise InvalidTarget(f"{where} is not a kubeconfig.", "Name a file with clusters, users and contexts.")
    return config


def _merged(paths: list[Path]) -> dict[str, Any]:
    """Several files as one, as kubectl merges them: the first one to name a thing wins."""
    merged: dict[str, Any] = {"apiVersion": "v1", "kind": "Config", "clusters": [], "users": [], "contexts": []}
    for path in paths:
        try:
            config = _parsed(path.read_text(encoding="utf-8"), str(path))
        except OSError as error:
            raise InvalidTarget(f"{path} cannot be read: {error.strerror}.", "Check its owner and mode.") from error
        for section in ("clusters", "users", "contexts"):
            known = {entry.get("name") for entry in merged[section]}
            entries = [entry for entry in config.get(section) or () if entry.get("name") not in known]
            merged[section] += [_anchored(entry, path.absolute().parent) for entry in entries]
    return merged


def _anchored(entry: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Paths inside a kubeconfig are relative to its own folder."""
    anchored = dict(entry)
    for part, keys in (
        ("cluster", ("certificate-authority",)),
        ("user", ("client-certificate", "client-key", "tokenFile")),
    ):
        if isinstance(entry.get(part), dict):
            changed = {key: str(folder / entry[part][key]) for key in keys if entry[part].get(key)}
            anchored[part] = {**entry[part], **changed}
    plugin = anchored.get("user", {}).get("exec") if isinstance(anchored.get("user"), dict) else None
    if plugin and os.sep in plugin.get("command", ""):
        anchored["user"]["exec"] = {**plugin, "command": str(folder / plugin["command"])}
    return anchored


def _cluster_of(config: Mapping[str, Any], context: str, where: str) -> dict[str, Any]:
    contexts = {entry.get("name"): entry.get("context") or {} for entry in config.get("contexts") or ()}
    if context not in contexts:
        names = ", ".join(sorted(str(name) for name in contexts)) or "none"
        raise InvalidTarget(
            f"Context {context} is not in {where}. Contexts there: {names}.",
            "Correct the name of the context.",
            contexts=sorted(str(name) for name in contexts),
        )
    clusters = {entry.get("name"): entry.get("cluster") or {} for entry in config.get("clusters") or ()}
    name = contexts[context].get("cluster")
    if name not in clusters:
        raise InvalidTarget(
            f"Context {context} of {where} names cluster {name}, which is not there.", "Repair the kubeconfig."
        )
    return dict(clusters[name])
