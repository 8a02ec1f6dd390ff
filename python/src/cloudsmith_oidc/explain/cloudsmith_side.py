"""What is entered in Cloudsmith, read with an API key: providers, service accounts, and access to repositories.

Only GET is sent, and the key goes to the API only. What comes back is of foreign origin: members of another type than
the vendor describes count as absent, and the members that hold keys are not looked at.

Sources: cloudsmith-io/cloudsmith-docs, `src/content/schemas/api-schema-v1.json` (`ProviderSettings`, `DynamicMapping`,
`Service`, `Repository`, `RepositoryPrivilegeDict`) and `src/content/api/index.mdx` (pages, and their headers);
cloudsmith-io/terraform-provider-cloudsmith, `resource_oidc.go` (mappings are read only where there is a mapping claim)
and `resource_repository_privileges.go` (pages of privileges come without headers);
cloudsmith-docs, `src/content/repositories/repository-privileges.mdx` (the greatest privilege counts).
"""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import CloudsmithOidcError
from cloudsmith_oidc.exchange import ServiceAccount
from cloudsmith_oidc.explain.hosts import can_be_fetched, host_of, is_public
from cloudsmith_oidc.http import Answer, HttpClient, api_key, json_value
from cloudsmith_oidc.issuer_documents import OK, Document, configuration_url, fetch
from cloudsmith_oidc.redaction import MAX_TOKEN_CHARACTERS, one_line
from cloudsmith_oidc.values import slug

LEVELS = ("None", "Read", "Write", "Admin")
"""The privileges on a repository; each includes those before it."""
_UNAUTHENTICATED = 401
_PAGE_SIZE = 100
_MAX_PAGES = 20
_MAX_OBJECTS = _PAGE_SIZE * _MAX_PAGES
_REQUEST_SECONDS = 10
_DOCUMENT_SECONDS = 3
_MAX_REPOSITORIES = 20
_MAX_LOOKED_INTO = 5
"""Of how many providers the mappings and the issuer's documents are fetched."""
_KEY = re.compile(rf"[!-~]{{16,{MAX_TOKEN_CHARACTERS}}}", re.ASCII)
"""Cloudsmith's have 40 characters, or are a token of an exchange. A shorter one could not be kept out of the output."""


@dataclass(frozen=True)
class Settings:
    """A provider: `ProviderSettings`. `mappings` lead from a value of `mapping_claim` to a service account's slug.

    `mappings` is `None` where there is no mapping claim, or where they were not read.
    """

    name: str
    slug: str
    url: str
    enabled: bool
    claims: Mapping[str, Any]
    services: tuple[str, ...]
    mapping_claim: str
    mappings: tuple[tuple[str, str], ...] | None = None

    def serves(self, issuer: object) -> bool:
        """Say whether tokens of this issuer meet it. The vendor's own examples have a slash that issuers lack."""
        return bool(issuer) and issuer in (self.url, self.url.removesuffix("/"))


@dataclass(frozen=True)
class Account:
    """A service account: `Service`. Teams are slugs."""

    slug: str
    name: str
    role: str
    teams: frozenset[str]


@dataclass(frozen=True)
class Repository:
    """Who may do what in a repository. `privileges` have the kind and slug of who has them, then one of `LEVELS`.

    `given_to_all` is what every account of the workspace has by the repository's settings. The default privilege of
    the whole workspace exists, too, but the API does not show it.
    """

    slug: str
    given_to_all: str
    privileges: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Unread:
    """Something that could not be read, and why. `status` is the HTTP status, 0 without an answer."""

    what: str
    status: int
    why: str

    @property
    def refused(self) -> bool:
        """Whether the API refused to show it to the owner of this key. It says 404 of what they may not see."""
        return self.status in {401, 403, 404}


@dataclass(frozen=True)
class CloudsmithSide:
    """What the key's owner sees. Nothing can be concluded from the absence of what is `None`."""

    providers: tuple[Settings, ...] | None = None
    services: tuple[Account, ...] | None = None
    repositories: tuple[Repository, ...] = ()
    unread: tuple[Unread, ...] = ()
    documents: Mapping[str, Document] = field(default_factory=dict)
    """By provider URL: the discovery documents of issuers on other hosts than the token's."""


class Api:
    """Cloudsmith's API, asked with a key until the deadline. It remembers what could not be read."""

    def __init__(self, client: HttpClient, account: ServiceAccount, key: str, deadline: Deadline) -> None:
        self.client = client
        self.org = account.org
        self.deadline = deadline
        self.unread: list[Unread] = []
        self._host = account.api_host
        self._auth = api_key(key) if _KEY.fullmatch(key) else None

    def objects(self, what: str, path: str, within: str = "") -> list[Mapping[str, Any]] | None:
        """Return the objects of all pages, `None` if there is no end of them.

        The addresses of the pages are made here: no link of an answer is followed.
        """
        objects: list[Mapping[str, Any]] = []
        earlier = b""
        for number in range(1, _MAX_PAGES + 1):
            answer = self.answer(what, f"{path}?page={number}&page_size={_PAGE_SIZE}")
            if answer is None:
                return None
            page = json_value(answer)
            if within:
                page = page.get(within) if isinstance(page, dict) else None
            if not isinstance(page, list):
                self.unread.append(Unread(what, 0, "the answer is not a list"))
                return None
            if answer.body == earlier:  # whoever does not know pages answers with the same one
                return objects
            earlier = answer.body
            objects += [member for member in page if isinstance(member, dict)]
            if len(objects) > _MAX_OBJECTS:
                break
            last = answer.headers.get("x-pagination-pagetotal", "")
            if str(number) == last or not page or (not last and len(page) < _PAGE_SIZE):
                return objects
        self.unread.append(Unread(what, 0, f"there are more than {_MAX_OBJECTS:,}, or more than {_MAX_PAGES} pages"))
        return None

    def answer(self, what: str, path: str) -> Answer | None:
        """Return the answer if its status is 200."""
        if self._auth is None:
            why = "the API key is not one line of 16 characters or more without white space, and was not sent"
            self.unread.append(Unread(what, _UNAUTHENTICATED, why))
            return None
        seconds = min(_REQUEST_SECONDS, self.deadline.remaining())
        try:
            answer = self.client.request("GET", f"{self._host}{path}", deadline=Deadline(seconds), auth=self._auth)
        except CloudsmithOidcError as error:
            self.unread.append(Unread(what, 0, one_line(error.message)))
            return None
        if answer.status != OK:
            self.unread.append(Unread(what, answer.status, f"the API answers {answer.status}"))
            return None
        return answer


def read(api: Api, issuer: object, repositories: Iterable[str]) -> CloudsmithSide:
    """Read as much as there is time for. Of `repositories`, which are slugs, the first few are read."""
    org = f"/v1/orgs/{api.org}"
    listed = api.objects("the providers", f"{org}/openid-connect/")
    if listed is None:
        return CloudsmithSide(unread=tuple(api.unread))
    providers = [_settings(shown) for shown in listed]
    services = api.objects("the service accounts", f"{org}/services/")
    met = (place for place, one in enumerate(providers) if one.serves(issuer) and one.mapping_claim)
    for place in islice(met, _MAX_LOOKED_INTO):
        providers[place] = dataclasses.replace(providers[place], mappings=_mappings(api, org, providers[place]))
    found = [_repository(api, name) for name in islice(repositories, _MAX_REPOSITORIES)]
    documents = dict(_documents(api, providers, issuer))
    return CloudsmithSide(
        tuple(providers),
        None if services is None else tuple(map(_account, services)),
        tuple(repository for repository in found if repository is not None),
        tuple(api.unread),
        documents,
    )


def _settings(shown: Mapping[str, Any]) -> Settings:
    claims, services = shown.get("claims"), shown.get("service_accounts")
    return Settings(
        _text(shown.get("name")),
        _text(shown.get("slug_perm")),
        _text(shown.get("provider_url")),
        shown.get("enabled") is not False,
        claims if isinstance(claims, dict) else {},
        tuple(map(_text, services)) if isinstance(services, list) else (),
        _text(shown.get("mapping_claim")),
    )


def _account(shown: Mapping[str, Any]) -> Account:
    teams = shown.get("teams")
    members = (team for team in teams if isinstance(team, dict)) if isinstance(teams, list) else ()
    return Account(
        _text(shown.get("slug")),
        _text(shown.get("name")),
        _text(shown.get("role")),
        frozenset(_text(team.get("slug")) for team in members),
    )


def _mappings(api: Api, org: str, one: Settings) -> tuple[tuple[str, str], ...] | None:
    what = f"the mappings of {one_line(one.name)}"
    try:
        path = f"{org}/openid-connect/{slug(one.slug)}/dynamic-mappings/"
    except ValueError:
        api.unread.append(Unread(what, 0, "the provider has no usable slug_perm"))
        return None
    listed = api.objects(what, path)
    if listed is None:
        return None
    return tuple((_text(mapping.get("claim_value")), _text(mapping.get("service_account"))) for mapping in listed)


def _repository(api: Api, name: str) -> Repository | None:
    what, path = f"the repository {name}", f"/v1/repos/{api.org}/{name}"
    answer = api.answer(what, f"{path}/")
    if answer is None:
        return None
    shown = json_value(answer)
    if not isinstance(shown, dict):
        api.unread.append(Unread(what, 0, "the answer is not an object"))
        return None
    listed = api.objects(f"the privileges on {name}", f"{path}/privileges", within="privileges")
    if listed is None:
        return None
    public = shown.get("is_public") is True or shown.get("is_open_source") is True
    return Repository(
        name,
        max("Read" if public else "None", _level(shown.get("default_privilege")), key=LEVELS.index),
        tuple(
            (kind, _text(given[kind]), _level(given.get("privilege")))
            for given in listed
            for kind in ("service", "team")
            if given.get(kind)
        ),
    )


def _documents(api: Api, providers: Iterable[Settings], issuer: object) -> Iterator[tuple[str, Document]]:
    """Fetch the discovery documents of the issuers on other hosts, if everybody can reach those."""
    own = host_of(issuer) if isinstance(issuer, str) else None
    urls = dict.fromkeys(one.url for one in providers if one.enabled)
    public = (url for url in urls if can_be_fetched(url) and host_of(url) != own and is_public(host_of(url) or ""))
    for url in islice(public, _MAX_LOOKED_INTO):
        # With less time, an issuer would be blamed for not answering.
        if api.deadline.remaining() > _DOCUMENT_SECONDS:
            yield url, fetch(api.client, configuration_url(url), Deadline(_DOCUMENT_SECONDS))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _level(value: object) -> str:
    return value if isinstance(value, str) and value in LEVELS else "None"
