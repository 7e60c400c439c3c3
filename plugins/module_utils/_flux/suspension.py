# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who paused an object, since when, why, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KUSTOMIZE, OPERATOR, SPEC, Kind
from ansible_collections.gitops.flux.plugins.module_utils._flux.managed import Writer, writer_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.standing import standing_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import parse_end, text_of, time_or_none

# What this collection writes beside spec.suspend.
OURS = "gitops.flux/suspended-"
# What the Flux operator's web page writes.
WEB_USER = OPERATOR + "/suspendedBy"
# On a live object: the Kustomization that owns it leaves it alone.
FREEZE = KUSTOMIZE + "/reconcile"
_DISABLED = "disabled"


class Pause(NamedTuple):
    by: str | None
    reason: str | None
    ticket: str | None
    until: datetime | None
    change: str | None
    # At the latest; None when managedFields were not read.
    since: datetime | None
    # How far a rollback is that holds it; None when none does.
    rollback: Mapping[str, Any] | None = None


def is_suspended(kind: Kind, spec: Mapping[str, Any], annotations: Mapping[str, Any]) -> bool:
    """Whether the controller leaves the object alone on somebody's request."""
    if kind.suspend is None or is_oci(kind, spec):
        return False
    if kind.suspend == SPEC:
        return spec.get("suspend") is True
    return is_disabled(annotations, kind.suspend)


def is_oci(kind: Kind, spec: Mapping[str, Any]) -> bool:
    """A HelmRepository of type oci is only an address: nobody fetches it, suspend has no effect on it."""
    return kind.name == "HelmRepository" and spec.get("type") == "oci"


def is_disabled(annotations: Mapping[str, Any], key: str) -> bool:
    return str(annotations.get(key, "")).lower() == _DISABLED


def is_frozen(metadata: Mapping[str, Any]) -> bool:
    """Whether the owner's applies pass over this object."""
    return any(is_disabled(mapping(metadata.get(field)), FREEZE) for field in ("annotations", "labels"))


def pause_of(kind: Kind, metadata: Mapping[str, Any], *, frozen: bool) -> Pause:
    """Everything known about a pause; a freeze is dated by its own annotation or label."""
    notes = mapping(metadata.get("annotations"))
    until, complaint = _until(_note(notes, "until"))
    writer, rollback = _writer(kind, metadata, frozen=frozen), standing_of(metadata)
    noted_at = time_or_none(rollback["since"]) if rollback else None
    return Pause(
        by=_note(notes, "by") or _text(notes.get(WEB_USER)) or (writer.manager if writer else None),
        reason=" ".join(text for text in (_note(notes, "reason"), complaint) if text) or None,
        ticket=_note(notes, "ticket"),
        until=until,
        change=_note(notes, "change"),
        since=writer.at if writer else noted_at,
        rollback=rollback,
    )


def _writer(kind: Kind, metadata: Mapping[str, Any], *, frozen: bool) -> Writer | None:
    if frozen:
        fields = (
            writer_of(metadata, ("f:metadata", f"f:{field}", f"f:{FREEZE}")) for field in ("annotations", "labels")
        )
        return next((writer for writer in fields if writer is not None), None)
    return writer_of(metadata, suspending_field(kind))


def suspending_field(kind: Kind) -> tuple[str, ...]:
    """The field that pauses an object of this kind, as managedFields name it."""
    if kind.suspend == SPEC:
        return ("f:spec", "f:suspend")
    return ("f:metadata", "f:annotations", f"f:{kind.suspend}")


def _until(text: str | None) -> tuple[datetime | None, str | None]:
    """When the pause is to end; what cannot be read as a time is said, not lost."""
    try:
        return (parse_end(text) if text else None), None
    except ValueError:
        return None, f"(until {text!r}, which is no time)"


def _note(annotations: Mapping[str, Any], name: str) -> str | None:
    return _text(annotations.get(OURS + name))


def _text(value: object) -> str | None:
    return redact(str(value)) if value else None


def suspension_of(pause: Pause, last: str, now: datetime) -> dict[str, Any]:
    """The pause as a record shows it. Overdue by its own "until"; the age limit is the health check's."""
    return {
        "by": pause.by,
        "reason": pause.reason,
        "ticket": pause.ticket,
        "until": text_of(pause.until),
        "change": pause.change,
        "since": text_of(pause.since),
        "last": last,
        "overdue": pause.until is not None and pause.until < now,
        "rollback": pause.rollback,
    }
