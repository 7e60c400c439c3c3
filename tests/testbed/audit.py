"""What the API servers were asked, from their audit logs. What the test bed itself asks is not in there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_PROGRAMS = frozenset(
    {"kube-controller-manager", "kube-scheduler", "kwok", "source-controller", "kustomize-controller"}
    | {"helm-controller", "notification-controller", "image-reflector-controller"}
)


@dataclass(frozen=True)
class Request:
    at: datetime
    verb: str
    group: str
    resource: str
    namespace: str
    name: str
    user: str
    code: int
    uri: str
    agent: str

    @property
    def is_write(self) -> bool:
        """Asking who one is, or what one may do, is sent as a create but changes nothing."""
        return self.verb not in {"get", "list", "watch"} and not self.group.startswith("auth")


def requests(log: Path, since: int = 0) -> Iterator[Request]:
    """Each request once, from a position in the log on (see `mark`)."""
    if not log.exists():
        return
    seen: set[str] = set()
    with log.open("rb") as lines:
        lines.seek(since)
        for line in lines:
            event = json.loads(line)
            if event["auditID"] not in seen and not _is_turned_away(event):
                seen.add(event["auditID"])
                yield _request(event)


def _is_turned_away(event: dict[str, dict[str, str]]) -> bool:
    """A program of the test bed that a server did not know yet, just after it started: no policy fits nobody."""
    program = str(event.get("userAgent", "")).partition("/")[0]
    return not event["user"].get("username") and program in _PROGRAMS


def mark(log: Path) -> int:
    """Now, as a position in the log."""
    return log.stat().st_size if log.exists() else 0


def _request(event: dict[str, dict[str, str]]) -> Request:
    target = event.get("objectRef", {})
    status = event.get("responseStatus", {})
    return Request(
        at=datetime.fromisoformat(str(event["requestReceivedTimestamp"]).replace("Z", "+00:00")),
        verb=str(event["verb"]),
        group=target.get("apiGroup", ""),
        resource="/".join(part for part in (target.get("resource"), target.get("subresource")) if part),
        namespace=target.get("namespace", ""),
        name=target.get("name", ""),
        user=event["user"].get("username", ""),
        code=int(status.get("code", 0)),
        uri=str(event["requestURI"]),
        agent=str(event.get("userAgent", "")),
    )
