# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The program helm, as a process: the same cluster and identity as ours, no shell, nothing of its own left behind."""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import FluxError, InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._kube.configuration import kubeconfig_of
from ansible_collections.gitops.flux.plugins.module_utils._kube.target import Target

_VERSION = re.compile(r"v(\d+)\.\d+\S*")
# Of the last lines of an error, which names objects and fields.
_MOST_SAID = 600
_WAYS_OUT = (
    "Remove the cause and run it again: it goes on from here. If it is a hook that cannot succeed, "
    "set spec.rollback.disableHooks on the HelmRelease, or use strategy pin."
)
_CONTEXT = "target"
_IN_CLUSTER = Path("/var/run/secrets/kubernetes.io/serviceaccount")
# prctl(2)
_PR_SET_PDEATHSIG = 1


class HelmFailed(FluxError):
    """helm ended with an error; the message has its last words."""


class Helm:
    """One helm program. scratch: folder of ours for its kubeconfig and caches; removed by whoever made it."""

    def __init__(self, program: str, target: Target, network: Mapping[str, Any], scratch: str) -> None:
        self._program = program
        self._target = target
        self._network = network
        self._scratch = Path(scratch)

    def require_usable(self) -> str:
        """The version of the program; InvalidInput when there is none, or one that cannot be trusted with this."""
        if shutil.which(self._program) is None:
            raise InvalidInput(
                f"There is no program {self._program} on the machine this runs on; nothing was written.",
                "Install Helm 4 there, or say where it is with the option helm.",
            )
        said = self._run(["version", "--template", "{{.Version}}"], 30)
        version = _VERSION.search(said)
        if version is None:
            raise InvalidInput(f"{self._program} does not say which version of Helm it is; nothing was written.")
        if int(version[1]) < 4:
            raise InvalidInput(
                f"{self._program} is Helm {version[0]}; nothing was written. It writes revisions without how they "
                "were applied, so that helm-controller would apply this release client-side from then on.",
                "Use Helm 4.",
            )
        return version[0]

    def rollback(self, release: str, revision: int, namespace: str, *, hooks: bool, seconds: float) -> None:
        """Go back to a revision, to the letter of the plan. seconds: for each of its hooks."""
        command = ["rollback", release, str(revision), "--namespace", namespace]
        # Whatever happens, no revision is lost: one of them may be the only record of what was good.
        command += ["--history-max", "0", "--timeout", f"{max(1, round(seconds))}s"]
        # The fields somebody has edited by hand are taken over, as helm-controller itself always does.
        command += ["--server-side=true", "--force-conflicts", *([] if hooks else ["--no-hooks"])]
        command += ["--kubeconfig", self._kubeconfig(), "--kube-context", _CONTEXT]
        self._run(command, seconds + 60)

    def _run(self, arguments: list[str], seconds: float) -> str:
        try:
            code, out, err = asyncio.run(_ended([self._program, *arguments], self._environment(), seconds))
        except asyncio.TimeoutError:
            raise HelmFailed(f"helm {arguments[0]} did not end within {round(seconds)} s and was ended.") from None
        except OSError as error:
            raise InvalidInput(f"{self._program} cannot be run: {error.strerror}.") from error
        if code != 0:
            said = " ".join(redact(err).split())[-_MOST_SAID:] or f"it ended with {code}"
            raise HelmFailed(f"helm {arguments[0]}: {said}", _WAYS_OUT)
        return out

    def _environment(self) -> dict[str, str]:
        """Ours, for credential plugins; without what would steer helm elsewhere (HELM_DRIVER, HELM_KUBECONTEXT …)."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HELM_")}
        kept.pop("KUBECONFIG", None)
        folders = {f"HELM_{name}_HOME": str(self._scratch / "helm") for name in ("CACHE", "CONFIG", "DATA")}
        proxies = {
            variable: str(self._network[name])
            for name, variable in (("proxy", "HTTPS_PROXY"), ("no_proxy", "NO_PROXY"))
            if self._network.get(name)
        }
        return kept | folders | proxies

    def _kubeconfig(self) -> str:
        """A file with the one context that is meant, as the one who is meant, for the owner's eyes only."""
        path = self._scratch / "helm-kubeconfig"
        config = json.dumps(kubeconfig_for(self._target))
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(config)
        return str(path)


async def _ended(command: Sequence[str], environment: Mapping[str, str], seconds: float) -> tuple[int, str, str]:
    """Code, output and errors of a program; one that takes too long is ended. AnsibleModule's has no time limit."""
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *command, env=dict(environment), stdin=nothing, stdout=pipe, stderr=pipe, preexec_fn=_ending_with_us()
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), seconds)
    except asyncio.TimeoutError:
        process.kill()
        await process.wait()
        raise
    return process.returncode or 0, out.decode(errors="replace"), err.decode(errors="replace")


def _ending_with_us() -> Callable[[], None] | None:
    """For the child to call: it is killed when this process is, so that none works on beside the run that goes on.

    Linux only; elsewhere a helm whose run was killed by SIGKILL goes on to its end.
    """
    if not sys.platform.startswith("linux"):
        return None
    # Looked up here: between fork and exec there is no room for more than the call.
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    return ask


def kubeconfig_for(target: Target) -> dict[str, Any]:
    """A kubeconfig with one context that reaches what the target means."""
    cluster, user = _parts(target)
    if target.ca_cert:
        cluster.pop("certificate-authority-data", None)
        cluster["certificate-authority"] = str(Path(target.ca_cert).expanduser())
    if target.validate_certs is not None:
        cluster["insecure-skip-tls-verify"] = not target.validate_certs
    if cluster.get("insecure-skip-tls-verify"):
        for key in ("certificate-authority", "certificate-authority-data"):
            cluster.pop(key, None)
    if target.impersonate_user:
        user["as"] = target.impersonate_user
    if target.impersonate_groups:
        user["as-groups"] = list(target.impersonate_groups)
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": _CONTEXT, "cluster": cluster}],
        "users": [{"name": _CONTEXT, "user": user}],
        "contexts": [{"name": _CONTEXT, "context": {"cluster": _CONTEXT, "user": _CONTEXT}}],
    }


def _parts(target: Target) -> tuple[dict[str, Any], dict[str, Any]]:
    if target.in_cluster:
        host, port = os.environ.get("KUBERNETES_SERVICE_HOST"), os.environ.get("KUBERNETES_SERVICE_PORT")
        server = f"https://[{host}]:{port}" if ":" in str(host) else f"https://{host}:{port}"
        cluster = {"server": server, "certificate-authority": str(_IN_CLUSTER / "ca.crt")}
        return cluster, {"tokenFile": str(_IN_CLUSTER / "token")}
    if target.host:
        credentials = {
            "token": target.api_key,
            "client-certificate": target.client_cert and str(Path(target.client_cert).expanduser()),
            "client-key": target.client_key and str(Path(target.client_key).expanduser()),
        }
        return {"server": target.host}, {key: value for key, value in credentials.items() if value}
    config, _where = kubeconfig_of(target.kubeconfig)
    context = _entry(config, "contexts", target.context).get("context") or {}
    cluster = _entry(config, "clusters", context.get("cluster")).get("cluster") or {}
    user = _entry(config, "users", context.get("user")).get("user") or {}
    return dict(cluster), dict(user)


def _entry(config: Mapping[str, Any], section: str, name: Any) -> Mapping[str, Any]:
    return next((entry for entry in config.get(section) or () if entry.get("name") == name), {})
