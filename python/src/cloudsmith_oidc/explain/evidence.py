"""What a diagnosis rests on. `gather` collects it once; the checks and the report only read it.

The token is sent to the exchange only. The issuer is asked for its public documents, as anybody could ask.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import CloudsmithOidcError, IdTokenError
from cloudsmith_oidc.exchange import ServiceAccount, exchange
from cloudsmith_oidc.explain.ci_systems import system_of
from cloudsmith_oidc.explain.ci_systems.base import CiSystem
from cloudsmith_oidc.explain.hosts import can_be_fetched, same_origin
from cloudsmith_oidc.explain.matching import ProviderMatch, match_providers, nearest
from cloudsmith_oidc.explain.workspace import NOT_ASKED, Api, Provider, Service, Workspace, read_workspace
from cloudsmith_oidc.http import HttpClient
from cloudsmith_oidc.id_token import IdToken
from cloudsmith_oidc.issuer_documents import Document, configuration_url, fetch
from cloudsmith_oidc.values import base_url, domain, slug

_DOCUMENT_SECONDS = 10
_TOO_LATE_SECONDS = 1


@dataclass(frozen=True)
class Expectations:
    """What the person expects of the token, and of the service account's rights.

    The token's claims are pairs of name and value; a value may end in a wildcard. The rights are to read `repositories`
    (slugs, as they were given), and with `write` to write to them. The job's clients ask the hosts with `labels`, the
    part before `.cloudsmith.io`, or custom domains. `formats` and `domains` (`KEY=HOST`) are as they were given.
    """

    audience: str | None = None
    claims: tuple[tuple[str, str], ...] = ()
    repositories: tuple[str, ...] = ()
    write: bool = False
    formats: tuple[str, ...] = ()
    labels: frozenset[str] = frozenset()
    domains: tuple[str, ...] = ()

    @property
    def level(self) -> str:
        """The privilege that the repositories need."""
        return "Write" if self.write else "Read"

    @property
    def domain_urls(self) -> frozenset[str]:
        """The base URLs of `domains`, without those that cannot be used."""
        urls = set()
        for text in self.domains:
            with suppress(ValueError):
                urls.add(domain(text)[1])
        return frozenset(urls)


@dataclass(frozen=True)
class Evidence:
    """Everything that the checks look at. What was not reached or not asked for is None.

    `token` is decoded but not verified. An expired token is kept, and `token_error` says that it has expired.
    `account` holds the settings as they were given. After an exchange, either `granted` is true or `exchange_error`
    says why not. `clock_offsets` is `HttpClient.clock_offsets`. `workspace` is what an API key showed.
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
    workspace: Workspace = NOT_ASKED
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def claims(self) -> Mapping[str, Any]:
        """The token's claims, none without a token."""
        return self.token.claims if self.token else {}

    @property
    def issuer(self) -> str:
        """The token's `iss`, "" if it is not text."""
        issuer = self.claims.get("iss")
        return issuer if isinstance(issuer, str) else ""

    @cached_property
    def system(self) -> CiSystem:
        """The CI system that issued the token."""
        return system_of(self.claims)

    @cached_property
    def providers(self) -> tuple[ProviderMatch, ...]:
        """The providers in Cloudsmith that have the token's issuer, the one with the fewest troubles first."""
        return match_providers(self.workspace.providers or (), self.claims, self.account.slug)

    @property
    def provider(self) -> ProviderMatch | None:
        """The first of them, None without one."""
        return next(iter(self.providers), None)

    @property
    def uploaded_to(self) -> Provider | None:
        """The same if it has an uploaded key set, for which Cloudsmith fetches nothing from the issuer. Else None."""
        return self.provider.provider if self.provider and self.provider.provider.jwks else None

    @cached_property
    def domains(self) -> Mapping[str, str]:
        """The custom domains that the job's clients can use, by key: for each, the one that Cloudsmith prefers."""
        labels, repositories = self.expectations.labels, self.expectations.repositories
        return {
            key: url
            for key, url in reversed(self.workspace.domains)
            for label, _, repository in [key.partition(":")]
            if label in labels and (not repository or not repositories or repository in repositories)
        }

    @property
    def service(self) -> Service | None:
        """The service account of the settings, None if the workspace has none, or if that could not be read."""
        return next((one for one in self.workspace.services or () if one.slug == self.account.slug), None)

    @property
    def meant_service(self) -> str:
        """The slug of the settings; if the workspace has no such service account, the one that was probably meant."""
        known, asked = self.workspace.services or (), self.account.slug
        if self.service or not asked:
            return asked
        named = next((one.slug for one in known if one.name.casefold() == asked.casefold()), None)
        return named or nearest(asked, (one.slug for one in known)) or asked


def gather(  # noqa: PLR0913 - each by its name
    given: str | IdTokenError,
    account: ServiceAccount,
    expectations: Expectations,
    deadline: Deadline,
    *,
    api_key: str = "",
    ca_bundle: str | None = None,
    with_exchange: bool = True,
) -> Evidence:
    """Return the evidence about an ID token, or about its absence: `given` is its text, or the error in its place.

    `account` is as it was given, and may be invalid. Without a token or a valid account, Cloudsmith is not asked.
    """
    token, token_error = _read_token(given)
    if token is None:
        return Evidence(account, None, token_error, expectations)
    client, usable, workspace = HttpClient(ca_bundle), _usable(account), NOT_ASKED
    if api_key and usable:
        slugs = filter(None, map(slug_or_nothing, expectations.repositories))
        # The other half of the time is for the documents and the exchange.
        api = Api(client, usable.org, usable.api_host, api_key, Deadline(deadline.remaining() / 2))
        workspace = read_workspace(api, usable.slug, token.claims.get("iss"), slugs)
    offsets = client.clock_offsets
    evidence = Evidence(account, token, token_error, expectations, clock_offsets=offsets, workspace=workspace)
    if not evidence.uploaded_to:
        discovery, jwks = documents(client, token, deadline)
        evidence = replace(evidence, discovery=discovery, jwks=jwks)
    if not with_exchange or not usable or token_error:
        return evidence
    try:
        # The token that Cloudsmith issues is discarded.
        exchange(client, usable, token, timeout=deadline.remaining())
    except CloudsmithOidcError as error:
        return replace(evidence, exchange_error=error)
    return replace(evidence, granted=True)


def documents(client: HttpClient, token: IdToken, deadline: Deadline) -> tuple[Document | None, Document | None]:
    """Return the issuer's discovery document and key set; None for one that cannot be asked for.

    Only addresses at the issuer's own origin are asked: a document must not make this machine send requests elsewhere.
    With less than a second left, nothing is asked, as the issuer would be blamed for not answering in time.
    """

    def fetched(url: str) -> Document:
        # A part of the remaining time, so that a host that hangs leaves time for the rest.
        return fetch(client, url, Deadline(min(_DOCUMENT_SECONDS, deadline.remaining() / 3)))

    issuer = token.claims.get("iss")
    if not isinstance(issuer, str) or not can_be_fetched(issuer) or deadline.remaining() < _TOO_LATE_SECONDS:
        return None, None
    discovery = fetched(configuration_url(issuer))
    jwks_uri = (discovery.content or {}).get("jwks_uri")
    if not isinstance(jwks_uri, str) or not can_be_fetched(jwks_uri) or not same_origin(jwks_uri, issuer):
        return discovery, None
    return discovery, fetched(jwks_uri)


def slug_or_nothing(value: str) -> str:
    """Return `value` if it is a slug, else ""."""
    try:
        return slug(value)
    except ValueError:
        return ""


def _read_token(given: str | IdTokenError) -> tuple[IdToken | None, IdTokenError | None]:
    """Return the token if it can be decoded, and the error that `login` would raise."""
    if isinstance(given, IdTokenError):
        return None, given
    try:
        return IdToken.read(given), None
    except IdTokenError as error:
        return (IdToken.parse(given.strip()) if error.code == "token-expired" else None), error


def _usable(account: ServiceAccount) -> ServiceAccount | None:
    """Return the account as the exchange needs it, None if a setting is invalid."""
    try:
        return ServiceAccount(base_url(account.api_host), slug(account.org), slug(account.slug))
    except ValueError:
        return None
