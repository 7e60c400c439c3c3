"""Credentials go, names and reasons stay, and no text takes long."""

from __future__ import annotations

import time

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (
            "clone 'https://bob:hunter2@git.example.com/x.git': denied",
            "clone 'https://***@git.example.com/x.git': denied",
        ),
        ("http://bob:hun@ter2@127.0.0.1:80/x", "http://***@127.0.0.1:80/x"),
        ("https://ghp_0123456789abcdefghij@github.com/x", "https://***@github.com/x"),
        ("ssh://git:hunter2@example.com/x", "ssh://***@example.com/x"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***"),
        ('{"Authorization":["Basic Ym9iOmh1bnRlcjI="]}', '{"Authorization":["Basic ***"]}'),
        ("sent Bearer abcDEF123456 and failed", "sent Bearer *** and failed"),
        ("Basic Ym9iOmh1bnRlcjI=", "Basic ***"),
        ("GET /x?token=abc&page=2", "GET /x?token=***&page=2"),
        ("?X-Amz-Signature=0abc1&X-Amz-Date=2", "?X-Amz-Signature=***&X-Amz-Date=2"),
        ("password=hunter2, user=bob", "password=***, user=bob"),
        ("line 3: password: hunter2", "line 3: password: ***"),
        ('{"password":"hun ter2","user":"bob"}', '{"password":"***","user":"bob"}'),
        (r"{\"password\":\"hunter2\",\"user\":\"bob\"}", r"{\"password\":\"***\",\"user\":\"bob\"}"),
        ("apiKey: 'abc def', x: 1", "apiKey: '***', x: 1"),
        ("AWS_SECRET_ACCESS_KEY=abc/def+1", "AWS_SECRET_ACCESS_KEY=***"),
        ("client_secret=abc", "client_secret=***"),
        ("password: |\n  hunter2\nnext: x", "password: ***\nnext: x"),
        ('password="cut off here', 'password="***'),
        ("invalid token: AbC123xyz9", "invalid token: ***"),
        ("the key AKIAIOSFODNN7EXAMPLE leaked", "the key *** leaked"),
        (f"jwt {JWT} end", "jwt *** end"),
        ("pat github_pat_11AAAAAAA0aaaaaaaaaaaa_b", "pat ***"),
        ("glpat-abcdefghij0123456789", "***"),
        ("xoxb-123456789012-abcdefgh", "***"),
        ("post https://hooks.slack.com/services/T0/B0/abcdef: 404", "post https://hooks.slack.com/services/***: 404"),
        ("AGE-SECRET-KEY-1QQPQQPQQPQQPQQPQQP", "***"),
        (f"before {PEM} after", "before *** after"),
        ("-----BEGIN PGP MESSAGE-----\ncut off", "***"),
        ("Receiver initialized for path: /hook/0123456789abcdef0123", "Receiver initialized for path: /hook/***"),
        ("Set-Cookie: session=abc; Path=/", "Set-Cookie: ***"),
    ],
)
def test_credentials_go(text: str, clean: str) -> None:
    assert redact(text) == clean
    assert redact(clean) == clean


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Applied revision: main@sha1:cb1ce32f2a4a4f0b8ce1a7e7c4c2f1f4a0a1b2c3",
        "failed to get secret 'flux-system/fleet-auth': secrets \"fleet-auth\" not found",
        "cannot get sops decryption Secret 'flux-system/sops-age': not found",
        "Secret/apps/db is SOPS encrypted, configuring decryption is required for this secret to be reconciled",
        "post build failed: substitute from 'Secret/cluster-secrets' error: secrets \"cluster-secrets\" not found",
        "kind: Secret, secretRef: name",
        "unable to clone 'ssh://git@github.com/org/fleet': timeout",
        "unable to clone 'https://git.example.com/fleet.git': authentication required",
        "Basic authentication required",
        "invalid token: unexpected character",
        "HelmChart 'flux-system/apps-password-manager' is not ready",
        "could not resolve Secret chart values reference 'apps/web-values' with key 'values.yaml': not found",
        "dependency 'flux-system/token-service' is not ready",
        "Deployment/apps/key-vault-agent status: 'InProgress'",
    ],
)
def test_names_and_reasons_stay(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    "bait",
    [
        *(
            "://",
            "://a@",
            "eyJ",
            "eyJaaaaaaaa.",
            "token=",
            'password="',
            "password:'",
            "secret:",
            "Bearer ",
            "basic a ",
        ),
        *("-----BEGIN A-----", "-----BEGIN ", "authorization:", "ghp_", "glpat-", "xoxa-", '\\"', "cookie:", "pass"),
        *("AKIA", "token token ", "password:|\n", "secret_access_key_", "hooks.slack.com/services/", "@", "a", " "),
    ],
)
def test_time_grows_with_length_only(bait: str) -> None:
    """A message of 512 KB built to make expressions backtrack."""
    text = bait * (512 * 1024 // len(bait))
    began = time.process_time()
    redact(text)
    assert time.process_time() - began < 3
