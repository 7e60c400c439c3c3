"""Which revision is the expected one, and who can be held to it."""

from __future__ import annotations

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.revisions import (
    follows,
    is_expected,
    is_held_to,
    runs_by_itself,
    tried,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts

from tests.unit.flux_objects import (
    NEWER,
    REVISION,
    Item,
    facts,
    flux,
    git_repository,
    helm_chart,
    helm_release,
    kustomization,
    release,
)

SHA = REVISION.rpartition(":")[2]
DIGEST = "sha256:35d47c9db0eee6ffe08a404dfb416bee31b2b79eabc3f2eb26749163ce487f52"


def one(item: Item) -> Facts:
    return facts(item)[0]


@pytest.mark.parametrize(
    ("expected", "revision"),
    [
        (SHA, REVISION),
        (SHA[:7], REVISION),
        (f"sha1:{SHA}", REVISION),
        ("main", REVISION),
        (REVISION, REVISION),
        ("v1.2.3", f"refs/tags/v1.2.3@sha1:{SHA}"),
        ("main", f"refs/heads/main@sha1:{SHA}"),
        ("1.2.3", f"1.2.3@{DIGEST}"),
        (DIGEST, f"latest@{DIGEST}"),
        (DIGEST[:20], f"latest@{DIGEST}"),
        (DIGEST, DIGEST),
        (DIGEST.partition(":")[2], f"latest@{DIGEST}"),
        ("1.2.3", "1.2.3"),
    ],
)
def test_expected_in_every_form(expected: str, revision: str) -> None:
    assert is_expected(expected, revision)


@pytest.mark.parametrize(
    ("expected", "revision"),
    [
        (SHA, NEWER),
        (SHA[:6], REVISION),
        (SHA[1:], REVISION),
        (SHA.upper(), REVISION),
        ("mai", REVISION),
        ("sha256:" + SHA, REVISION),
        ("1.2", "1.2.3"),
        ("1.2", f"1.2.3@{DIGEST}"),
        (SHA, None),
        (SHA, ""),
    ],
)
def test_not_expected(expected: str, revision: str | None) -> None:
    assert not is_expected(expected, revision)


@pytest.mark.parametrize(
    ("item", "content", "version"),
    [
        (kustomization(), True, True),
        (git_repository(), True, True),
        (helm_release(), False, True),
        (helm_chart(), False, True),
        (flux("HelmRepository"), False, False),
        (flux("Receiver"), False, False),
        (flux("ImagePolicy"), False, False),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else None,
)
def test_who_is_held_to_a_commit_and_who_to_a_version(item: Item, *, content: bool, version: bool) -> None:
    assert is_held_to(SHA, one(item)) == is_held_to(DIGEST, one(item)) == content
    assert is_held_to("1.2.3", one(item)) == version


def test_a_kustomization_follows_the_revision_of_its_source() -> None:
    old, new = one(git_repository()), one(git_repository(artifact=NEWER))
    assert follows(one(kustomization()), old)
    assert not follows(one(kustomization()), new)
    assert follows(one(kustomization()), None)
    assert follows(one(kustomization()), one(git_repository(artifact=None)))


def test_a_release_follows_the_version_of_its_chart() -> None:
    newer = helm_release(status={"history": [release(2, "1.3.0", "failed"), release(1, "1.2.2")]})
    assert follows(one(helm_release()), one(helm_chart()))
    assert not follows(one(helm_release()), one(helm_chart(version="1.3.0")))
    assert follows(one(newer), one(helm_chart(version="1.3.0")))


def test_a_release_from_a_registry_follows_by_its_digest() -> None:
    source = flux("OCIRepository", status={"artifact": {"revision": f"1.2.2@{DIGEST}", "digest": "sha256:0"}})
    same = helm_release(status={"history": [release(1, "1.2.2+35d47c9db0ee")]})
    other = helm_release(status={"history": [release(1, "1.2.2+000000000000")]})
    assert follows(one(same), one(source))
    assert not follows(one(other), one(source))


def test_tried_is_about_the_last_attempt() -> None:
    item = kustomization(status={"lastAttemptedRevision": NEWER})
    assert tried(one(item), one(git_repository(artifact=NEWER)))
    assert not tried(one(item), one(git_repository()))
    assert not tried(one(kustomization()), one(git_repository()))
    assert not tried(one(item), one(git_repository(artifact=None)))


def test_who_runs_by_himself_when_a_source_moves() -> None:
    git, chart, repository = one(git_repository()), one(helm_chart()), one(flux("HelmRepository"))
    assert runs_by_itself(one(kustomization()), git)
    assert runs_by_itself(one(helm_release()), chart)
    assert not runs_by_itself(one(helm_release()), git)
    assert not runs_by_itself(chart, repository)
    assert not runs_by_itself(one(flux("ImagePolicy")), one(flux("ImageRepository")))
