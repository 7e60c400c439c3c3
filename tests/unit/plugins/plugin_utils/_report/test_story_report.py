"""The report about one object, as the role's own template prints it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.look import Workload
from ansible_collections.gitops.flux.plugins.module_utils._flux.pods import pod_rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.plugin_utils._report.intake import unreadable
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import rendered
from ansible_collections.gitops.flux.plugins.plugin_utils._report.story_view import closing_line, story_view

from tests.gates.tree import ROOT
from tests.unit.flux_objects import NEWER, Item, ago, flux, git_repository, kustomization, ready
from tests.unit.rendered_report import section
from tests.unit.stories import crashing_pod, recorded, story

TEMPLATE = ROOT / "roles/explain/templates/story.md.j2"
RECORDED = sorted(path.relative_to(ROOT / "tests/fixtures") for path in ROOT.glob("tests/fixtures/*/*__*.yaml"))
WEB = Ref("Deployment", "apps", "web")
LOG = {
    "namespace": "apps",
    "pod": "web-1",
    "container": "app",
    "previous": True,
    "lines": ["boom", "```", "  at line 3"],
}


def printed(told: Item) -> str:
    return rendered(TEMPLATE, story_view(told))


def failing(**look: Any) -> str:
    ids = [{"id": "apps_web_apps_Deployment", "v": "v1"}, {"id": "apps_settings__ConfigMap", "v": "v1"}]
    item = kustomization(
        "web", ready("False", "HealthCheckFailed", "timeout | waiting"), status={"inventory": {"entries": ids}}
    )
    return printed(story(item, git_repository(spec={"ref": {"branch": "main"}}), look=look))


@pytest.mark.parametrize("path", RECORDED, ids=str)
def test_every_recorded_object_has_a_report(path: Path) -> None:
    item, others, now = recorded(str(path.with_suffix("")))
    text = printed(story(item, *others, now=now))
    metadata = item["metadata"]
    assert text.startswith(f"# Ottawa: {item['kind']} {metadata['namespace']}/{metadata['name']} ")
    # Nobody writes a status for a static kind.
    said = ["The object"] if item.get("status") else []
    for title in ("Why", "From the commit to the object", *said):
        assert len(section(text, title).splitlines()) > 2
    assert "None" not in re.sub(r"`[^`]*`", "", text)
    assert "{" not in text.partition("\n")[0]


def test_the_way_is_in_the_order_in_which_a_change_travels() -> None:
    labels = {"kustomize.toolkit.fluxcd.io/name": "root", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}
    ours = kustomization("web", labels=labels, spec={"dependsOn": [{"name": "db"}]})
    way = section(printed(story(ours, kustomization("root", labels=labels), git_repository())), "From the commit")
    steps = [line.split("|")[1].strip() for line in way.splitlines() if line.startswith("| ")]
    assert steps == ["step", "commit", "source", "parent", "depends on", "**object**"]
    assert "**does not exist**" in way


def test_workloads_with_their_pods_and_how_they_ended() -> None:
    gone = Ref("Deployment", "apps", "gone")
    troubled = [Workload(WEB, "0 of 1 available", "app=web"), Workload(gone, "does not exist", None)]
    pods = {WEB: pod_rows([crashing_pod(f"web-{number}") for number in range(5)])}
    text = section(failing(troubled=troubled, pods=pods, looked_at=3), "Workloads")
    assert "### Deployment apps/web: 0 of 1 available" in text
    assert "\n- Deployment apps/gone: does not exist\n" in text
    assert "### Deployment apps/gone" not in text
    assert text.count("waiting: CrashLoopBackOff") == 3
    assert "its last run ended with exit code 1" in text
    assert "2 more pods not well" in text


def test_the_inventory_by_kind_and_how_many_are_not_well() -> None:
    text = section(failing(troubled=[Workload(WEB, "0 of 1 available", None)], looked_at=1), "What it has put")
    assert "What it has put on the cluster (2 objects)" in text
    assert "**1 of 1 workload not well**" in text
    assert "- 1 ConfigMap (apps/settings)\n" in text


def test_a_log_line_cannot_end_its_block() -> None:
    text = section(failing(logs=[LOG]), "Last log lines")
    assert "Pod apps/web-1, container app, the run before:" in text
    assert text.count("```") == 2
    assert "  at line 3" in text


def test_the_cause_with_its_first_command() -> None:
    why = section(failing(), "Why")
    assert "### It is itself the cause (health_check)" in why
    assert len(re.findall(r"^- Look: `flux --context talos-ottawa ", why, re.MULTILINE)) == 1


def test_what_it_hangs_on_comes_with_its_message() -> None:
    waiting = kustomization(
        "web", ready("False", "DependencyNotReady", "not ready"), spec={"dependsOn": [{"name": "db"}]}
    )
    why = section(
        printed(story(waiting, kustomization("db", ready("False", "BuildFailed", "no file")), git_repository())), "Why"
    )
    assert "### It hangs on Kustomization flux-system/db (build)" in why
    assert "- no file" in why


def test_what_is_well_hangs_on_nothing() -> None:
    text = printed(story(kustomization(), git_repository()))
    assert text.startswith("# Ottawa: Kustomization flux-system/app ready")
    assert "Nothing it hangs on is known to be broken." in text


def test_a_suspension_and_names_of_what_is_not_read() -> None:
    spec = {
        "suspend": True,
        "decryption": {"provider": "sops", "secretRef": {"name": "sops-age"}},
        "postBuild": {"substituteFrom": [{"kind": "ConfigMap", "name": "settings"}]},
    }
    notes = {"gitops.flux/suspended-by": "ops", "gitops.flux/suspended-reason": "disk swap"}
    facts = section(printed(story(kustomization("app", spec=spec, annotations=notes))), "The object")
    assert "by ops: disk swap" in facts
    assert "it was ready" in facts
    assert "Secret flux-system/sops-age (decryption)" in facts
    assert "ConfigMap flux-system/settings (substituteFrom)" in facts


def test_foreign_text_cannot_break_the_page() -> None:
    nasty = ready("False", "BuildFailed", "a | b\n# c <script> `d`")
    text = printed(story(kustomization("app", nasty)))
    assert "\n# c" not in text
    assert "\\<script>" in text


def test_what_could_not_be_seen() -> None:
    gaps = [
        {"what": "pods of Deployment/apps/web", "state": "forbidden", "message": "403 long text"},
        {"what": "30 workloads", "state": "limited", "message": "in too many places"},
    ]
    text = section(failing(gaps=gaps), "Not seen")
    assert "- pods of Deployment/apps/web: forbidden for this user\n" in text
    assert "- 30 workloads: not all looked at (in too many places)" in text


def untold(**changes: Any) -> Item:
    subject = Ref("Kustomization", "apps", "web").as_dict()
    picture = unreadable("connection refused by 10.2.0.10:6443", "talos-ottawa", ago(0))
    found = {
        "found": False,
        "message": picture["reason"],
        "host": "ottawa",
        "display_name": "Ottawa",
        "subject": subject,
    }
    return picture | found | changes


def test_a_cluster_out_of_reach() -> None:
    text = printed(untold())
    assert text.startswith("# Ottawa: Kustomization apps/web cannot be explained\n")
    assert "Connection refused by 10.2.0.10:6443." in text
    assert "`kubectl --context talos-ottawa --request-timeout 10s auth whoami`" in text
    assert closing_line(untold()) == "Connection refused by 10.2.0.10:6443."


def test_an_object_that_does_not_exist() -> None:
    said = "Kustomization apps/web does not exist; in namespace apps those there are api"
    text = printed(untold(reachable=True, message=said))
    assert f"\n{said}.\n" in text
    assert "auth whoami" not in text


def test_another_cluster_than_the_one_that_is_meant() -> None:
    told = story(kustomization(), git_repository(), cluster={"uid": "u2", "uid_mismatch": True})
    assert "> The cluster that answered is not the one that is meant: its UID is u2." in printed(told)


def test_the_closing_line_names_the_state_and_counts_the_causes() -> None:
    told = story(kustomization("web", ready("False", "BuildFailed", "no file")), git_repository())
    assert closing_line(told) == "Kustomization flux-system/web is failed: BuildFailed: no file · hangs on 1 cause"


def test_a_kind_that_applies_nothing_has_no_such_section() -> None:
    assert "What it has put" not in printed(story(git_repository()))
    assert "It keeps no list of anything yet." in printed(story(flux("Kustomization", "new", age=5)))


def test_how_far_an_expected_commit_has_come() -> None:
    told = story(kustomization(), git_repository(artifact=NEWER), expected="f9b254e")
    assert "- Expected: f9b254e is fetched, **not** running\n" in section(printed(told), "The object")


def test_hundreds_of_missing_workloads_take_little_room() -> None:
    gone = [Workload(Ref("Deployment", "apps", f"gone-{each}"), "does not exist", None) for each in range(300)]
    text = section(failing(troubled=gone, looked_at=300), "Workloads")
    assert text.count("does not exist") == 20
    assert "- 280 more\n" in text


def test_a_kind_with_more_names_than_are_kept() -> None:
    ids = [{"id": f"apps_settings-{each:05}__ConfigMap", "v": "v1"} for each in range(4000)]
    ids.append({"id": "apps_web_apps_Deployment", "v": "v1"})
    text = section(printed(story(kustomization(status={"inventory": {"entries": ids}}))), "What it has put")
    assert "- 4000 ConfigMap (apps/settings-00000, " in text
    assert "apps/settings-00004 and 3,995 more)" in text
    assert "- 1 Deployment (apps/web)\n" in text
