"""The program helm gets exactly our cluster and identity, and nothing of the environment that would lead it away."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.helm_program import (
    Helm,
    HelmFailed,
    kubeconfig_for,
)
from ansible_collections.gitops.flux.plugins.module_utils._kube.target import Target

KUBECONFIG = {
    "clusters": [
        {"name": "c1", "cluster": {"server": "https://one", "certificate-authority-data": "Q0E="}},
        {"name": "c2", "cluster": {"server": "https://two"}},
    ],
    "users": [{"name": "u1", "user": {"token": "t1"}}, {"name": "u2", "user": {"token": "t2"}}],
    "contexts": [
        {"name": "one", "context": {"cluster": "c1", "user": "u1", "namespace": "elsewhere"}},
        {"name": "two", "context": {"cluster": "c2", "user": "u2"}},
    ],
    "current-context": "two",
}
SCRIPT = """#!/bin/sh
if [ "$1" = version ]; then printf %s "%s"; exit 0; fi
env > "%s/env"; printf '%%s\\n' "$@" > "%s/arguments"; cp "%s/helm-kubeconfig" "%s/seen"
echo "Error: it went wrong" >&2; exit %d
"""


def test_the_context_that_is_meant_and_no_other() -> None:
    found = kubeconfig_for(Target(context="one", kubeconfig=KUBECONFIG))
    assert found["clusters"][0]["cluster"] == {"server": "https://one", "certificate-authority-data": "Q0E="}
    assert found["users"][0]["user"] == {"token": "t1"}
    assert "current-context" not in found
    assert "namespace" not in found["contexts"][0]["context"]


def test_what_the_task_says_comes_first() -> None:
    target = Target(
        context="one", kubeconfig=KUBECONFIG, ca_cert="/ca.crt", impersonate_user="viewer", impersonate_groups=("ops",)
    )
    found = kubeconfig_for(target)
    assert found["clusters"][0]["cluster"]["certificate-authority"] == "/ca.crt"
    assert "certificate-authority-data" not in found["clusters"][0]["cluster"]
    assert found["users"][0]["user"] == {"token": "t1", "as": "viewer", "as-groups": ["ops"]}


def test_certificates_that_are_not_checked_are_not_named() -> None:
    """client-go refuses both at once."""
    found = kubeconfig_for(Target(context="one", kubeconfig=KUBECONFIG, validate_certs=False))
    assert found["clusters"][0]["cluster"] == {"server": "https://one", "insecure-skip-tls-verify": True}


def test_a_host_with_its_credentials() -> None:
    found = kubeconfig_for(Target(host="https://three", api_key="t3"))
    assert found["clusters"][0]["cluster"] == {"server": "https://three"}
    assert found["users"][0]["user"] == {"token": "t3"}


def program(folder: Path, version: str = "v4.2.4", code: int = 0) -> Helm:
    path = folder / "helm"
    path.write_text(SCRIPT % ("%s", version, *[folder] * 4, code))
    path.chmod(0o755)
    return Helm(str(path), Target(context="one", kubeconfig=KUBECONFIG), {}, str(folder))


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("v3.20.2", "is Helm v3.20.2; nothing was written"),
        ("nonsense", "does not say which version"),
        ("", "does not say"),
    ],
)
def test_only_helm_4_is_used(tmp_path: Path, version: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        program(tmp_path, version).require_usable()
    assert program(tmp_path, "v4.2").require_usable() == "v4.2"


def test_no_program_is_said_before_anything_else(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There is no program nowhere"):
        Helm("nowhere", Target(host="https://three", api_key="t"), {}, str(tmp_path)).require_usable()


def test_helm_gets_its_own_kubeconfig_and_no_steering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KUBECONFIG", "HELM_DRIVER", "HELM_KUBECONTEXT", "HELM_NAMESPACE"):
        monkeypatch.setenv(name, "elsewhere")
    program(tmp_path).rollback("web", 3, "apps", hooks=True, seconds=90)
    arguments = (tmp_path / "arguments").read_text().split()
    assert arguments[:5] == ["rollback", "web", "3", "--namespace", "apps"]
    assert "--no-hooks" not in arguments
    assert {"--server-side=true", "--force-conflicts", "90s"} <= set(arguments)
    assert "elsewhere" not in (tmp_path / "env").read_text()
    assert json.loads((tmp_path / "seen").read_text())["users"][0]["user"] == {"token": "t1"}
    assert "t1" not in arguments
    assert stat.S_IMODE((tmp_path / "helm-kubeconfig").stat().st_mode) == 0o600


def test_what_helm_said_last_is_told(tmp_path: Path) -> None:
    with pytest.raises(HelmFailed, match="helm rollback: Error: it went wrong"):
        program(tmp_path, code=1).rollback("web", 3, "apps", hooks=False, seconds=90)
    assert "--no-hooks" in (tmp_path / "arguments").read_text()


ONE_RUN = """
import sys
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.helm_program import Helm
from ansible_collections.gitops.flux.plugins.module_utils._kube.target import Target
helm = Helm(sys.argv[1] + "/helm", Target(host="https://one", api_key="t"), {}, sys.argv[1])
helm.rollback("web", 3, "apps", hooks=True, seconds=60)
"""


def is_running(process: int) -> bool:
    """Not when it has ended and nobody has asked how: what becomes of orphans in a container without an init."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def within(seconds: float, is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_helm_does_not_outlive_a_run_that_is_killed(tmp_path: Path) -> None:
    """Whoever goes on would work beside it."""
    told = tmp_path / "process"
    (tmp_path / "helm").write_text(f"#!/bin/sh\necho $$ > {told}.new; mv {told}.new {told}; exec sleep 30\n")
    (tmp_path / "helm").chmod(0o755)
    known = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", ONE_RUN, str(tmp_path)], env=known) as run:
        try:
            assert within(30, told.exists)
            assert is_running(int(told.read_text()))
        finally:
            run.send_signal(signal.SIGKILL)
    assert within(10, lambda: not is_running(int(told.read_text())))
