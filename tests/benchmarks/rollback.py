"""An emergency rollback against the same safe sequence, scripted with kubectl and helm by somebody who knows it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster
from tests.testbed.testbed import FLEET

from .desk import PING
from .figures import Figure
from .rollback_by_hand import rolled_back_by_hand
from .timing import ANSIBLE_PLAYBOOK, Run, alternating, measured, ratio, summed, wall

CHART, GOOD, BAD = "demo-config", "4.0.0", "4.1.0"
NAMESPACE = "benchmark-rollback"
PINGS = 3
BOUND = 1.0
# Four of each, so that neither side lives from how small it is.
_SETTINGS = """{{- range $n := until 4 }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ $.Release.Name }}-settings-{{ $n }}"}
data:
  mode: plain
%(key)s
{{- end }}
"""
_WEB = """{{- range $n := until 4 }}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ $.Release.Name }}-web-{{ $n }}"}
spec:
  selector: {matchLabels: {app: "{{ $.Release.Name }}-{{ $n }}"}}
  template:
    metadata: {labels: {app: "{{ $.Release.Name }}-{{ $n }}"}}
    spec:
      containers:
        - name: main
          image: "example.invalid/web:{{ $.Chart.Version }}"
%(container)s
{{- end }}
"""
_ADDED = """{{- range $n := until 2 }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ $.Release.Name }}-added-{{ $n }}"}
data: {left: over}
{{- end }}
"""


def rollback_figures(bed: Bed, rounds: int) -> list[Figure]:
    """Each run has a release of its own, whose bad version has added objects, containers and keys."""
    counted = max(1, rounds // 2)
    cluster = bed.cluster(FLEET[0])
    names = [f"{who}-{number}" for who in ("play", "hand") for number in range(counted + 1)]
    with _bad_releases(bed, cluster, names), TemporaryDirectory() as outputs:
        plays, hands = iter(names[: counted + 1]), iter(names[counted + 1 :])
        whole: list[Run] = []
        play, hand, *pings = alternating(
            counted,
            lambda: _until_good(cluster, next(plays), partial(_play, bed, Path(outputs)), whole),
            lambda: _scripted(bed, cluster, next(hands)),
            *[_ping] * PINGS,
        )
    detail = f"{wall(play)} against {wall(hand)} + {PINGS} x {wall(pings[0])}; its end after {wall(whole[1:])}"
    return [
        Figure(
            f"helm_rollback until all is good again / (the same scripted + {PINGS} ping plays)",
            ratio(play, summed(hand, *pings)),
            "x",
            BOUND,
            detail,
        )
    ]


def _until_good(cluster: Cluster, name: str, work: Callable[[str], Run], whole: list[Run]) -> Run:
    """The work, with the time until somebody outside sees nothing bad any more. whole: the runs to their end."""
    began = time.monotonic()
    watch = _Watch(cluster, name)
    whole.append(work(name))
    return replace(whole[-1], wall=watch.good_at() - began)


def _scripted(bed: Bed, cluster: Cluster, name: str) -> Run:
    """To its end, which is the comparison."""
    found: list[Run] = []
    _until_good(cluster, name, partial(rolled_back_by_hand, bed, cluster, NAMESPACE), found)
    return found[0]


class _Watch(threading.Thread):
    """Looks from outside, without a process, until the live objects of a release are the good ones."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        super().__init__(daemon=True)
        self._cluster, self._name = cluster, name
        self._good_at: float | None = None
        self._ended = threading.Event()
        if self._is_good():
            raise RuntimeError(f"{name} is good before anything was done")
        self.start()

    def run(self) -> None:
        while not self._ended.is_set():
            if self._is_good():
                self._good_at = self._good_at or time.monotonic()
            else:
                self._good_at = None
            self._ended.wait(0.05)

    def good_at(self) -> float:
        self._ended.set()
        self.join()
        if self._good_at is None or not self._is_good():
            raise RuntimeError(f"{self._name} is not good again")
        return self._good_at

    def _is_good(self) -> bool:
        maps = self._items("/api/v1", "configmaps")
        webs = self._items("/apis/apps/v1", "deployments")
        kinds = sorted(item["metadata"]["name"].split("-")[2] for item in maps)
        containers = [item["spec"]["template"]["spec"]["containers"] for item in webs]
        return (
            kinds == ["settings"] * 4
            and all(item["data"] == {"mode": "plain"} for item in maps)
            and [[each["image"] for each in found] for found in containers] == [[f"example.invalid/web:{GOOD}"]] * 4
        )

    def _items(self, api: str, plural: str) -> list[dict[str, Any]]:
        listed = self._cluster.get(f"{api}/namespaces/{NAMESPACE}/{plural}")["items"]
        return [item for item in listed if item["metadata"]["name"].startswith(f"{self._name}-")]


def _play(bed: Bed, outputs: Path, name: str) -> Run:
    asked: dict[str, object] = {
        "namespace": NAMESPACE,
        "name": name,
        "confirm": name,
        "reason": "benchmark",
        "strategy": "helm",
        # It is Ready: what is bad about it nobody but a person sees.
        "force": True,
        "helm": str(bed.paths.bin / "helm"),
        "report_dir": str(outputs),
    }
    variables = {f"helm_rollback_{key}": value for key, value in asked.items()}
    variables["flux_kubeconfig"] = str(bed.kubeconfig)
    run = _playbook("gitops.flux.helm_rollback", "-e", json.dumps(variables))
    if run.code != 0:
        said = "".join(page.read_text() for page in outputs.glob(f"*{name}.md"))
        raise RuntimeError(f"helm_rollback of {name} ended with {run.code}: {said}")
    return run


def _ping() -> Run:
    return _playbook(str(PING))


def _playbook(name: str, *arguments: str) -> Run:
    return measured([ANSIBLE_PLAYBOOK, name, "-i", "inventory/fleet.yml", "--limit", FLEET[0], *arguments])


@contextmanager
def _bad_releases(bed: Bed, cluster: Cluster, names: Sequence[str]) -> Iterator[None]:
    """A HelmRelease for each name, at its second revision, which is bad."""
    for version, bad in ((GOOD, False), (BAD, True)):
        bed.publish_chart(CHART, version, _files(bad=bad))
    try:
        cluster.apply(yaml.safe_dump_all(_ground(bed, cluster)))
        for version in (GOOD, BAD):
            cluster.apply(yaml.safe_dump_all([_release(name, version) for name in names]))
            bed.wait(lambda version=version: _are_at(cluster, version, len(names)), 180, f"releases at {version}")  # type: ignore[misc]
        yield
    finally:
        _remove(bed, cluster, names)
        for version in (GOOD, BAD):
            bed.charts.unpublish(CHART, version)


def _files(*, bad: bool) -> dict[str, str]:
    key = "  extra: only in the bad one" if bad else ""
    container = '        - {name: sidecar, image: "example.invalid/sidecar:1"}' if bad else ""
    files = {"templates/settings.yaml": _SETTINGS % {"key": key}, "templates/web.yaml": _WEB % {"container": container}}
    return files | {"templates/configmap.yaml": "", "templates/added.yaml": _ADDED if bad else ""}


def _ground(bed: Bed, cluster: Cluster) -> list[dict[str, object]]:
    url = bed.values(cluster.name)["CHARTS_URL"]
    repository = {"interval": "10m", "url": url}
    metadata = {"name": "benchmark", "namespace": NAMESPACE}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "HelmRepository",
            "metadata": metadata,
            "spec": repository,
        },
    ]


def _release(name: str, version: str) -> dict[str, object]:
    source = {"kind": "HelmRepository", "name": "benchmark"}
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"interval": "10m", "chart": {"spec": {"chart": CHART, "version": version, "sourceRef": source}}},
    }


def _are_at(cluster: Cluster, version: str, number: int) -> bool:
    items = cluster.get(f"/apis/helm.toolkit.fluxcd.io/v2/namespaces/{NAMESPACE}/helmreleases")["items"]
    newest = [(item.get("status", {}).get("history") or [{}])[0] for item in items]
    return [(row.get("chartVersion"), row.get("status")) for row in newest] == [(version, "deployed")] * number


def _remove(bed: Bed, cluster: Cluster, names: Sequence[str]) -> None:
    cluster.kubectl("-n", NAMESPACE, "patch", "helmrelease", *names, "--type=merge", "-p", '{"spec":{"suspend":false}}')
    cluster.kubectl("-n", NAMESPACE, "delete", "helmreleases", "--all", "--timeout=180s")
    cluster.kubectl("delete", "namespace", NAMESPACE, "--timeout=120s")
    bed.wait(lambda: not cluster.kubectl("get", "ns", NAMESPACE, "--ignore-not-found"), 60, f"{NAMESPACE} being gone")
