"""Ownership of fields is handed over whole, and nobody else's is touched."""

from __future__ import annotations

from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.managers import handed_over


def entry(
    manager: str, fields: dict[str, Any] | None = None, operation: str = "Apply", version: str = "v1"
) -> dict[str, Any]:
    return {"manager": manager, "operation": operation, "apiVersion": version, "fieldsV1": fields or {}}


def test_one_entry_changes_its_name() -> None:
    mine = entry("helm-controller", {"f:data": {"f:a": {}}})
    assert handed_over([mine], "helm-controller", "helm") == [mine | {"manager": "helm"}]


def test_nothing_to_hand_over_is_no_change() -> None:
    assert handed_over([entry("helm")], "helm-controller", "helm") is None
    assert handed_over([entry("kubectl", operation="Update")], "helm-controller", "helm") is None
    assert handed_over([], "helm-controller", "helm") is None


def test_what_both_own_becomes_one_entry() -> None:
    found = handed_over(
        [
            entry("helm-controller", {"f:data": {".": {}, "f:a": {}}}),
            entry("helm", {"f:data": {"f:b": {}}, "f:type": {}}),
        ],
        "helm-controller",
        "helm",
    )
    assert found == [entry("helm", {"f:data": {".": {}, "f:a": {}, "f:b": {}}, "f:type": {}})]


def test_client_side_ownership_becomes_server_side() -> None:
    found = handed_over([entry("helm-controller", {"f:data": {}}, "Update")], "helm-controller", "helm")
    assert found == [entry("helm", {"f:data": {}})]


def test_others_subresources_and_other_versions_are_left_alone() -> None:
    status = entry("helm-controller", operation="Update") | {"subresource": "status"}
    others = [entry("kubectl-edit", operation="Update"), status]
    old, new = entry("helm-controller", version="apps/v1beta1"), entry("helm-controller", version="apps/v1")
    found = handed_over([*others, old, new], "helm-controller", "helm")
    assert found == [*others, old | {"manager": "helm"}, new | {"manager": "helm"}]


def test_the_later_time_stays() -> None:
    times = [
        entry("helm-controller") | {"time": "2026-01-01T00:00:00Z"},
        entry("helm") | {"time": "2026-02-01T00:00:00Z"},
    ]
    found = handed_over(times, "helm-controller", "helm")
    assert found is not None
    assert found[0]["time"] == "2026-02-01T00:00:00Z"
