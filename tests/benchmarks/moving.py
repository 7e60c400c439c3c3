"""Kustomizations behind a source of their own: a branch nobody else follows, fetched only when somebody asks for it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster
from tests.testbed.readiness import condition_of

from .writing import API_VERSION

NAMESPACE = "benchmark"
SOURCES = f"/apis/source.toolkit.fluxcd.io/v1/namespaces/{NAMESPACE}/gitrepositories"
KUSTOMIZATIONS = f"/apis/{API_VERSION}/namespaces/{NAMESPACE}/kustomizations"
PAYLOADS = f"/api/v1/namespaces/{NAMESPACE}/configmaps"
# Kustomizations whose names begin so do not build.
BROKEN = "broken"
_FILES = {
    "good/kustomization.yaml": "resources: [configmap.yaml]\n",
    "broken/kustomization.yaml": "resources: [not-there.yaml]\n",
}
_PAYLOAD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: payload\ndata: {commit: '%d'}\n"
Json = dict[str, Any]


class Branch:
    """The branch `benchmark`. revision: of its newest commit, as Flux writes it."""

    def __init__(self, repository: Path, clone: Path) -> None:
        self._clone = clone
        self._numbers = count(1)
        self.number = 0
        self.revision = ""
        self._git("clone", "--quiet", str(repository), ".")
        for name, value in (("user.name", "Benchmark"), ("user.email", "benchmark@example.invalid")):
            self._git("config", name, value)
        self._git("switch", "--quiet", "--orphan", NAMESPACE)
        self.commit(_FILES)

    def commit(self, files: Mapping[str, str] | None = None) -> str:
        """One more commit, which changes what every Kustomization applies: its revision."""
        self.number = next(self._numbers)
        for name, text in {**(files or {}), "good/configmap.yaml": _PAYLOAD % self.number}.items():
            (self._clone / name).parent.mkdir(exist_ok=True)
            (self._clone / name).write_text(text)
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", f"Number {self.number}")
        self._git("push", "--quiet", "--force", "origin", NAMESPACE)
        self.revision = f"{NAMESPACE}@sha1:{self._git('rev-parse', 'HEAD')}"
        return self.revision

    def delete(self) -> None:
        self._git("push", "--quiet", "--delete", "origin", NAMESPACE)

    def _git(self, *words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=self._clone, check=True, capture_output=True, text=True
        ).stdout.strip()


@contextmanager
def branch(bed: Bed) -> Iterator[Branch]:
    """It is gone again afterwards."""
    with TemporaryDirectory() as clone:
        made = Branch(bed.paths.repository, Path(clone))
        try:
            yield made
        finally:
            made.delete()


@contextmanager
def behind(bed: Bed, branch: Branch, loads: Mapping[str, Sequence[Json]]) -> Iterator[None]:
    """These Kustomizations on each cluster, with the source they share; all of them have had their first run."""
    try:
        for name, items in loads.items():
            objects = [_namespace(), _source(bed.values(name)["GIT_BASE"], name), *items]
            bed.cluster(name).kubectl("apply", "-f", "-", stdin=json.dumps(_list(objects)))
        for name, items in loads.items():
            done = partial(_is_done, bed.cluster(name), branch)
            bed.wait(done, 600, f"{len(items)} Kustomizations on {name}")
        yield
    finally:
        for name in loads:
            _remove(bed.cluster(name))


def kustomization(name: str, **spec: Any) -> Json:
    """One of the load; spec: what is special about it."""
    path = "./broken" if name.startswith(BROKEN) else "./good"
    common = {
        "interval": "1h",
        "retryInterval": "1h",
        "path": path,
        "prune": False,
        "targetNamespace": NAMESPACE,
        "nameSuffix": f"-{name}",
        "sourceRef": {"kind": "GitRepository", "name": NAMESPACE},
    }
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": API_VERSION, "kind": "Kustomization", "metadata": metadata, "spec": common | spec}


def many(number: int, broken: int = 0) -> list[Json]:
    """So many, of which some do not build."""
    names = [f"{BROKEN if i < broken else 'good'}-{i:04d}" for i in range(number)]
    return [kustomization(name) for name in names]


def chain(length: int) -> list[Json]:
    """Each waits for the one before."""
    names = [f"link-{i:04d}" for i in range(length)]
    needs = [{}, *({"dependsOn": [{"name": name}]} for name in names[:-1])]
    return [kustomization(name, **need) for name, need in zip(names, needs, strict=True)]


def verdict(item: Json, revision: str) -> str | None:
    """Applied or failed once the controller is through with a revision, None before."""
    status, ready = item.get("status", {}), condition_of(item, "Ready").get("status")
    if ready == "True" and status.get("lastAppliedRevision") == revision:
        return "applied"
    return "failed" if ready == "False" and status.get("lastAttemptedRevision") == revision else None


def not_there(cluster: Cluster, branch: Branch) -> list[str]:
    """What is not as the newest commit has it, in the cluster itself and not only by its own word."""
    items = cluster.get(KUSTOMIZATIONS, timeout=60)["items"]
    wrong = [name for item in items if verdict(item, branch.revision) != _expected(name := item["metadata"]["name"])]
    maps = {item["metadata"]["name"]: item for item in cluster.get(PAYLOADS, timeout=60)["items"]}
    good = [item["metadata"]["name"] for item in items if not item["metadata"]["name"].startswith(BROKEN)]
    live = {name: maps.get(f"payload-{name}", {}).get("data", {}).get("commit") for name in good}
    return wrong + [name for name, number in live.items() if number != str(branch.number)]


def _expected(name: str) -> str:
    return "failed" if name.startswith(BROKEN) else "applied"


def _is_done(cluster: Cluster, branch: Branch) -> bool:
    return not not_there(cluster, branch)


def _list(items: Sequence[Json]) -> Json:
    return {"apiVersion": "v1", "kind": "List", "items": items}


def _namespace() -> Json:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}


def _source(base: str, cluster: str) -> Json:
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": NAMESPACE, "namespace": NAMESPACE},
        "spec": {"interval": "1h", "url": f"{base}/{cluster}/fleet.git", "ref": {"branch": NAMESPACE}},
    }


def _remove(cluster: Cluster) -> None:
    here = ("-n", NAMESPACE, "--timeout=600s")
    cluster.kubectl("delete", "kustomizations", "--all", *here, check=False)
    cluster.kubectl("delete", "gitrepositories", "--all", *here, check=False)
    cluster.kubectl("delete", "namespace", NAMESPACE, "--timeout=300s", check=False)
