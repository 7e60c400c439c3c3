# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the task that checks, tells and keeps what a rollback does."""

from __future__ import annotations

from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import REPORTING

ROLLBACK, FINISH = "rollback", "finish"
BEGIN, END = "begin", "end"

# What was asked of the role, as it may be asked again: each by the role's name for it, less the prefix.
ASKED: dict[str, Any] = {
    "namespace": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "confirm": {"type": "str", "default": ""},
    "reason": {"type": "str", "default": ""},
    "ticket": {"type": "str", "default": ""},
    "until": {"type": "str", "default": ""},
    "revision": {"type": "str", "default": ""},
    "strategy": {"type": "str", "default": "auto"},
    "force": {"type": "bool", "default": False},
    "helm": {"type": "str", "default": "helm"},
    "allow_delete": {"type": "list", "elements": "str", "default": []},
    "allow_multiple": {"type": "bool", "default": False},
    "accept_unverified_values": {"type": "bool", "default": False},
}

REPORT: dict[str, Any] = {
    **REPORTING,
    "report_prefix": {"type": "str", "default": "flux-rollback"},
    "step": {"type": "str", "required": True, "choices": [ROLLBACK, FINISH]},
    "stage": {"type": "str", "required": True, "choices": [BEGIN, END]},
    "asked": {"type": "dict", "required": True, "options": ASKED},
    "display_name": {"type": "str"},
    "auth": {"type": "str", "default": "context", "choices": ["context", "environment"]},
    "expected_cluster_uid": {"type": "str"},
    "began_at": {"type": "str"},
    "done": {"type": "str"},
    "failure": {"type": "str"},
    "template": {"type": "path", "required": True},
}
