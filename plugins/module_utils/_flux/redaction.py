# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes credentials out of text that people will read, and leaves names and reasons in.

Messages may be 32 KB and are written by others, so every expression here runs in linear time:
repeats are bounded, or cannot be entered twice at overlapping places.
"""

from __future__ import annotations

import re

MASK = "***"

# A cheap look first: most messages hold nothing that even resembles a credential.
_WORDS = ("auth", "bearer", "basic ", "token", "pass", "pwd", "secret", "key", "sig", "credential", "cookie", "hook")
_SHAPES = ("://", "-----", "eyj", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_", "xox", "xapp-", "npm_", "logic.")
_CLOUDS = ("akia", "asia", "abia", "acca", "aiza", "ya29.", "dckr_", "hvs.", "hvb.", "hvr.")
_GITLAB = ("glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "gloas-", "glsoat-", "glft-", "glagent-", "glimt-")
_HINTS = (*_WORDS, *_SHAPES, *_CLOUDS, *_GITLAB)

# Private keys, certificates, PGP messages; a block cut off at the end is taken out up to the end.
_BLOCK_START = re.compile(r"-----BEGIN [A-Z0-9 ]{1,60}-----")
_BLOCK_END = re.compile(r"-----END [A-Z0-9 ]{1,60}-----")

# Everything between :// and the last @ before the path. "git@" of an SSH address is no secret.
_USERINFO = re.compile(r"(?<=://)([^\s/?#\"<>\\]+)@")
_SSH_USER = re.compile(r"[a-z][a-z0-9_-]{0,31}\Z")

_AUTHORIZATION = re.compile(
    r"(authorization[\"']?\s{0,3}[:=]\s{0,3}[\[\"']{0,2})"
    r"((?:bearer|basic|token|digest|negotiate|apikey)\s{1,3})?[^\s\"'\],;]+",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"(?<![A-Za-z0-9])(bearer|basic)(\s{1,3})([A-Za-z0-9._~+/=-]{6,})", re.IGNORECASE)
_COOKIE = re.compile(r"((?<![A-Za-z])(?:set-)?cookie[\"']?:\s{0,3})[^\r\n]+", re.IGNORECASE)

_VALUE = r"(\\?\"[^\"]*(?:\"|\Z)|\\?'[^']*(?:'|\Z)|[|>][+-]?[ \t]{0,4}\r?\n[^\r\n]*|[^\s,;&\"'(){}\[\]]+)"
_PAIR_KEY = (
    r"(pass(?:word|wd|phrase)|pwd|"
    r"(?:secret|access|api|account|private|shared|encryption|signing)[_.-]?(?:access[_.-]?)?key(?:[_-]?id)?|"
    r"secret|token|credentials?|signature|sig)"
)
_PAIR = re.compile(_PAIR_KEY + r"(\\?[\"']?[ \t]{0,2}(?:=|:(?!//))[ \t]{0,2})" + _VALUE, re.IGNORECASE)
# "failed to get secret: not found" is a sentence, not a pair.
_AMBIGUOUS = frozenset({"secret", "token", "credential", "credentials", "signature", "sig"})

_TOKENS = re.compile(
    r"(?<![A-Za-z0-9_-])(?:"
    r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)*"  # JWT
    r"|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}"
    r"|gl(?:pat|dt|rt|cbt|ptt|oas|soat|ft|agent|imt)-[A-Za-z0-9_.-]{12,}"
    r"|xox[a-z](?:\.[a-z]+)?-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,}"
    r"|(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}"
    r"|AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{16,}"
    r"|dckr_(?:pat|oat)_[A-Za-z0-9_-]{12,}|npm_[A-Za-z0-9]{20,}|hv[sbr]\.[A-Za-z0-9_-]{12,}"
    r"|(?:AGE-SECRET-KEY|age-secret-key)-[A-Za-z0-9-]{8,}"
    r")"
)
# Addresses whose path is the credential: chat webhooks and Flux' own receivers.
_HOOK = re.compile(
    r"((?:hooks\.slack\.com/(?:services|workflows|triggers)/|discord(?:app)?\.com/api/webhooks/"
    r"|webhook\.office\.com/|logic\.azure\.com[^\s\"'?]{0,10}|/hook/(?=[0-9a-f]{16})))[^\s\"'<>:]+"
)


def redact(text: str) -> str:
    """The text with every credential replaced by ***; text without one comes back unchanged."""
    lowered = text.lower()
    if not any(hint in lowered for hint in _HINTS):
        return text
    text = _without_blocks(text)
    text = _USERINFO.sub(_userinfo, text)
    text = _HOOK.sub(r"\1" + MASK, text)
    text = _AUTHORIZATION.sub(lambda match: match[1] + (match[2] or "") + MASK, text)
    text = _COOKIE.sub(r"\1" + MASK, text)
    text = _TOKENS.sub(MASK, text)
    text = _SCHEME.sub(_scheme, text)
    return _PAIR.sub(_pair, text)


def _without_blocks(text: str) -> str:
    parts: list[str] = []
    position = 0
    for start in _BLOCK_START.finditer(text):
        if start.start() < position:
            continue
        end = _BLOCK_END.search(text, start.end())
        parts += [text[position : start.start()], MASK]
        if end is None:
            return "".join(parts)
        position = end.end()
    return "".join(parts) + text[position:]


def _userinfo(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 10) : match.start()]
    if before.endswith("ssh://") and _SSH_USER.match(match[1]):
        return match[0]
    return MASK + "@"


def _scheme(match: re.Match[str]) -> str:
    # "Basic authentication", "bearer token": prose goes on in plain words.
    if re.fullmatch(r"[A-Za-z][a-z-]{0,24}[.]?|(?:realm|service|scope|error)=", match[3]):
        return match[0]
    return match[1] + match[2] + MASK


def _pair(match: re.Match[str]) -> str:
    key, separator, value = match[1], match[2], match[3]
    if key.lower() in _AMBIGUOUS and ":" in separator and _is_prose(match, value):
        return match[0]
    quote = value[: len(value) - len(value.lstrip("\\\"'"))]
    closing = quote if quote and len(value) > len(quote) and value.endswith(quote) else ""
    return key + separator + quote + MASK + closing


def _is_prose(match: re.Match[str], value: str) -> bool:
    """A sentence that speaks of a secret or token, as opposed to "token: abc" of YAML, JSON or a header."""
    before = match.string[max(0, match.start() - 2) : match.start()]
    in_sentence = bool(re.search(r"[a-z\])] \Z", before, re.IGNORECASE))
    return in_sentence and not _looks_random(value)


def _looks_random(value: str) -> bool:
    bare = value.strip("\\\"'.")
    mixed = re.search(r"[A-Z]", bare) and re.search(r"[0-9]", bare) and re.search(r"[a-z]", bare)
    return bool(len(bare) >= 8 and mixed) or bool(re.fullmatch(r"[0-9a-f]{24,}", bare))
