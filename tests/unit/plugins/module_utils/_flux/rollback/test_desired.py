"""What a HelmRelease asks for, and whether that is still the bad state."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.charts import (
    Version,
    artifact_version,
    exact_version,
    is_of_template,
    templated_chart,
    version_of,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.desired import (
    State,
    desired_of,
    state_in_storage,
    state_noted,
    state_of,
    still_bad,
)

from tests.unit.stored_revisions import revision

SOURCE = {"kind": "HelmRepository", "name": "charts"}


def item(version: str = "1.0.2", **spec: Any) -> dict[str, Any]:
    chart = {"spec": {"chart": "web", "version": version, "sourceRef": SOURCE, "reconcileStrategy": "ChartVersion"}}
    metadata = {"name": "web", "namespace": "apps", "generation": 1}
    return {"metadata": metadata, "spec": {"interval": "1m", "chart": chart, **spec}}


def chart(version: str, revision: str, **status: Any) -> dict[str, Any]:
    spec = {"chart": "web", "version": version, "sourceRef": SOURCE, "reconcileStrategy": "ChartVersion"}
    found = {"observedGeneration": 2, "artifact": {"revision": revision}} | status
    return {"kind": "HelmChart", "metadata": {"generation": 2}, "spec": spec, "status": found}


GOOD = revision(1, "superseded", config={"a": {"b": 1}, "c": 1})
BAD = revision(2, "deployed", config={"a": {"b": 2}, "c": 1})


def judged(live: State, bad: Any = BAD, good: Any = GOOD) -> Any:
    return still_bad(live, state_in_storage(bad, desired_of(item(), None, None)), state_in_storage(good))


def live(version: str, config: Any, **spec: Any) -> State:
    return state_of(item(version, **spec), None, config)


def test_what_told_bad_from_good_is_all_still_there() -> None:
    verdict = judged(live("1.0.2", {"a": {"b": 2}, "c": 9}))
    assert (verdict.still_bad, verdict.remains, verdict.differs) == (True, ("chart version", "values at a.b"), ())


def test_one_of_it_is_gone() -> None:
    verdict = judged(live("1.0.2", {"a": {"b": 3}, "c": 1}))
    assert (verdict.still_bad, verdict.differs) == (False, ("values at a.b",))
    assert not verdict.is_target


def test_the_target_is_certainly_good() -> None:
    assert judged(live("1.0.1", {"a": {"b": 1}, "c": 1})).is_target


def test_something_new_is_said() -> None:
    verdict = judged(live("1.0.3", {"a": {"b": 1}, "c": 1}, releaseName="other"))
    assert (verdict.still_bad, verdict.is_target, verdict.news) == (False, False, ("chart version", "releaseName"))


def test_values_nobody_knows_are_not_compared() -> None:
    verdict = judged(live("1.0.2", None))
    assert (verdict.still_bad, verdict.remains, verdict.unverified) == (True, ("chart version",), ("values",))
    assert judged(live("1.0.3", None)).differs == ("chart version",)


def test_a_range_is_known_only_when_it_is_fetched() -> None:
    assert judged(live("~1.0", {"a": {"b": 2}})).unverified == ("chart version",)
    found = state_of(item("~1.0"), chart("~1.0", "1.0.2"), {})
    assert found.version == Version("1.0.2", None)
    assert state_of(item("~1.1"), chart("~1.0", "1.0.2"), {}).version == Version(None, None)


def test_where_nothing_tells_them_apart_the_whole_is_compared() -> None:
    same = revision(1, "superseded", chart_version="1.0.2", config=BAD.config)
    assert judged(live("1.0.2", BAD.config), good=same).still_bad
    moved = judged(live("1.0.2", BAD.config, postRenderers=[{"kustomize": {}}]), good=same)
    assert (moved.still_bad, moved.differs, moved.is_target) == (False, ("postRenderers",), False)
    assert judged(live("1.0.2", {"a": 1}), good=same).differs == ("values",)


def test_what_helm_has_dropped_is_compared_by_its_digest() -> None:
    bad, good = state_in_storage(BAD), state_in_storage(GOOD)
    noted = [
        state_noted({"chart": "web", "chart_version": f"1.0.{number}", "config_digest": state.config_digest})
        for number, state in ((2, bad), (1, good))
    ]
    verdict = still_bad(live("1.0.2", BAD.config), noted[0], noted[1])
    assert (verdict.still_bad, verdict.remains) == (True, ("chart version", "values"))
    assert still_bad(live("1.0.2", GOOD.config), noted[0], noted[1]).differs == ("values",)


def test_an_artifact_that_was_replaced_under_its_tag_differs() -> None:
    first, second = (
        revision(number, "deployed", chart_version=f"1.0.0+{digit * 12}") for number, digit in ((1, "a"), (2, "b"))
    )
    repository = {
        "metadata": {"generation": 1},
        "status": {"observedGeneration": 1, "artifact": {"revision": f"1.0.0@sha256:{'b' * 64}"}},
    }
    spec = {"metadata": {}, "spec": {"chartRef": {"kind": "OCIRepository", "name": "web"}}}
    verdict = judged(state_of(spec, repository, {}), bad=second, good=first)
    assert (verdict.still_bad, verdict.remains) == (True, ("OCI digest",))


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1.2.3", Version("1.2.3", None)),
        ("v1.2.3", Version("1.2.3", None)),
        ("1.2.3+0123456789ab", Version("1.2.3", "0123456789ab")),
        ("1.2.3+0123456789ab.4", Version("1.2.3", "0123456789ab")),
        ("1.2.3+4", Version("1.2.3", None)),
        ("1.2.3+up4.5", Version("1.2.3+up4.5", None)),
    ],
)
def test_a_version_and_its_digest(text: str, version: Version) -> None:
    assert version_of(text) == version


@pytest.mark.parametrize(
    ("asked", "exact"), [("1.2.3", "1.2.3"), ("v1.2.3-rc.1", "1.2.3-rc.1"), ("1.2", None), ("*", None)]
)
def test_one_version_or_a_range(asked: str, exact: str | None) -> None:
    assert exact_version(asked) == exact


@pytest.mark.parametrize(
    ("revision", "metadata", "version"),
    [
        (f"1.0.0@sha256:{'c' * 64}", {}, Version("1.0.0", "c" * 12)),
        (f"1.0.0_up1@sha256:{'c' * 64}", {}, Version("1.0.0+up1", "c" * 12)),
        (f"latest@sha256:{'c' * 64}", {"org.opencontainers.image.version": "1.0.0"}, Version("1.0.0", "c" * 12)),
        (f"sha256:{'c' * 64}", {}, Version(None, "c" * 12)),
    ],
)
def test_the_version_of_an_oci_artifact(revision: str, metadata: Any, version: Version) -> None:
    status = {"observedGeneration": 1, "artifact": {"revision": revision, "metadata": metadata}}
    assert artifact_version({"metadata": {"generation": 1}, "status": status}) == version
    assert artifact_version({"metadata": {"generation": 2}, "status": status}) == Version(None, None)


def test_a_helm_chart_of_the_template() -> None:
    template = templated_chart(item("1.0.2")["spec"])
    assert is_of_template(chart("1.0.2", "1.0.2"), template)
    assert not is_of_template(chart("1.0.1", "1.0.1"), template)
    assert templated_chart({"chartRef": {"kind": "OCIRepository", "name": "web"}}) is None


def test_nothing_noted_could_be_a_value() -> None:
    renderers = [{"kustomize": {"patches": [{"patch": "sesame"}]}}]
    noted = desired_of(item(postRenderers=renderers, commonMetadata={"labels": {"a": "sesame"}}), None, {"a": "sesame"})
    assert "sesame" not in str(noted)
    assert noted["post_renderers"].startswith("sha256:")
