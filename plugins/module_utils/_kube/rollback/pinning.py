# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The strategy pin: helm-controller goes back by itself, because the HelmRelease asks for the target, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import Conflict
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import REQUESTED_AT
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping, rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.borrowed import (
    Operation,
    Path,
    is_taken,
    look_up,
    taking,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.charts import (
    artifact_version,
    templated_chart,
    version_of,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.differing import paths_that_differ
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.ending import RESET_AT, annotation
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.holding import DISABLED
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import NOTE, PINNING, Note
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.pinnable import pinned_source
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.pinned import (
    CHART_VERSION,
    SOURCE_REF,
    VALUES,
    VALUES_FROM,
    Record,
    record_in,
    ref_of_item,
    secret_of,
    values_from,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.plan import Plan
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import DEPLOYED, Stored
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.unverifiable import Unverifiable
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.values import composed
from ansible_collections.gitops.flux.plugins.module_utils._flux.suspension import FREEZE, is_frozen
from ansible_collections.gitops.flux.plugins.module_utils._kube.observer import object_path
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.account import Account
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.chart_ready import (
    NotObtainable,
    await_source,
    require_chart,
)
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.field_writes import change_fields
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.first_action import (
    Unsettled,
    await_first_action,
    new_token,
)
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.go_yaml import read_values
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.keeping_away import freeze, stop_owner
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.situation import Situation
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.storage import read_storage, secrets_path
from ansible_collections.gitops.flux.plugins.module_utils._kube.session import Session

Item = Mapping[str, Any]


def pin(
    session: Session, situation: Situation, plan: Plan, note: Note, account: Account, params: Mapping[str, Any]
) -> Note:
    """Of a HelmRelease that is suspended, with nothing in flight. The note, which stands on it, at phase pinning.

    Every step may have been done by a run that was interrupted; done again it changes nothing.
    """
    pinning = _Pinning(session, situation, plan, account, params)
    noted = pinning.record(note)
    pinning.keep_owner_away()
    pinning.fetch()
    pinning.let_go(noted)
    pinning.watch()
    return noted


@dataclass
class _Pinning:
    session: Session
    situation: Situation
    plan: Plan
    account: Account
    params: Mapping[str, Any]

    def __post_init__(self) -> None:
        self._client = self.session.client
        self._target = self.plan.target
        self._source = pinned_source(self.situation.spec, self.situation.ref.namespace)
        self._held = Record(())
        self._token = new_token(self.situation.now)

    def record(self, note: Note) -> Note:
        """Writes down what has to be given back, before any of it is changed."""
        situation = self.situation
        if note.kept_in:
            self._held = record_in(self._client.get(secrets_path(situation.ref.namespace, note.kept_in)).json())
        self._held = self._held.borrowing(situation.ref, situation.item, self._ours())
        if self._source is not None and situation.chart_item is not None:
            self._held = self._held.borrowing(self._source, situation.chart_item, {SOURCE_REF: self._oci_ref()})
            if not is_frozen(mapping(situation.chart_item.get("metadata"))):
                self._held = self._held.freezing(self._source)
        name = self._keep()
        strange = is_frozen(situation.metadata) and not note.frozen
        noted = note.at_phase(PINNING, kept_in=name, frozen=not strange)
        marks = {NOTE: noted.text} | ({} if strange else {FREEZE: DISABLED})
        self._client.patch(situation.path, {"metadata": {"annotations": marks}})
        self.account.tell("recorded", f"wrote down in Secret {name} what is to be restored")
        return noted

    def keep_owner_away(self) -> None:
        if self._source in self._held.frozen and self._source is not None:
            freeze(self.session, self.situation, self._source)
        done = stop_owner(self.session, self.situation, self._token, self.params, self.account.progress)
        owner = self.situation.owner
        self.account.tell("frozen", done or (f"told {owner} to leave it alone" if owner else "it has no owner"))

    def fetch(self) -> None:
        """Has the target's chart there before helm-controller looks for it."""
        chart = self.situation.chart_item
        if chart is None:
            raise NotObtainable(f"{self.situation.ref} has no HelmChart", "Use strategy helm.")
        found = self._fetch_from_source(chart) if self._source is not None else self._fetch_by_version(chart)
        self.account.tell("chart", f"chart {self._target.chart} {artifact_version(found)} is there")

    def let_go(self, note: Note) -> None:
        """One patch: pinned, unsuspended, and asked to run without counting what failed before."""
        held = self._held.of(self.situation.ref)

        def operations(item: Item) -> list[Operation]:
            requests = {REQUESTED_AT: self._token, RESET_AT: self._token}
            asked = [{"op": "add", "path": annotation(key), "value": value} for key, value in requests.items()]
            return [*(taking(held, item) if held else []), *_unsuspended(item, said_by_git=note.git_suspend), *asked]

        change_fields(self._client, self.situation.path, operations)
        self.account.tell("pinned", f"pinned {self.situation.ref} to revision {self._target.revision}, and let it go")

    def watch(self) -> None:
        """Until helm-controller has come to its end, which has to be the target."""
        path, seconds = self.situation.path, self.params["timeout"]
        ended = await_first_action(self._client, path, self._token, seconds, self.account.note)
        held, ref = self._held.of(self.situation.ref), self.situation.ref
        if held is not None and not is_taken(held, ended.item):
            raise Unsettled(f"Somebody has changed {ref} while it was pinned.", "Find out who, and run the same again.")
        newest = read_storage(self._client, self.situation.release)[0]
        if newest.status != DEPLOYED or not _is_of(newest, self._target):
            said = f": {ended.trouble}" if ended.trouble else ""
            raise Unsettled(
                f"helm-controller has not come to revision {self._target.revision}: the newest is {newest.revision} "
                f"({newest.chart} {newest.chart_version}, {newest.status}){said}",
                "It stays pinned, and held. Run the same again, or use strategy helm.",
            )
        self.account.tell("deployed", f"helm-controller has deployed revision {newest.revision}")

    def _ours(self) -> dict[Path, Any]:
        """What the HelmRelease says while it is pinned; None: nothing."""
        ours: dict[Path, Any] = {} if self._source else {CHART_VERSION: self._target.chart_version}
        if self._needs_values():
            ours |= {VALUES: None, VALUES_FROM: values_from(self.situation.ref.name)}
        return ours

    def _needs_values(self) -> bool:
        """Whether the values have to be held as well: unless they are inline, and the target's."""
        spec = self.situation.spec
        if spec.get("valuesFrom"):
            return True
        try:
            return bool(paths_that_differ(composed(spec, {}, read_values), self._target.config))
        except Unverifiable:
            return True

    def _oci_ref(self, digest: str | None = None) -> dict[str, str]:
        """The digest where it is known whole; helm-controller keeps twelve digits of it in the version."""
        for row in rows(self.situation.status.get("history")):
            if row.get("chartVersion") == self._target.chart_version:
                digest = digest or row.get("ociDigest")
        number = str(version_of(self._target.chart_version).number)
        return {"digest": digest} if digest else {"tag": number.replace("+", "_")}

    def _keep(self) -> str:
        """Writes the Secret."""
        values = self._target.config if self._needs_values() else None
        secret = secret_of(self.situation.item, self._held, values)
        namespace, name = self.situation.ref.namespace, str(secret["metadata"]["name"])
        try:
            self._client.create(secrets_path(namespace), secret)
        except Conflict:
            ours = {"data": secret["data"], "metadata": {"labels": secret["metadata"]["labels"]}}
            self._client.patch(secrets_path(namespace, name), ours)
        return name

    def _fetch_by_version(self, chart: Item) -> Item:
        spec: Any = self.situation.spec
        template = dict(mapping(templated_chart(spec))) | {"version": self._target.chart_version}
        return self._require_target(require_chart(self._client, self._path_of(chart), template, *self._patience()))

    def _fetch_from_source(self, chart: Item) -> Item:
        """By the digest, also where it has to be found by the tag first: a tag can be moved."""
        found = self._require_target(self._point_source(chart))
        revision = str(mapping(mapping(found.get("status")).get("artifact")).get("revision") or "")
        held = self._held.of(ref_of_item(chart))
        if held is not None and "digest" not in held.fields[0].ours:
            self._held = self._held.borrowing(held.ref, found, {SOURCE_REF: {"digest": revision.rpartition("@")[2]}})
            self._keep()
            found = self._require_target(self._point_source(found))
        return found

    def _point_source(self, chart: Item) -> Item:
        path, held = self._path_of(chart), self._held.of(ref_of_item(chart))
        item = change_fields(self._client, path, lambda item: taking(held, item) if held else [])
        return await_source(self._client, path, item, *self._patience())

    def _require_target(self, chart: Item) -> Item:
        found, wanted = artifact_version(chart), version_of(self._target.chart_version)
        same = found.digest == wanted.digest if wanted.digest else found.number == wanted.number
        if not same:
            raise NotObtainable(f"{chart.get('kind')} offers {found}, not {wanted}", "Use strategy helm.")
        return chart

    def _patience(self) -> tuple[float, Callable[[str], None]]:
        return self.params["timeout"], self.account.note

    def _path_of(self, item: Item) -> str:
        ref = ref_of_item(item)
        return object_path(ref, self.situation.versions[ref.kind])


def _unsuspended(item: Item, *, said_by_git: bool) -> list[Operation]:
    there, value = look_up(item, ("spec", "suspend"))
    if said_by_git:
        return [{"op": "add", "path": "/spec/suspend", "value": False}] if value is not False else []
    return [{"op": "remove", "path": "/spec/suspend"}] if there else []


def _is_of(newest: Stored, target: Stored) -> bool:
    same = (newest.chart, newest.chart_version) == (target.chart, target.chart_version)
    return same and not paths_that_differ(newest.config, target.config)
