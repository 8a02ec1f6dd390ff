"""What a diagnosis rests on, gathered once: the token, the issuer's two documents, the clocks, the exchange's answer.

Only the exchange ever gets the token. The issuer is asked for its public documents, like any stranger would.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import CloudsmithOidcError, IdTokenError
from cloudsmith_oidc.exchange import ServiceAccount, exchange
from cloudsmith_oidc.explain.hosts import can_be_fetched, host_of, is_public
from cloudsmith_oidc.http import HttpClient, json_object
from cloudsmith_oidc.id_token import IdToken
from cloudsmith_oidc.values import base_url, slug

DISCOVERY_PATH = "/.well-known/openid-configuration"
_DOCUMENT_SECONDS = 10
_TOO_LATE_SECONDS = 1
_OK = 200


@dataclass(frozen=True)
class Document:
    """What came back for a document: its JSON object, or why there is none.

    `status` is the HTTP status, 0 without an answer.
    """

    url: str
    status: int = 0
    content: Mapping[str, Any] | None = None
    error: CloudsmithOidcError | None = None


@dataclass(frozen=True)
class Expectations:
    """What the person expects of the token: an audience, and claims (name, value; the value may end in `*`)."""

    audience: str | None = None
    claims: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Evidence:
    """Everything the checks look at. What was not reached or not asked for is `None`.

    `token` is decoded but not verified; an expired one is here, too, and then `token_error` says so. `account` holds
    the settings as they were given. `granted` says that Cloudsmith issued a token, `exchange_error` why it did not;
    neither, that it was not asked. `clock_offsets` is `HttpClient.clock_offsets`.
    """

    account: ServiceAccount
    token: IdToken | None
    token_error: IdTokenError | None = None
    expectations: Expectations = field(default_factory=Expectations)
    discovery: Document | None = None
    jwks: Document | None = None
    granted: bool = False
    exchange_error: CloudsmithOidcError | None = None
    clock_offsets: Mapping[str, timedelta] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def issuer(self) -> str | None:
        """The token's `iss` if it is text."""
        issuer = self.token.claims.get("iss") if self.token else None
        return issuer if isinstance(issuer, str) and issuer else None


def read_token(text: str) -> tuple[IdToken | None, IdTokenError | None]:
    """Return the token if it can be decoded, and what `login` would say against it."""
    try:
        return IdToken.read(text), None
    except IdTokenError as error:
        return (IdToken.parse(text.strip()) if error.code == "token-expired" else None), error


def slug_or_nothing(value: str) -> str:
    """Return `value` if it can be a slug, else an empty text."""
    try:
        return slug(value)
    except ValueError:
        return ""


def usable(account: ServiceAccount) -> ServiceAccount | None:
    """Return the account as the exchange needs it, `None` if a setting is invalid."""
    try:
        return ServiceAccount(base_url(account.api_host), slug(account.org), slug(account.slug))
    except ValueError:
        return None


def discovery_url(issuer: str) -> str:
    """Return the URL of the issuer's discovery document (OpenID Connect Discovery 1.0, section 4)."""
    return issuer.rstrip("/") + DISCOVERY_PATH


def fetch(client: HttpClient, url: str, deadline: Deadline) -> Document:
    """Fetch a JSON document. It gets a part of the remaining time only: a host that hangs shall not use up all."""
    own = Deadline(min(_DOCUMENT_SECONDS, deadline.remaining() / 3))
    try:
        answer = client.request("GET", url, deadline=own)
    except CloudsmithOidcError as error:
        return Document(url, error=error)
    return Document(url, answer.status, json_object(answer) if answer.status == _OK else None)


def gather_documents(client: HttpClient, token: IdToken, deadline: Deadline) -> tuple[Document | None, Document | None]:
    """Fetch the discovery document and the key set that it leads to, as far as there is a way, and time.

    In the last second nothing is asked: the issuer would be blamed for not answering.
    """
    issuer = token.claims.get("iss")
    if not isinstance(issuer, str) or not can_be_fetched(issuer) or deadline.remaining() < _TOO_LATE_SECONDS:
        return None, None
    discovery = fetch(client, discovery_url(issuer), deadline)
    jwks_uri = (discovery.content or {}).get("jwks_uri")
    if not isinstance(jwks_uri, str) or not can_be_fetched(jwks_uri):
        return discovery, None
    # Another host's document shall not make this machine ask its own or its neighbours' services.
    host = host_of(jwks_uri)
    if host is None or (host != host_of(issuer) and not is_public(host)):
        return discovery, None
    return discovery, fetch(client, jwks_uri, deadline)


def try_exchange(
    client: HttpClient, account: ServiceAccount, token: IdToken, deadline: Deadline
) -> CloudsmithOidcError | None:
    """Make the exchange, forget the token that it yields, and return what went wrong, if anything did."""
    try:
        exchange(client, account, token, timeout=deadline.remaining())
    except CloudsmithOidcError as error:
        return error
    return None
