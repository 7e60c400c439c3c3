"""Waits until an object is as a scenario says.

`{kind, namespace, name}` and any of: a condition type with `{status, reason, message}` (the message as a regular
expression), `current: true` (the controller has seen the present generation), `gone: true`,
`older: SECONDS` (so long has Ready said what it says), `path: {a.b.0.c: value}` for anything else,
`seconds` (default 60).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from typing import Any

from .cluster import Cluster
from .errors import TestbedError
from .readiness import condition_of, wait_until

_AS_JSON = ("-o", "json", "--show-managed-fields")
_OWN = {"kind", "namespace", "name", "current", "gone", "older", "path", "seconds"}


def wait_for(cluster: Cluster, told: dict[str, Any]) -> None:
    name = f"{told['kind']} {told['namespace']}/{told['name']} on {cluster.name}"
    try:
        wait_until(lambda: is_as_told(read(cluster, told), told), float(told.get("seconds", 60)), name)
    except TestbedError as error:
        conditions = (read(cluster, told) or {}).get("status", {}).get("conditions")
        raise TestbedError(f"{error}; wanted {told}, it has {json.dumps(conditions)}") from error


def wait_for_all(cluster: Cluster, tolds: Sequence[dict[str, Any]]) -> None:
    """The same for many objects, with one command for all of them at a time."""
    begun, left = time.monotonic(), list(tolds)
    while left:
        found = read_all(cluster, {told["kind"] for told in left})
        left = [told for told in left if not is_as_told(found.get(_name_of(told)), told)]
        waited = time.monotonic() - begun
        late = [told for told in left if waited > float(told.get("seconds", 60))]
        if late:
            lines = "\n  ".join(_complaint(told, found.get(_name_of(told))) for told in left)
            raise TestbedError(f"{cluster.name} after {waited:.0f} s:\n  {lines}")
        time.sleep(0.5 if left else 0)


def read_all(cluster: Cluster, kinds: Iterable[str]) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Every object of some kinds, by kind, namespace and name."""
    items = json.loads(cluster.kubectl("get", ",".join(sorted(kinds)), "-A", "-o", "json"))["items"]
    return {(item["kind"], item["metadata"]["namespace"], item["metadata"]["name"]): item for item in items}


def _name_of(told: dict[str, Any]) -> tuple[str, str, str]:
    return told["kind"], told["namespace"], told["name"]


def _complaint(told: dict[str, Any], item: dict[str, Any] | None) -> str:
    return f"wanted {told}, it has {json.dumps((item or {}).get('status', {}).get('conditions'))}"


def read(cluster: Cluster, told: dict[str, Any]) -> dict[str, Any] | None:
    text = cluster.kubectl("-n", told["namespace"], "get", told["kind"], told["name"], *_AS_JSON, check=False)
    found: dict[str, Any] | None = json.loads(text) if text else None
    return found


def is_as_told(item: dict[str, Any] | None, told: dict[str, Any]) -> bool:
    if item is None or told.get("gone"):
        return item is None and bool(told.get("gone"))
    if told.get("current") and item.get("status", {}).get("observedGeneration") != item["metadata"]["generation"]:
        return False
    if told.get("older", 0) > _age_of(condition_of(item, "Ready")):
        return False
    conditions = [_matches(condition_of(item, name), wanted) for name, wanted in told.items() if name not in _OWN]
    paths = [_at(item, path) == value for path, value in told.get("path", {}).items()]
    return all(conditions + paths)


def _age_of(condition: dict[str, Any]) -> float:
    since = condition.get("lastTransitionTime")
    if not since:
        return 0.0
    return (datetime.now(timezone.utc) - datetime.fromisoformat(since.replace("Z", "+00:00"))).total_seconds()


def _matches(condition: dict[str, Any], wanted: dict[str, str]) -> bool:
    return all(
        re.search(value, condition.get(field, "")) if field == "message" else condition.get(field) == value
        for field, value in wanted.items()
    )


def _at(item: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(item, list):
            item = item[int(part)] if int(part) < len(item) else None
        else:
            item = item.get(part) if isinstance(item, dict) else None
    return item
