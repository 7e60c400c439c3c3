"""Any option is a selection over all kinds; an absent one does not restrict."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.playbook import Ansible, Json, title
from tests.integration.reading.names import OTTAWA, names_of
from tests.testbed.cluster import Cluster

SELECTIONS: dict[str, tuple[Json, Callable[[Json], bool]]] = {
    "kinds": ({"kinds": ["HelmRelease", "HelmChart"]}, lambda r: r["kind"] in ("HelmRelease", "HelmChart")),
    "namespaces": ({"namespaces": ["apps"]}, lambda r: r["namespace"] == "apps"),
    "names": ({"names": ["flux-system", "web"]}, lambda r: r["name"] in ("flux-system", "web")),
    "statuses": ({"statuses": ["suspended"]}, lambda r: r["status"] == "suspended"),
    "a label": ({"label_selectors": ["team=storage"]}, lambda r: r["name"] == "by-us"),
    "a set of labels": (
        {"label_selectors": ["team in (storage, network)"]},
        lambda r: r["name"] in ("by-us", "by-flux"),
    ),
    "no label": ({"label_selectors": ["!team"]}, lambda r: r["name"] not in ("by-us", "by-flux")),
    "labels that exclude each other": ({"label_selectors": ["team=storage", "team=network"]}, lambda _r: False),
    "all together": (
        {"kinds": ["Kustomization"], "namespaces": ["flux-system"], "names": ["by-us", "by-web"],
         "statuses": ["suspended"], "label_selectors": ["team"]},
        lambda r: r["name"] == "by-us",
    ),
    "a name nothing has": ({"names": ["nothing-has-this-name"]}, lambda _r: False),
}  # fmt: skip


@pytest.fixture(scope="module")
def selected(ottawa: Cluster, ansible: Ansible) -> dict[str, Json]:
    assert ottawa
    results = ansible.infos(*(OTTAWA | given for given, _chosen in SELECTIONS.values()))
    return dict(zip(SELECTIONS, results, strict=True))


@pytest.mark.parametrize("how", SELECTIONS)
def test_a_selection_takes_exactly_what_it_names(whole: Json, selected: dict[str, Json], how: str) -> None:
    found, expected = names_of(selected[how]), {title(r) for r in whole["objects"] if SELECTIONS[how][1](r)}
    assert found == expected
    assert selected[how]["summary"]["total"] == len(expected)


def test_a_selection_does_not_narrow_what_was_read(whole: Json, selected: dict[str, Json]) -> None:
    counts = {kind: row["count"] for kind, row in whole["coverage"].items() if kind.startswith(("Helm", "Kust"))}
    assert counts.items() <= {kind: row["count"] for kind, row in selected["kinds"]["coverage"].items()}.items()


def test_mistakes_in_a_selection_are_refused(ansible: Ansible) -> None:
    kind, selector, status = ansible.infos(
        OTTAWA | {"kinds": ["HelmRelaese"]},
        OTTAWA | {"label_selectors": ["team~storage"]},
        OTTAWA | {"statuses": ["broken"]},
    )
    assert "value of kinds must be one or more of" in kind["msg"]
    assert "Label selector 'team~storage' cannot be read" in selector["msg"]
    assert "value of statuses must be one or more of" in status["msg"]


def test_records_path_takes_all_and_the_result_keeps_what_is_not_ready(
    whole: Json, ansible: Ansible, tmp_path: Path
) -> None:
    file = tmp_path / "records.json"
    found, refused = ansible.infos(
        OTTAWA | {"records_path": str(file)}, OTTAWA | {"records_path": str(tmp_path / "no/folder/records.json")}
    )
    records = json.loads(file.read_text())
    assert {title(record) for record in records} == names_of(whole)
    assert names_of(found) == {title(record) for record in records if record["status"] != "ready"}
    assert found["summary"]["total"] == len(records)
    assert found["summary"]["by_status"] == Counter(record["status"] for record in records)
    assert found["summary"]["by_flag"] == Counter(flag for record in records for flag in record["flags"])
    kinds = found["summary"]["by_kind"]
    assert {(kind, status): kinds[kind][status] for kind in kinds for status in kinds[kind]} == Counter(
        (record["kind"], record["status"]) for record in records
    )
    assert refused["failed"]
    assert "cannot be written: No such file or directory" in refused["msg"]
