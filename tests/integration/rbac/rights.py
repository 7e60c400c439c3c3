"""What a user may do on a cluster, asked of its API server for everything that server knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any, NamedTuple

import urllib3

from tests.testbed.cluster import Cluster

# Beside what discovery says of each resource: the verbs with which a right becomes another one.
SPECIAL = ("impersonate", "bind", "escalate", "approve", "sign", "attest", "use", "proxy", "*")
REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
RULES = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


class Right(NamedTuple):
    """One verb on one resource, of one name where there is one. group: without its version."""

    verb: str
    group: str
    resource: str
    namespace: str = ""
    name: str = ""


def account(name: str) -> str:
    """The user that a ServiceAccount of Flux' namespace is."""
    return f"system:serviceaccount:flux-system:{name}"


class Judge:
    """Asks as the test bed does: nothing of it stands in an audit log."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._bearer = f"Bearer {cluster.credentials.token('testbed')}"
        self._pool = urllib3.PoolManager(maxsize=8, block=True, ca_certs=str(cluster.certificate))

    def resources(self) -> dict[tuple[str, str], frozenset[str]]:
        """The verbs of each resource and subresource by group and name; those of no verb are no request's aim."""
        groups = [group for path in ("/api", "/apis") for group in self._discovered(path)]
        found: dict[tuple[str, str], frozenset[str]] = {}
        for group in groups:
            name = group["metadata"].get("name", "")
            for version in group["versions"]:
                for resource, verbs in _offered(version["resources"]):
                    found[name, resource] = found.get((name, resource), frozenset()) | verbs
        return found

    def _discovered(self, path: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self._call("GET", path, accept=_AGGREGATED)["items"]
        return items

    def allowed(self, user: str, questions: Iterable[Right]) -> set[Right]:
        """The rights among these that the user has."""
        asked = list(questions)
        with ThreadPoolExecutor(8) as pool:
            return {right for right, yes in zip(asked, pool.map(self._ask(user), asked), strict=True) if yes}

    def _ask(self, user: str) -> Callable[[Right], bool]:
        groups = ["system:serviceaccounts", "system:serviceaccounts:flux-system", "system:authenticated"]

        def ask(right: Right) -> bool:
            resource, _slash, subresource = right.resource.partition("/")
            attributes = right._asdict() | {"resource": resource, "subresource": subresource}
            spec = {"user": user, "groups": groups, "resourceAttributes": attributes}
            body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
            return bool(self._call("POST", REVIEWS, body)["status"]["allowed"])

        return ask

    def rules(self, user: str, namespace: str) -> set[Right]:
        """The same from the server's own list of what applies to a user, which shows rights on single names too."""
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectRulesReview",
            "spec": {"namespace": namespace},
        }
        command = ("create", "--raw", RULES, "-f", "-", "--as", user)
        status = json.loads(self._cluster.kubectl(*command, stdin=json.dumps(body)))["status"]
        assert not status["incomplete"]
        return {
            Right(verb, group, resource, namespace, name)
            for rule in status["resourceRules"]
            for verb, group, resource, name in product(
                rule["verbs"], rule["apiGroups"], rule["resources"], rule.get("resourceNames") or [""]
            )
        }

    def _call(self, method: str, path: str, body: object = None, accept: str = "application/json") -> Any:
        headers = {"Authorization": self._bearer, "Accept": accept, "Content-Type": "application/json"}
        answer = self._pool.request(method, self._cluster.server + path, headers=headers, body=json.dumps(body))
        assert answer.status < 300, answer.data
        return json.loads(answer.data)


def _offered(resources: Iterable[dict[str, Any]]) -> Iterable[tuple[str, frozenset[str]]]:
    for resource in resources:
        yield resource["resource"], frozenset(resource["verbs"])
        for part in resource.get("subresources") or ():
            yield f"{resource['resource']}/{part['subresource']}", frozenset(part["verbs"])


def questions(resources: Iterable[tuple[str, str]], verbs: Iterable[str], namespaces: Iterable[str]) -> list[Right]:
    """Every verb on every resource, whether or not it is served: a right on what is not served yet is one too."""
    triples = product(sorted(set(verbs)), sorted(resources), namespaces)
    return [Right(verb, group, resource, namespace) for verb, (group, resource), namespace in triples]
