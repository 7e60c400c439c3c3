# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which causes belong together: the same trouble with the same host or CRD, or the same object on several clusters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

_HOST = re.compile(
    r"[a-z][a-z0-9+.-]{0,20}://(?:[^/@\s]{1,512}@)?(\[[^\]]{1,60}\]|[^/:\s]{1,253})(:\d{1,5})?", re.IGNORECASE
)
_SCP = re.compile(r"(?:[^@\s]{1,64}@)?([^:/\s]{1,253}):[^\s]{1,1024}")
_KIND = re.compile(r"no matches for kind \"([^\"]{1,63})\" in version \"([^\"]{1,253})\"")
_OF_HOST = frozenset({"source_auth", "source_network"})


def group_of(ref: Ref, name: str, record: Mapping[str, Any] | None) -> str:
    """class:what it is about. Causes with the same text are one line in a report."""
    if record is not None and name in _OF_HOST:
        host = host_of(str(record["url"] or "")) or host_of(str(record["message"] or ""))
        if host:
            return f"{name}:{host}"
    if record is not None and name == "kind_missing":
        found = _KIND.search(str(record["message"] or ""))
        if found:
            return f"{name}:{found[1]}.{found[2]}"
    return f"{name}:{ref}"


def host_of(text: str) -> str | None:
    """Host and port of the first address in a text; of git@host:path too, when that is the whole text."""
    found = _HOST.search(text)
    if found:
        return (found[1] + (found[2] or "")).lower()
    plain = _SCP.fullmatch(text) or re.fullmatch(r"([a-z0-9.-]{1,253})(?:/.*)?", text)
    return plain[1].lower() if plain and text else None
