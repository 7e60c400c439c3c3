"""What the health check says of a release that a rollback holds, and where it names the rollback as the way out."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.diagnose import diagnose
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import NOTE, PHASES
from ansible_collections.gitops.flux.plugins.plugin_utils._report.object_tables import suspension_rows

from tests.unit.flux_clusters import HEALTHY, SEEN, codes, judged
from tests.unit.flux_objects import NOW, Item, ago, condition, helm_chart, helm_release, ready, record, records, release
from tests.unit.held_releases import SINCE, held

FROZEN: dict[str, Any] = {"annotations": {"kustomize.toolkit.fluxcd.io/reconcile": "disabled"}}
FAILED = ready("False", "UpgradeFailed", "Helm upgrade failed")
TWO = {"history": [release(2, "1.3.0", "failed"), release(1, "1.2.2")]}


@pytest.mark.parametrize(
    ("phase", "item"),
    [
        ("rolled_back", held("rolled_back")),
        ("pinned", held("pinned", strategy="pin", suspended=False, **FROZEN)),
        # Its owner is nobody, or is no Kustomization: neither suspended nor frozen.
        ("pinned", held("pinned", strategy="pin", suspended=False)),
    ],
)
def test_a_release_that_is_held_is_listed_with_who_why_and_how_far(phase: str, item: Item) -> None:
    entry = judged(*HEALTHY, item)
    assert (entry["verdict"], len(entry["suspensions"])) == ("healthy", 1)
    row = entry["suspensions"][0]
    assert (row["name"], row["by"], row["reason"], row["ticket"]) == (
        "shop",
        "ops-user",
        "1.3.0 does not start",
        "INC-7",
    )
    assert (row["change"], row["since"], row["overdue"]) == ("helm-rollback", ago(SINCE), False)
    verb = "pinned" if phase == "pinned" else "rolled"
    assert row["rollback"] == {
        "phase": phase,
        "strategy": "pin" if phase == "pinned" else "helm",
        "since": ago(SINCE),
        "from": 4,
        "to": 3,
        "chart_version": "1.2.0",
        "unfinished": False,
        "message": f"{verb} back from revision 4 to 3 (chart 1.2.0), held until gitops.flux.helm_rollback_finish",
    }


def test_only_what_is_frozen_is_called_so() -> None:
    items = {"frozen": held("pinned", suspended=False, **FROZEN), "not": held("pinned", suspended=False)}
    found = {name: judged(*HEALTHY, item)["suspensions"][0]["frozen"] for name, item in items.items()}
    assert found == {"frozen": True, "not": False}


def test_one_that_is_held_for_longer_than_planned_is_overdue() -> None:
    entry = judged(*HEALTHY, held("rolled_back", until=ago(60)))
    assert codes(entry) == ["suspension_overdue"]
    assert entry["reasons"][0].startswith("HelmRelease apps/shop is still held by a rollback by ops-user")


@pytest.mark.parametrize("phase", sorted(set(PHASES) - {"rolled_back", "pinned"}))
def test_half_of_one_is_a_finding_and_says_how_to_go_on(phase: str) -> None:
    entry = judged(*HEALTHY, held(phase))
    assert codes(entry) == ["rollback_unfinished"]
    playbook = "helm_rollback_finish" if phase == "finishing" else "helm_rollback"
    assert entry["reasons"][0].endswith(f"under way, or interrupted: then run gitops.flux.{playbook} again")


def test_a_note_nobody_can_read_is_not_passed_over() -> None:
    entry = judged(*HEALTHY, helm_release("shop", annotations={NOTE: '{"phase": "of a later version"}'}))
    assert codes(entry) == ["rollback_unfinished"]
    assert "nobody can read" in entry["reasons"][0]


def test_the_table_says_it_before_the_reason() -> None:
    half, whole = (record(held(phase)) for phase in ("rolling_back", "rolled_back"))
    rows = suspension_rows([{**each, **each["suspended"]} for each in (half, whole)], [half, whole], ago(0))
    assert rows[0][2].startswith("**HALF rolled back, under way, or interrupted: then run")
    assert rows[1][2].startswith("rolled back from revision 4 to 3 (chart 1.2.0), held until")
    assert all(row[2].endswith(": 1.3.0 does not start") for row in rows)


def emergency(*items: Item, host: str | None = "ottawa") -> Any:
    found = diagnose(records(*items, helm_chart()), None, SEEN, now=NOW, host=host)
    return {cause["name"]: cause["emergency"] for cause in found}.get("web")


def test_a_release_that_went_bad_has_a_way_out_that_is_looked_at_first() -> None:
    words = shlex.split(emergency(helm_release("web", FAILED, status=TWO)))
    assert words[:5] == ["ansible-playbook", "gitops.flux.helm_rollback", "--limit", "ottawa", "--check"]
    assert words[6::2] == [
        "helm_rollback_namespace=apps", "helm_rollback_name=web", "helm_rollback_confirm=web",
        "helm_rollback_reason=release_failed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "history"),
    [
        pytest.param(FAILED, [release(1, "1.3.0", "failed")], id="a first install has nothing to go back to"),
        pytest.param(
            ready("False", "ArtifactFailed", "could not load chart"), [release(2, "1.2.2")], id="what runs is good"
        ),
        pytest.param(
            ready("False", "RollbackSucceeded", "Helm rollback to previous release apps/web.v1 succeeded"),
            [release(3, "1.2.2"), release(2, "1.3.0", "failed")],
            id="helm-controller was quicker",
        ),
    ],
)
def test_where_nothing_can_be_taken_back_there_is_none(said: Item, history: list[Item]) -> None:
    assert emergency(helm_release("web", said, status={"history": history})) is None


def test_without_the_name_of_the_host_there_is_no_playbook_to_name() -> None:
    assert emergency(helm_release("web", FAILED, status=TWO), host=None) is None


def test_a_failed_test_of_a_deployed_release_is_one_to_go_back_from() -> None:
    said = ready("False", "TestFailed", "Helm test failed for release apps/web.v2")
    more = {"history": [release(2, "1.3.0"), release(1, "1.2.2")]}
    tested = condition("TestSuccess", "False", "TestFailed", "Helm test failed for release apps/web.v2")
    assert "helm_rollback_reason=test_failed" in emergency(helm_release("web", said, tested, status=more))


@pytest.mark.parametrize(
    ("phase", "playbook"),
    [("rolling_back", "helm_rollback"), ("rolled_back", "helm_rollback_finish"), ("finishing", "helm_rollback_finish")],
)
def test_what_is_held_is_never_resumed_by_hand(phase: str, playbook: str) -> None:
    item = held(phase, suspended=False, said=FAILED, status=TWO)
    (cause,) = diagnose(records(item, helm_chart()), None, SEEN, now=NOW, host="ottawa")
    assert not any(command["writes"] for command in cause["commands"])
    assert f" gitops.flux.{playbook} --limit ottawa" in cause["emergency"]
