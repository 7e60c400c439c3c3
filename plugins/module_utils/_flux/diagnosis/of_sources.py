# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Classes of causes in what is fetched."""

from __future__ import annotations

from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.cause_class import ESCALATE, GIT, CauseClass


def _source(name: str, meaning: str, remedy: str, to: str, task: str) -> CauseClass:
    ending = "What already runs goes on running; new commits and charts do not arrive."
    return CauseClass(name, f"{meaning} {ending}", remedy, to, task)


SOURCES = (
    _source(
        "source_auth",
        "The server of the source refuses the credentials.",
        "Renew the credentials in the Secret the source names, then reconcile the source.",
        ESCALATE,
        "rotate the credentials of the source; this collection never reads or writes them",
    ),
    _source(
        "source_ref",
        "The server answers, but what the source asks it for does not exist: a branch, tag, digest, bucket or address.",
        "Correct the reference or the address in Git, or bring back what it names.",
        GIT,
        "correct the reference or the address of the source",
    ),
    _source(
        "source_network",
        "The server of the source cannot be reached, does not answer in time, or its certificate is not trusted.",
        "Check from inside the cluster: name resolution, routes, proxy, certificate, and whether the server is up.",
        ESCALATE,
        "bring the server back, or open the way to it",
    ),
    _source(
        "source_secret",
        "A Secret that is needed to reach a source or another cluster does not exist.",
        "Bring the Secret back, or correct its name in Git.",
        ESCALATE,
        "create the Secret; this collection never reads or writes one",
    ),
    CauseClass(
        "source_missing",
        "An object names a source that does not exist.",
        "Create the source in Git, or correct the reference to it.",
        GIT,
        "add the source, or correct sourceRef or chartRef",
    ),
    _source(
        "source_stale",
        "Nothing shows that the source is still being fetched, for longer than it may be silent.",
        "Reconcile the source; if it stays silent, look at source-controller.",
        ESCALATE,
        "find out why source-controller does not fetch it",
    ),
    _source(
        "source_verification",
        "The signature of the source could not be verified.",
        "Do not switch verification off: find out who signed, and with which key.",
        ESCALATE,
        "find out why the signature does not hold",
    ),
)
