"""The checks. Each takes the evidence and yields what it finds; only the first check to find a cause reports it."""

from collections.abc import Callable, Iterator

from cloudsmith_oidc.explain.checks import documents, exchange, openness, token, workspace
from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import Finding

Check = Callable[[Evidence], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    exchange.settings,
    exchange.network,
    exchange.answer,
    exchange.required_audience,
    token.presence,
    token.times,
    token.claims,
    token.expected_claims,
    documents.address,
    documents.published,
    documents.signature,
    workspace.unread,
    workspace.provider_url,
    workspace.provider,
    workspace.service,
    workspace.access,
    workspace.repositories,
    workspace.domains,
    openness.providers,
    openness.other_issuers,
    openness.rights,
)
