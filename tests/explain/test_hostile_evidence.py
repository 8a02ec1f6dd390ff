"""Whatever size a token or the issuer's documents have, the report is short. tests/fuzz has what else they can be."""

from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from jwt.algorithms import RSAAlgorithm

from cloudsmith_oidc.exchange import ServiceAccount
from cloudsmith_oidc.explain import report_on
from cloudsmith_oidc.explain.checks import documents
from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.html_report import as_html
from cloudsmith_oidc.explain.json_report import as_json
from cloudsmith_oidc.explain.text_report import as_text
from cloudsmith_oidc.explain.workspace import Provider, Workspace
from cloudsmith_oidc.id_token import IdToken
from cloudsmith_oidc.issuer_documents import Document, configuration_url

ACCOUNT = ServiceAccount("https://api.cloudsmith.io", "acme", "ci-reader")
ISSUER = "https://jenkins.example.com/oidc"


def evidence(header: dict[str, Any], claims: dict[str, Any], discovery: dict[str, Any], keys: Any) -> Evidence:
    return Evidence(
        ACCOUNT,
        IdToken("e30.e30.", header, claims),
        discovery=Document(configuration_url(ISSUER), 200, discovery),
        jwks=Document(f"{ISSUER}/jwks", 200, {"keys": keys}),
    )


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


LENGTH = 200_000
LARGE: dict[str, Any] = {
    "a text": "a" * LENGTH,
    "slashes": "https://" + "/" * LENGTH,
    "a host": f"https://{'a.' * (LENGTH // 2)}com/",
    "a label": f"https://{'a' * 60_000}.com/",
    "folders": f"https://jenkins.example.com{'/job/a' * (LENGTH // 6)}/",
    "some folders": f"https://jenkins.example.com{'/job/a' * 150}/",
    "control characters": "\x1b[2J\n" * 200_000,
    "no Punycode": "https://xn--a/",
    "half a character": "https://jenkins.example.com/\ud800",
    "a list": ["a" * 100] * (LENGTH // 100),
    "a nest": nested(5000),
    "a number": 10**4000,
    "infinity": float("inf"),
}
KEY = {"kid": "oidc-token-cred", "kty": "RSA", "n": "_" * 342, "e": "AQAB"}


@pytest.mark.parametrize("large", LARGE)
def test_what_is_quoted_of_large_evidence_is_short(large: str) -> None:
    value = LARGE[large]
    keys = [
        *({"kid": str(number)} for number in range(10_000)),
        *[KEY | {"n": "*"}] * 1000,
        *(KEY | {member: value} for member in KEY),
    ]
    uploaded = Provider("Jenkins", "jenkins", ISSUER, True, {}, (), "", jwks={"keys": keys})
    claims = dict.fromkeys(("iss", "sub", "aud", "iat", "exp"), value)
    discovery = {"issuer": value, "jwks_uri": value}
    for kid in (value, "oidc-token-cred"):
        assert_report_is_short(evidence({"alg": "RS256", "kid": kid}, claims, discovery, keys))
        from_uploaded = evidence({"alg": "RS256", "kid": kid}, claims | {"iss": ISSUER}, discovery, keys)
        assert_report_is_short(replace(from_uploaded, workspace=Workspace(providers=(uploaded,))))
    assert_report_is_short(evidence({"alg": value}, {"iss": ISSUER, "aud": [value]}, discovery, value))


def test_only_some_keys_of_one_id_are_tried() -> None:
    many = evidence({"alg": "RS256", "kid": KEY["kid"]}, {}, {}, [KEY] * 100_000)

    with mock.patch.object(RSAAlgorithm, "verify", return_value=False) as verify:
        assert [finding.code for finding in documents.signature(many)] == ["signature-invalid"]

    assert 0 < verify.call_count < 10


def assert_report_is_short(what: Evidence) -> None:
    report = report_on(what)

    for text in (as_text(report), as_json(report), as_html(report)):
        assert len(text.encode()) < 40_000
    for finding in report.findings:
        assert max(len(text) for text in (finding.found, finding.expected, finding.hint)) < 1500
