# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists, page by page, so that a page can be digested and dropped before the next one is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import ApiError
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import Client

PAGE = 500
GONE = 410


class Page(NamedTuple):
    """resource_version: what a watch goes on from; the same on all pages of a list."""

    items: list[dict[str, Any]]
    resource_version: str


def pages(client: Client, path: str, query: Mapping[str, Any] | None = None) -> Iterator[list[dict[str, Any]]]:
    """The items of a list, in pages of 500. Items carry apiVersion and kind, which lists leave out."""
    return (page.items for page in dated_pages(client, path, query))


def dated_pages(client: Client, path: str, query: Mapping[str, Any] | None = None) -> Iterator[Page]:
    """The same, with the resourceVersion of the list.

    A snapshot that expires between two pages goes on from the token the server offers for that case
    (https://kubernetes.io/docs/reference/using-api/api-concepts/#410-gone-responses).
    """
    token: str | None = None
    while True:
        try:
            answer = client.get(path, {**(query or {}), "limit": PAGE, **({"continue": token} if token else {})}).json()
        except ApiError as error:
            if error.status != GONE or not token or not error.details.get("continue_token"):
                raise
            token = error.details["continue_token"]
            continue
        kind = str(answer.get("kind", "")).removesuffix("List")
        found = [{"apiVersion": answer.get("apiVersion"), "kind": kind, **item} for item in answer.get("items") or ()]
        metadata = answer.get("metadata") or {}
        yield Page(found, str(metadata.get("resourceVersion") or ""))
        token = metadata.get("continue")
        if not token:
            return


def items(client: Client, path: str, query: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """All items of a short list."""
    return [item for page in pages(client, path, query) for item in page]
