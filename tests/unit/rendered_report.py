"""A report as the role's own template prints it."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.cluster_view import cluster_view
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import rendered
from ansible_collections.gitops.flux.plugins.plugin_utils._report.scope import Limits, Scope

from tests.unit.recorded_fleet import TEMPLATES


def report(cluster: dict[str, Any], **options: Any) -> str:
    view = cluster_view(cluster, **{"scope": Scope(), "limits": Limits(), **options})
    return rendered(TEMPLATES / "cluster.md.j2", view)


def section(text: str, title: str) -> str:
    match = re.search(rf"^## {re.escape(title)}.*?(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert match, f"no section {title} in\n{text}"
    return match[0]
