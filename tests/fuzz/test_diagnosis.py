"""Whatever a token, an issuer or Cloudsmith says, the checks neither fail nor pass it on unguarded."""

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cloudsmith_oidc.exchange import ServiceAccount
from cloudsmith_oidc.explain import report_on
from cloudsmith_oidc.explain.evidence import Evidence, Expectations
from cloudsmith_oidc.explain.html_report import as_html
from cloudsmith_oidc.explain.json_report import as_json
from cloudsmith_oidc.explain.provider_form import filled_in
from cloudsmith_oidc.explain.text_report import as_text
from cloudsmith_oidc.explain.workspace import Provider, Workspace
from cloudsmith_oidc.id_token import IdToken
from cloudsmith_oidc.issuer_documents import Document
from explain import test_page
from explain.test_issuers import CIRCLECI_V2, GITHUB, GITLAB, JENKINS
from fuzz.readers import code
from fuzz.values import JSON, matches, members, odd

URLS = odd(
    st.sampled_from(["https://jenkins.example.com/oidc", "http://[::1]/oidc", "https://", "https://[/", "mailto:x"])
)
SLUGS = odd(matches("[a-z][a-z0-9-]{0,5}"))
SYSTEMS = (CIRCLECI_V2, GITHUB, GITLAB, JENKINS)
HEADERS = members("alg", "kid", of=JSON | st.sampled_from(["RS256", "oidc-token-cred"]))
CLAIMS = st.builds(
    lambda known, claims: known | claims,
    st.sampled_from([{}, *SYSTEMS]),
    members("iss", "sub", "aud", "iat", "exp", "nbf", "repository", "project_path", of=JSON | URLS),
)
KEYS = members("kid", "kty", "n", "e", "alg", of=JSON | st.sampled_from(["RSA", "oidc-token-cred", "AQAB", "RS256"]))
KEY_SETS = members("keys", of=JSON | st.lists(KEYS | JSON, max_size=3))
DISCOVERIES = members("issuer", "jwks_uri", of=JSON | URLS)
TEXTS = st.text(max_size=8)
PROVIDERS = st.builds(
    lambda name, url, enabled, claims, services, jwks: Provider(
        name, name, url, enabled, claims, services, "", jwks=jwks
    ),
    *(TEXTS, URLS, st.booleans(), st.dictionaries(TEXTS, JSON | TEXTS, max_size=2), st.tuples(SLUGS), KEY_SETS),
)
EVIDENCE = st.builds(
    lambda org, service, header, claims, discovery, keys, providers, expectations: Evidence(
        ServiceAccount("https://api.cloudsmith.io", org, service),
        IdToken("e30.e30.", header, claims),
        expectations=expectations,
        discovery=Document("https://jenkins.example.com/oidc", 200, discovery),
        jwks=Document("https://jenkins.example.com/oidc/jwks", 200, keys),
        workspace=Workspace(providers=tuple(providers)),
    ),
    *(SLUGS, SLUGS, HEADERS, CLAIMS, DISCOVERIES, KEY_SETS, st.lists(PROVIDERS, max_size=2)),
    st.builds(
        lambda audience, name, value, repos: Expectations(audience, ((name, value),), tuple(repos)),
        *(TEXTS, TEXTS, TEXTS, st.lists(SLUGS, max_size=2)),
    ),
)
ELEMENTS = {element.tag for what, _ in test_page.CHAINS.values() for element in test_page.read(as_html(what)).iter()}


def outside_strings(terraform: str) -> set[str]:
    """Return the words of a configuration, without comments, in whose strings no more than known is filled in."""
    parts = code(re.sub("(?m)^ *#.*", "", terraform))
    assert set(re.findall(r"[$%]{[^}]*}", " ".join(parts[1::2]).replace("$${", "").replace("%%{", ""))) <= {
        "${each.key}"
    }
    return set(" ".join(parts[::2]).split())


def evidence_of(claims: dict[str, Any]) -> Evidence:
    account, expectations = ServiceAccount("", "acme", "ci"), Expectations(repositories=("prod", "dev"))
    return Evidence(account, IdToken("", {}, claims), expectations=expectations)


WORDS = {word for claims in SYSTEMS for word in outside_strings(filled_in(evidence_of(claims)).terraform)}


@given(EVIDENCE)
def test_any_evidence_gives_a_report(evidence: Evidence) -> None:
    report = report_on(evidence)

    assert json.loads(as_json(report))
    assert {element.tag for element in test_page.read(as_html(report)).iter()} <= ELEMENTS
    texts = [text for finding in report.findings for text in (finding.found, finding.expected, finding.hint)]
    assert all(text.isprintable() for text in [*as_text(report).split("\n"), *texts])
    assert outside_strings(filled_in(evidence).terraform) <= WORDS
