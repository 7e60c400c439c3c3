# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWX, and Tower before it, tell every play about the job it is part of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_USER = ("awx_user_name", "tower_user_name")
_JOB = ("awx_job_id", "tower_job_id")


def awx_user(variables: Mapping[str, Any]) -> str | None:
    """Who has started the job; None outside of one."""
    return next((str(variables[name]) for name in _USER if variables.get(name)), None)


def in_awx_job(variables: Mapping[str, Any]) -> bool:
    return any(variables.get(name) for name in _JOB)
