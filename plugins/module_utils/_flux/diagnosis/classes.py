# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The classes of causes: what each means, what mends it, and whose work that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

UNKNOWN = "unknown"

_GIT = "pull request"
_ESCALATE = "escalate"
_WORKLOAD = "workload"


class CauseClass(NamedTuple):
    name: str
    meaning: str
    remedy: str
    # Whose work it is, where it is not this collection's: pull request, workload, escalate.
    to: str | None = None
    task: str = ""

    @property
    def handoff(self) -> str | None:
        return f"{self.to}: {self.task}" if self.to else None


def _source(name: str, meaning: str, remedy: str, to: str, task: str) -> CauseClass:
    ending = "What already runs goes on running; new commits and charts do not arrive."
    return CauseClass(name, f"{meaning} {ending}", remedy, to, task)


_SOURCES = (
    _source(
        "source_auth",
        "The server of the source refuses the credentials.",
        "Renew the credentials in the Secret the source names, then reconcile the source.",
        _ESCALATE,
        "rotate the credentials of the source; this collection never reads or writes them",
    ),
    _source(
        "source_ref",
        "The server answers, but what the source asks it for does not exist: a branch, tag, digest, bucket or address.",
        "Correct the reference or the address in Git, or bring back what it names.",
        _GIT,
        "correct the reference or the address of the source",
    ),
    _source(
        "source_network",
        "The server of the source cannot be reached, does not answer in time, or its certificate is not trusted.",
        "Check from inside the cluster: name resolution, routes, proxy, certificate, and whether the server is up.",
        _ESCALATE,
        "bring the server back, or open the way to it",
    ),
    _source(
        "source_secret",
        "A Secret that is needed to reach a source or another cluster does not exist.",
        "Bring the Secret back, or correct its name in Git.",
        _ESCALATE,
        "create the Secret; this collection never reads or writes one",
    ),
    CauseClass(
        "source_missing",
        "An object names a source that does not exist.",
        "Create the source in Git, or correct the reference to it.",
        _GIT,
        "add the source, or correct sourceRef or chartRef",
    ),
    _source(
        "source_stale",
        "Nothing shows that the source is still being fetched, for longer than it may be silent.",
        "Reconcile the source; if it stays silent, look at source-controller.",
        _ESCALATE,
        "find out why source-controller does not fetch it",
    ),
    _source(
        "source_verification",
        "The signature of the source could not be verified.",
        "Do not switch verification off: find out who signed, and with which key.",
        _ESCALATE,
        "find out why the signature does not hold",
    ),
)

_MANIFESTS = (
    CauseClass(
        "build",
        "The files of this revision cannot be built: kustomize refuses them, or the path does not exist.",
        "Build the path locally (kustomize build), correct it in Git.",
        _GIT,
        "make the path build",
    ),
    CauseClass(
        "invalid_manifest",
        "The API server refuses an object as it stands in Git.",
        "Correct the object in Git; a server-side dry run shows the same refusal.",
        _GIT,
        "correct the object the API server refuses",
    ),
    CauseClass(
        "kind_missing",
        "An object is of a kind that the cluster does not serve: its CRD is not there, or not in this version.",
        "Apply the CRD first (dependsOn), or correct apiVersion and kind.",
        _GIT,
        "add the CRD, order it before its objects, or correct apiVersion",
    ),
    CauseClass(
        "namespace_missing",
        "An object belongs into a namespace that does not exist, or names none.",
        "Add the Namespace to Git before its objects, or correct the name.",
        _GIT,
        "add the Namespace or correct its name",
    ),
    CauseClass(
        "substitution",
        "A variable has no value: the ConfigMap or Secret it comes from, or the variable in it, does not exist.",
        "Add the variable (cluster-settings, common-settings) or the missing ConfigMap, or correct postBuild.",
        _GIT,
        "add the variable or its ConfigMap, or correct postBuild",
    ),
    CauseClass(
        "sops",
        "An encrypted file cannot be decrypted: the key is missing or another one, or decryption is not configured.",
        "Somebody who has the keys must look at it. Nothing here reads them.",
        _ESCALATE,
        "SOPS keys are for the people who hold them",
    ),
)

_DEPENDENCIES = (
    CauseClass(
        "dependency_missing",
        "An object waits for one that does not exist.",
        "Add it to Git, or take it out of dependsOn.",
        _GIT,
        "add the dependency, or correct dependsOn",
    ),
    CauseClass(
        "dependency_cycle",
        "Objects wait for each other. No new commit reaches any Kustomization of their source.",
        "Take one of them out of the other's dependsOn.",
        _GIT,
        "break the circle in dependsOn",
    ),
    CauseClass(
        "dependency_suspended",
        "Others wait for an object that is suspended, and will wait until it is resumed.",
        "Ask who suspended it and why; resume it when the reason is gone.",
        None,
    ),
)

_REFUSED = (
    CauseClass(
        "rbac",
        "The account that applies it may not do so.",
        "Give the service account the missing right in Git, or apply with another one.",
        _GIT,
        "grant the right, or name another serviceAccountName",
    ),
    CauseClass(
        "access_denied",
        "The controller does not follow references to other namespaces, or not to this kind.",
        "Move the source into the namespace, or let the controller follow such references.",
        _GIT,
        "keep source and object in one namespace",
    ),
    CauseClass(
        "immutable",
        "A field changed in Git that cannot be changed on a live object.",
        "Take the change back, or let this one object be replaced (kustomize.toolkit.fluxcd.io/force: enabled). "
        "Replacing deletes it first.",
        _GIT,
        "take the change back, or allow the replacement of this object",
    ),
    CauseClass(
        "conflict",
        "Another manager owns a field that Flux is to set.",
        "Find the other manager (kubectl get --show-managed-fields), and let one of them own the field.",
        _GIT,
        "let only one manager own the field",
    ),
    CauseClass(
        "exists",
        "An object of the release exists already and belongs to somebody else.",
        "Decide whose it is: adopt it with Helm's labels and annotations, or take it out of one of them.",
        _GIT,
        "decide whose the object is",
    ),
    CauseClass(
        "prune",
        "Objects that left Git could not be deleted.",
        "See what holds them: a finalizer, a webhook, a right that is missing.",
        _WORKLOAD,
        "find out what keeps the objects from being deleted",
    ),
    CauseClass(
        "health_check",
        "Everything was applied, but something of it does not get healthy.",
        "Look at its pods: events, logs, scheduling.",
        _WORKLOAD,
        "the objects were applied; find out why they do not get healthy",
    ),
)

_RELEASES = (
    CauseClass(
        "chart_missing",
        "The repository has no such chart, or not in this version.",
        "Correct chart or version in Git, or publish the version.",
        _GIT,
        "correct the chart's name or version",
    ),
    CauseClass(
        "chart_build",
        "The chart cannot be packaged or loaded: a dependency is missing, or its files are broken.",
        "Package the chart locally (helm dependency build, helm package), correct it.",
        _GIT,
        "make the chart build",
    ),
    CauseClass(
        "values",
        "The values do not fit the chart, or the ConfigMap or Secret they come from does not exist.",
        "Correct the values in Git; helm template with the same values shows the same error.",
        _GIT,
        "correct the values",
    ),
    CauseClass(
        "release_failed",
        "Helm could not install, upgrade or roll back the release.",
        "Read Helm's message; correct chart or values in Git.",
        _GIT,
        "correct the chart or its values",
    ),
    CauseClass(
        "retries_exceeded",
        "The release failed as often as it may, and helm-controller does not try again by itself.",
        "Correct the release in Git (any change of chart or values starts anew), or reset its counters.",
        _GIT,
        "correct the chart or its values, or pin the version that worked",
    ),
    CauseClass(
        "remediated",
        "The upgrade failed and helm-controller went back to the release before it, which runs now.",
        "Correct the release in Git; until then the old one serves.",
        _GIT,
        "correct the chart or its values",
    ),
    CauseClass(
        "pending_release",
        "Helm's record says that an action is going on, and none is.",
        "helm-controller unlocks it in its next run: see that the HelmRelease is not suspended, and reconcile it.",
        None,
    ),
    CauseClass(
        "test_failed",
        "The release is deployed, but its Helm test failed.",
        "Look at the pod of the test.",
        _WORKLOAD,
        "find out why the test fails",
    ),
)

_OTHERS = (
    CauseClass(
        "timeout",
        "It took longer than it may.",
        "Look at what it waits for; give it more time only if it needs it.",
        _ESCALATE,
        "find out what takes so long",
    ),
    CauseClass(
        "stuck",
        "It is under way or waits, and nothing shows that it will ever end.",
        "Look at its controller's log lines about it, then reconcile it.",
        None,
    ),
    CauseClass(
        "terminating",
        "Its deletion waits for a finalizer that nobody removes.",
        "See who was to remove the finalizer, and why it does not. Removing it by hand leaves behind what it protects.",
        _ESCALATE,
        "find out who owns the finalizer",
    ),
    CauseClass(
        "drift",
        "Objects of the release differ from what Helm deployed; detection only warns.",
        "See who changed them; switch correction on, or ignore the field.",
        _GIT,
        "decide whether the change belongs into the chart",
    ),
    CauseClass(
        "controller_down",
        "The controller that looks after these objects does not run, or says nothing any more. "
        "What they said last is all that is known.",
        "Bring the controller back before anything else.",
        None,
    ),
    CauseClass(
        "operator",
        "An object of the Flux operator is not well.",
        "Read its message and the operator's log.",
        _ESCALATE,
        "look at the Flux operator",
    ),
    CauseClass(
        "notification",
        "A receiver, alert or provider does not work: nobody is told, or nobody may tell Flux.",
        "Bring its Secret back, or correct its address in Git.",
        _ESCALATE,
        "mend the notification; its Secret is not read here",
    ),
    CauseClass(
        "image",
        "An image repository, policy or automation does not work: new images are not taken up.",
        "Read its message: the registry, its credentials, a filter that no tag passes, or a push that is refused.",
        _GIT,
        "correct the image automation",
    ),
    CauseClass(
        UNKNOWN,
        "The message fits none of the known patterns.",
        "Read the message and the controller's log lines.",
        None,
    ),
)

CLASSES: Mapping[str, CauseClass] = {
    entry.name: entry for entry in (*_SOURCES, *_MANIFESTS, *_DEPENDENCIES, *_REFUSED, *_RELEASES, *_OTHERS)
}
