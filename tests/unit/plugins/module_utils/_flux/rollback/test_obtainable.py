"""Whether a chart can still be had, said only where it is known."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.obtainable import (
    ChartSource,
    obtainable,
    repository_of,
)

from tests.unit.stored_revisions import revision

CHART, OCI = Ref("HelmChart", "apps", "apps-web"), Ref("OCIRepository", "apps", "web")
HTTP, GIT = Ref("HelmRepository", "apps", "charts"), Ref("GitRepository", "apps", "git")
DIGEST = "0123456789ab" + "0" * 52
HERE: dict[str, Any] = {"metadata": {"name": "charts"}}


def helm_chart(version: str, chart: str = "web", kind: str = "HelmRepository") -> dict[str, Any]:
    return {
        "kind": "HelmChart",
        "metadata": {"generation": 2},
        "spec": {"chart": chart, "sourceRef": {"kind": kind, "name": "charts"}},
        "status": {"observedGeneration": 2, "artifact": {"revision": version}},
    }


def oci(tag: str, digest: str) -> dict[str, Any]:
    status = {"observedGeneration": 1, "artifact": {"revision": f"{tag}@sha256:{digest}"}}
    return {"kind": "OCIRepository", "metadata": {"generation": 1}, "spec": {}, "status": status}


def answer(source: ChartSource, version: str = "1.0.1", oci_digest: str | None = None) -> tuple[bool | None, str]:
    return obtainable(revision(1, "superseded", chart_version=version), oci_digest, source)


def test_what_is_offered_now_can_be_had() -> None:
    assert answer(ChartSource(CHART, helm_chart("1.0.1"), HTTP, HERE)) == (True, f"{CHART} offers it now")
    assert answer(ChartSource(CHART, helm_chart("1.0.1", "./charts/web/"), GIT, HERE))[0]
    assert answer(ChartSource(OCI, oci("1.0.1", DIGEST)), "1.0.1+0123456789ab")[0]
    assert answer(ChartSource(OCI, oci("1.0.1", DIGEST)), "1.0.1", f"sha256:{DIGEST}")[0]


def test_another_version_of_a_repository_is_not_known_without_a_pull() -> None:
    assert answer(ChartSource(CHART, helm_chart("2.0.0"), HTTP, HERE)) == (
        None,
        f"{HTTP} has not been asked for it: that takes a pull",
    )
    # The tag was moved to something else.
    moved = ChartSource(OCI, oci("1.0.1", "f" * 64))
    assert answer(moved, "1.0.1+0123456789ab") == (None, f"{OCI} has not been asked for it: that takes a pull")


@pytest.mark.parametrize("kind", ["GitRepository", "Bucket"])
def test_a_source_with_one_version_has_no_other(kind: str) -> None:
    chart = helm_chart("2.0.0", "charts/web", kind)
    source = ChartSource(CHART, chart, repository_of(CHART, chart), HERE)
    assert answer(source) == (False, f"a {kind} has no other version of the chart than the one it offers now")


def test_an_external_artifact_has_the_one_it_has() -> None:
    ref = Ref("ExternalArtifact", "apps", "web")
    assert answer(ChartSource(ref, {"kind": "ExternalArtifact"}))[0] is False


def test_what_does_not_exist_offers_nothing() -> None:
    assert answer(ChartSource(CHART)) == (False, f"{CHART} does not exist")
    assert answer(ChartSource(CHART, helm_chart("2.0.0"), HTTP)) == (False, f"{HTTP} does not exist")


def test_what_must_not_be_read_stays_open() -> None:
    assert answer(ChartSource(CHART, unread="helmcharts is forbidden")) == (None, "helmcharts is forbidden")
    half = ChartSource(CHART, helm_chart("1.0.1"), HTTP, unread="helmrepositories is forbidden")
    assert answer(half)[0] is True


def test_another_chart_of_the_same_version_is_not_it() -> None:
    source = ChartSource(CHART, helm_chart("1.0.1", "shop"), HTTP, HERE)
    assert answer(source) == (None, f"{CHART} now asks for another chart, shop")


def test_a_release_without_a_source_tells_nothing() -> None:
    assert answer(ChartSource()) == (None, "the HelmRelease names no source of its chart")
