# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    """Which objects. Any option is a selection over all kinds; an absent one does not restrict."""

    DOCUMENTATION = r"""
options:
  kinds:
    description: Only objects of these kinds.
    type: list
    elements: str
    choices:
      - GitRepository
      - OCIRepository
      - Bucket
      - HelmRepository
      - HelmChart
      - ExternalArtifact
      - ArtifactGenerator
      - Kustomization
      - HelmRelease
      - Receiver
      - Alert
      - Provider
      - ImageRepository
      - ImagePolicy
      - ImageUpdateAutomation
      - FluxInstance
      - FluxReport
      - ResourceSet
      - ResourceSetInputProvider
  namespaces:
    description: Only objects in these namespaces.
    type: list
    elements: str
  names:
    description: Only objects with these names.
    type: list
    elements: str
  label_selectors:
    description: Only objects whose labels match all of these, for example V(app=web), V(tier!=test), V(team in (a,b\)), V(!legacy).
    type: list
    elements: str
  statuses:
    description: Only objects in one of these states.
    type: list
    elements: str
    choices: [terminating, suspended, stalled, blocked, failed, progressing, ready, unknown]
"""
