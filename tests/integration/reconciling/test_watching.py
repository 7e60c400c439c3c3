"""Watches on the real API server, where a run would only show that nothing was missed."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from ansible_collections.gitops.flux.plugins.module_utils._kube.reading import facts_in
from ansible_collections.gitops.flux.plugins.module_utils._kube.session import Session, opened
from ansible_collections.gitops.flux.plugins.module_utils._kube.watching import Change, Watches
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import AUTH

from tests.testbed.bed import Bed

CLUSTER = "stpetersburg"
PATH = "/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations"


def session(bed: Bed, scratch: Path) -> Session:
    named = {"kubeconfig": str(bed.kubeconfig), "context": bed.cluster(CLUSTER).context, "request_timeout": 10.0}
    others = dict.fromkeys(name for name in AUTH if name not in named)
    return opened({**others, "in_cluster": False, **named}, str(scratch))


def seen(watches: Watches, names: set[str], seconds: float = 20) -> list[Change]:
    """The changes until all of these objects were among them."""
    found: list[Change] = []
    end = time.monotonic() + seconds
    while not names <= {change.ref.name for change in found} and time.monotonic() < end:
        found += watches.changes(0.5)
    return found


def test_a_version_that_has_expired_leads_to_a_new_list(bed: Bed, tmp_path: Path) -> None:
    client = session(bed, tmp_path).client
    listed = facts_in(client, PATH)
    names = {facts.name for facts in listed}
    assert {"apps", "infra"} <= names
    listed.resource_version = "1"
    watches = Watches(client, [listed])
    try:
        assert names <= {change.ref.name for change in seen(watches, names) if change.facts is not None}
    finally:
        watches.close()


def test_what_the_new_list_no_longer_has_is_gone(bed: Bed, tmp_path: Path) -> None:
    client = session(bed, tmp_path).client
    listed = facts_in(client, PATH)
    ghost = replace(listed[0], name="ghost")
    listed.append(ghost)
    listed.resource_version = ""
    watches = Watches(client, [listed])
    try:
        gone = [change.ref.name for change in seen(watches, {"ghost"}) if change.facts is None]
    finally:
        watches.close()
    assert gone == ["ghost"]


def test_a_kind_that_may_not_be_watched_says_so(bed: Bed, tmp_path: Path) -> None:
    client = session(bed, tmp_path).client
    listed = facts_in(client, PATH)
    listed.path = "/apis/kustomize.toolkit.fluxcd.io/v1/nosuchkind"
    watches = Watches(client, [listed])
    try:
        found = seen(watches, {""})
    finally:
        watches.close()
    assert [change.trouble is not None for change in found] == [True]
