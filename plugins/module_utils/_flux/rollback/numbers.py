# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Numbers as they come out of Helm's storage after they have been Go's: every one a 64-bit float on the way."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.unverifiable import Unverifiable

# Up to the first, whole numbers are exact; from the second on Go writes an exponent.
_EXACT, _EXPONENT = 2**53, 1e21


def as_number(value: Any) -> Any:
    """A number as Go writes it into JSON, read again; anything else unchanged."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if isinstance(value, int) and abs(value) <= _EXACT:
        return value
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if not isfinite(number):
        raise Unverifiable("a number is too large for JSON")
    if number.is_integer() and abs(number) < _EXPONENT:
        return int(Decimal(repr(number)))
    return number
