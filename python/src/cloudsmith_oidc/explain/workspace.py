"""What the workspace in Cloudsmith has, read with an API key: providers, service accounts, access to repositories.

Only GET is sent, and the key goes to the API only. The answers are untrusted: members of another type than the vendor
describes count as absent, and the API keys of service accounts are not looked at.

Sources: cloudsmith-io/cloudsmith-docs, `src/content/schemas/api-schema-v1.json` (`ProviderSettings`, `DynamicMapping`,
`Service`, `Repository`, `RepositoryPrivilegeDict`) and `src/content/api/index.mdx` (pages, and their headers);
cloudsmith-io/terraform-provider-cloudsmith, `resource_oidc.go` (mappings are read only where there is a mapping claim)
and `resource_repository_privileges.go` (pages of privileges come without headers);
cloudsmith-docs, `src/content/repositories/repository-privileges.mdx` (the greatest privilege takes precedence);
cloudsmith-api 2.0.42, `models/provider_settings.py` (`jwks`, which the API description does not have yet);
cloudsmith-cli 1.30.0, `core/api/workspaces.py` and `credential_helpers/domains.py` (domains, and their fields).
"""

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, TypeVar

from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import CloudsmithOidcError
from cloudsmith_oidc.explain.hosts import can_be_fetched, host_of, is_public
from cloudsmith_oidc.explain.shown import shown
from cloudsmith_oidc.http import Answer, HttpClient, json_object, json_value
from cloudsmith_oidc.issuer_documents import OK, Document, configuration_url, fetch
from cloudsmith_oidc.redaction import MAX_TOKEN_CHARACTERS, one_line
from cloudsmith_oidc.values import domain, slug

LEVELS = ("None", "Read", "Write", "Admin")
"""The privileges on a repository; each includes those before it."""
_PAGE_SIZE = 100
_MAX_PAGES = 20
_MAX_OBJECTS = _PAGE_SIZE * _MAX_PAGES
_REQUEST_SECONDS = 10
_DOCUMENT_SECONDS = 3
_MAX_REPOSITORIES = 20
_MAX_DOMAINS = 50
_MAX_LOOKED_INTO = 5
"""Of how many providers the mappings and the issuer's documents are fetched."""
NOT_FOUND = 404
_UNAUTHENTICATED = 401
_KEY = re.compile(rf"[!-~]{{16,{MAX_TOKEN_CHARACTERS}}}", re.ASCII)
"""Cloudsmith's have 40 characters, or are a token of an exchange. A shorter one could not be kept out of the output."""
DOMAINS = "the custom domains"
_NATIVE = re.compile("NATIVE_[A-Z]+", re.ASCII)
_LABELS = {"DOWNLOAD": "dl", "NATIVE_GO": "golang", "NATIVE_HELM_OCI": "helm.oci"}
"""The hosts of Cloudsmith that a type of domain replaces, if they are not called as the type."""
_T = TypeVar("_T")


@dataclass(frozen=True)
class Provider:
    """An OpenID Connect provider (`ProviderSettings`).

    `mappings` are pairs of a value of `mapping_claim` and a service account's slug. They are None if there is no
    mapping claim, or if they were not read. `jwks` is an uploaded key set, None without one. With one, Cloudsmith
    fetches nothing from the issuer, and `url` is only the `iss` that it expects.
    """

    name: str
    slug: str
    url: str
    enabled: bool
    claims: Mapping[str, Any]
    services: tuple[str, ...]
    mapping_claim: str
    mappings: tuple[tuple[str, str], ...] | None = None
    jwks: Mapping[str, Any] | None = None

    @property
    def title(self) -> str:
        """The provider, as texts for people name it."""
        return f"provider '{shown(self.name)}'"

    def has_issuer(self, issuer: object) -> bool:
        """Return whether its URL is `issuer`, with or without the slash that the vendor's own examples add."""
        return bool(issuer) and issuer in (self.url, self.url.removesuffix("/"))


@dataclass(frozen=True)
class Service:
    """A service account, which the API calls a service. `teams` are slugs."""

    slug: str
    name: str
    role: str
    teams: frozenset[str]


@dataclass(frozen=True)
class Repository:
    """What the service account of the settings may do in a repository, each one of `LEVELS`.

    `everybody` is the level of every account by the repository's settings, None if they could not be read. `granted` is
    the highest that was granted to the service account or to one of its teams. The API does not show the default
    privilege of the whole workspace.
    """

    slug: str
    everybody: str | None
    granted: str

    @property
    def level(self) -> str:
        """The highest level that the service account is known to have."""
        return max(self.everybody or "None", self.granted, key=LEVELS.index)

    def grants(self, needed: str) -> bool | None:
        """Return whether the service account has a level, None if that is not known."""
        if LEVELS.index(self.level) >= LEVELS.index(needed):
            return True
        return None if self.everybody is None else False


class UnreadError(Exception):
    """Something could not be read, and why. `status` is the HTTP status, 0 without an answer."""

    def __init__(self, what: str, why: str, status: int = 0) -> None:
        super().__init__(why)
        self.what, self.why, self.status = what, why, status

    @property
    def code(self) -> Literal["api-key-refused", "cloudsmith-unread"]:
        """The finding: the first also if it does not exist, as Cloudsmith does not tell one from the other."""
        return "api-key-refused" if self.status in {401, 403, NOT_FOUND} else "cloudsmith-unread"


@dataclass(frozen=True)
class Workspace:
    """What the key's owner sees. What is None could not be read: nothing follows from its absence.

    `documents` are the discovery documents, by provider URL, of issuers on other hosts than the token's. `domains` are
    custom domains as the setting `domains` has them, pairs of key and base URL, those that Cloudsmith prefers first.
    """

    providers: tuple[Provider, ...] | None = None
    services: tuple[Service, ...] | None = None
    repositories: tuple[Repository, ...] = ()
    unread: tuple[UnreadError, ...] = ()
    documents: Mapping[str, Document] = field(default_factory=dict)
    domains: tuple[tuple[str, str], ...] = ()


NOT_ASKED = Workspace()
"""Without an API key."""


@dataclass(frozen=True)
class Api:
    """Cloudsmith's API, asked with a key until the deadline. `unread` has what could not be read."""

    client: HttpClient
    org: str
    host: str
    key: str
    deadline: Deadline
    unread: list[UnreadError] = field(default_factory=list)

    def attempt(self, call: Callable[..., _T], *arguments: object) -> _T | None:
        """Return what `call` returns for this API. Return None and remember why if something cannot be read."""
        try:
            return call(self, *arguments)
        except UnreadError as error:
            self.unread.append(error)
            return None

    def answer(self, what: str, path: str) -> Answer:
        """Return the answer. Raises `UnreadError` unless its status is 200."""
        if not _KEY.fullmatch(self.key):
            why = "the API key is not one line of 16 characters or more without white space, and was not sent"
            raise UnreadError(what, why, _UNAUTHENTICATED)
        deadline, headers = Deadline(min(_REQUEST_SECONDS, self.deadline.remaining())), {"X-Api-Key": self.key}
        try:
            answer = self.client.request("GET", f"{self.host}{path}", deadline=deadline, headers=headers)
        except CloudsmithOidcError as error:
            raise UnreadError(what, one_line(error.message)) from None
        if answer.status != OK:
            raise UnreadError(what, f"the API answers {answer.status}", answer.status)
        return answer

    def objects(self, what: str, path: str, within: str = "") -> list[Mapping[str, Any]]:
        """Return the objects of all pages. Raises `UnreadError` if one cannot be read, or if there is no end of them.

        The addresses of the pages are made here: no link of an answer is followed.
        """
        objects: list[Mapping[str, Any]] = []
        earlier = b""
        for number in range(1, _MAX_PAGES + 1):
            answer = self.answer(what, f"{path}?page={number}&page_size={_PAGE_SIZE}")
            page = json_value(answer)
            if within:
                page = page.get(within) if isinstance(page, dict) else None
            if not isinstance(page, list):
                raise UnreadError(what, "the answer is not a list")
            # A server that ignores the page's number gives the same page again.
            if answer.body == earlier:
                return objects
            earlier = answer.body
            objects += _objects(page)
            if len(objects) > _MAX_OBJECTS:
                break
            last = answer.headers.get("x-pagination-pagetotal", "")
            has_next = bool(last) or len(page) >= _PAGE_SIZE or 'rel="next"' in answer.headers.get("link", "")
            if str(number) == last or not page or not has_next:
                return objects
        raise UnreadError(what, f"there are more than {_MAX_OBJECTS:,}, or more than {_MAX_PAGES} pages")


def read_workspace(api: Api, account: str, issuer: object, repositories: Iterable[str]) -> Workspace:
    """Read as much as there is time for. Of `repositories`, the first few are read. All names are slugs."""
    listed = api.attempt(read_providers)
    if listed is None:
        return Workspace(unread=tuple(api.unread))
    services = api.attempt(_services)
    mapped = [place for place, one in enumerate(listed) if one.has_issuer(issuer) and one.mapping_claim]
    for place in mapped[:_MAX_LOOKED_INTO]:
        listed[place] = dataclasses.replace(listed[place], mappings=api.attempt(_mappings, listed[place]))
    service = next((one for one in services or () if one.slug == account), None)
    found = [api.attempt(_repository, name, service) for name in islice(repositories, _MAX_REPOSITORIES)]
    return Workspace(
        providers=tuple(listed),
        services=services,
        repositories=tuple(filter(None, found)),
        domains=api.attempt(_domains) or (),
        documents=dict(_documents(api, listed, issuer)),
        unread=tuple(api.unread),
    )


def read_providers(api: Api) -> list[Provider]:
    """Return the providers without their mappings. Raises `UnreadError`."""
    return [
        Provider(
            name=_text(one.get("name")),
            slug=_text(one.get("slug_perm")),
            url=_text(one.get("provider_url")),
            enabled=one.get("enabled") is not False,
            claims=claims if isinstance(claims := one.get("claims"), dict) else {},
            services=tuple(map(_text, services)) if isinstance(services := one.get("service_accounts"), list) else (),
            mapping_claim=_text(one.get("mapping_claim")),
            jwks=jwks if isinstance(jwks := one.get("jwks"), dict) and jwks else None,
        )
        for one in api.objects("the providers", f"/v1/orgs/{api.org}/openid-connect/")
    ]


def _services(api: Api) -> tuple[Service, ...]:
    return tuple(
        Service(
            _text(one.get("slug")),
            _text(one.get("name")),
            _text(one.get("role")),
            teams=frozenset(_text(team.get("slug")) for team in _objects(one.get("teams"))) - {""},
        )
        for one in api.objects("the service accounts", f"/v1/orgs/{api.org}/services/")
    )


def _mappings(api: Api, provider: Provider) -> tuple[tuple[str, str], ...]:
    what = f"the mappings of {one_line(provider.name)}"
    try:
        path = f"/v1/orgs/{api.org}/openid-connect/{slug(provider.slug)}/dynamic-mappings/"
    except ValueError:
        raise UnreadError(what, "the provider has no usable slug_perm") from None
    listed = api.objects(what, path)
    return tuple((_text(mapping.get("claim_value")), _text(mapping.get("service_account"))) for mapping in listed)


def _repository(api: Api, name: str, service: Service | None) -> Repository | None:
    what, path = f"the repository {name}", f"/v1/repos/{api.org}/{name}"
    settings = api.attempt(_settings, what, f"{path}/")
    try:
        listed = api.objects(f"the privileges on {name}", f"{path}/privileges", within="privileges")
    except UnreadError:
        if settings is None:  # which is reported, and once is enough
            return None
        raise
    everybody = None
    if settings is not None:
        public = settings.get("is_public") is True or settings.get("is_open_source") is True
        everybody = max("Read" if public else "None", _level(settings.get("default_privilege")), key=LEVELS.index)
    granted = (
        _level(one.get("privilege"))
        for one in listed
        if service and (_text(one.get("service")) == service.slug or _text(one.get("team")) in service.teams)
    )
    return Repository(name, everybody, max(granted, key=LEVELS.index, default="None"))


def _settings(api: Api, what: str, path: str) -> Mapping[str, Any]:
    settings = json_object(api.answer(what, path))
    if settings is None:
        raise UnreadError(what, "the answer is not an object")
    return settings


def _domains(api: Api) -> tuple[tuple[str, str], ...]:
    """Return none if the API does not know the question."""
    try:
        listed = api.objects(DOMAINS, f"/v2/workspaces/{api.org}/domains/", within="results")
    except UnreadError as error:
        if error.status == NOT_FOUND:
            return ()
        raise
    return tuple(filter(None, map(_domain, listed)))[:_MAX_DOMAINS]


def _domain(one: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return a custom domain, None for one of Cloudsmith's own, and for one that the setting cannot name."""
    kind, repository = _text(one.get("domain_type")), _text(one.get("repository"))
    label = _LABELS.get(kind) or (kind.removeprefix("NATIVE_").lower() if _NATIVE.fullmatch(kind) else "")
    if one.get("domain_scope") != ("REPOSITORY" if repository else "WORKSPACE"):
        return None
    try:
        return domain(f"{label}{':' if repository else ''}{repository}={_text(one.get('domain_name'))}")
    except ValueError:
        return None


def _documents(api: Api, providers: Iterable[Provider], issuer: object) -> Iterator[tuple[str, Document]]:
    """Fetch the discovery documents of issuers on other public hosts, of which Cloudsmith also fetches them."""
    own = host_of(issuer) if isinstance(issuer, str) else ""
    urls = dict.fromkeys(one.url for one in providers if one.enabled and not one.jwks)
    public = (url for url in urls if can_be_fetched(url) and host_of(url) != own and is_public(host_of(url)))
    for url in islice(public, _MAX_LOOKED_INTO):
        # With less time, an issuer would be blamed for not answering.
        if api.deadline.remaining() > _DOCUMENT_SECONDS:
            yield url, fetch(api.client, configuration_url(url), Deadline(_DOCUMENT_SECONDS))


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [member for member in value if isinstance(member, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _level(value: object) -> str:
    return value if isinstance(value, str) and value in LEVELS else "None"
