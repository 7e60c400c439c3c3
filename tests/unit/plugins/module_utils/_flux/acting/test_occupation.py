"""What an object does instead of answering."""

from __future__ import annotations

from datetime import timedelta

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.member import Member
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.occupation import busy_sentence, doing
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts

from tests.unit.flux_objects import NOW, Item, condition, facts, kustomization, ready


def one(*conditions: Item) -> Facts:
    return facts(kustomization("app", *conditions))[0]


def running(age: float) -> Item:
    return condition("Reconciling", "True", "Progressing", "Running health checks for revision main", age=age)


def test_busy_is_said_with_the_latest_end() -> None:
    said = busy_sentence(one(running(age=30), ready("Unknown")), NOW)
    assert said == "Kustomization/flux-system/app is busy: Running health checks for revision main, at most 1m30s more"


def test_longer_than_its_timeout_is_said_too() -> None:
    said = busy_sentence(one(running(age=30), ready("Unknown")), NOW + timedelta(minutes=5))
    assert said is not None
    assert said.endswith("Running health checks for revision main, longer than its timeout")


def test_who_is_not_in_a_run_is_not_busy() -> None:
    assert busy_sentence(one(ready()), NOW) is None
    retrying = condition("Reconciling", "True", "ProgressingWithRetry", "tried again")
    assert busy_sentence(one(retrying), NOW) is None


def test_without_a_verdict_the_controllers_own_words_tell_why() -> None:
    member = Member(one().ref, "target", None, token="t")
    assert doing(member, one(running(age=3))) == "is still at: Running health checks for revision main"
    assert doing(member, one(ready())) == "its controller has not answered the request"
    member.token = None
    assert doing(member, one(ready(message="Applied revision: x"))) == "last said: Applied revision: x"
    assert doing(member, one(ready())) == "has said nothing yet"
