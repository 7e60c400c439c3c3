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
        (socket.gaierror, f"host name {where.rpartition(':')[0] or where} cannot be resolved"),
        (ConnectionRefusedError, f"connection refused by {where}"),
        ((ConnectionResetError, BrokenPipeError), f"connection closed by {where}"),
    ):
        if any(isinstance(link, kinds) for link in chain):
            return sentence
    tls = [link for link in chain if isinstance(link, (ssl.SSLError, urllib3.exceptions.SSLError))]
    if tls:
        return f"no trusted TLS connection to {where}: {_tls_words(tls)}"
    system = next((link.strerror for link in chain if isinstance(link, OSError) and link.strerror), None)
    # NewConnectionError is a timeout by its class only.
    if not system and any(isinstance(link, (urllib3.exceptions.TimeoutError, TimeoutError)) for link in chain):
        return f"no answer from {where} within {timeout:g} s"
    return f"no connection to {where}: {system or redact(str(error))[:200]}"


def _chain(error: BaseException) -> list[BaseException]:
    """The exception and all it was raised from; urllib3 keeps some causes in args and reason only."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        link = waiting.pop()
        if isinstance(link, BaseException) and link not in found:
            found.append(link)
            waiting += [link.__cause__, link.__context__, getattr(link, "reason", None), *link.args]
    return found


def _tls_words(errors: list[BaseException]) -> str:
    """What OpenSSL says of the certificate, without the place in its source."""
    for error in errors:
        if isinstance(error, ssl.SSLCertVerificationError) and error.verify_message:
            return error.verify_message
    return redact(str(errors[0]).partition(" (_ssl.c")[0])[:200]
