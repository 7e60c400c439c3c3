"""Where an object comes from, on small objects and on recorded ones."""

from __future__ import annotations

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.lineage import parts_of, wanted_of

from tests.unit.flux_objects import NEWER, REVISION, Item, flux, git_repository, helm_chart, helm_release, kustomization
from tests.unit.stories import recorded, story

OWNED = {
    "kustomize.toolkit.fluxcd.io/name": "apps",
    "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
}
ROOTED = OWNED | {"kustomize.toolkit.fluxcd.io/name": "root"}


def family() -> list[Item]:
    """A release that apps applied, which the root applied, which also applied itself; and all their sources."""
    return [
        helm_release(labels=OWNED, spec={"dependsOn": [{"name": "db"}]}),
        helm_chart(),
        flux("HelmRepository", "charts", "apps", spec={"url": "https://user:hunter2@charts.example.invalid"}),
        kustomization("apps", labels=ROOTED),
        kustomization("root", labels=ROOTED),
        git_repository(spec={"ref": {"branch": "main"}}),
    ]


def names(rows: list[Item]) -> list[str]:
    return [f"{row['kind']}/{row['name']} {row['status']}" for row in rows]


def test_from_the_commit_to_the_release() -> None:
    told = story(*family())
    assert names(told["sources"]) == ["HelmChart/apps-web ready", "HelmRepository/charts unknown"]
    assert names(told["parents"]) == ["Kustomization/apps ready", "Kustomization/root ready"]
    assert names(told["depends_on"]) == ["HelmRelease/db missing"]
    assert told["commit"]["commit"] == REVISION.rpartition(":")[2]
    assert (told["commit"]["ref"], told["commit"]["name"]) == ("main", "fleet")
    assert told["commit"]["url"] == "http://127.0.0.1:8080/fleet.git"


def test_what_a_source_is_told_to_fetch_and_never_its_password() -> None:
    chart, repository = story(*family())["sources"]
    assert chart["wanted"] == "chart web *"
    assert repository["url"] == "https://***@charts.example.invalid"


def test_a_missing_parent_and_one_nobody_may_see() -> None:
    alone = kustomization("apps", labels=ROOTED)
    assert names(story(alone)["parents"]) == ["Kustomization/root missing"]
    hidden = story(helm_release(labels=OWNED), coverage={"Kustomization": {"state": "forbidden", "message": "no"}})
    assert names(hidden["parents"]) == ["Kustomization/apps unseen"]


def test_a_source_is_its_own_beginning() -> None:
    item, others, now = recorded("gitrepository/failed__authentication")
    told = story(item, *others, now=now)
    assert told["sources"] == []
    assert told["commit"] is None or told["commit"]["name"] == item["metadata"]["name"]


def test_owners_that_go_round_in_a_circle_end() -> None:
    other = {**OWNED, "kustomize.toolkit.fluxcd.io/name": "b"}
    told = story(
        kustomization("a", labels=other), kustomization("b", labels={**OWNED, "kustomize.toolkit.fluxcd.io/name": "a"})
    )
    assert names(told["parents"]) == ["Kustomization/b ready"]


def test_an_oci_artifact_names_the_commit_it_was_made_of() -> None:
    origin = {"org.opencontainers.image.revision": "main@sha1:abc", "org.opencontainers.image.source": "https://x/y"}
    offer = {"revision": "latest@sha256:1", "digest": "sha256:1", "metadata": origin}
    source = flux("OCIRepository", "fleet", status={"artifact": offer})
    ours = kustomization(spec={"sourceRef": {"kind": "OCIRepository", "name": "fleet"}})
    commit = story(ours, source)["commit"]
    assert (commit["commit"], commit["url"], commit["kind"]) == ("abc", "https://x/y", "OCIRepository")


def test_no_source_that_knows_a_commit() -> None:
    assert story(*recorded("alert/ready__static")[:1])["commit"] is None


@pytest.mark.parametrize(
    ("revision", "ref", "commit"),
    [
        ("main@sha1:abc", "main", "abc"),
        ("release/1.2@sha1:abc", "release/1.2", "abc"),
        ("main/abc", "main", "abc"),
        ("sha1:abc", None, "abc"),
    ],
)
def test_a_revision_taken_apart(revision: str, ref: str | None, commit: str) -> None:
    assert parts_of(revision) == {"revision": revision, "ref": ref, "commit": commit}


@pytest.mark.parametrize(
    ("kind", "spec", "wanted"),
    [
        ("GitRepository", {"ref": {"branch": "main"}}, "branch main"),
        ("GitRepository", {"ref": {"branch": "main", "commit": "abc"}}, "commit abc, branch main"),
        ("OCIRepository", {"ref": {"semver": ">=1.0.0"}}, "semver >=1.0.0"),
        ("HelmChart", {"chart": "web", "version": "1.2.x"}, "chart web 1.2.x"),
        ("Bucket", {"bucketName": "fleet"}, "bucket fleet"),
        ("GitRepository", {}, None),
    ],
)
def test_what_a_source_is_told(kind: str, spec: Item, wanted: str | None) -> None:
    assert wanted_of(kind, spec) == wanted


COMMIT = REVISION.rpartition(":")[2]


@pytest.mark.parametrize(
    ("expected", "fetched", "running"),
    [
        (COMMIT, True, True),
        (COMMIT[:7], True, True),
        (REVISION, True, True),
        (COMMIT[:6], False, False),
        ("f9b254e", False, False),
    ],
)
def test_whether_a_commit_has_arrived(expected: str, fetched: bool, running: bool) -> None:
    found = story(kustomization(), git_repository(), expected=expected)["expected"]
    assert found == {"revision": expected, "fetched": fetched, "running": running}


def test_a_commit_that_is_fetched_and_does_not_run_yet() -> None:
    found = story(kustomization(), git_repository(artifact=NEWER), expected=NEWER)["expected"]
    assert (found["fetched"], found["running"]) == (True, False)


def test_what_runs_a_chart_names_no_commit() -> None:
    assert story(*family(), expected=COMMIT)["expected"] == {"revision": COMMIT, "fetched": True, "running": None}
    assert story(*family())["expected"] is None
