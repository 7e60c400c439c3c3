"""The raw limit: what no tool can be faster than. It asks, watches, and judges nothing else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import urllib3

from tests.testbed.cluster import Cluster

from .moving import KUSTOMIZATIONS, NAMESPACE, SOURCES, Json, verdict

Done = Callable[[Json, str], bool]


class Limit:
    """One cluster, asked as the test bed."""

    def __init__(self, cluster: Cluster) -> None:
        self._server, self._token = cluster.server, cluster.credentials.token("testbed")
        self._pool = urllib3.PoolManager(maxsize=9, ca_certs=str(cluster.certificate))

    def moved(self, revision: str) -> float:
        """Asks the source, and watches until all are through with its new revision."""
        return self._until(lambda item, _token: verdict(item, revision) is not None, [f"{SOURCES}/{NAMESPACE}"])

    def annotated(self, names: Collection[str]) -> float:
        """Asks these Kustomizations at once, and watches until they have run for it."""
        return self._until(
            lambda item, token: item["metadata"]["name"] not in names or _ran(item, token),
            [f"{KUSTOMIZATIONS}/{name}" for name in names],
        )

    def all_annotated(self) -> float:
        """The same for all there are; to find them is a part of it."""
        began = time.monotonic()
        names = {item["metadata"]["name"] for item in self.listed()["items"]}
        return time.monotonic() - began + self.annotated(names)

    def _until(self, done: Done, asked: Iterable[str]) -> float:
        """Seconds until it is so for all there are."""
        began, token = time.monotonic(), f"benchmark-{time.time_ns()}"
        listed = self.listed()
        left = {item["metadata"]["name"] for item in listed["items"] if not done(item, token)}
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda path: self._request(path, token), asked))
        for item in self.changes(listed["metadata"]["resourceVersion"]):
            (left.discard if done(item, token) else left.add)(item["metadata"]["name"])
            if not left:
                break
        return time.monotonic() - began

    def _request(self, path: str, token: str) -> None:
        body = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": token}}}
        self._ask("PATCH", path, body=json.dumps(body))

    def listed(self) -> Json:
        found: Json = json.loads(self._ask("GET", KUSTOMIZATIONS).data)
        return found

    def changes(self, version: str) -> Iterator[Json]:
        """Each as it becomes."""
        path = f"{KUSTOMIZATIONS}?watch=1&resourceVersion={version}"
        response = self._ask("GET", path, preload_content=False)
        try:
            for line in response:
                yield json.loads(line)["object"]
        finally:
            response.close()

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/merge-patch+json"}
        answer = self._pool.request(method, self._server + path, headers=headers, **options)
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(f"{method} {path}: {answer.status}")
        return answer


def _ran(item: Json, token: str) -> bool:
    return bool(item.get("status", {}).get("lastHandledReconcileAt") == token)
