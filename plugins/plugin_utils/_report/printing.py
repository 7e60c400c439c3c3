# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the report of one cluster is to be printed, from the options of its task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.comparison import changes_since
from ansible_collections.gitops.flux.plugins.plugin_utils._report.handover import Printing
from ansible_collections.gitops.flux.plugins.plugin_utils._report.scope import Limits, scope_of
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import read_earlier, report_path


def printing_of(options: Mapping[str, Any], kubeconfig: object, entry: Mapping[str, Any]) -> Printing:
    """Where the report of an entry goes, what it shows, and what has changed since the fleet's last JSON."""
    folder, prefix, host = options["report_dir"], options["report_prefix"], entry["host"]
    earlier = read_earlier(report_path(folder, prefix, "fleet", "json"))
    return Printing(
        path=str(report_path(folder, prefix, host, "md")),
        template=options["template"],
        scope=scope_of(options["narrow"]),
        limits=Limits(events=options["event_count"], logs=options["log_count"]),
        # The content of a kubeconfig is a secret; only the path of a file is ever shown.
        kubeconfig=kubeconfig if isinstance(kubeconfig, str) and "\n" not in kubeconfig else None,
        changes=changes_since(earlier, {host: entry}, entry["read_at"]),
    )
