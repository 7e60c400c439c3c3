# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the tasks that keep and report what a maintenance window does; all others are flux_info's."""

from __future__ import annotations

from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import REPORTING

_CHANGE: dict[str, Any] = {"change": {"type": "str", "required": True}}
_PREFIX: dict[str, Any] = {"report_prefix": {"type": "str", "default": "flux-maintenance"}}

RECORD: dict[str, Any] = {
    **REPORTING,
    **_PREFIX,
    **_CHANGE,
    "step": {"type": "str", "required": True, "choices": ["start", "before_end", "after_end"]},
    "objects": {"type": "list", "elements": "dict", "default": []},
    "auth": {"type": "str", "default": "context", "choices": ["context", "environment"]},
}

REPORT: dict[str, Any] = {
    **REPORTING,
    **_PREFIX,
    **_CHANGE,
    "phase": {"type": "str", "required": True, "choices": ["start", "end"]},
    "template": {"type": "path", "required": True},
    "looked": {"type": "str", "required": True},
    "kept": {"type": "str"},
    "done": {"type": "str"},
    "waited": {"type": "str"},
    "compared": {"type": "str"},
}
