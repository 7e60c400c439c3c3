"""Strategy pin, with the real helm-controller, under a Kustomization in another namespace; and its end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.integration.maintenance.branch import Branch
from tests.integration.playbook import Json
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.git_owner import FREEZE, Git, held_values, release, spec_owners, traces
from tests.integration.rollback.scene import BAD, CHART, FIXED, GOOD, Scene

HOST = "stpetersburg"
# None of these may ever be seen outside of a Secret.
SECRETS = ("sesame-good", "sesame-bad", "sesame-in-line")


@dataclass(frozen=True)
class Ground:
    scene: Scene
    git: Git
    apps: str
    # The HelmReleases when they were bad.
    bad: dict[str, Json]

    def shop(self, version: str, password: str, *, values: bool = True) -> list[Json]:
        """A release whose values come from everywhere."""
        sources = [{"kind": "ConfigMap", "name": "shop.settings"}, {"kind": "Secret", "name": "shop.password"}]
        inline = {"title": "in line", "token": "sesame-in-line", "cleared": None}
        settings = "title: from a config map\nreplicas: 1\n"
        return [
            held_values("ConfigMap", self.apps, "shop.settings", settings, watched=False),
            held_values("Secret", self.apps, "shop.password", f"password: {password}\n", watched=False),
            release(self.apps, "shop", version, values=inline, valuesFrom=sources if values else None),
        ]

    def oci(self, tag: str) -> list[Json]:
        """A release whose chart is an OCI artifact."""
        address = f"{self.scene.bed.values(HOST)['OCI_URL']}/charts/{CHART}"
        spec = {"interval": "1h", "url": address, "insecure": True, "ref": {"tag": tag}}
        source = {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "OCIRepository",
            "metadata": {"name": "oci", "namespace": self.apps},
            "spec": spec,
        }
        ref = {"kind": "OCIRepository", "name": "oci"}
        return [source, release(self.apps, "oci", "", chart=None, chartRef=ref)]

    def read(self, name: str) -> Json:
        return self.scene.read(self.apps, name)

    def newest(self, name: str) -> Json:
        found: Json = self.read(name)["status"]["history"][0]
        return found

    def wait_at(self, name: str, version: str) -> None:
        """OCI versions bear a digest."""

        def is_there() -> bool:
            text = self.scene.cluster.kubectl("-n", self.apps, "get", "helmrelease", name, "-o", "json", check=False)
            newest = (json.loads(text or "{}").get("status", {}).get("history") or [{}])[0]
            return str(newest.get("chartVersion")).startswith(version) and newest.get("status") == "deployed"

        self.scene.bed.wait(is_there, 120, f"{name} at {version}")


@pytest.fixture(scope="module")
def ground(make_scene: MakeScene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    scene = make_scene(HOST, "pin")
    for version in (GOOD, BAD, FIXED):
        scene.bed.charts.push(CHART, version, f"{scene.bed.values(HOST)['OCI_URL']}/charts")
    branch = Branch("pin", tmp_path_factory.mktemp("branch"), scene.bed.paths)
    found = Ground(scene, Git(scene, branch, scene.namespace("flux")), scene.namespace("apps"), {})
    try:
        found.git.commit(*found.shop(GOOD, "sesame-good"), *found.oci(GOOD))
        found.git.follow("shop", "oci")
        for version, password in ((GOOD, "sesame-good"), (BAD, "sesame-bad")):
            found.git.commit(*found.shop(version, password), *found.oci(version))
            found.git.fetch()
            for name in ("shop", "oci"):
                found.wait_at(name, version)
        found.bad.update({name: found.read(name) for name in ("shop", "oci")})
        yield found
    finally:
        branch.delete()


def require_no_secret(ground: Ground, *told: object) -> None:
    """Not in what was told, not in the HelmReleases but where Git has it, not in their annotations."""
    text = json.dumps(told)
    assert [secret for secret in SECRETS if secret in text] == []
    for name in ("shop", "oci"):
        metadata = ground.read(name)["metadata"]
        assert not any(secret in json.dumps(metadata) for secret in SECRETS)


def test_a_plan_for_it_writes_nothing_and_tells_no_value(ground: Ground) -> None:
    mark = ground.scene.bed.mark(HOST)
    planned = ground.scene.rollback(ground.apps, "shop", force=True, _check_mode=True, _diff=True)
    assert planned["phase"] == "planned", planned.get("msg")
    assert (planned["plan"]["strategy"], planned["plan"]["values_paths"]) == ("pin", ["password"])
    assert [write.uri for write in ground.scene.writes(mark) if "dryRun=All" not in write.uri] == []
    require_no_secret(ground, planned)


def test_values_go_into_a_secret_and_nowhere_else(ground: Ground) -> None:
    done = ground.scene.rollback(ground.apps, "shop", force=True, _diff=True)
    assert done["phase"] == "pinned", done.get("msg")
    require_no_secret(ground, done)
    item = ground.read("shop")
    assert item["spec"]["chart"]["spec"]["version"] == GOOD
    assert item["spec"]["valuesFrom"] == [{"kind": "Secret", "name": "flux-rollback-shop", "valuesKey": "values.yaml"}]
    assert "values" not in item["spec"]
    assert "suspend" not in item["spec"]
    assert (done["held"]["frozen"], done["held"]["suspended"]) == (True, False)
    secret = ground.scene.object("secret", ground.apps, "flux-rollback-shop")
    assert secret["metadata"]["labels"] == {"gitops.flux/rollback": "shop"}
    stored = ground.scene.storage(ground.apps, "shop")
    assert stored[3]["config"] == stored[1]["config"]
    assert stored[3]["config"]["cleared"] is None
    ground.scene.is_good(ground.apps, "shop")


def test_its_history_stays_whole(ground: Ground) -> None:
    history = ground.read("shop")["status"]["history"]
    assert [(row["version"], row["chartVersion"]) for row in history][:2] == [(3, GOOD), (2, BAD)]


def test_its_owner_leaves_it_alone(ground: Ground) -> None:
    ground.git.apply_again("shop")
    item = ground.read("shop")
    assert item["spec"]["chart"]["spec"]["version"] == GOOD
    assert item["metadata"]["annotations"][FREEZE] == "disabled"


def test_the_same_again_changes_nothing(ground: Ground) -> None:
    again = ground.scene.rollback(ground.apps, "shop", force=True)
    assert (again["phase"], again["changed"]) == ("pinned", False), again.get("msg")


def test_it_is_not_let_go_while_git_asks_for_the_bad_state(ground: Ground) -> None:
    """Everything is restored to the field by then, with its owners, and it is suspended instead."""
    refused = ground.scene.finish(ground.apps, "shop", _diff=True)
    assert (refused["failed"], refused["phase"]) == (True, "refused")
    assert refused["msg"].startswith(
        "Git still asks for the bad state: unchanged is chart version, values at password."
    )
    assert f'version: "{GOOD}"' in refused["missing_in_git"]["snippet"]
    require_no_secret(ground, refused)
    item, bad = ground.read("shop"), ground.bad["shop"]
    assert item["spec"] == bad["spec"] | {"suspend": True}
    assert spec_owners(item) == spec_owners(bad)
    assert FREEZE not in item["metadata"]["annotations"]
    assert (refused["held"]["suspended"], refused["held"]["frozen"]) == (True, False)
    ground.scene.is_good(ground.apps, "shop")


def test_half_a_fix_is_something_new_and_said(ground: Ground) -> None:
    """In check mode, so that it stays held: what Git says has arrived in the meantime."""
    ground.git.commit(*ground.shop(FIXED, "sesame-bad"))
    ground.git.fetch()
    ground.scene.bed.wait(lambda: ground.read("shop")["spec"]["chart"]["spec"]["version"] == FIXED, 60, "the fix")
    planned = ground.scene.finish(ground.apps, "shop", _check_mode=True)
    assert planned["phase"] == "planned", planned.get("msg")
    assert planned["missing_in_git"] is None


def test_it_is_let_go_when_git_is_mended(ground: Ground) -> None:
    ground.git.commit(*ground.shop(FIXED, "sesame-good"))
    done = ground.scene.finish(ground.apps, "shop")
    assert done["phase"] == "finished", done.get("msg")
    require_no_secret(ground, done)
    assert (ground.newest("shop")["chartVersion"], ground.newest("shop")["status"]) == (FIXED, "deployed")
    item = ground.read("shop")
    assert traces(item) == []
    assert done["held"] is None
    assert not ground.scene.exists("secret", ground.apps, "flux-rollback-shop")
    assert {manager for manager, _path in spec_owners(item)} == {"kustomize-controller"}
    ground.scene.is_good(ground.apps, "shop")


def test_the_owner_can_take_away_what_it_got_back(ground: Ground) -> None:
    ground.git.commit(*ground.shop(FIXED, "sesame-good", values=False))
    ground.git.fetch()
    ground.scene.bed.wait(lambda: "valuesFrom" not in ground.read("shop")["spec"], 60, "valuesFrom being gone")


def test_finishing_twice_is_nothing(ground: Ground) -> None:
    again = ground.scene.finish(ground.apps, "shop")
    assert (again["phase"], again["changed"], again["failed"]) == ("finished", False, False)
    assert f"Nothing to finish: HelmRelease/{ground.apps}/shop is not held by a rollback." in again["warnings"]


def test_an_oci_artifact_is_pinned_by_its_digest(ground: Ground) -> None:
    done = ground.scene.rollback(ground.apps, "oci", force=True)
    assert done["phase"] == "pinned", done.get("msg")
    source = ground.scene.object("ocirepository", ground.apps, "oci")
    digest = source["spec"]["ref"]["digest"]
    assert source["spec"]["ref"] == {"digest": digest}
    assert ground.newest("oci")["chartVersion"] == f"{GOOD}+{digest.removeprefix('sha256:')[:12]}"
    assert source["metadata"]["annotations"][FREEZE] == "disabled"
    ground.git.apply_again("oci")
    assert ground.scene.object("ocirepository", ground.apps, "oci")["spec"]["ref"] == {"digest": digest}
    ground.scene.is_good(ground.apps, "oci")


def test_the_artifact_is_given_back_too(ground: Ground) -> None:
    refused = ground.scene.finish(ground.apps, "oci")
    assert refused["msg"].startswith("Git still asks for the bad state: unchanged is chart version, OCI digest.")
    source = ground.scene.object("ocirepository", ground.apps, "oci")
    assert (source["spec"]["ref"], traces(source)) == ({"tag": BAD}, [])
    assert {manager for manager, _path in spec_owners(source)} == {"kustomize-controller"}
    ground.git.commit(*ground.oci(FIXED))
    done = ground.scene.finish(ground.apps, "oci")
    assert done["phase"] == "finished", done.get("msg")
    assert ground.newest("oci")["chartVersion"].startswith(f"{FIXED}+")
    assert traces(ground.read("oci")) == []
    ground.scene.is_good(ground.apps, "oci")
