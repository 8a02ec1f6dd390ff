"""The checks. Each takes the evidence and yields what it finds; only the first check to find a cause reports it."""

from collections.abc import Callable, Iterator

from cloudsmith_oidc.explain.checks import answer, claims, inputs, issuer, keys, openness, provider, token
from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import Finding

Check = Callable[[Evidence], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    inputs.account,
    inputs.network,
    token.presence,
    token.times,
    token.algorithm,
    issuer.url,
    issuer.discovery,
    keys.location,
    keys.key_set,
    keys.signature,
    claims.subject,
    claims.audience,
    claims.expected,
    provider.reading,
    provider.url,
    provider.enabled,
    provider.claims,
    provider.service,
    provider.link,
    provider.repositories,
    openness.providers,
    openness.issuers,
    openness.rights,
    answer.outcome,
)
