# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One connection to one API server: plain requests, plain answers, every failure one sentence.

The pool, TLS and credentials are the kubernetes client's; its models are not used, because they cost ten times what
reading the JSON costs.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import (
    ApiError,
    Conflict,
    Forbidden,
    NotFound,
    Unreachable,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.managed import FIELD_MANAGER
from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._kube.library import HTTPHeaderDict, kubernetes, urllib3
from ansible_collections.gitops.flux.plugins.module_utils._kube.reasons import reason_of
from ansible_collections.gitops.flux.plugins.module_utils._kube.target import Target

USER_AGENT = "gitops.flux"
# A TLS connection costs about as much as two requests; more of them than this cost more than they save.
CONNECTIONS = 6


@dataclass(frozen=True)
class Answer:
    """A successful answer. date: the server's clock, the only one ages are measured with."""

    body: bytes
    date: datetime | None

    def json(self) -> dict[str, Any]:
        """The body as an object."""
        parsed = json.loads(self.body)
        if not isinstance(parsed, dict):
            raise ApiError("The API server answered with something that is not an object.", 200)
        return parsed


class Client:
    """Sends requests to the one server of a configuration. timeout: seconds, for each request."""

    def __init__(self, configuration: Any, target: Target, timeout: float, connections: int = CONNECTIONS) -> None:
        configuration.connection_pool_maxsize = connections
        self.server = str(configuration.host).rstrip("/")
        self.timeout = timeout
        self._configuration = configuration
        self._pool = kubernetes.client.ApiClient(configuration).rest_client.pool_manager
        self._target = target
        self._answered_at = 0.0
        self._lost: Unreachable | None = None

    def get(self, path: str, query: Mapping[str, Any] | None = None, accept: str | None = None) -> Answer:
        """GET a path, for example /version. Raises Unreachable, Forbidden, NotFound or ApiError."""
        url = f"{path}?{urlencode(query)}" if query else path
        return self._send("GET", url, {"Accept": accept} if accept else {}, None)

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """POST an object, for the review kinds that ask a question and store nothing."""
        return self._send("POST", path, {"Content-Type": "application/json"}, json.dumps(body).encode())

    def patch(self, path: str, body: Mapping[str, Any]) -> Answer:
        """A merge patch by our field manager. With metadata.resourceVersion in it, Conflict when that has changed."""
        return self._write("PATCH", path, "application/merge-patch+json", body)

    def create(self, path: str, body: Mapping[str, Any]) -> Answer:
        """POST a new object to the path of its collection. Conflict when there is one of that name."""
        return self._write("POST", path, "application/json", body)

    def replace(self, path: str, body: Mapping[str, Any]) -> Answer:
        """PUT an object whole. With metadata.resourceVersion in it, Conflict when that has changed."""
        return self._write("PUT", path, "application/json", body)

    def json_patch(self, path: str, operations: Sequence[Mapping[str, Any]]) -> Answer:
        """A JSON patch by our field manager; a test in it that fails is answered by 422."""
        return self._write("PATCH", path, "application/json-patch+json", operations)

    def apply_dry_run(self, path: str, body: Mapping[str, Any], manager: str) -> Answer:
        """What a server-side apply by a manager, who takes over what others own, would make of an object."""
        query = urlencode({"dryRun": "All", "force": "true", "fieldManager": manager})
        return self._send(
            "PATCH", f"{path}?{query}", {"Content-Type": "application/apply-patch+yaml"}, json.dumps(body).encode()
        )

    def delete(self, path: str, uid: str | None = None) -> Answer:
        """DELETE an object, what it owns in the background. uid: Conflict when it is another one by now."""
        options: dict[str, Any] = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        body = options | ({"preconditions": {"uid": uid}} if uid else {})
        return self._send("DELETE", path, {"Content-Type": "application/json"}, json.dumps(body).encode())

    def _write(self, method: str, path: str, content_type: str, body: Any) -> Answer:
        url = f"{path}?{urlencode({'fieldManager': FIELD_MANAGER})}"
        return self._send(method, url, {"Content-Type": content_type}, json.dumps(body).encode())

    @contextmanager
    def stream(self, path: str, query: Mapping[str, Any], silence: float) -> Iterator[Iterator[bytes]]:
        """The lines of a GET as they come. silence: seconds without any after which the server counts as lost."""
        timeout = urllib3.Timeout(connect=self.timeout, read=silence)
        response = self._answer("GET", f"{path}?{urlencode(query)}", {}, None, timeout=timeout, preload_content=False)
        try:
            yield self._lines(response)
        finally:
            response.close()

    def _lines(self, response: Any) -> Iterator[bytes]:
        started = time.monotonic()
        try:
            yield from response
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise Unreachable(reason_of(error, self.server, time.monotonic() - started)) from error

    def retry(self) -> None:
        """Ask again, also a server that was given up: for those who have the time to wait for it."""
        self._lost = None

    def _send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        timeout = urllib3.Timeout(connect=self.timeout, read=self.timeout)
        response = self._answer(method, path, headers, body, timeout=timeout)
        date = response.headers.get("Date")
        return Answer(response.data, parsedate_to_datetime(date) if date else None)

    def _answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, **options: Any) -> Any:
        if self._lost is not None:
            raise self._lost
        started = time.monotonic()
        try:
            response = self._pool.request(
                method, self.server + path, headers=self._headers(headers), body=body, retries=False, **options
            )
            self._answered_at = time.monotonic()
            if response.status >= 300:
                raise _error_of(response, self.server, path)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise self._failure(error, started) from error
        return response

    def _failure(self, error: BaseException, started: float) -> Unreachable:
        """A server that answered nobody while a request waited in vain is not asked again: each would wait as long."""
        failure = Unreachable(reason_of(error, self.server, self.timeout))
        if self._answered_at < started:
            self._lost = failure
        return failure

    def _headers(self, own: Mapping[str, str]) -> Any:
        headers = HTTPHeaderDict({"User-Agent": USER_AGENT, "Accept": "application/json"})
        # Asked for each request: an exec plugin's token may have to be renewed.
        for auth in self._configuration.auth_settings().values():
            if auth["in"] == "header" and auth["value"]:
                headers[auth["key"]] = auth["value"]
        if self._target.impersonate_user:
            headers["Impersonate-User"] = self._target.impersonate_user
        for group in self._target.impersonate_groups:
            headers.add("Impersonate-Group", group)
        headers.update(own)
        return headers


def _error_of(response: Any, server: str, path: str) -> Unreachable | ApiError:
    if response.status == 401:
        return Unreachable(f"{server} refused the credentials (401 Unauthorized).")
    status = _status_of(response)
    said = redact(str(status.get("message") or ""))[:300].strip() or str(response.reason)
    message = f"{path.split('?', maxsplit=1)[0]}: {response.status} {said}"
    kinds = {403: Forbidden, 404: NotFound, 409: Conflict}
    token = (status.get("metadata") or {}).get("continue")
    return kinds.get(response.status, ApiError)(message, response.status, continue_token=token)


def _status_of(response: Any) -> dict[str, Any]:
    """The Status object of an error answer, or one made from whatever came instead (a proxy's page, say)."""
    try:
        status = json.loads(response.data)
    except ValueError:
        status = None
    return status if isinstance(status, dict) else {"message": bytes(response.data or b"").decode(errors="replace")}
