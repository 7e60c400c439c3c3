"""Somebody who asks for histories, and compares them with what helm and helm-controller say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.integration.playbook import Json
from tests.integration.rollback.odd_charts import PLAIN, chart_spec, helm_history
from tests.integration.rollback.scene import Scene

# Also the name of a ConfigMap that the API server refuses, and quotes.
PASSWORD = "Hunter2_Of_The_Night"


@dataclass(frozen=True)
class Desk:
    scene: Scene

    def history(self, *names: Any, **options: Any) -> Json:
        """The result of one task: of a namespace and a name, or of several pairs of them."""
        return self.scene.tasks("flux_helm_history", named(*names) | options)[0]

    def entry(self, namespace: str, name: str, **options: Any) -> Json:
        found: Json = self.history(namespace, name, **options)["releases"][0]
        return found

    def release(self, namespace: str, name: str, version: str = PLAIN, **spec: Any) -> None:
        self.scene.release(namespace, name, version, **{"chart": chart_spec(version)} | spec)

    def wait_revision(self, namespace: str, name: str, revision: int, status: str = "deployed") -> None:
        def is_there() -> bool:
            newest = (self.scene.read(namespace, name).get("status", {}).get("history") or [{}])[0]
            return (newest.get("version"), newest.get("status")) == (revision, status)

        self.scene.bed.wait(is_there, 90, f"revision {revision} of {namespace}/{name} being {status}")

    def same_as_helm(self, entry: Json, *, masked: bool = False) -> None:
        """Every row says what helm history says, apart from what a refusal quotes."""
        theirs = helm_history(self.scene, entry["release"]["storage_namespace"], entry["release"]["name"])
        ours = entry["revisions"]
        assert [row["revision"] for row in ours] == [row["revision"] for row in theirs]
        for row, their in zip(ours, theirs, strict=True):
            assert row["status"] == their["status"]
            assert f"{row['chart']}-{row['chart_version']}" == their["chart"]
            assert row["app_version"] == their["app_version"]
            assert _moment(row["deployed_at"]) == _moment(their["updated"])
            if not (masked and PASSWORD in their["description"]):
                assert row["description"] == their["description"]

    def same_as_recorded(self, entry: Json) -> int:
        """Every digest helm-controller has recorded is the one of the row; how many there are."""
        recorded = self.scene.read(entry["namespace"], entry["name"])["status"].get("history", [])
        rows = {row["revision"]: row for row in entry["revisions"]}
        for snapshot in recorded:
            row = rows[snapshot["version"]]
            assert row["config_digest"] == snapshot["configDigest"]
            assert row["controller"]["digest"] == snapshot["digest"]
            assert row["controller_current"] == (snapshot is recorded[0])
        assert entry["controller_revision"] == recorded[0]["version"]
        return len(recorded)


def named(*names: Any) -> Json:
    if names and isinstance(names[0], str):
        return dict(zip(("namespace", "name"), names, strict=True))
    return {"releases": [{"namespace": namespace, "name": name} for namespace, name in names]}


def told(row: Json) -> tuple[Any, ...]:
    return row["revision"], row["status"], row["possible_target"], row["why_no_target"]


def _moment(text: str) -> datetime:
    """To the microsecond, more of which Python does not know."""
    head, _dot, rest = text.partition(".")
    digits = rest.rstrip("Z")[:6]
    return datetime.fromisoformat(f"{head.rstrip('Z')}.{digits:0<6}+00:00")
