# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads one cluster: everything at once, each part for itself, so that one refusal leaves the rest whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import NotFound, Unreachable
from ansible_collections.gitops.flux.plugins.module_utils._flux.events import is_about_flux
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts, facts_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS, Kind
from ansible_collections.gitops.flux.plugins.module_utils._flux.reading import Part, Reading, Wishes
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import CONNECTIONS, Answer, Client
from ansible_collections.gitops.flux.plugins.module_utils._kube.discovery import served_versions
from ansible_collections.gitops.flux.plugins.module_utils._kube.lists import dated_pages, items, pages
from ansible_collections.gitops.flux.plugins.module_utils._kube.questions import together

REVIEW = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
# Enough for the last half hour of a busy controller; only the lines that matter leave the module.
LOG_TAIL = 1000


def read_cluster(client: Client, wishes: Wishes) -> Reading:
    """The whole picture in at most three rounds of parallel requests. Raises Unreachable when nobody answers."""
    with ThreadPoolExecutor(max_workers=CONNECTIONS) as pool:
        first = together(pool, _greeting(client))
        version = _answered(first["version"], client)
        served = _answered(first["served"], client)
        second = together(pool, _kinds(client, served) | _surroundings(client, wishes))
        third = together(pool, _logs(client, second.get("Pod"), wishes))
    facts = {kind: part for kind, part in second.items() if kind in KINDS}
    others = {name: part for name, part in second.items() if name not in KINDS}
    return Reading(
        server=client.server,
        now=(version and version.date) or datetime.now(timezone.utc),
        kubernetes_version=str(version.json().get("gitVersion", "")) if version else None,
        namespace=first["namespace"],
        review=first["review"],
        served=served,
        kinds=facts,
        others=others,
        logs=third,
    )


def _answered(part: Part, client: Client) -> Any:
    """The answer, None where it is refused to us; without an answer there is no cluster to speak of."""
    if isinstance(part.error, Unreachable):
        raise part.error
    if part.state == "error":
        raise Unreachable(f"{client.server} answers with errors: {part.message}")
    return part.value


def _greeting(client: Client) -> dict[str, Callable[[], Any]]:
    return {
        "version": lambda: client.get("/version"),
        "served": lambda: served_versions(client),
        "namespace": lambda: client.get("/api/v1/namespaces/kube-system").json(),
        "review": lambda: client.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", REVIEW).json(),
    }


def _kinds(client: Client, served: dict[str, str | None] | None) -> dict[str, Callable[[], Any]]:
    """One list for each served kind. Where discovery is forbidden, versions are tried, the newest first."""
    if served is None:
        return {name: _first_of(client, kind) for name, kind in KINDS.items()}
    return {name: _list_of(client, KINDS[name], version) for name, version in served.items() if version}


class Listed(list[Facts]):
    """The objects of one kind. path and resource_version: what a watch on them goes on from."""

    path = ""
    resource_version = ""


def facts_in(client: Client, path: str) -> Listed:
    """All objects of one kind; each page is dropped once its facts are taken."""
    found = Listed()
    found.path = path
    for page in dated_pages(client, path):
        found.extend(facts_of(item) for item in page.items)
        found.resource_version = page.resource_version
    return found


def _list_of(client: Client, kind: Kind, version: str) -> Callable[[], Listed]:
    return lambda: facts_in(client, f"/apis/{version}/{kind.plural}")


def _first_of(client: Client, kind: Kind) -> Callable[[], Listed]:
    def first() -> Listed:
        missing: NotFound | None = None
        for version in kind.versions:
            try:
                return _list_of(client, kind, f"{kind.group}/{version}")()
            except NotFound as error:
                missing = error
        raise missing or NotFound(f"{kind.name} has no version.", 404)

    return first


def _surroundings(client: Client, wishes: Wishes) -> dict[str, Callable[[], Any]]:
    """What stands around the Flux objects."""
    namespace = f"/namespaces/{wishes.flux_namespace}"
    questions: dict[str, Callable[[], Any]] = {
        # Read also when not to be returned: the status of an object that is tried again and again hangs on warnings,
        # that of a ready one on its controller being alive.
        "Event": lambda: _events(client),
        "Deployment": lambda: items(client, f"/apis/apps/v1{namespace}/deployments"),
        "Pod": lambda: items(client, f"/api/v1{namespace}/pods"),
    }
    if "settings" in wishes.gather:
        for name in wishes.settings_config_maps:
            questions[f"ConfigMap/{name}"] = _one(client, f"/api/v1{namespace}/configmaps/{name}")
    if "operator" in wishes.gather:
        service = wishes.operator_service
        slices = f"/apis/discovery.k8s.io/v1{namespace}/endpointslices"
        questions["Service"] = _one(client, f"/api/v1{namespace}/services/{service}")
        questions["EndpointSlice"] = lambda: items(
            client, slices, {"labelSelector": f"kubernetes.io/service-name={service}"}
        )
    return questions


def _one(client: Client, path: str) -> Callable[[], Any]:
    return lambda: client.get(path).json()


def _events(client: Client) -> list[dict[str, Any]]:
    """The warnings about Flux objects, and source-controller's signs of life, which are not warnings."""
    found: list[dict[str, Any]] = []
    for selector in ("type=Warning", "type!=Warning,reportingComponent=source-controller"):
        for page in pages(client, "/api/v1/events", {"fieldSelector": selector}):
            found += [event for event in page if is_about_flux(event)]
    return found


def _logs(client: Client, pods: Part | None, wishes: Wishes) -> dict[str, Callable[[], Any]]:
    """The tail of each controller's log; asked for by pod."""
    if "logs" not in wishes.gather or pods is None or pods.state != "ok":
        return {}
    return {pod["metadata"]["name"]: _log_of(client, pod) for pod in _running(pods.value)}


def _running(pods: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [pod for pod in pods if (pod.get("status") or {}).get("phase") == "Running"]


def _log_of(client: Client, pod: dict[str, Any]) -> Callable[[], str]:
    metadata = pod["metadata"]
    path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/log"
    query = {"tailLines": LOG_TAIL, "timestamps": "true"}
    containers = [container["name"] for container in (pod.get("spec") or {}).get("containers") or ()]
    if len(containers) > 1:
        query["container"] = "manager"  # the name Flux gives its controllers' container
    return lambda: _text(client.get(path, query, accept="text/plain, */*"))


def _text(answer: Answer) -> str:
    return answer.body.decode(errors="replace")
