"""Records real objects as fixtures, at the `record` steps of the scenarios.

One file is one case: `tests/fixtures/<kind>/<status>__<why>.yaml` with the object, the other objects of the reading it
refers to, the time of the reading, and what is to be expected of it. What is expected was decided by whoever wrote the
scenario, by the rules; it is never computed.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import yaml

from .cluster import Cluster
from .errors import TestbedError
from .paths import CHECKOUT
from .waiting import is_as_told, read

FIXTURES = CHECKOUT / "tests" / "fixtures"
_KEPT_FIELDS = ("f:spec", "f:status", "f:metadata")


class Recorder:
    def __init__(self, folder: Path = FIXTURES) -> None:
        self._folder = folder
        self.written: list[Path] = []

    def take(self, cluster: Cluster, told: dict[str, Any]) -> None:
        """Samples until the object is as `until` says, then writes the case."""
        item = _sampled(cluster, told)
        now = datetime.now(timezone.utc) + timedelta(seconds=told.get("later", 0))
        others = [slim(other) for wanted in told.get("others", []) for other in _matching(cluster, wanted, item)]
        case = {
            "cluster": cluster.context,
            "now": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "expect": told["expect"],
            "object": slim(item),
            "others": others,
        }
        file = self._folder / str(item["kind"]).lower() / f"{told['as']}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.dump(case, Dumper=_Plain, sort_keys=False, width=120, allow_unicode=True)
        # Controllers quote their own folders, which say something of this machine alone.
        file.write_text(text.replace(str(cluster.paths.home), "/testbed"))
        self.written.append(file)


class _Plain(yaml.SafeDumper):
    """Repeats what is equal instead of referring to it: a case is read from top to bottom."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (the signature of PyYAML)
        return True


def _sampled(cluster: Cluster, told: dict[str, Any]) -> dict[str, Any]:
    until = told.get("until", {})
    deadline = time.monotonic() + float(told.get("seconds", 60))
    while time.monotonic() < deadline:
        item = read(cluster, told)
        if item and is_as_told(item, until):
            return item
        time.sleep(0.1)
    raise TestbedError(f"{told['kind']} {told['namespace']}/{told['name']} never was {until} while it was sampled")


def _matching(cluster: Cluster, wanted: dict[str, str], item: dict[str, Any]) -> list[dict[str, Any]]:
    """One object by name; or, of kind Event, all about the recorded object."""
    if wanted["kind"] == "Event":
        meta = item["metadata"]
        path = f"/api/v1/namespaces/{meta['namespace']}/events?fieldSelector=involvedObject.uid={meta['uid']}"
        return [event | {"apiVersion": "v1", "kind": "Event"} for event in cluster.get(path)["items"]]
    found = read(cluster, wanted)
    if found is None:
        raise TestbedError(f"{wanted} is not on {cluster.name}")
    return [found] if found["metadata"]["uid"] != item["metadata"]["uid"] else []


def slim(item: dict[str, Any]) -> dict[str, Any]:
    """Without what nothing reads: of managedFields only who wrote which part when remains."""
    meta = {key: value for key, value in item["metadata"].items() if key not in {"resourceVersion", "selfLink"}}
    if "managedFields" in meta:
        meta["managedFields"] = [_slim_entry(entry) for entry in meta["managedFields"]]
    annotations = {k: v for k, v in meta.get("annotations", {}).items() if "last-applied-configuration" not in k}
    meta.pop("annotations", None)
    return item | {"metadata": meta | ({"annotations": annotations} if annotations else {})}


def _slim_entry(entry: dict[str, Any]) -> dict[str, Any]:
    fields = entry.get("fieldsV1", {})
    kept: dict[str, Any] = {part: {} for part in _KEPT_FIELDS if part in fields}
    if "f:suspend" in fields.get("f:spec", {}):
        kept["f:spec"] = {"f:suspend": {}}
    if "f:annotations" in fields.get("f:metadata", {}):
        kept["f:metadata"] = {
            "f:annotations": {name: {} for name in fields["f:metadata"]["f:annotations"] if name != "."}
        }
    return {key: value for key, value in entry.items() if key != "fieldsV1"} | {"fieldsV1": kept}
