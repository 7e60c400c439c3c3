# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The strategy helm: Helm itself goes back, with the ownership of all fields in its hands for as long as it takes."""

from __future__ import annotations

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.managers import CONTROLLER, HELM
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.plan import Plan
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.refusing import DEFAULT_TIMEOUT
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import DEPLOYED
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.targets import has_same_content
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import duration_or_none
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.account import Account
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.helm_program import Helm, HelmFailed
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.ownership import hand_over
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.records import bring_home, is_apart, lend
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.situation import Situation
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.storage import read_storage
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.target_objects import TargetObjects
from ansible_collections.gitops.flux.plugins.module_utils._kube.session import Session


def roll_back_by_helm(
    session: Session, situation: Situation, plan: Plan, objects: TargetObjects, helm: Helm, account: Account
) -> None:
    """Every step may have been done before by a run that was interrupted; done again it changes nothing."""
    client, release = session.client, situation.release
    if bring_home(client, release):
        account.tell("records", f"brought home what an interrupted run had lent to {release.release_namespace}")
    placed = objects.placed(plan.target)
    newest = read_storage(client, release)[0]
    if not (newest.status == DEPLOYED and has_same_content(newest, plan.target)):
        count = hand_over(client, [each.path for each in placed], CONTROLLER, HELM)
        account.tell("ownership", f"handed {count} of {len(placed)} objects to helm")
        _run_helm(session, situation, plan, helm, account)
    deleted = objects.delete_leftovers(objects.deletes(read_storage(client, release), plan.target).values())
    if deleted:
        account.tell("leftovers", f"deleted {', '.join(map(str, deleted))}, which Helm had left")
    hand_over(client, [each.path for each in placed], HELM, CONTROLLER)
    account.tell("ownership_back", "handed the objects back to helm-controller")


def _run_helm(session: Session, situation: Situation, plan: Plan, helm: Helm, account: Account) -> None:
    release = situation.release
    lend(session.client, release)
    if is_apart(release):
        account.tell("records", f"lent Helm's records to {release.release_namespace}")
    account.note(f"helm rollback {release.name} {plan.target.revision}")
    rollback = mapping(situation.spec.get("rollback"))
    seconds = next(
        (found for source in (rollback, situation.spec) if (found := duration_or_none(source.get("timeout")))),
        DEFAULT_TIMEOUT,
    )
    hooks = rollback.get("disableHooks") is not True
    try:
        helm.rollback(release.name, plan.target.revision, release.release_namespace, hooks=hooks, seconds=seconds)
    except HelmFailed as error:
        # First: bringing the records home may fail as well, and would be all that is told.
        account.tell("helm_failed", error.message)
        bring_home(session.client, release)
        raise
    account.tell("helm", f"helm rollback {release.name} {plan.target.revision}: done")
    if bring_home(session.client, release):
        account.tell("records_home", f"brought Helm's records home to {release.storage_namespace}")
