"""A chart whose versions go wrong in different ways, and Helm run beside Flux as people do."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.integration.playbook import Json
from tests.integration.rollback.scene import Scene
from tests.testbed.bed import Bed

CHART = "hist-odd"
# Refused: a chart that cannot be applied. Hanging: a hook that never ends. Widget: needs a kind of ours.
PLAIN, REFUSED, HANGING, WIDGET = "2.0.0", "2.1.0", "2.2.0", "2.3.0"
CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.hist.example.com}
spec:
  group: hist.example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets, singular: widget}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""
_TEMPLATES = {
    PLAIN: "",
    # The API server's refusal quotes the name.
    REFUSED: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Values.password | quote }}}\n",
    HANGING: (
        "apiVersion: v1\nkind: Pod\n"
        "metadata: {name: never-ends, annotations: {helm.sh/hook: pre-upgrade}}\n"
        "spec: {nodeSelector: {no: where}, containers: [{name: app, image: example.invalid/app}]}\n"
    ),
    WIDGET: 'apiVersion: hist.example.com/v1\nkind: Widget\nmetadata: {name: "{{ .Release.Name }}-widget"}\n',
}


@contextmanager
def published(bed: Bed) -> Iterator[None]:
    """The chart's versions in the shared repository, for a while."""
    try:
        for version, template in _TEMPLATES.items():
            chart = f"apiVersion: v2\nname: {CHART}\nversion: {version}\n"
            bed.publish_chart("demo-config", version, {"Chart.yaml": chart, "templates/more.yaml": template})
        yield
    finally:
        for version in _TEMPLATES:
            bed.charts.unpublish(CHART, version)


def pushed(scene: Scene, *versions: str) -> str:
    """Versions of the chart in the OCI registry: their address."""
    registry = f"{scene.bed.values(scene.cluster.name)['OCI_URL']}/charts"
    for version in versions:
        scene.bed.charts.push(CHART, version, registry)
    return f"{registry}/{CHART}"


def chart_spec(version: str) -> Json:
    repository = {"kind": "HelmRepository", "name": "rollback-charts"}
    return {"spec": {"chart": CHART, "version": version, "interval": "10m", "sourceRef": repository}}


def helm(scene: Scene, *arguments: str) -> subprocess.CompletedProcess[str]:
    command, env = _helm(scene, *arguments)
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def helm_history(scene: Scene, storage_namespace: str, release: str) -> list[Json]:
    """What helm itself says, the newest first."""
    done = helm(scene, "history", release, "-n", storage_namespace, "-o", "json", "--max", "100")
    assert done.returncode == 0, done.stderr
    found: list[Json] = json.loads(done.stdout)
    return found[::-1]


def stuck_upgrade(scene: Scene, namespace: str, release: str) -> None:
    """An upgrade that is killed half way, as when somebody's laptop is shut."""
    package = scene.bed.paths.charts / f"{CHART}-{HANGING}.tgz"
    command, env = _helm(scene, "upgrade", release, str(package), "-n", namespace, "--timeout", "5m")
    running = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        scene.bed.wait(lambda: scene.exists("pod", namespace, "never-ends"), 60, "the hook that never ends")
    finally:
        running.kill()
        running.wait()


def _helm(scene: Scene, *arguments: str) -> tuple[list[str], dict[str, str]]:
    home = str(scene.bed.paths.run)
    env = {"PATH": os.defpath, "HOME": home, "KUBECONFIG": str(scene.cluster.kubeconfig("testbed"))}
    return [scene.helm, *arguments], env
