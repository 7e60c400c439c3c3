# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kubernetes client and what it brings along; all may be missing on the machine a module runs on."""

from __future__ import annotations

import traceback
from importlib import import_module
from typing import Any

kubernetes: Any = None
urllib3: Any = None
yaml: Any = None
HTTPHeaderDict: Any = None
KUBERNETES_IMPORT_ERROR: str | None = None

try:
    kubernetes = import_module("kubernetes")
    urllib3 = import_module("urllib3")
    yaml = import_module("yaml")
    HTTPHeaderDict = import_module("urllib3.response").HTTPHeaderDict
except ImportError:
    KUBERNETES_IMPORT_ERROR = traceback.format_exc()
