# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Classes of causes in what is built, waited for and applied."""

from __future__ import annotations

from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.cause_class import (
    ESCALATE,
    GIT,
    WORKLOAD,
    CauseClass,
)

MANIFESTS = (
    CauseClass(
        "build",
        "The files of this revision cannot be built: kustomize refuses them, or the path does not exist.",
        "Build the path locally (kustomize build), correct it in Git.",
        GIT,
        "make the path build",
    ),
    CauseClass(
        "invalid_manifest",
        "The API server refuses an object as it stands in Git.",
        "Correct the object in Git; a server-side dry run shows the same refusal.",
        GIT,
        "correct the object the API server refuses",
    ),
    CauseClass(
        "kind_missing",
        "An object is of a kind that the cluster does not serve: its CRD is not there, or not in this version.",
        "Apply the CRD first (dependsOn), or correct apiVersion and kind.",
        GIT,
        "add the CRD, order it before its objects, or correct apiVersion",
    ),
    CauseClass(
        "namespace_missing",
        "An object belongs into a namespace that does not exist, or names none.",
        "Add the Namespace to Git before its objects, or correct the name.",
        GIT,
        "add the Namespace or correct its name",
    ),
    CauseClass(
        "substitution",
        "A variable has no value: the ConfigMap or Secret it comes from, or the variable in it, does not exist.",
        "Add the variable (cluster-settings, common-settings) or the missing ConfigMap, or correct postBuild.",
        GIT,
        "add the variable or its ConfigMap, or correct postBuild",
    ),
    CauseClass(
        "sops",
        "An encrypted file cannot be decrypted: the key is missing or another one, or decryption is not configured.",
        "Somebody who has the keys must look at it. Nothing here reads them.",
        ESCALATE,
        "SOPS keys are for the people who hold them",
    ),
)

DEPENDENCIES = (
    CauseClass(
        "dependency_missing",
        "An object waits for one that does not exist.",
        "Add it to Git, or take it out of dependsOn.",
        GIT,
        "add the dependency, or correct dependsOn",
    ),
    CauseClass(
        "dependency_cycle",
        "Objects wait for each other. No new commit reaches any Kustomization of their source.",
        "Take one of them out of the other's dependsOn.",
        GIT,
        "break the circle in dependsOn",
    ),
    CauseClass(
        "dependency_suspended",
        "Others wait for an object that is suspended, and will wait until it is resumed.",
        "Ask who suspended it and why; resume it when the reason is gone.",
        None,
    ),
)

REFUSED = (
    CauseClass(
        "rbac",
        "The account that applies it may not do so.",
        "Give the service account the missing right in Git, or apply with another one.",
        GIT,
        "grant the right, or name another serviceAccountName",
    ),
    CauseClass(
        "access_denied",
        "The controller does not follow references to other namespaces, or not to this kind.",
        "Move the source into the namespace, or let the controller follow such references.",
        GIT,
        "keep source and object in one namespace",
    ),
    CauseClass(
        "immutable",
        "A field changed in Git that cannot be changed on a live object.",
        "Take the change back, or let this one object be replaced (kustomize.toolkit.fluxcd.io/force: enabled). "
        "Replacing deletes it first.",
        GIT,
        "take the change back, or allow the replacement of this object",
    ),
    CauseClass(
        "conflict",
        "Another manager owns a field that Flux is to set.",
        "Find the other manager (kubectl get --show-managed-fields), and let one of them own the field.",
        GIT,
        "let only one manager own the field",
    ),
    CauseClass(
        "exists",
        "An object of the release exists already and belongs to somebody else.",
        "Decide whose it is: adopt it with Helm's labels and annotations, or take it out of one of them.",
        GIT,
        "decide whose the object is",
    ),
    CauseClass(
        "prune",
        "Objects that left Git could not be deleted.",
        "See what holds them: a finalizer, a webhook, a right that is missing.",
        WORKLOAD,
        "find out what keeps the objects from being deleted",
    ),
    CauseClass(
        "health_check",
        "Everything was applied, but something of it does not get healthy.",
        "Look at its pods: events, logs, scheduling.",
        WORKLOAD,
        "the objects were applied; find out why they do not get healthy",
    ),
)
