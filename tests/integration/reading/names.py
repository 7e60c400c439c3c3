"""What the tests of flux_info have in common."""

from __future__ import annotations

from tests.integration.playbook import Json, title

OTTAWA: Json = {"context": "talos-ottawa"}
PARTS = ("events", "controllers", "logs", "helm_history", "operator", "settings")
# Names, namespaces and storage that only helm-controller's own rules connect.
LONG_NAME = "a-release-with-a-name-that-is-longer-than-helm-would-ever-take"


def names_of(result: Json) -> set[str]:
    return {title(record) for record in result["objects"]}
