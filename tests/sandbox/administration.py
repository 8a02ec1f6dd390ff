"""The endpoints with which an administrator reads a workspace's settings. All are GET, with the header `X-Api-Key`.

endpoint      path
providers     /v1/orgs/ORG/openid-connect/
provider      /v1/orgs/ORG/openid-connect/SLUG_PERM/
mappings      /v1/orgs/ORG/openid-connect/SLUG_PERM/dynamic-mappings/
services      /v1/orgs/ORG/services/
repository    /v1/repos/ORG/REPO/
privileges    /v1/repos/ORG/REPO/privileges (without a slash at the end)
domains       /v2/workspaces/ORG/domains/

Sources, in the public repositories of the vendor:

- Paths, fields and their types: cloudsmith-docs, src/content/schemas/api-schema-v1.json (`ProviderSettings`,
  `DynamicMapping`, `Service`, `Repository`, `RepositoryPrivilegeInput`). Its `query` and `sort` are not played.
- Pages: cloudsmith-docs, src/content/api/index.mdx: `page` from 1, `page_size` 30 unless asked for up to 500, the
  headers X-Pagination-*, none of them for an empty list; `Link` as its example prints it, which forgets `page_size`.
- No such headers for privileges, where the last page is the first one that is not full: terraform-provider-cloudsmith,
  cloudsmith/resource_repository_privileges.go.
- 401 and 403 and their texts: cloudsmith-docs, src/content/api/index.mdx and error-handling.mdx. That settings of OIDC
  need an Owner or Manager: src/content/authentication/openid-connect.mdx; 403 otherwise: terraform-provider-cloudsmith,
  issue 210. Services likewise: src/content/accounts-and-teams/service-accounts.mdx. That privileges need Admin on the
  repository, which a Manager does not have by role: src/content/repositories/repository-privileges.mdx and
  src/content/workspaces/privileges.mdx.
- 404 for what the key's owner may not see: the vendor's command line, cloudsmith_cli/cli/exceptions.py ("wrong or not
  visible").
- The field `jwks` of a provider: cloudsmith-api 2.0.42, models/provider_settings.py.
- Path, fields and pages of domains: cloudsmith-cli 1.30.0, core/api/workspaces.py and credential_helpers/domains.py.
  Who may read them is not known: here everybody in the workspace. Without a list of domains the path is not found.
- A service account's key is shown when it is made and never again: terraform-provider-cloudsmith,
  cloudsmith/resource_service.go. The description does not say what is shown instead: stars here.
"""

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from sandbox.faults import Answer, json_answer
from sandbox.network import Request, Route
from sandbox.workspace import ROLES, Account, Level, Workspaces

MANAGERS = ("Owner", "Manager")
PAGE_SIZE = 30
MAX_PAGE_SIZE = 500

NO_CREDENTIALS = json_answer({"detail": "Authentication credentials were not provided."}, 401)
INVALID_TOKEN = json_answer({"detail": "Invalid token."}, 401)
FORBIDDEN = json_answer({"detail": "You do not have permission to perform this action."}, 403)
NOT_FOUND = json_answer({"detail": "Not found."}, 404)


class Endpoint(NamedTuple):
    """Where it is, what it shows (a list in pages; None is not found), and what a key's owner needs to see it.

    That is the privilege on the repository, or without one a role in `roles`. The headers of pages are those whose
    names begin with `headers`.
    """

    path: str
    show: Callable[..., Sequence[object] | dict[str, object] | None]
    privilege: Level | None = None
    roles: Collection[str] = MANAGERS
    within: str | None = None
    headers: tuple[str, ...] = ("X-Pagination-", "Link")


class Administration:
    """The endpoints that show the settings. A page has at most `max_page_size` objects."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self.max_page_size = MAX_PAGE_SIZE

    def route(self, request: Request, account: Account | None) -> Route | None:
        """The endpoint, if it is one of these, as an account sees it; None is nobody."""
        for name, endpoint in ENDPOINTS.items():
            if where := re.fullmatch(endpoint.path, request.path):
                return name, partial(self._answer, endpoint, request, account, *where.groups())
        return None

    def _answer(self, endpoint: Endpoint, request: Request, account: Account | None, *where: str) -> Answer:
        refusal = self._refusal(endpoint, request, account, *where)
        if refusal:
            return refusal
        shown = endpoint.show(self._workspaces, *where)
        if shown is None:
            return NOT_FOUND
        if isinstance(shown, dict):
            return json_answer(shown)
        page, headers = self._page(request, shown)
        sent = {name: value for name, value in headers.items() if name.startswith(endpoint.headers)}
        return json_answer({endpoint.within: page} if endpoint.within else page, headers=sent)

    def _refusal(
        self, endpoint: Endpoint, request: Request, account: Account | None, org: str, name: str = ""
    ) -> Answer | None:
        known = self._workspaces
        if request.method != "GET":
            return json_answer({"detail": f'Method "{request.method}" not allowed.'}, 405, {"Allow": "GET"})
        if account is None:
            return INVALID_TOKEN if request.headers.keys() & {"x-api-key", "authorization"} else NO_CREDENTIALS
        if org not in known.providers or account.org != org:
            return NOT_FOUND
        if endpoint.privilege is None:
            return None if account.role in endpoint.roles else FORBIDDEN
        if name not in known.repositories or not known.may(account, "Read", org, name):
            return NOT_FOUND
        return None if known.may(account, endpoint.privilege, org, name) else FORBIDDEN

    def _page(self, request: Request, objects: Sequence[object]) -> tuple[Sequence[object], dict[str, str]]:
        """The objects of the page asked for, none past the last one, and the headers about the others."""
        size = min(_positive(request, "page_size", PAGE_SIZE), self.max_page_size)
        page, last = _positive(request, "page", 1), math.ceil(len(objects) / size)
        headers = {
            "X-Pagination-Count": str(len(objects)),
            "X-Pagination-Page": str(page),
            "X-Pagination-PageTotal": str(last),
            "X-Pagination-PageSize": str(size),
        }
        links = {"first": 1, "prev": page - 1, "next": page + 1, "last": last}
        if last > 1:
            headers["Link"] = ", ".join(
                f'<{request.origin}{request.path}?page={number}>; rel="{rel}"'
                for rel, number in links.items()
                if 1 <= number <= last
            )
        return objects[(page - 1) * size : page * size], headers if objects else {}


def _positive(request: Request, name: str, default: int) -> int:
    """Return a number from the query. Like the vendor, ignore one that is not positive."""
    text = request.query.get(name, "")
    return int(text) if text.isdecimal() and int(text) > 0 else default


def _providers(known: Workspaces, org: str) -> list[dict[str, object]]:
    return [
        {
            "claims": provider.claims,
            "enabled": provider.enabled,
            "jwks": provider.jwks,
            "mapping_claim": provider.mapping_claim,
            "name": provider.name,
            "provider_url": provider.issuer,
            "service_accounts": [] if provider.mapping_claim else sorted(provider.services),
            "slug": provider.slug,
            "slug_perm": provider.slug_perm,
        }
        for provider in sorted(known.providers[org], key=lambda provider: provider.name)
    ]


def _provider(known: Workspaces, org: str, slug_perm: str) -> dict[str, object] | None:
    return next((shown for shown in _providers(known, org) if shown["slug_perm"] == slug_perm), None)


def _mappings(known: Workspaces, org: str, slug_perm: str) -> list[dict[str, object]] | None:
    provider = next((provider for provider in known.providers[org] if provider.slug_perm == slug_perm), None)
    if provider is None:
        return None
    return [{"claim_value": value, "service_account": slug} for value, slug in provider.mappings.items()]


def _services(known: Workspaces, org: str) -> list[dict[str, object]]:
    return [
        {
            "created_at": "2024-01-02T03:04:05.678901Z",
            "created_by": "Jo Admin",
            "created_by_url": "https://api.cloudsmith.io/v1/users/profile/jo/",
            "description": "Made by the sandbox.",
            "key": "*" * 40,
            "key_expires_at": None,
            "name": account.slug.replace("-", " "),
            "role": account.role,
            "slug": account.slug,
            "teams": [{"slug": team, "role": "Member"} for team in account.teams],
        }
        for account in known.accounts(org).values()
    ]


def _repository(known: Workspaces, org: str, name: str) -> dict[str, object]:
    repository = known.repositories[name]
    return {
        "default_privilege": repository.default_privilege,
        "is_open_source": repository.type == "Open-Source",
        "is_private": repository.type == "Private",
        "is_public": repository.type == "Public",
        "name": name,
        "namespace": org,
        "repository_type_str": repository.type,
        "slug": name,
        "slug_perm": f"{name}-perm",
    }


def _domains(known: Workspaces, _: str) -> list[dict[str, str | None]] | None:
    return known.domains


WORKSPACE = "/v1/orgs/([^/]+)"
REPOSITORY = "/v1/repos/([^/]+)/([^/]+)"
ENDPOINTS: Mapping[str, Endpoint] = {
    "providers": Endpoint(f"{WORKSPACE}/openid-connect/", _providers),
    "provider": Endpoint(f"{WORKSPACE}/openid-connect/([^/]+)/", _provider),
    "mappings": Endpoint(f"{WORKSPACE}/openid-connect/([^/]+)/dynamic-mappings/", _mappings),
    "services": Endpoint(f"{WORKSPACE}/services/", _services),
    "repository": Endpoint(f"{REPOSITORY}/", _repository, "Read"),
    "privileges": Endpoint(f"{REPOSITORY}/privileges", Workspaces.privileges, "Admin", within="privileges", headers=()),
    "domains": Endpoint("/v2/workspaces/([^/]+)/domains/", _domains, roles=ROLES, within="results", headers=("Link",)),
}
