"""What is refused before anything is sent, and the commands that ask for the same again."""

from __future__ import annotations

import json
import shlex
from itertools import pairwise
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import own_options
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.asking import Asking
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.options import REPORT
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.refusing import refusal

ASKED = {"namespace": "apps", "name": "shop", "confirm": "shop", "reason": "bad"}


def options(step: str = "rollback", **asked: Any) -> dict[str, Any]:
    return own_options(REPORT, {"step": step, "stage": "begin", "asked": ASKED | asked, "template": "x"})


def why(step: str = "rollback", hosts: tuple[str, ...] = ("ottawa",), **asked: Any) -> str | None:
    found = options(step, **asked)
    return refusal(step, found["asked"], hosts, found)


def test_what_is_named_confirmed_and_explained_may_be_sent() -> None:
    assert why() is None
    assert why("finish", reason="") is None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"confirm": "shopp"}, "helm_rollback_confirm is 'shopp': it has to be shop"),
        ({"confirm": ""}, "helm_rollback_confirm is ''"),
        ({"reason": ""}, "helm_rollback_reason is empty"),
        ({"name": "shop,web", "confirm": "shop,web"}, "the name of one HelmRelease"),
        ({"name": "['shop', 'web']", "confirm": "['shop', 'web']"}, "the name of one HelmRelease"),
        ({"namespace": ""}, "helm_rollback_namespace is ''"),
        ({"namespace": "../apps"}, "helm_rollback_namespace is '../apps'"),
    ],
)
def test_what_cannot_be_meant_is_refused(asked: dict[str, Any], said: str) -> None:
    assert said in str(why(**asked))


def test_more_than_one_cluster_has_to_be_meant() -> None:
    said = str(why(hosts=("ottawa", "robbinsdale")))
    assert said.startswith("2 clusters are selected (ottawa, robbinsdale): choose one with --limit")
    assert why(hosts=("ottawa", "robbinsdale"), allow_multiple=True) is None


def test_a_cluster_of_the_environment_has_to_say_which_one_it_is() -> None:
    found = options()
    environment = found | {"auth": "environment"}
    assert "flux_cluster_uid" in str(refusal("rollback", found["asked"], ["ottawa"], environment))
    assert refusal("rollback", found["asked"], ["ottawa"], environment | {"expected_cluster_uid": "u1"}) is None


def variables(command: str) -> dict[str, Any]:
    """What ansible-playbook makes of the -e of a command, once a shell has read it."""
    words = shlex.split(command)
    found: dict[str, Any] = {}
    for option, value in pairwise(words):
        if option == "-e":
            found |= json.loads(value) if value.startswith("{") else dict([value.split("=", 1)])
    return found


def test_the_same_again_asks_for_the_same() -> None:
    given: dict[str, Any] = {
        "reason": "it's \"bad\" & slow\n; rm -rf $HOME", "ticket": "INC-7", "revision": "3", "force": True,
        "allow_delete": ["StatefulSet/apps/db"], "helm": "/opt/helm 4/helm", "strategy": "pin",
    }  # fmt: skip
    asking = Asking("ottawa", "/my inventories/fleet.yml", options(**given)["asked"])
    command = asking.play("rollback")
    assert shlex.split(command)[:6] == [
        "ansible-playbook", "gitops.flux.helm_rollback", "-i", "/my inventories/fleet.yml", "--limit", "ottawa",
    ]  # fmt: skip
    assert variables(command) == {f"helm_rollback_{key}": value for key, value in (ASKED | given).items()}


def test_a_finish_is_asked_for_what_it_takes() -> None:
    asking = Asking("ottawa", None, options(revision="3", force=True, strategy="pin", until="4h")["asked"])
    command = asking.play("finish", "--check")
    assert command.startswith("ansible-playbook gitops.flux.helm_rollback_finish --limit ottawa --check -e ")
    assert variables(command) == {
        "helm_rollback_namespace": "apps", "helm_rollback_name": "shop", "helm_rollback_confirm": "shop",
    }  # fmt: skip
