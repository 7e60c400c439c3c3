"""Who may talk to an API server: a token each, known to that server alone."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

CONTROLLERS = (
    "source-controller",
    "kustomize-controller",
    "helm-controller",
    "notification-controller",
    "image-reflector-controller",
)
# What the test bed itself does stays out of the audit logs: those hold exactly what the tests and playbooks did.
INFRASTRUCTURE = "testbed:infrastructure"
_MASTERS = "system:masters"

_USERS: dict[str, tuple[str, list[str]]] = {
    "admin": ("admin", [_MASTERS]),
    "viewer": ("viewer", []),
    "nobody": ("nobody", []),
    "testbed": ("testbed", [_MASTERS, INFRASTRUCTURE]),
    "kube-controller-manager": ("system:kube-controller-manager", [_MASTERS, INFRASTRUCTURE]),
    "kube-scheduler": ("system:kube-scheduler", [_MASTERS, INFRASTRUCTURE]),
    "kwok": ("kwok", [_MASTERS, INFRASTRUCTURE]),
} | {
    name: (
        f"system:serviceaccount:flux-system:{name}",
        ["system:serviceaccounts", "system:serviceaccounts:flux-system", INFRASTRUCTURE],
    )
    for name in CONTROLLERS
}


class Credentials:
    """The tokens of one cluster, by role; made at first use, then kept."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "tokens.json"
        self.csv = folder / "tokens.csv"

    def token(self, role: str) -> str:
        if not self._file.exists():
            self._make()
        return str(json.loads(self._file.read_text())[role])

    def _make(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        tokens = {role: secrets.token_hex(16) for role in _USERS}
        lines = [f'{tokens[role]},{user},{role},"{",".join(groups)}"' for role, (user, groups) in _USERS.items()]
        self.csv.write_text("\n".join(lines) + "\n")
        self.csv.chmod(0o600)
        self._file.write_text(json.dumps(tokens))
        self._file.chmod(0o600)
