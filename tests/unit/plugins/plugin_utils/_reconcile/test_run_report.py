"""The report on one cluster, as the role's own template prints it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.judging import judged
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.run import Run, unasked
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.run_view import run_view
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import rendered

from tests.gates.tree import ROOT
from tests.unit.flux_objects import ago, kustomization, ready
from tests.unit.reconciled_runs import (
    ASKER,
    BROKEN,
    HELD,
    NEW,
    OLD,
    SOURCE,
    WAITING,
    WELL,
    answer,
    pictured,
    ran,
)
from tests.unit.rendered_report import section

TEMPLATE = ROOT / "roles/reconcile_all/templates/cluster.md.j2"
GOOD = pictured(SOURCE, WELL, WAITING)
FAULTY = pictured(SOURCE, BROKEN, HELD)
FAILED = answer("Kustomization", "apps", "failed", reason="BuildFailed", message="kustomize build failed: no such file")
BLOCKED = answer("Kustomization", "shop", "blocked", blocked_by="Kustomization/flux-system/apps", requested=False)
PAUSED_BY = {
    "gitops.flux/suspended-by": "ops-user",
    "gitops.flux/suspended-reason": "disk | swap",
    "gitops.flux/suspended-until": "2026-11-20T00:00:00Z",
}
PAUSED = kustomization("ceph", spec={"suspend": True}, annotations=PAUSED_BY)


def report(run: Run, kubeconfig: str | None = None) -> str:
    return rendered(TEMPLATE, run_view(run, judged(run), kubeconfig))


def test_a_run_without_trouble_is_short() -> None:
    text = report(ran(GOOD, GOOD, answer("GitRepository", "fleet"), answer("Kustomization", "apps", seconds=None)))
    assert text.startswith("# Ottawa: ok · 2 of 2 objects reconciled, 2 requests\n\ntalos-ottawa · https://x · ")
    assert "took 4.2 s · mode all" in text
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## Slowest"]
    assert "| GitRepository | 1          |" in text
    assert text.count("apps") == 0


def test_what_became_worse_stands_first_with_its_remedy_and_commands() -> None:
    text = report(ran(GOOD, FAULTY, FAILED, BLOCKED))
    title = "# Ottawa: WORSE · 0 of 2 objects reconciled, 2 bad, 2 worse than before, 1 request"
    assert text.splitlines()[0] == title
    worse = section(text, "Became worse")
    assert "- Kustomization flux-system/apps: was ready, is failed: kustomize build failed: no such file" in worse
    assert "- with 1 object waiting for Kustomization flux-system/apps" in worse
    first = section(text, "Do this first")
    assert "### 1. Kustomization flux-system/apps does not build — 1 object waits for it" in first
    assert "- Fix in Git: " in first
    assert "- Look: `flux --context talos-ottawa -n flux-system get kustomization apps`" in first
    assert "before this run" not in first
    assert "- by Kustomization flux-system/apps: 1 object: Kustomization flux-system/shop" in section(text, "Blocked")
    assert text.index("## Became worse") < text.index("## Do this first") < text.index("## Blocked")


def test_what_was_bad_before_says_so() -> None:
    text = report(ran(FAULTY, FAULTY, FAILED, BLOCKED))
    assert "BAD AS BEFORE" in text.splitlines()[0]
    assert "- It was so before this run." in section(text, "Do this first")
    assert "## Became worse" not in text


def test_what_was_fixed_is_told_with_the_commit_that_did_it() -> None:
    fleet = {"kind": "GitRepository", "namespace": "flux-system", "name": "fleet"}
    way: dict[str, Any] = {"revision_before": OLD, "revision_after": NEW}
    verdicts = (
        answer("GitRepository", "fleet", **way),
        answer("Kustomization", "apps", source=fleet, **way),
        answer("Kustomization", "shop", source=fleet, **way),
    )
    text = report(ran(FAULTY, GOOD, *verdicts))
    assert "2 fixed" in text.splitlines()[0]
    fixed = section(text, "Fixed")
    assert "- Kustomization flux-system/apps: was failed, is ready" in fixed
    assert "- with 1 object waiting for Kustomization flux-system/apps" in fixed
    moved = (
        "GitRepository flux-system/fleet moved from main@sha1:aaaaaaa to main@sha1:bbbbbbb; 2 Kustomizations followed"
    )
    assert moved in section(text, "What moved")


def test_what_was_not_asked_says_why() -> None:
    picture = pictured(SOURCE, WELL, PAUSED)
    verdicts = (
        answer("Kustomization", "ceph", "suspended", requested=False),
        answer("HelmRepository", "charts", "not_supported", requested=False),
    )
    text = section(report(ran(picture, picture, *verdicts)), "Not asked")
    assert "- Its controller takes no request: HelmRepository flux-system/charts" in text
    assert "| Kustomization flux-system/ceph | ops-user | disk \\| swap |" in text
    assert "**overdue" in text


def test_what_is_in_deletion_counts_as_gone() -> None:
    going = kustomization("shop", deletionTimestamp=ago(1), finalizers=["finalizers.fluxcd.io"])
    run = ran(pictured(SOURCE, WELL, WAITING), pictured(SOURCE, WELL, going), answer("Kustomization", "apps"))
    assert judged(run).verdict == "ok"
    assert "- Gone: Kustomization flux-system/shop" in section(report(run), "What moved")


def test_what_a_parent_made_and_pruned_is_named() -> None:
    run = ran(
        pictured(SOURCE, WELL, WAITING), pictured(SOURCE, WELL, kustomization("child")), answer("Kustomization", "apps")
    )
    moved = section(report(run), "What moved")
    assert "- New: Kustomization flux-system/child" in moved
    assert "- Gone: Kustomization flux-system/shop" in moved


def test_a_bad_verdict_without_a_cause_still_says_what_to_look_at() -> None:
    late = answer("Kustomization", "apps", "timed_out", seconds=300.2, message="still running")
    text = section(report(ran(GOOD, GOOD, late)), "Do this first")
    assert "### 1. Kustomization flux-system/apps timed out after 300 s" in text
    assert "- still running" in text
    assert "- Look: `flux --context talos-ottawa -n flux-system get kustomization apps`" in text


def test_a_cause_outside_the_run_is_named_and_no_more() -> None:
    other = kustomization("other", ready("False", "BuildFailed", "broken for years"))
    picture = pictured(SOURCE, WELL, other)
    text = report(ran(picture, picture, answer("Kustomization", "apps")))
    assert text.splitlines()[0].startswith("# Ottawa: ok · ")
    assert "Kustomization flux-system/other" in section(text, "Not well, and not part of this run")
    assert "broken for years" not in text


def test_many_causes_are_ten_blocks_and_lines_for_the_rest() -> None:
    broken = [kustomization(f"k{n:02}", ready("False", "BuildFailed", f"broken {n}")) for n in range(14)]
    picture = pictured(SOURCE, *broken)
    failed = [answer("Kustomization", f"k{n:02}", "failed", message=f"broken {n}") for n in range(14)]
    text = section(report(ran(picture, picture, *failed)), "Do this first")
    assert text.count("### ") == 10
    assert sum(line.startswith("- Kustomization flux-system/k") for line in text.splitlines()) == 4


def test_the_slowest_ten_are_ordered() -> None:
    answers = [answer("Kustomization", f"k{n:02}", seconds=float(n)) for n in range(1, 13)]
    rows = [line for line in section(report(ran(GOOD, GOOD, *answers)), "Slowest").splitlines() if "k" in line]
    assert [row.split("|")[3].strip() for row in rows[:2]] == ["12.0", "11.0"]
    assert len(rows) == 10


def test_check_mode_shows_what_would_be_asked() -> None:
    picture = pictured(SOURCE, WELL, PAUSED)
    planned = [answer("GitRepository", "fleet", None), answer("Kustomization", "apps", None)]
    skipped = answer("Kustomization", "ceph", None, requested=False)
    run = ran(picture, picture, *planned, skipped, asker=replace(ASKER, check=True), notices=["a cycle"], seconds=None)
    text = report(run)
    assert text.startswith("# Ottawa: check mode · would ask 2 objects, nothing was sent")
    assert "- 1 GitRepository: flux-system/fleet\n- 1 Kustomization: flux-system/apps" in section(
        text, "Would be asked"
    )
    assert "flux-system/ceph" in section(text, "Not asked")
    assert "- a cycle" in section(text, "Notices")


@pytest.mark.parametrize("kubeconfig", [None, "/etc/flux"])
def test_a_cluster_nobody_could_ask_has_a_report_too(kubeconfig: str | None) -> None:
    text = report(unasked(ASKER, "connection refused by 127.0.0.1:1", ago(0), unreachable=True), kubeconfig)
    assert text.startswith("# Ottawa: UNREACHABLE · connection refused by 127.0.0.1:1")
    assert "Does it know you? `kubectl --context talos-ottawa" in section(text, "Try this")


def test_messages_of_controllers_cannot_break_the_page() -> None:
    ugly = kustomization("apps", ready("False", "BuildFailed", "a | b\n# <script> `c`"))
    text = report(ran(GOOD, pictured(SOURCE, ugly, HELD), answer("Kustomization", "apps", "failed", message="a | b")))
    assert "<script" not in text.replace("\\<script", "")
    assert "\n# <" not in text
