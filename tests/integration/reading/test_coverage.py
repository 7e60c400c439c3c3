"""What flux_info covers, and which cluster it says it read."""

from __future__ import annotations

import json

from tests.integration.playbook import SCHEMA, Json, title
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster


def test_every_kind_is_covered_with_its_number_of_objects(whole: Json, ottawa: Cluster) -> None:
    crds = json.loads(ottawa.kubectl("get", "crd", "-o", "json"))["items"]
    flux = [crd["spec"] for crd in crds if "fluxcd" in crd["spec"]["group"]]
    assert len(flux) == 19
    for spec in flux:
        listed = ottawa.kubectl("get", f"{spec['names']['plural']}.{spec['group']}", "-A", "-o", "name").splitlines()
        row = whole["coverage"][spec["names"]["kind"]]
        assert (row["state"], row["count"]) == ("ok", len(listed))
        assert row["api_version"].startswith(spec["group"] + "/")
    assert whole["summary"]["total"] == len(whole["objects"]) == sum(whole["summary"]["by_status"].values())


def test_every_record_has_exactly_the_documented_keys(whole: Json) -> None:
    documented = set(json.loads(SCHEMA.read_text())["$defs"]["record"]["required"])
    for record in whole["objects"]:
        assert documented <= set(record), title(record)
    assert len({frozenset(record) for record in whole["objects"]}) == 1


def test_it_says_which_cluster_and_who_we_are(whole: Json, bed: Bed) -> None:
    cluster = whole["cluster"]
    assert (cluster["context"], cluster["server"]) == ("talos-ottawa", bed.cluster("ottawa").server)
    assert cluster["uid"] == bed.cluster("ottawa").uid()
    assert cluster["user"] == {"name": "admin", "groups": ["system:masters", "system:authenticated"]}
    assert cluster["kubernetes_version"] == "v1.36.3"
    assert cluster["flux_version"].startswith("v2.")
