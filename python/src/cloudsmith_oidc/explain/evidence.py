"""What a diagnosis rests on. `gathering` collects it once; the checks and the report only read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from cloudsmith_oidc.errors import CloudsmithOidcError, IdTokenError
from cloudsmith_oidc.exchange import ServiceAccount
from cloudsmith_oidc.explain.ci_systems import system_of
from cloudsmith_oidc.explain.ci_systems.base import CiSystem
from cloudsmith_oidc.explain.matching import ProviderMatch, match_providers
from cloudsmith_oidc.explain.workspace import Service, Workspace
from cloudsmith_oidc.id_token import IdToken
from cloudsmith_oidc.issuer_documents import Document


@dataclass(frozen=True)
class Expectations:
    """What the person expects of the token, and of the service account's rights.

    The token's claims are pairs of name and value; a value may end in a wildcard. The rights are to read `repositories`
    (slugs, as they were given), and with `write` to write to them.
    """

    audience: str | None = None
    claims: tuple[tuple[str, str], ...] = ()
    repositories: tuple[str, ...] = ()
    write: bool = False

    @property
    def level(self) -> str:
        """The privilege that the repositories need."""
        return "Write" if self.write else "Read"


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
    workspace: Workspace | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def claims(self) -> Mapping[str, Any]:
        """The token's claims, none without a token."""
        return self.token.claims if self.token else {}

    @property
    def issuer(self) -> str | None:
        """The token's `iss`, None if it is not text."""
        issuer = self.claims.get("iss")
        return issuer if isinstance(issuer, str) and issuer else None

    @cached_property
    def system(self) -> CiSystem:
        """The CI system that issued the token."""
        return system_of(self.claims)

    @cached_property
    def providers(self) -> tuple[ProviderMatch, ...]:
        """The providers in Cloudsmith that have the token's issuer, the one with the fewest troubles first."""
        return match_providers(self.workspace, self.claims, self.account.slug)

    @property
    def provider(self) -> ProviderMatch | None:
        """The first of them, None without one."""
        return next(iter(self.providers), None)

    @property
    def service(self) -> Service | None:
        """The service account of the settings, None if the workspace has none, or if that could not be read."""
        known = self.workspace.services if self.workspace else None
        return next((service for service in known or () if service.slug == self.account.slug), None)
