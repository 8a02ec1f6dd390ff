"""Whatever a token or an issuer says, the checks neither fail nor pass it on unguarded."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cloudsmith_oidc.exchange import ServiceAccount
from cloudsmith_oidc.explain.checks import CHECKS
from cloudsmith_oidc.explain.evidence import Document, Evidence, Expectations
from cloudsmith_oidc.explain.report import Report, as_json, as_text
from cloudsmith_oidc.id_token import IdToken

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def members(*names: str, of: st.SearchStrategy[Any] = JSON) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of these members."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, of))


URLS = st.sampled_from(
    ["https://jenkins.example.com/oidc", "http://[::1]/oidc", "https://", "https://[/", "http://a b/", "mailto:x"]
)
HEADERS = members("alg", "kid", of=JSON | st.sampled_from(["RS256", "oidc-token-cred"]))
CLAIMS = members("iss", "sub", "aud", "iat", "exp", "nbf", of=JSON | URLS)
KEYS = members("kid", "kty", "n", "e", "alg", of=JSON | st.sampled_from(["RSA", "oidc-token-cred", "AQAB", "RS256"]))
KEY_SETS = members("keys", of=JSON | st.lists(KEYS | JSON, max_size=3))
DISCOVERIES = members("issuer", "jwks_uri", of=JSON | URLS)


@given(HEADERS, CLAIMS, DISCOVERIES, KEY_SETS, st.text(max_size=8), st.text(max_size=8))
def test_any_evidence_gives_a_report(
    header: dict[str, Any],
    claims: dict[str, Any],
    discovery: dict[str, Any],
    key_set: dict[str, Any],
    name: str,
    value: str,
) -> None:
    evidence = Evidence(
        ServiceAccount(value, name, value),
        IdToken("e30.e30.", header, claims),
        expectations=Expectations(value, ((name, value),)),
        discovery=Document("https://jenkins.example.com/oidc", 200, discovery),
        jwks=Document("https://jenkins.example.com/oidc/jwks", 200, key_set),
    )

    findings = [finding for check in CHECKS for finding in check(evidence)]

    report = Report(evidence, tuple(findings))
    assert as_json(report)
    assert all(line.isprintable() for line in as_text(report).split("\n"))
    assert all(text.isprintable() for finding in findings for text in (finding.found, finding.expected, finding.hint))
