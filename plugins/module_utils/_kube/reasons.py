# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a failed connection means, in one plain sentence."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit

from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._kube.library import urllib3


def reason_of(error: BaseException, server: str, timeout: float) -> str:
    """One sentence for an exception of urllib3 or the socket below it. timeout: seconds that were allowed."""
    where = urlsplit(server).netloc.rpartition("@")[2] or server
    chain = _chain(error)
    for kinds, sentence in (
        ((urllib3.exceptions.TimeoutError, socket.timeout), f"no answer from {where} within {timeout:g} s"),
        ((socket.gaierror,), f"host name {where.rpartition(':')[0] or where} cannot be resolved"),
        ((ConnectionRefusedError,), f"connection refused by {where}"),
        ((ConnectionResetError, BrokenPipeError), f"connection closed by {where}"),
    ):
        if any(isinstance(link, kinds) for link in chain):
            return sentence
    tls = next((link for link in chain if isinstance(link, (ssl.SSLError, urllib3.exceptions.SSLError))), None)
    if tls is not None:
        return f"no trusted TLS connection to {where}: {_tls_words(tls)}"
    system = next((link for link in chain if isinstance(link, OSError) and link.strerror), None)
    words = system.strerror if isinstance(system, OSError) else redact(str(error))[:200]
    return f"no connection to {where}: {words}"


def _chain(error: BaseException) -> list[BaseException]:
    """The exception and everything it was raised from; urllib3 1.x hides causes in args and reason."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        link = waiting.pop()
        if link is None or link in found:
            continue
        found.append(link)
        waiting += [link.__cause__, link.__context__, getattr(link, "reason", None)]
        waiting += [argument for argument in link.args if isinstance(argument, BaseException)]
    return [link for link in found if isinstance(link, BaseException)]


def _tls_words(error: BaseException) -> str:
    message = getattr(error, "verify_message", "") or str(error)
    return redact(message)[:200]
