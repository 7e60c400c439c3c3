# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The exceptions of the collection. Raised anywhere, turned into a failed result in one place (_module/run.py)."""

from __future__ import annotations

from typing import Any


class FluxError(Exception):
    """Something a person has to know: what is wrong (message), what to do (hint), and facts for a program (details)."""

    def __init__(self, message: str, hint: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, for people."""
        message = self.message if self.message.endswith((".", "!", "?")) else f"{self.message}."
        return f"{message} {self.hint}" if self.hint else message


class InvalidInput(FluxError):
    """A parameter, setting or filter argument that cannot be used."""


class InvalidTarget(FluxError):
    """The cluster is not named fully and unambiguously; no request was sent."""


class Unreachable(FluxError):
    """The API server did not answer, or refused who we are. The message is the one plain reason."""


class ApiError(FluxError):
    """The API server answered one request with an error."""

    def __init__(self, message: str, status: int, hint: str | None = None, **details: Any) -> None:
        super().__init__(message, hint, status=status, **details)
        self.status = status


class Forbidden(ApiError):
    """403: the API server knows us and says no."""


class NotFound(ApiError):
    """404: there is no such object or resource."""


class Conflict(ApiError):
    """409: the object is no longer what it was when it was read."""
