"""The class and the cause of every recorded object that is not well."""

from __future__ import annotations

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.diagnose import diagnose
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS

from tests.unit.plugins.module_utils._flux.test_fixtures import FILES, FOLDER, fixture_in, reading_in

SEEN = {name: {"state": "ok", "message": None} for name in KINDS}
# File -> class and name of the cause.
EXPECTED = {
    "bucket/failed__unreachable": ("source_network", "Bucket/unreachable"),
    "gitrepository/blocked__include_unavailable": ("source_ref", "GitRepository/no-branch"),
    "gitrepository/failed__authentication": ("source_auth", "GitRepository/fleet"),
    "gitrepository/failed__no_such_branch": ("source_ref", "GitRepository/no-branch"),
    "gitrepository/failed__secret_missing": ("source_secret", "Secret/not-there"),
    # It asked for a password before it hung, and that is the last it said.
    "gitrepository/failed__server_hangs": ("source_auth", "GitRepository/fleet"),
    "helmchart/blocked__no_source_artifact": ("source_ref", "HelmRepository/no-index"),
    "helmchart/stalled__invalid_chart_reference": ("chart_missing", "HelmChart/missing-chart-version-app"),
    "helmchart/stalled__version_vanished": ("chart_missing", "HelmChart/releases-in-trouble-chart-vanishes"),
    "helmrelease/blocked__dependency_failed": ("values", "Secret/not-there"),
    "helmrelease/blocked__source_not_ready": ("chart_missing", "HelmChart/missing-chart-version-app"),
    "helmrelease/failed__rolled_back": ("remediated", "HelmRelease/rolls-back"),
    "helmrelease/failed__stalled_for_an_older_spec": ("release_failed", "HelmRelease/changes-again"),
    "helmrelease/failed__upgrade_failed": ("release_failed", "HelmRelease/tries-again"),
    "helmrelease/failed__values_missing": ("values", "Secret/not-there"),
    "helmrelease/stalled__install_failed": ("retries_exceeded", "HelmRelease/never-installed"),
    "helmrelease/stalled__retries_exceeded": ("retries_exceeded", "HelmRelease/app"),
    "helmrelease/stalled__rolled_back": ("retries_exceeded", "HelmRelease/rolls-back"),
    "helmrepository/failed__no_index": ("source_ref", "HelmRepository/no-index"),
    "helmrepository/failed__server_gone": ("source_network", "HelmRepository/charts"),
    "imagepolicy/blocked__repository_missing": ("source_missing", "ImageRepository/not-there"),
    "imagepolicy/failed__no_such_version": ("image", "ImagePolicy/no-such-version"),
    "imagerepository/failed__unreachable": ("image", "ImageRepository/unreachable"),
    "kustomization/blocked__dependency_blocked": ("invalid_manifest", "Kustomization/base"),
    "kustomization/blocked__dependency_failed": ("invalid_manifest", "Kustomization/base"),
    "kustomization/blocked__dependency_missing": ("dependency_missing", "Kustomization/not-there"),
    "kustomization/blocked__source_without_artifact": ("source_ref", "GitRepository/never-fetched"),
    "kustomization/failed__build_failed": ("build", "Kustomization/app"),
    "kustomization/failed__health_check_failed": ("health_check", "Kustomization/app"),
    "kustomization/failed__old_spec": ("build", "Kustomization/failing"),
    "kustomization/failed__path_not_found": ("build", "Kustomization/failing"),
    "kustomization/failed__reconciliation_failed": ("invalid_manifest", "Kustomization/base"),
    "kustomization/failed__retrying_unknown": ("health_check", "Kustomization/app"),
    "kustomization/failed__settings_missing": ("substitution", "ConfigMap/not-there"),
    "kustomization/failed__source_missing": ("source_missing", "GitRepository/not-there"),
    "kustomization/stalled__invalid_expression": ("invalid_manifest", "Kustomization/bad-expression"),
    "kustomization/terminating__stuck": ("terminating", "Kustomization/app"),
    "kustomization/unknown__never_observed": ("stuck", "Kustomization/late"),
    "ocirepository/failed__no_such_tag": ("source_ref", "OCIRepository/no-tag"),
    "receiver/failed__token_missing": ("notification", "Secret/not-there"),
    "resourceset/blocked__dependency_missing": ("dependency_missing", "ConfigMap/not-there"),
}
BAD = ("failed", "stalled", "blocked", "terminating__stuck", "unknown")


def test_every_recorded_object_that_is_not_well_is_in_the_table() -> None:
    bad = {f"{path.parent.name}/{path.stem}" for path in FILES if path.stem.startswith(BAD)}
    assert bad == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_class_and_cause(name: str) -> None:
    records, controllers, now = reading_in(fixture_in(FOLDER / f"{name}.yaml"))
    causes = diagnose(records, controllers, SEEN, now=now)
    found = {f"{cause['kind']}/{cause['name']}": cause for cause in causes}
    expected, title = EXPECTED[name]
    assert found[title]["class"] == expected, found[title]["message"]
    assert len(causes) == 1, list(found)
    assert found[title]["meaning"]
    assert found[title]["evidence"]
