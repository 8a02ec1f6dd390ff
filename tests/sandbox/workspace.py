"""The settings of a workspace at Cloudsmith: OIDC providers, service accounts, privileges, API keys.

It is plain data, which a test changes as it likes. `cloudsmith.py` obeys it in the exchange and `registries` at its
doors; with an API key, `administration.py` shows and changes it.
"""

import re
import secrets
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.samples import PACKAGES

Level = Literal["None", "Read", "Write", "Admin"]
Role = Literal["Owner", "Manager", "Member", "Collaborator"]
ROLES: tuple[Role, ...] = ("Owner", "Manager", "Member", "Collaborator")
LEVELS: tuple[Level, ...] = ("None", "Read", "Write", "Admin")
"""Each includes those before it."""


def slug_of(name: str) -> str:
    """Return a name as a URL holds it."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


@dataclass
class Provider:
    """OIDC provider settings: static ones with `services`, or dynamic ones with `mapping_claim` and `mappings`.

    All required `claims` must be in the ID token. `mappings` has the service account for a value of the mapping
    claim. Values may end in a wildcard: see `Cloudsmith.wildcards`. With an uploaded key set `jwks`, Cloudsmith fetches
    nothing from the issuer.
    """

    issuer: str
    claims: dict[str, str] = field(default_factory=dict)
    services: set[str] = field(default_factory=lambda: {"ci-reader"})
    name: str = "Jenkins"
    enabled: bool = True
    mapping_claim: str | None = None
    mappings: dict[str, str] = field(default_factory=dict)
    jwks: dict[str, Any] | None = None
    slug_perm: str = field(default_factory=lambda: secrets.token_hex(6))
    replaced_jwks: dict[str, Any] | None = None

    @property
    def slug(self) -> str:
        """The name, as a URL holds it."""
        return slug_of(self.name)

    @property
    def believed_keys(self) -> dict[str, Any] | None:
        """The uploaded key set that the exchange uses: a replaced one, where that stays in use."""
        return self.replaced_jwks or self.jwks

    @property
    def linked(self) -> set[str]:
        """The service accounts that it can authenticate."""
        return set(self.mappings.values()) if self.mapping_claim else self.services


@dataclass
class Account:
    """A service account, or the user that an API key belongs to."""

    slug: str
    role: Role = "Member"
    teams: tuple[str, ...] = ()
    kind: Literal["service", "user"] = "service"
    org: str = "acme"
    name: str = ""
    description: str = "Made by the sandbox."


@dataclass
class Repository:
    """A repository's access control.

    Each of `privileges` is as in the API: `{"privilege": "Read", "service": "ci-reader"}`, or "team" or "user" instead
    of "service". None means that every service account of the workspace may read.
    """

    privileges: list[dict[str, str]] | None = None
    default_privilege: Level = "None"
    type: Literal["Private", "Public", "Open-Source"] = "Private"
    name: str = ""
    description: str = ""


@dataclass
class Workspaces:
    """All that is entered. `providers` is by workspace; the rest is of the one workspace `acme`.

    `domains` is as in the API: `{"domain_name": "docker.acme.com", "domain_type": "NATIVE_DOCKER", "domain_scope":
    "WORKSPACE", "repository": None}`. None means that this Cloudsmith has no such endpoint.

    Three more things are not known of the real one: whether providers have the field `jwks` (`knows_jwks`), whether two
    may have one URL (`repeated_urls`), and whether a key set stays in use after another was uploaded
    (`replaced_keys_stay`).

    `services` has service accounts with settings of their own. One that a provider links exists anyway.
    """

    providers: dict[str, list[Provider]] = field(default_factory=dict)
    services: dict[str, Account] = field(default_factory=dict)
    repositories: dict[str, Repository] = field(default_factory=lambda: {name: Repository() for name in PACKAGES})
    keys: dict[str, Account] = field(default_factory=dict)
    domains: list[dict[str, str | None]] | None = None
    knows_jwks: bool = True
    repeated_urls: bool = True
    replaced_keys_stay: bool = False

    def accounts(self, org: str) -> dict[str, Account]:
        """Return the service accounts by slug, with those that providers link."""
        linked = {slug: Account(slug) for provider in self.providers[org] for slug in sorted(provider.linked)}
        return linked | self.services

    def account(self, slug: str) -> Account:
        """Return a service account, with its settings if it has any."""
        return self.services.get(slug, Account(slug))

    def privileges(self, org: str, repo: str) -> list[dict[str, str]]:
        """The privileges given one by one."""
        given = self.repositories[repo].privileges
        return [{"privilege": "Read", "service": slug} for slug in self.accounts(org)] if given is None else given

    def may(self, account: Account, level: Level, org: str, repo: str) -> bool:
        """Return whether the greatest privilege of an account, by itself, by a team or by default, is enough.

        So says the vendor's page repositories/repository-privileges; workspaces/privileges adds that an owner may do
        all. A default of the whole workspace also exists there, but no endpoint of the API shows it.
        """
        repository = self.repositories[repo]
        given = {
            entry["privilege"]
            for entry in self.privileges(org, repo)
            if entry.get(account.kind) == account.slug or entry.get("team") in account.teams
        }
        given |= {repository.default_privilege, "None" if repository.type == "Private" else "Read"}
        return account.role == "Owner" or not given.isdisjoint(LEVELS[LEVELS.index(level) :])
