"""HelmReleases with a good and a bad version of a chart, and what is live of them."""

from __future__ import annotations

import base64
import gzip
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.integration.playbook import Ansible, Json
from tests.testbed.audit import Request
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster

# The first of each is good, the second bad: it adds a key, an environment variable, a container and a whole object.
# 2.x leaves the namespace to Helm, 3.x names it.
GOOD, BAD, FIXED = "2.0.0", "2.1.0", "2.2.0"
EXPLICIT_GOOD, EXPLICIT_BAD, EXPLICIT_FIXED = "3.0.0", "3.1.0", "3.2.0"
CHART = "demo-rollback"
REPOSITORY = "rollback-charts"
_NAME = '{{ .Release.Name | trunc 39 | trimSuffix "-" }}'
_CONFIG = """apiVersion: v1
kind: ConfigMap
metadata:
  name: %(name)s-settings%(namespace)s
data:
  title: {{ .Values.title | quote }}
  mode: %(mode)s
%(key)s"""
_WEB = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: %(name)s-web%(namespace)s
spec:
  replicas: 1
  selector: {matchLabels: {app: "%(name)s"}}
  template:
    metadata: {labels: {app: "%(name)s"}}
    spec:
      containers:
        - name: main
          image: "example.invalid/web:{{ .Chart.Version }}"
          env:
            - {name: TITLE, value: {{ .Values.title | quote }}}
%(env)s
%(container)s"""
_ADDED = """apiVersion: v1
kind: ConfigMap
metadata:
  name: %(name)s-added%(namespace)s
data: {left: "over"}
"""


def chart_files(*, bad: bool, explicit: bool = False, mode: str = "plain") -> dict[str, str]:
    """The templates of a version of the chart, in place of those of the seed."""
    words = {
        "name": _NAME,
        "mode": mode,
        "namespace": "\n  namespace: {{ .Release.Namespace }}" if explicit else "",
        "key": '  extra: "only in the bad one"\n' if bad else "",
        "env": '            - {name: EXTRA, value: "1"}' if bad else "",
        "container": '        - {name: sidecar, image: "example.invalid/sidecar:1"}' if bad else "",
    }
    files = {"templates/settings.yaml": _CONFIG % words, "templates/web.yaml": _WEB % words}
    added = {"templates/added.yaml": _ADDED % words} if bad else {}
    # The seed's own template would only be in the way.
    chart = f"apiVersion: v2\nname: {CHART}\nversion: 0.0.0\n"
    return files | added | {"Chart.yaml": chart, "templates/configmap.yaml": "", "values.yaml": "title: none\n"}


def publish(bed: Bed, version: str, files: Mapping[str, str]) -> None:
    """A version of the chart, made of the seed's with some of its files replaced."""
    bed.publish_chart("demo-config", version, files)


def publish_charts(bed: Bed) -> None:
    """All versions there are; those of an earlier test run are replaced by the same."""
    for explicit, versions in ((False, (GOOD, BAD, FIXED)), (True, (EXPLICIT_GOOD, EXPLICIT_BAD, EXPLICIT_FIXED))):
        for version, bad, mode in zip(versions, (False, True, False), ("plain", "plain", "fixed"), strict=True):
            publish(bed, version, chart_files(bad=bad, explicit=explicit, mode=mode))


@dataclass(frozen=True)
class Scene:
    """One cluster with namespaces of ours. `rollback` and its kin run modules on it."""

    bed: Bed
    ansible: Ansible
    cluster: Cluster
    prefix: str
    namespaces: list[str] = field(default_factory=list)

    @property
    def target(self) -> Json:
        return {"kubeconfig": str(self.bed.kubeconfig), "context": self.cluster.context}

    def namespace(self, name: str) -> str:
        """A namespace with our prefix, with a HelmRepository of the bed's charts in it."""
        full = f"{self.prefix}-{name}"
        if full not in self.namespaces:
            self.namespaces.append(full)
            repository = {
                "apiVersion": "source.toolkit.fluxcd.io/v1",
                "kind": "HelmRepository",
                "metadata": {"name": REPOSITORY, "namespace": full},
                "spec": {"interval": "10m", "url": self.bed.values(self.cluster.name)["CHARTS_URL"]},
            }
            space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": full}}
            self.cluster.apply(yaml.safe_dump_all([space, repository]))
        return full

    def release(self, namespace: str, name: str, version: str, *, manager: str = "kubectl", **spec: Any) -> None:
        """Makes or changes a HelmRelease of the chart. spec: fields beside chart and interval."""
        chart = {
            "chart": CHART,
            "version": version,
            "interval": "10m",
            "sourceRef": {"kind": "HelmRepository", "name": REPOSITORY},
        }
        item = {
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {"interval": "10m", "chart": {"spec": chart}, **spec},
        }
        self.cluster.apply(yaml.safe_dump(item), manager=manager)

    def good_then_bad(self, namespace: str, name: str, versions: tuple[str, str] = (GOOD, BAD), **spec: Any) -> Json:
        """A release whose revision 1 is good and whose revision 2, the deployed one, is bad."""
        for version in versions:
            self.release(namespace, name, version, **spec)
            self.wait_deployed(namespace, name, version)
        return self.read(namespace, name)

    def read(self, namespace: str, name: str) -> Json:
        """A HelmRelease, with managedFields."""
        return self.object("helmrelease", namespace, name)

    def object(self, kind: str, namespace: str, name: str) -> Json:
        found: Json = json.loads(
            self.cluster.kubectl("-n", namespace, "get", kind, name, "-o", "json", "--show-managed-fields")
        )
        return found

    def exists(self, kind: str, namespace: str, name: str) -> bool:
        return bool(self.cluster.kubectl("-n", namespace, "get", kind, name, "-o", "name", check=False).strip())

    def wait_deployed(self, namespace: str, name: str, version: str, seconds: float = 90) -> None:
        """Until helm-controller says that this version of the chart is deployed."""

        def is_deployed() -> bool:
            text = self.cluster.kubectl("-n", namespace, "get", "helmrelease", name, "-o", "json", check=False)
            newest = (json.loads(text or "{}").get("status", {}).get("history") or [{}])[0]
            return (newest.get("chartVersion"), newest.get("status")) == (version, "deployed")

        self.bed.wait(is_deployed, seconds, f"{namespace}/{name} at chart {version}")

    def storage(self, namespace: str, release: str) -> dict[int, Json]:
        """What Helm has stored, unpacked, by revision."""
        listed = json.loads(
            self.cluster.kubectl("-n", namespace, "get", "secrets", "-l", f"owner=helm,name={release}", "-o", "json")
        )
        return {int(item["metadata"]["labels"]["version"]): unpacked(item) for item in listed["items"]}

    def live(self, namespace: str, release: str) -> dict[str, Json]:
        """The ConfigMaps and Deployments of a release: what the tests compare, by Kind/name."""
        listed = json.loads(
            self.cluster.kubectl(
                "-n", namespace, "get", "configmaps,deployments", "-o", "json", "--show-managed-fields"
            )
        )
        return {
            f"{item['kind']}/{item['metadata']['name']}": _essence(item)
            for item in listed["items"]
            if item["metadata"].get("annotations", {}).get("meta.helm.sh/release-name") == release
        }

    def is_good(self, namespace: str, release: str) -> None:
        """Asserts that nothing of the bad version is live, and that everything belongs to helm-controller alone."""
        live = self.live(namespace, release)
        kinds = sorted(name.rpartition("-")[2] for name in live)
        assert kinds == ["settings", "web"], live
        for name, item in live.items():
            assert item["managers"] == [("helm-controller", "Apply")], (name, item["managers"])
            assert not item["bad"], (name, item)

    def tasks(self, module: str, *calls: Json, env: Mapping[str, str] | None = None) -> list[Json]:
        """The results of tasks of one of our modules. _check_mode, _diff and _vars are the task's own."""
        return self.ansible.tasks([_task(module, self.target | call) for call in calls], env=dict(env or {}))

    def rollback(self, namespace: str, name: str, **options: Any) -> Json:
        """One flux_helm_rollback, with the helm of the test bed."""
        own = {"namespace": namespace, "name": name, "reason": "the new version is bad", "helm": self.helm}
        return self.tasks("flux_helm_rollback", own | options)[0]

    def finish(self, namespace: str, name: str, **options: Any) -> Json:
        return self.tasks("flux_helm_rollback_finish", {"namespace": namespace, "name": name} | options)[0]

    @property
    def helm(self) -> str:
        return str(self.bed.paths.bin / "helm")

    def writes(self, since: int) -> list[Request]:
        """What was written through the contexts since a mark (bed.mark)."""
        return [request for request in self.bed.audit(self.cluster.name, since) if request.is_write]

    def remove(self) -> None:
        """Every HelmRelease, which helm-controller lets go at once when it is suspended, then its namespace."""
        for namespace in self.namespaces:
            for name in self.cluster.kubectl("-n", namespace, "get", "helmreleases", "-o", "name").split():
                patch = '{"spec":{"suspend":true}}'
                self.cluster.kubectl("-n", namespace, "patch", name, "--type=merge", "-p", patch)
                self.cluster.kubectl("-n", namespace, "delete", name, "--wait=false")
        for namespace in self.namespaces:
            self._wait_gone(namespace, "-n", namespace, "get", "helmreleases")
            self.cluster.kubectl("delete", "namespace", namespace, "--wait=false")
        for namespace in self.namespaces:
            self._wait_gone(namespace, "get", "namespaces", "--field-selector", f"metadata.name={namespace}")

    def _wait_gone(self, namespace: str, *listing: str) -> None:
        self.bed.wait(
            lambda: not self.cluster.kubectl(*listing, "-o", "name").strip(), 120, f"{namespace} being cleaned up"
        )


def unpacked(secret: Json) -> Json:
    """The release in a Secret of Helm's storage."""
    release: Json = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(secret["data"]["release"]))))
    return release


def _essence(item: Json) -> Json:
    """What tells good from bad, and who owns the object (the status is its controller's)."""
    managers = [
        (entry["manager"], entry["operation"])
        for entry in item["metadata"]["managedFields"]
        if not entry.get("subresource") and entry["manager"] not in ("kube-controller-manager", "kwok")
    ]
    if item["kind"] == "ConfigMap":
        bad = "extra" in item["data"] or "left" in item["data"]
        return {"managers": managers, "bad": bad, "data": item["data"]}
    containers = item["spec"]["template"]["spec"]["containers"]
    env = [entry["name"] for container in containers for entry in container.get("env", [])]
    names = [container["name"] for container in containers]
    bad = "EXTRA" in env or "sidecar" in names
    return {"managers": managers, "bad": bad, "containers": names, "env": env, "image": containers[0]["image"]}


def _task(module: str, call: Json) -> Json:
    own = {key.removeprefix("_"): call.pop(key) for key in ("_check_mode", "_diff", "_vars") if key in call}
    return {f"gitops.flux.{module}": call, **own}


def token() -> str:
    """A request nobody has made before."""
    return f"test-{time.time_ns()}"
