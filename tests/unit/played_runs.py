"""Runs played step by step: what the API server and the controllers would do, in the order a test wants it."""

from __future__ import annotations

import copy
from collections.abc import Collection, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.member import Member
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.run import Run
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.wishes import RunWishes
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import REQUESTED_AT, facts_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

from tests.unit.flux_objects import NEWER, NOW, REVISION, Item, condition, facts, kustomization, ready

TOKEN = "2026-11-21T03:12:07Z/cafe"
TRIED = {"lastAttemptedRevision": REVISION}
RUNNING = condition("Reconciling", "True", "Progressing", "Building manifests")


def app(name: str, *conditions: Item, needs: Sequence[str] = (), **rest: Any) -> Item:
    """A Kustomization on the source `fleet`, ready unless told otherwise, that depends on others."""
    spec = {"dependsOn": [{"name": other} for other in needs], **rest.pop("spec", {})}
    return kustomization(name, *conditions, spec=spec, status={**TRIED, **rest.pop("status", {})}, **rest)


def ref_of(item: Item) -> Ref:
    return Ref(item["kind"], item["metadata"]["namespace"], item["metadata"]["name"])


class Play:
    """One run. Every change is seen at once, and every request is accepted at once; objects go by their names."""

    def __init__(
        self, *items: Item, targets: Collection[str] | None = None, kinds: Collection[str] = KINDS, **wishes: Any
    ) -> None:
        self.items = {item["metadata"]["name"]: copy.deepcopy(item) for item in items}
        self.now = 0.0
        self.asked: list[str] = []
        self._version = 0
        for item in self.items.values():
            self._count(item)
        chosen = [ref_of(item) for name, item in self.items.items() if targets is None or name in targets]
        told = {"token": TOKEN, "token_at": NOW, "targets": chosen, **wishes}
        self.run = Run(facts(*self.items.values()), RunWishes(**told), kinds, self.now)
        self._send()

    def member(self, name: str) -> Member:
        return self.run.members[ref_of(self.items[name])]

    def verdict(self, name: str) -> str | None:
        verdict = self.member(name).verdict
        return verdict.verdict if verdict else None

    def verdicts(self) -> dict[str, str | None]:
        """Of everything that is reported."""
        members = [member for member in self.run.members.values() if member.reported]
        return {member.ref.name: member.verdict.verdict if member.verdict else None for member in members}

    def blocker(self, name: str) -> str | None:
        verdict = self.member(name).verdict
        return verdict.blocked_by.name if verdict and verdict.blocked_by else None

    def said(self, name: str) -> str:
        verdict = self.member(name).verdict
        return (verdict.message if verdict else None) or ""

    def changes(
        self, name: str, *conditions: Item, spec: Any = None, metadata: Any = None, handles: Any = False, **status: Any
    ) -> None:
        """An object as it is from now on. handles: its controller answers the request that stands there, or this."""
        item = self.items[name]
        item["spec"].update(spec or {})
        item["metadata"].update(metadata or {})
        if spec:
            item["metadata"]["generation"] += 1
        if handles:
            asked = item["metadata"].get("annotations", {}).get(REQUESTED_AT)
            status["lastHandledReconcileAt"] = handles if isinstance(handles, str) else asked
        if conditions:
            status["conditions"] = list(conditions)
        item["status"].update(status)
        self.shows(item)

    def reconciles(self, name: str, *, handles: Any = True) -> None:
        """A Kustomization applies what its source offers; anything else just succeeds."""
        status = {}
        if self.items[name]["kind"] == "Kustomization":
            status = dict.fromkeys(("lastAppliedRevision", "lastAttemptedRevision"), self._offer(name))
        generation = self.items[name]["metadata"]["generation"]
        status["observedGeneration"] = generation
        self.changes(name, ready(generation=generation), handles=handles, **status)

    def fails(self, name: str, reason: str = "BuildFailed", message: str = "no such file", **told: Any) -> None:
        """A run of what its source offers ends badly."""
        generation = self.items[name]["metadata"]["generation"]
        said = ready("False", reason, message, generation=generation)
        self.changes(name, said, lastAttemptedRevision=self._offer(name), **{"handles": True, **told})

    def waits(self, name: str, reason: str = "DependencyNotReady", *, handles: Any = True) -> None:
        """A run ends before it began, because something it needs is not there."""
        self.changes(name, ready("False", reason, "dependency is not ready"), handles=handles)

    def moves(self, name: str = "fleet", revision: str = NEWER, *, handles: Any = True) -> None:
        """A source fetches another revision."""
        artifact = {**self.items[name]["status"].get("artifact", {}), "revision": revision}
        self.changes(name, ready(reason="Succeeded"), handles=handles, artifact=artifact)

    def shows(self, item: Item) -> None:
        """An object that is new or changed."""
        self.items[item["metadata"]["name"]] = item
        self._count(item)
        self.run.observe([(ref_of(item), facts_of(item))], self.now)
        self._send()

    def vanishes(self, name: str) -> None:
        self.run.observe([(ref_of(self.items[name]), None)], self.now)
        self._send()

    def passes(self, seconds: float) -> None:
        """Time, in which nothing happens."""
        self.now += seconds
        self.run.tick(self.now)
        self._send()

    def is_done(self) -> bool:
        return self.run.done

    def ends(self) -> None:
        self.run.end(self.now)

    def _offer(self, name: str) -> str:
        source = self.items[name]["spec"].get("sourceRef", {}).get("name")
        return str(self.items[source]["status"]["artifact"]["revision"]) if source in self.items else REVISION

    def _count(self, item: Item) -> None:
        self._version += 1
        item["metadata"]["resourceVersion"] = str(self._version)

    def _send(self) -> None:
        """The API server takes what is asked, and everybody sees it."""
        for ask in self.run.due():
            item = self.items[ask.ref.name]
            self.asked.append(ask.ref.name)
            item["metadata"]["annotations"] = {**item["metadata"].get("annotations", {}), REQUESTED_AT: ask.token}
            self.run.sent(ask.ref)
            self.shows(item)
