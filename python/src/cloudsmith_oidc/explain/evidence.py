"""What a diagnosis rests on, gathered once.

It is the token, the issuer's two documents, the clocks, Cloudsmith's answer, and with an API key Cloudsmith's side.
The token is sent to the exchange only. The issuer is asked for its public documents, as anybody could ask.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import CloudsmithOidcError, IdTokenError
from cloudsmith_oidc.exchange import ServiceAccount, exchange
from cloudsmith_oidc.explain.cloudsmith_side import CloudsmithSide
from cloudsmith_oidc.explain.hosts import can_be_fetched, host_of, is_public
from cloudsmith_oidc.http import HttpClient
from cloudsmith_oidc.id_token import IdToken
from cloudsmith_oidc.issuer_documents import Document, configuration_url, fetch
from cloudsmith_oidc.values import base_url, slug

_DOCUMENT_SECONDS = 10
_TOO_LATE_SECONDS = 1


@dataclass(frozen=True)
class Expectations:
    """What the person expects of the token, and of the service account's rights.

    The token's claims are pairs of name and value; a value may end in a wildcard. The rights are to read `repositories`
    (slugs, as they were given), and with `write` to write there, too.
    """

    audience: str | None = None
    claims: tuple[tuple[str, str], ...] = ()
    repositories: tuple[str, ...] = ()
    write: bool = False


@dataclass(frozen=True)
class Evidence:
    """Everything the checks look at. What was not reached or not asked for is `None`.

    `token` is decoded but not verified. An expired token is kept, and `token_error` says that it has expired.
    `account` holds the settings as they were given. If Cloudsmith was asked, either `granted` is true or
    `exchange_error` says why it is not. `clock_offsets` is `HttpClient.clock_offsets`.
    `cloudsmith` is what an API key showed.
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
    cloudsmith: CloudsmithSide | None = None
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
    """Return `value` if it is a slug, else an empty text."""
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


def gather_documents(client: HttpClient, token: IdToken, deadline: Deadline) -> tuple[Document | None, Document | None]:
    """Fetch the discovery document and the key set that it leads to, as far as there is a way, and time.

    With less than a second left, nothing is asked: the issuer would be blamed for not answering in time.
    """
    issuer = token.claims.get("iss")
    if not isinstance(issuer, str) or not can_be_fetched(issuer) or deadline.remaining() < _TOO_LATE_SECONDS:
        return None, None
    discovery = _fetch(client, configuration_url(issuer), deadline)
    jwks_uri = (discovery.content or {}).get("jwks_uri")
    if not isinstance(jwks_uri, str) or not can_be_fetched(jwks_uri):
        return discovery, None
    # A document from another host must not make this machine send requests to itself or to its neighbours.
    host = host_of(jwks_uri)
    if host is None or (host != host_of(issuer) and not is_public(host)):
        return discovery, None
    return discovery, _fetch(client, jwks_uri, deadline)


def try_exchange(
    client: HttpClient, account: ServiceAccount, token: IdToken, deadline: Deadline
) -> CloudsmithOidcError | None:
    """Make the exchange, discard the token that it yields, and return what went wrong, if anything did."""
    try:
        exchange(client, account, token, timeout=deadline.remaining())
    except CloudsmithOidcError as error:
        return error
    return None


def _fetch(client: HttpClient, url: str, deadline: Deadline) -> Document:
    """Fetch within a part of the remaining time, so that a host that hangs leaves time for the rest."""
    return fetch(client, url, Deadline(min(_DOCUMENT_SECONDS, deadline.remaining() / 3)))
