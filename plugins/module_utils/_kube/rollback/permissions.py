# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asks the API server, before the first write, whether we may do everything that comes later."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import CONNECTIONS, Client

REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


class Right(NamedTuple):
    """One verb on objects of one kind in one namespace; names: the objects it is needed for, none for all of them."""

    group: str
    resource: str
    verb: str
    namespace: str
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        kind = f"{self.resource}.{self.group}" if self.group else self.resource
        return f"{self.verb} {kind}" + (f" in {self.namespace}" if self.namespace else "")


def rights_on(group: str, resource: str, namespace: str, names: Iterable[str], *verbs: str) -> list[Right]:
    return [Right(group, resource, verb, namespace, tuple(sorted(set(names)))) for verb in verbs]


def require_rights(client: Client, rights: Iterable[Right]) -> None:
    """InvalidInput that names everything we may not do."""
    asked = sorted(set(rights))
    with ThreadPoolExecutor(max_workers=CONNECTIONS) as pool:
        answers = list(pool.map(lambda right: _may(client, right), asked))
    missing = [str(right) for right, allowed in zip(asked, answers, strict=True) if not allowed]
    if missing:
        raise InvalidInput(
            f"The rollback would stop halfway: we may not {'; '.join(missing)}. Nothing was written.",
            "Ask for these rights (docs/rbac.md), or do it as somebody who has them.",
            missing=missing,
        )


def _may(client: Client, right: Right) -> bool:
    """A Role may name single objects: they are asked for one by one when the general answer is no."""
    if _allowed(client, right, ""):
        return True
    return bool(right.names) and all(_allowed(client, right, name) for name in right.names)


def _allowed(client: Client, right: Right, name: str) -> bool:
    attributes = {"group": right.group, "resource": right.resource, "verb": right.verb}
    attributes |= {"namespace": right.namespace} if right.namespace else {}
    attributes |= {"name": name} if name else {}
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    return bool(client.post(REVIEW, body).json().get("status", {}).get("allowed"))
