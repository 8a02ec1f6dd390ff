"""What the kit makes in a workspace, with the vendor's client, and removes. Its names have one random prefix."""

import base64
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import cloudsmith_api  # type: ignore[import-untyped]
import httpx
import jwt

from cloudsmith.hosting import hosted_issuer
from sandbox.issuer import Issuer

PREFIX = "cloudsmith-oidc-kit-"
OWN_NAME = re.compile(rf"{PREFIX}[0-9a-f]{{6}}(-.*)?")
"""Somebody could call a repository of theirs cloudsmith-oidc-kit-mirror."""
DEFAULT_API = "https://api.cloudsmith.io"
PAGE_SIZE = 100
MAX_PAGES = 100
UNKNOWN_FIELD = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
SECONDS = 30.0
SYNC_SECONDS = 180.0
POLL_SECONDS = 2.0
ACCOUNTS = {"reader": "Member", "publisher": "Member", "manager": "Manager"}
"""The service accounts and their roles in the workspace. The manager's API key stands for that of a person."""


def ways(token: str) -> dict[str, Mapping[str, str]]:
    """The ways to send a token."""
    basic = base64.b64encode(f"token:{token}".encode()).decode()
    return {
        "Basic": {"Authorization": f"Basic {basic}"},
        "Bearer": {"Authorization": f"Bearer {token}"},
        "the token alone": {"Authorization": token},
        "nothing": {},
    }


def soon(holds: Callable[[], bool]) -> bool:
    """Return whether something holds, at once or when Cloudsmith has indexed what was published."""
    deadline = time.monotonic() + SYNC_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def usual_claims(issuer: Issuer) -> dict[str, str]:
    """Return claims that the tokens of an issuer match in any case: a plain text, compared as it is."""
    return {"sub": jwt.decode(issuer.mint(), options={"verify_signature": False})["sub"]}


class Kind(NamedTuple):
    """How objects of a kind are listed, with headers, and removed, and which field identifies one there."""

    list: Callable[..., Any]
    remove: Callable[..., Any]
    identifier: str


@dataclass
class Workspace:
    """A workspace in which the kit may make things: `with` makes them, and removes them at the end.

    The objects of earlier runs are removed first. Nothing is touched whose name is not an `OWN_NAME`.
    """

    org: str
    key: str = field(repr=False)
    api_host: str = DEFAULT_API
    prefix: str = field(default_factory=lambda: PREFIX + secrets.token_hex(3))

    def __enter__(self) -> Self:
        self.remove()
        try:
            self._make()
        except BaseException:
            self.remove(self.prefix)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.remove(self.prefix)

    @property
    def plan(self) -> str:
        """What will be made, for the person who has started it."""
        names = ", ".join(f"{self.prefix}-{name}" for name in ACCOUNTS)
        return (
            f"In the workspace {self.org}, this removes what is named {PREFIX}… from an earlier run. It makes the "
            f"private repository {self.prefix}, with small packages in it, the service accounts {names}, and OpenID "
            f"Connect providers {self.prefix}-…, one after the other. At the end, also after Ctrl-C, it removes them."
        )

    def _make(self) -> None:
        self.repo: str = self._repos.repos_create(
            self.org, data={"name": self.prefix, "slug": self.prefix, "repository_type_str": "Private"}
        ).slug
        made = {
            name: self._orgs.orgs_services_create(self.org, data={"name": f"{self.prefix}-{name}", "role": role})
            for name, role in ACCOUNTS.items()
        }
        self.reader, self.publisher = made["reader"].slug, made["publisher"].slug
        self.manager_key: str = made["manager"].key
        privileges = {self.reader: "Read", self.publisher: "Write"}
        given = [{"privilege": level, "service": slug} for slug, level in privileges.items()]
        self._repos.repos_privileges_partial_update(self.org, self.repo, data={"privileges": given})

    def remove(self, prefix: str = PREFIX) -> None:
        """Remove the kit's objects with this prefix. Raises `ExceptionGroup` at the end if something could not be."""
        problems: list[Exception] = []

        def attempt(call: Callable[..., Any], *arguments: object) -> Any:
            try:
                return call(*arguments)
            except Exception as problem:  # noqa: BLE001 - whatever it is, the others must be removed
                # Something that is gone need not be removed.
                if call == self._named or getattr(problem, "status", 0) != HTTPStatus.NOT_FOUND:
                    problems.append(problem)
                return None

        for kind in self._kinds:
            for one in attempt(self._named, kind, prefix) or ():
                attempt(kind.remove, self.org, one)
        if problems:
            raise ExceptionGroup(f"not all of {prefix}… could be removed", problems)

    def _named(self, kind: Kind, prefix: str) -> list[str]:
        """Return the identifiers of the kit's objects with the prefix."""
        named = []
        for page in range(1, MAX_PAGES + 1):
            found, _, headers = kind.list(self.org, page=page, page_size=PAGE_SIZE)
            ours = [one for one in found if OWN_NAME.fullmatch(one.name or "") and one.name.startswith(prefix)]
            named += [getattr(one, kind.identifier) for one in ours]
            if page >= int(headers.get("X-Pagination-PageTotal", page + (len(found) == PAGE_SIZE))):
                break
        return named

    # Requests

    @cached_property
    def _client(self) -> Any:
        """The vendor's client. It ignores the usual variables for a proxy and certificates."""
        configuration = cloudsmith_api.Configuration()
        configuration.host = f"{self.api_host}/v1"
        configuration.api_key["X-Api-Key"] = self.key
        if not proxy_bypass(urlsplit(self.api_host).hostname or ""):
            configuration.proxy = getproxies().get("https")
        configuration.ssl_ca_cert = os.environ.get("SSL_CERT_FILE")
        # A value that it does not expect would stop the kit. Only its default reaches the objects that it reads.
        configuration.client_side_validation = False
        cloudsmith_api.Configuration.set_default(configuration)
        return cloudsmith_api.ApiClient(configuration)

    @cached_property
    def _orgs(self) -> Any:
        return cloudsmith_api.OrgsApi(self._client)

    @cached_property
    def _repos(self) -> Any:
        return cloudsmith_api.ReposApi(self._client)

    @property
    def _kinds(self) -> list[Kind]:
        """In the order in which they can be removed."""
        orgs, repos = self._orgs, self._repos
        return [
            Kind(orgs.orgs_openid_connect_list_with_http_info, orgs.orgs_openid_connect_delete, "slug_perm"),
            Kind(repos.repos_namespace_list_with_http_info, repos.repos_delete, "slug"),
            Kind(orgs.orgs_services_list_with_http_info, orgs.orgs_services_delete, "slug"),
        ]

    def found(self, url: str, token: str) -> bool:
        """Return whether something is at a URL of a package host, at once or when Cloudsmith has indexed it."""
        return soon(lambda: any(self.get(url, way).is_success for way in ways(token).values()))

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Ask the API (a path), or a package host (a URL)."""
        return httpx.get(f"{self.api_host}{url}" if url.startswith("/") else url, headers=headers, timeout=SECONDS)

    def post(self, path: str, body: object, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Send something to the API."""
        return httpx.post(f"{self.api_host}{path}", json=body, headers=headers, timeout=SECONDS)

    # Providers and tokens

    @cached_property
    def uploads(self) -> bool:
        """Whether a provider with an uploaded key set authenticates a token that no host serves the key of."""
        issuer = self._unhosted()
        settings = {"provider_url": issuer.url, "claims": usual_claims(issuer), "service_accounts": [self.reader]}
        try:
            with self._provider(**settings, jwks=issuer.jwks()):
                return self.grants(issuer.mint(), self.reader)
        except cloudsmith_api.rest.ApiException as problem:
            if problem.status not in UNKNOWN_FIELD:
                raise
            return False

    def _unhosted(self) -> Issuer:
        return Issuer(jenkins_url=f"https://{self.prefix}-{secrets.token_hex(3)}.example.com")

    def issuer(self) -> Issuer:
        """Return a new issuer, or the one that CLOUDSMITH_ISSUER hosts. Raises `NotHostedError` if none does."""
        return self._unhosted() if self.uploads else hosted_issuer()

    @contextmanager
    def provider(
        self, issuer: Issuer, *services: str, claims: Mapping[str, object] | None = None, **fields: object
    ) -> Iterator[Any]:
        """Make a provider for an issuer, until the end of the block, and return it as the API does.

        It requires `usual_claims` unless others are given. Raises `cloudsmith_api.rest.ApiException` if the service
        refuses to make it.
        """
        uploaded = {"jwks": issuer.jwks()} if self.uploads else {}
        required = usual_claims(issuer) if claims is None else claims
        with self._provider(
            **{"provider_url": issuer.url, "claims": required, "service_accounts": list(services), **uploaded, **fields}
        ) as made:
            yield made

    @contextmanager
    def _provider(self, **fields: object) -> Iterator[Any]:
        data = {"name": f"{self.prefix}-{secrets.token_hex(3)}", "enabled": True, **fields}
        made = self._orgs.orgs_openid_connect_create(self.org, data=data)
        try:
            yield made
        finally:
            self._orgs.orgs_openid_connect_delete(self.org, made.slug_perm)

    def upload(self, slug_perm: str, jwks: object) -> None:
        """Replace the key set of a provider."""
        self._orgs.orgs_openid_connect_partial_update(self.org, slug_perm, data={"jwks": jwks})

    def exchange(self, id_token: str, service: str) -> httpx.Response:
        """Ask for a token of a service account."""
        asked = {"oidc_token": id_token, "service_slug": service}
        return self.post(f"/openid/{self.org}/", asked)

    def grants(self, id_token: str, service: str) -> bool:
        """Return whether the exchange grants a token of a service account."""
        return self.exchange(id_token, service).is_success

    def token(self, service: str) -> str:
        """Return a token of a service account."""
        issuer = self.issuer()
        with self.provider(issuer, service):
            answer = self.exchange(issuer.mint(), service)
        return str(answer.raise_for_status().json()["token"])
