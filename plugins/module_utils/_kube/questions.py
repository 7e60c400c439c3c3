# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several questions to one server at once, each answered for itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import FluxError, Forbidden, NotFound
from ansible_collections.gitops.flux.plugins.module_utils._flux.reading import Part

Question = Callable[[], Any]


def together(pool: ThreadPoolExecutor, questions: Mapping[str, Question]) -> dict[str, Part]:
    """The answers by the names of the questions."""
    futures = {name: pool.submit(_part, question) for name, question in questions.items()}
    return {name: future.result() for name, future in futures.items()}


def _part(question: Question) -> Part:
    """One answer, or why there is none: a failure here must not take the others with it."""
    try:
        return Part("ok", question())
    except Forbidden as error:
        return Part("forbidden", None, error.message, error)
    except NotFound as error:
        return Part("absent", None, error.message, error)
    except FluxError as error:
        return Part("error", None, error.message, error)
