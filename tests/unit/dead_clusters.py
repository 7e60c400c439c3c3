"""Playbooks as whole processes, on clusters nobody can reach."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.integration.playbook import Ansible, Finished

# The token of every user; it may stand in no output.
MARKER = "s3cr3t-marker-2a7c"


def dead_clusters(folder: Path, listener: socket.socket) -> Ansible:
    """Context dead is refused; listening, the current context, is a server that nothing may touch."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        ports = {"dead": closed.getsockname()[1], "listening": listener.getsockname()[1]}
    kubeconfig = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": n, "cluster": {"server": f"https://127.0.0.1:{port}"}} for n, port in ports.items()],
        "users": [{"name": name, "user": {"token": MARKER}} for name in ports],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name in ports],
        "current-context": "listening",
    }
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(kubeconfig), encoding="utf-8")
    (folder / "home").mkdir()
    return Ansible(home=folder / "home", kubeconfig=path)


def played(
    ansible: Ansible, folder: Path, name: str, extra: Mapping[str, Any], *arguments: str, **hosts: dict[str, Any]
) -> Finished:
    """Reports go to a relative folder, below the one the program is started in."""
    path = folder / "inventory.yml"
    shared = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    path.write_text(yaml.safe_dump({"flux_clusters": {"hosts": hosts, "vars": shared}}), encoding="utf-8")
    command = [f"gitops.flux.{name}", "-i", str(path), "-e", json.dumps(dict(extra))]
    return ansible.run("ansible-playbook", *command, *arguments, cwd=folder)
