# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gives back what the strategy pin has taken, and takes its Secret away."""

from __future__ import annotations

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import NotFound
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import LABEL, Note
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.pinned import (
    label_value,
    record_in,
    secret_name,
)
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import Client
from ansible_collections.gitops.flux.plugins.module_utils._kube.observer import object_path
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.field_writes import give_back
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.keeping_away import thaw
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.situation import Situation
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.storage import secrets_path
from ansible_collections.gitops.flux.plugins.module_utils._kube.session import Session


def restore(session: Session, situation: Situation, note: Note) -> list[str]:
    """Every field, with its owners. Of a HelmRelease that is suspended. The objects that were given back."""
    path = secrets_path(situation.ref.namespace, str(note.kept_in))
    record = record_in(session.client.get(path).json())
    for borrowed in record.borrowed:
        give_back(session.client, object_path(borrowed.ref, situation.versions[borrowed.kind]), borrowed)
    for ref in record.frozen:
        thaw(session, situation, ref)
    return [str(borrowed.ref) for borrowed in record.borrowed if borrowed.fields]


def has_leftover(client: Client, situation: Situation) -> bool:
    """Whether our Secret is there."""
    try:
        secret = client.get(_path(situation)).json()
    except NotFound:
        return False
    labels = mapping(mapping(secret.get("metadata")).get("labels"))
    return bool(labels.get(LABEL) == label_value(situation.ref.name))


def remove_secret(client: Client, situation: Situation) -> bool:
    """Takes our Secret away; whether there was one."""
    if not has_leftover(client, situation):
        return False
    client.delete(_path(situation))
    return True


def _path(situation: Situation) -> str:
    return secrets_path(situation.ref.namespace, secret_name(situation.ref.name))
