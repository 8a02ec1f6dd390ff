"""The checks. Each takes the evidence and yields what it finds; each is silent where another has found the cause."""

from collections.abc import Callable, Iterator

from cloudsmith_oidc.explain.checks import claims, exchange, issuer, keys, settings, token
from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import Finding

Check = Callable[[Evidence], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    settings.account,
    settings.network,
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
    exchange.outcome,
)
