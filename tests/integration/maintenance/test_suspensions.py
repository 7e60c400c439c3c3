"""The list of everything that is paused."""

from __future__ import annotations

from pathlib import Path

from tests.integration.maintenance.conftest import HOST, Window


def test_all_that_is_paused_is_listed_by_change(window: Window, folder: Path) -> None:
    window.suspend_by_hand("kustomization/web")
    freeze = "kustomize.toolkit.fluxcd.io/reconcile=disabled"
    window.cluster.kubectl("-n", "window", "annotate", "gitrepository", "window", freeze)
    try:
        assert window.start(folder, "CHG-40").rc == 0
        mark = window.bed.mark(HOST)
        done = window.play("suspensions", folder, {"suspensions_fail_on_overdue": "true"})
        assert done.rc == 0, done.text
        assert window.writes(mark) == []
        page = done.files["flux-suspensions-fleet.md"]
        assert page.startswith("# Paused: 6 objects on 1 cluster\n")
        assert "## Change CHG-40 (4 objects on 1 cluster)" in page
        assert "| StPetersburg | Kustomization window/base    | admin | disk swap | OPS-1423 / CHG-40 | " in page
        assert "## Without a change (2 objects on 1 cluster)" in page
        assert "GitRepository window/window (frozen)" in page

        late = window.play(
            "suspensions", folder, {"suspensions_fail_on_overdue": "true", "suspensions_max_age": "1"}, "--check"
        )
        assert late.rc == 2
        # Those of the change have an end of their own, four hours from now.
        assert "2 suspensions overdue: " in late.stdout + late.stderr
        assert "**overdue**" in late.files["flux-suspensions-fleet.md"]
        assert window.play("suspensions", folder, {"suspensions_max_age": "1"}).rc == 0
        assert window.end(folder, "CHG-40").rc == 0
    finally:
        window.cluster.kubectl("-n", "window", "annotate", "gitrepository", "window", freeze.partition("=")[0] + "-")
        window.suspend_by_hand("kustomization/web", value=False)


def test_nothing_is_paused(window: Window, folder: Path) -> None:
    done = window.play("suspensions", folder, {"suspensions_fail_on_overdue": "yes", "suspensions_max_age": "24h"})
    assert done.rc == 0, done.text
    assert f"{HOST}  nothing is paused" in done.stdout
