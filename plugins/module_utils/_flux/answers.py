# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Causes and diagnoses of whatever people hand to a filter, cluster by cluster."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.causes import root_causes
from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import with_unwatched
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.diagnose import diagnose
from ansible_collections.gitops.flux.plugins.module_utils._flux.intake import Picture, readable_pictures
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import time_or_none


def root_causes_in(data: Any, now: datetime, *, skip_unreachable: bool = False) -> list[dict[str, Any]]:
    """The causes of each cluster in the data, with its name."""
    return [
        {**cause, "cluster": picture.name}
        for picture in readable_pictures(data, now, skip_unreachable=skip_unreachable)
        for cause in root_causes(**_read(picture))
    ]


def diagnoses_in(
    data: Any, now: datetime, handoffs: Mapping[str, str], *, skip_unreachable: bool = False
) -> list[dict[str, Any]]:
    """The same with a diagnosis of each cause."""
    return [
        {**cause, "cluster": picture.name}
        for picture in readable_pictures(data, now, skip_unreachable=skip_unreachable)
        for cause in diagnose(**_read(picture), cluster=picture.info.get("cluster"), handoffs=handoffs)
    ]


def _read(picture: Picture) -> dict[str, Any]:
    controllers = picture.info.get("controllers")
    return {
        "records": picture.records,
        "controllers": with_unwatched(controllers, picture.records) if controllers else None,
        "coverage": picture.info.get("coverage") or None,
        "now": time_or_none(picture.info.get("read_at")),
    }
