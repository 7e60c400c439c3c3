"""What has become of the objects of a change, and of what hangs on them, against its start."""

from __future__ import annotations

import json
from pathlib import Path

from tests.integration.maintenance.branch import config_maps
from tests.integration.maintenance.conftest import HOST, Window

BROKEN = {
    "storage/configmap.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 'Not A Name', namespace: window}\n"
}
BASE = {"maintenance_window_names": "base"}


def test_what_fails_newly_is_named_and_fails_the_end(window: Window, folder: Path) -> None:
    before = window.bed.cluster(HOST).get(
        "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/window/kustomizations/storage"
    )["status"]["lastAppliedRevision"]
    assert window.start(folder, "CHG-30").rc == 0
    moved = window.branch.publish(BROKEN, "Break it during the window")
    try:
        done = window.end(folder, "CHG-30")
        assert done.rc == 2
        assert "Kustomization/window/storage is failed and was " in done.stdout + done.stderr
        assert window.paused() == set()
        report = done.report(f"CHG-30-end-{HOST}")
        assert "## Newly failing" in report
        assert "| Kustomization window/storage " in report
        assert "| Kustomization window/web (hangs on it) " in report
        assert "## Revisions moved" in report
        assert f"| {before[:19]} | window@sha1:{moved[:7]} | " in report
        stats = json.loads(done.files[f"flux-maintenance-CHG-30-{HOST}.json"])
        assert stats["ended_at"]
    finally:
        window.branch.publish(config_maps("repaired", "storage"), "Repair it")
        window.settled()


def test_what_failed_before_fails_nobody(window: Window, folder: Path) -> None:
    window.branch.publish(BROKEN, "Break it before the window")
    try:
        window.bed.wait(lambda: _is_failing(window, "storage"), 60, "storage failing")
        assert window.start(folder, "CHG-31", **BASE).rc == 0
        done = window.end(folder, "CHG-31")
        assert done.rc == 0, done.text
        report = done.report(f"CHG-31-end-{HOST}")
        assert "## Failing as at the start" in report
        assert "Newly failing" not in report
        assert "| Kustomization window/storage (hangs on it) " in report
    finally:
        window.branch.publish(config_maps("once more", "storage"), "Repair it")
        window.settled()


def test_what_somebody_suspended_meanwhile_is_named_and_left_alone(window: Window, folder: Path) -> None:
    assert window.start(folder, "CHG-32", **BASE).rc == 0
    window.suspend_by_hand("kustomization/web")
    try:
        done = window.end(folder, "CHG-32")
        assert done.rc == 0, done.text
        report = done.report(f"CHG-32-end-{HOST}")
        assert "1 newly suspended" in report.splitlines()[0]
        assert "| Kustomization window/web (hangs on it) " in report
        assert window.paused() == {"kustomization/web"}
    finally:
        window.suspend_by_hand("kustomization/web", value=False)


def _is_failing(window: Window, name: str) -> bool:
    path = f"/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/window/kustomizations/{name}"
    conditions = window.cluster.get(path)["status"]["conditions"]
    return any((row["type"], row["status"]) == ("Ready", "False") for row in conditions)
