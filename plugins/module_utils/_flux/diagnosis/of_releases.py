# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Classes of causes in releases, controllers and everything else."""

from __future__ import annotations

from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.cause_class import (
    ESCALATE,
    GIT,
    WORKLOAD,
    CauseClass,
)

RELEASES = (
    CauseClass(
        "chart_missing",
        "The repository has no such chart, or not in this version.",
        "Correct chart or version in Git, or publish the version.",
        GIT,
        "correct the chart's name or version",
    ),
    CauseClass(
        "chart_build",
        "The chart cannot be packaged or loaded: a dependency is missing, or its files are broken.",
        "Package the chart locally (helm dependency build, helm package), correct it.",
        GIT,
        "make the chart build",
    ),
    CauseClass(
        "values",
        "The values do not fit the chart, or the ConfigMap or Secret they come from does not exist.",
        "Correct the values in Git; helm template with the same values shows the same error.",
        GIT,
        "correct the values",
    ),
    CauseClass(
        "release_failed",
        "Helm could not install, upgrade or roll back the release.",
        "Read Helm's message; correct chart or values in Git.",
        GIT,
        "correct the chart or its values",
    ),
    CauseClass(
        "retries_exceeded",
        "The release failed as often as it may, and helm-controller does not try again by itself.",
        "Correct the release in Git (any change of chart or values starts anew), or reset its counters.",
        GIT,
        "correct the chart or its values, or pin the version that worked",
    ),
    CauseClass(
        "remediated",
        "The upgrade failed and helm-controller went back to the release before it, which runs now.",
        "Correct the release in Git; until then the old one serves.",
        GIT,
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
        WORKLOAD,
        "find out why the test fails",
    ),
)

OTHERS = (
    CauseClass(
        "timeout",
        "It took longer than it may.",
        "Look at what it waits for; give it more time only if it needs it.",
        ESCALATE,
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
        ESCALATE,
        "find out who owns the finalizer",
    ),
    CauseClass(
        "drift",
        "Objects of the release differ from what Helm deployed; detection only warns.",
        "See who changed them; switch correction on, or ignore the field.",
        GIT,
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
        ESCALATE,
        "look at the Flux operator",
    ),
    CauseClass(
        "notification",
        "A receiver, alert or provider does not work: nobody is told, or nobody may tell Flux.",
        "Bring its Secret back, or correct its address in Git.",
        ESCALATE,
        "mend the notification; its Secret is not read here",
    ),
    CauseClass(
        "image",
        "An image repository, policy or automation does not work: new images are not taken up.",
        "Read its message: the registry, its credentials, a filter that no tag passes, or a push that is refused.",
        GIT,
        "correct the image automation",
    ),
    CauseClass(
        "unknown",
        "The message fits none of the known patterns.",
        "Read the message and the controller's log lines.",
        None,
    ),
)
