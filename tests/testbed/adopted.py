"""Programs that are on this machine already, in the very version the test bed wants."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from .catalogue import ETCD, KUBERNETES

_WANTED = {
    "etcd": (["--version"], ETCD),
    "kube-apiserver": (["--version"], KUBERNETES),
    "kubectl": (["version", "--client"], KUBERNETES),
    "kube-controller-manager": (["--version"], KUBERNETES),
    "kube-scheduler": (["--version"], KUBERNETES),
}


def adopted_program(name: str) -> Path | None:
    """The one in KUBEBUILDER_ASSETS or on PATH, if its version is exactly the one that would be built."""
    if name not in _WANTED:
        return None
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    found = (shutil.which(name, path=assets) if assets else None) or shutil.which(name)
    return Path(found).resolve() if found and _version(found, _WANTED[name][0]) == _WANTED[name][1] else None


def _version(program: str, args: list[str]) -> str | None:
    done = subprocess.run([program, *args], capture_output=True, text=True, check=False, timeout=20)
    version = re.search(r"(?:etcd Version: |Kubernetes v|Client Version: v)(\d+\.\d+\.\d+)\s", done.stdout + "\n")
    return version[1] if version else None
