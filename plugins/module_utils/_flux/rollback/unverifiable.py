# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What cannot be said for certain."""

from __future__ import annotations

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import FluxError


class Unverifiable(FluxError):
    """The values of a HelmRelease cannot be told for certain. The message says why, and holds no value."""
