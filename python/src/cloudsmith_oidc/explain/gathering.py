"""Collect the evidence, once: the token, the issuer's two documents, the clocks, Cloudsmith's answer, the workspace.

The token is sent to the exchange only. The issuer is asked for its public documents, as anybody could ask.
"""

from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import CloudsmithOidcError, IdTokenError
from cloudsmith_oidc.exchange import ServiceAccount, exchange
from cloudsmith_oidc.explain import workspace
from cloudsmith_oidc.explain.evidence import Evidence, Expectations
from cloudsmith_oidc.explain.hosts import can_be_fetched, same_origin
from cloudsmith_oidc.http import HttpClient
from cloudsmith_oidc.id_token import IdToken
from cloudsmith_oidc.issuer_documents import Document, configuration_url, fetch
from cloudsmith_oidc.values import base_url, slug

_DOCUMENT_SECONDS = 10
_TOO_LATE_SECONDS = 1


def gather(  # noqa: PLR0913 - each by its name
    client: HttpClient,
    text: str,
    account: ServiceAccount,
    expectations: Expectations,
    deadline: Deadline,
    *,
    api_key: str,
    with_exchange: bool,
) -> Evidence:
    """Return the evidence about the ID token `text`. `account` is as it was given, and may be invalid."""
    token, token_error = _read_token(text)
    discovery, jwks = documents(client, token, deadline) if token else (None, None)
    usable = _usable(account)
    seen, granted, exchange_error = None, False, None
    if api_key and usable and token:
        # The other half of the time is for the exchange.
        api = workspace.Api(client, usable, api_key, Deadline(deadline.remaining() / 2))
        slugs = filter(None, map(slug_or_nothing, expectations.repositories))
        seen = workspace.read(api, token.claims.get("iss"), slugs)
    if with_exchange and usable and token and not token_error:
        try:
            # The token that Cloudsmith issues is discarded.
            exchange(client, usable, token, timeout=deadline.remaining())
        except CloudsmithOidcError as error:
            exchange_error = error
        granted = exchange_error is None
    offsets = dict(client.clock_offsets)
    return Evidence(account, token, token_error, expectations, discovery, jwks, granted, exchange_error, offsets, seen)


def documents(client: HttpClient, token: IdToken, deadline: Deadline) -> tuple[Document | None, Document | None]:
    """Return the issuer's discovery document and key set; None for one that cannot be asked for.

    Only addresses at the issuer's own origin are asked: a document must not make this machine send requests elsewhere.
    With less than a second left, nothing is asked, as the issuer would be blamed for not answering in time.
    """
    issuer = token.claims.get("iss")
    if not isinstance(issuer, str) or not can_be_fetched(issuer) or deadline.remaining() < _TOO_LATE_SECONDS:
        return None, None
    discovery = _fetch(client, configuration_url(issuer), deadline)
    jwks_uri = (discovery.content or {}).get("jwks_uri")
    if not isinstance(jwks_uri, str) or not can_be_fetched(jwks_uri) or not same_origin(jwks_uri, issuer):
        return discovery, None
    return discovery, _fetch(client, jwks_uri, deadline)


def slug_or_nothing(value: str) -> str:
    """Return `value` if it is a slug, else ""."""
    try:
        return slug(value)
    except ValueError:
        return ""


def _read_token(text: str) -> tuple[IdToken | None, IdTokenError | None]:
    """Return the token if it can be decoded, and the error that `login` would raise."""
    try:
        return IdToken.read(text), None
    except IdTokenError as error:
        return (IdToken.parse(text.strip()) if error.code == "token-expired" else None), error


def _usable(account: ServiceAccount) -> ServiceAccount | None:
    """Return the account as the exchange needs it, None if a setting is invalid."""
    try:
        return ServiceAccount(base_url(account.api_host), slug(account.org), slug(account.slug))
    except ValueError:
        return None


def _fetch(client: HttpClient, url: str, deadline: Deadline) -> Document:
    """Fetch within a part of the remaining time, so that a host that hangs leaves time for the rest."""
    return fetch(client, url, Deadline(min(_DOCUMENT_SECONDS, deadline.remaining() / 3)))
