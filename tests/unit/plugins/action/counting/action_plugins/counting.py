"""The action plugin that belongs to it, as thin as those of the collection."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.gitops.flux.plugins.plugin_utils._progress.running import run_shown


class ActionModule(ActionBase):  # type: ignore[misc] # ansible-core has no types
    TRANSFERS_FILES = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        begun: dict[str, Any] = super().run(tmp, task_vars)
        return begun | run_shown(self, task_vars or {})
