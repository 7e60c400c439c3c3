# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the controllers write, and which class it means: reasons first, then words of the message.

The texts are those of Flux 2.9 (source-, kustomize- and helm-controller) and of the libraries they pass on; older
ones are kept where clusters still run them. Messages can be 32 KB: every expression runs in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

# (class, words): the first that is found decides.
Rules = Sequence[tuple[str, "re.Pattern[str]"]]


def _rules(*rows: tuple[str, str]) -> Rules:
    return [(name, re.compile(words, re.IGNORECASE)) for name, words in rows]


_VERIFICATION = (
    r"verify the signature|signature verification|verification of|no matching signatures|cosign|\bnotation\b|openpgp"
)
_AUTH = (
    r"authentication required|authentication failed|authorization failed|unauthorized|unauthenticated|\b40[13]\b|"
    r"access denied|denied:|invalid credentials|invalid username|permission denied|unable to authenticate|"
    r"knownhosts|host key|bad credentials|signaturedoesnotmatch|invalidaccesskey"
)
_REF = (
    r"couldn't find remote ref|reference not found|unable to find|no such ref|remote repository is empty|"
    r"object not found|manifest unknown|manifest_unknown|name unknown|name_unknown|no match found|no matching|"
    r"repository not found|bucket .{0,80}not found|does not exist|\b404\b|invalid url|couldn't resolve ref|"
    r"could not find|unsupported protocol|scheme .{0,20}not supported"
)
_NETWORK = (
    r"dial tcp|connection refused|no such host|i/o timeout|timed? ?out|deadline exceeded|x509|tls: |\beof\b|"
    r"connection reset|network is unreachable|no route to host|\b50[0234]\b|unable to access|broken pipe|"
    r"server misbehaving|proxyconnect"
)

SOURCE_TEXTS = _rules(
    ("source_verification", _VERIFICATION),
    ("source_auth", _AUTH),
    ("source_ref", _REF),
    ("source_network", _NETWORK),
)
# A chart is asked for by name and version, so that "not found" is about the chart.
CHART_TEXTS = _rules(
    ("chart_missing", r"no '[^']{0,253}' chart|chart .{0,80}not found|no chart (?:name|version)|improper constraint"),
    ("source_verification", _VERIFICATION),
    ("source_auth", _AUTH),
    ("chart_missing", _REF),
    ("source_network", _NETWORK),
)

_SOPS = (
    r"failed to decrypt|decryption failed|error decrypting|unable to decrypt|is sops encrypted|"
    r"sops (?:data|decryption)|cannot get .{0,40}data key|age identity"
)
_LITERAL = r"\$\{[A-Za-z_][A-Za-z0-9_]{0,100}(?:[:=-][^}]{0,100})?\}"
_IMMUTABLE = (
    r"field is immutable|immutable field|is immutable after|may not be changed|may not change once set|"
    r"updates to .{0,40}(?:spec|fields).{0,80}(?:forbidden|are not allowed)|forbidden: updates to"
)
_RBAC = (
    r"forbidden: user|forbidden: .{0,20}cannot|is attempting to grant|"
    r"\bcannot (?:get|list|watch|create|update|patch|delete|impersonate)\b"
)
_KIND = r"no matches for kind|ensure crds are installed|the server could not find the requested resource"
_NAMESPACE = r"namespaces? [\"'][^\"']{1,63}[\"'] not found|namespace not specified|namespace .{0,70}does not exist"
_CONFLICT = r"fieldmanagerconflict|apply failed with \d{1,4} conflict|conflicts? with [\"']|object has been modified"
_EXISTS = r"already exists|invalid ownership metadata|cannot be imported into the current release"
_UNHEALTHY = (
    r"timeout waiting for|timed out waiting|status: 'inprogress'|status: 'failed'|not ready|context deadline|"
    r"stalled resources|progress deadline"
)
_VALUES = (
    r"values don't meet|specifications? of the schema|execution error at|template: |parse error|error converting yaml|"
    r"nil pointer evaluating|error calling|coalesce\.go"
)
_HOOKS = r"failed (?:pre|post)-(?:install|upgrade|rollback)|(?:pre|post)-(?:install|upgrade) hooks? failed"
_TIMEOUT = r"deadline exceeded|timed? ?out|\btimeout\b"

BUILD_TEXTS = _rules(
    ("sops", _SOPS),
    ("substitution", r"post build|envsubst|substitut|var name is invalid|variable not set"),
    ("invalid_manifest", r"failed to decode kubernetes yaml|missing metadata\.name|object 'kind' is missing"),
)
APPLY_TEXTS = _rules(
    ("sops", _SOPS),
    ("substitution", _LITERAL),
    ("namespace_missing", _NAMESPACE),
    ("kind_missing", _KIND),
    ("immutable", _IMMUTABLE),
    ("rbac", _RBAC),
    ("conflict", _CONFLICT),
    ("exists", _EXISTS),
    # Not the object's fault: a webhook or the API server did not answer.
    ("timeout", r"failed calling webhook|failed \((?:timeout|internalerror|serviceunavailable|toomanyrequests)\)"),
    ("invalid_manifest", r"\binvalid\b|dry-run failed|strict decoding|unknown field|admission webhook|exceeded quota"),
    ("timeout", _TIMEOUT),
)
HELM_TEXTS = _rules(
    ("pending_release", r"another operation .{0,40}in progress"),
    ("chart_build", r"missing in charts/|chart\.yaml|cannot load|could not load chart|chart metadata"),
    ("values", _VALUES),
    ("exists", _EXISTS),
    ("kind_missing", _KIND),
    ("namespace_missing", _NAMESPACE),
    ("immutable", _IMMUTABLE),
    ("rbac", _RBAC),
    ("conflict", _CONFLICT),
    ("release_failed", _HOOKS),
    ("health_check", _UNHEALTHY),
)
REMOTE_TEXTS = _rules(("source_network", _NETWORK), ("source_auth", _AUTH))

# Reasons that need no reading of the message.
REASONS: Mapping[str, Mapping[str, str]] = {
    "": {
        "AccessDenied": "access_denied",
        "InvalidCELExpression": "invalid_manifest",
        "VerificationError": "source_verification",
        "AuthenticationFailed": "source_auth",
        "EmptyGitRepository": "source_ref",
        "URLInvalid": "source_ref",
    },
    "HelmChart": {
        "ChartVerificationError": "source_verification",
        "ChartPackageError": "chart_build",
        "MetadataPatchError": "chart_build",
        "UnsupportedSourceKind": "invalid_manifest",
        "DependencyBuildError": "chart_build",
        "ValuesFilesError": "values",
    },
    "Kustomization": {"HealthCheckFailed": "health_check", "PruneFailed": "prune"},
    "HelmRelease": {
        "RetriesExceeded": "retries_exceeded",
        "MissingRollbackTarget": "release_failed",
        "ValuesError": "values",
        "TestFailed": "test_failed",
        "PendingRelease": "pending_release",
        "RollbackSucceeded": "remediated",
        "UninstallSucceeded": "remediated",
        "RollbackFailed": "release_failed",
        "UninstallFailed": "release_failed",
    },
}


def class_by_words(rules: Rules, message: str) -> str | None:
    """The class of the first rule whose words the message has."""
    return next((name for name, words in rules if words.search(message)), None)
