"""The endpoints with which an administrator reads and changes a workspace's settings, with the header `X-Api-Key`.

endpoint      path                                                            besides GET
providers     /v1/orgs/ORG/openid-connect/                                    POST
provider      /v1/orgs/ORG/openid-connect/SLUG_PERM/                          PATCH, DELETE
mappings      /v1/orgs/ORG/openid-connect/SLUG_PERM/dynamic-mappings/
services      /v1/orgs/ORG/services/                                          POST
service       /v1/orgs/ORG/services/SLUG/                                     PATCH, DELETE
repositories  /v1/repos/ORG/                                                  POST
repository    /v1/repos/ORG/REPO/                                             PATCH, DELETE
privileges    /v1/repos/ORG/REPO/privileges (without a slash at the end)      PUT, PATCH
domains       /v2/workspaces/ORG/domains/

Sources, in the public repositories of the vendor:

- Paths, methods, statuses, fields and their types: cloudsmith-docs, src/content/schemas/api-schema-v1.json
  (`ProviderSettingsWrite`, `DynamicMapping`, `Service`, `RepositoryCreate`, `RepositoryPrivilegeInput`, and what
  begins with these names). Its `query` and `sort` are not played.
- Pages: cloudsmith-docs, src/content/api/index.mdx: `page` from 1, `page_size` 30 unless asked for up to 500, the
  headers X-Pagination-*, which Terraform's provider needs for an empty list as well (cloudsmith/resource_oidc.go);
  `Link` as its example prints it, which forgets `page_size`.
- No such headers for privileges, where the last page is the first one that is not full: terraform-provider-cloudsmith,
  cloudsmith/resource_repository_privileges.go.
- 401 and 403 and their texts: cloudsmith-docs, src/content/api/index.mdx and error-handling.mdx. That settings of OIDC
  need an Owner or Manager: src/content/authentication/openid-connect.mdx; 403 otherwise: terraform-provider-cloudsmith,
  issue 210. Services likewise: src/content/accounts-and-teams/service-accounts.mdx. That privileges need Admin on the
  repository, which a Manager does not have by role: src/content/repositories/repository-privileges.mdx and
  src/content/workspaces/privileges.mdx.
- Who may make and remove repositories is not played exactly: an Owner here, and to remove one, who has Admin on it.
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
from urllib.parse import unquote

from sandbox import objects
from sandbox.faults import Answer, json_answer
from sandbox.network import Request, Route
from sandbox.objects import Change
from sandbox.workspace import ROLES, Account, Level, Workspaces

PAGE_SIZE = 30
MAX_PAGE_SIZE = 500

NO_CREDENTIALS = json_answer({"detail": "Authentication credentials were not provided."}, 401)
INVALID_TOKEN = json_answer({"detail": "Invalid token."}, 401)
FORBIDDEN = json_answer({"detail": "You do not have permission to perform this action."}, 403)
NOT_FOUND = json_answer({"detail": "Not found."}, 404)


class Endpoint(NamedTuple):
    """Where it is, what it shows (a list in pages; None is not found), and what a key's owner needs to see it.

    That is the privilege on the repository, or without one a role in `roles`, or without them a manager's. The headers
    of pages are those whose names begin with `headers`. `changes` has the methods besides GET; on a repository, they
    need Admin.
    """

    path: str
    show: Callable[..., Sequence[object] | dict[str, object] | None]
    privilege: Level | None = None
    roles: Collection[str] = ()
    within: str | None = None
    headers: tuple[str, ...] = ("X-Pagination-", "Link")
    changes: Mapping[str, Change] = {}


class Administration:
    """The endpoints. A page has at most `max_page_size` objects; `managers` are the roles that see the settings."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self.max_page_size = MAX_PAGE_SIZE
        self.managers: Collection[str] = ("Owner", "Manager")

    def route(self, request: Request, account: Account | None) -> Route | None:
        """The endpoint, if it is one of these, as an account sees it; None is nobody."""
        for name, endpoint in ENDPOINTS.items():
            if where := re.fullmatch(endpoint.path, request.path):
                return name, partial(self._answer, endpoint, request, account, *map(unquote, where.groups()))
        return None

    def _answer(self, endpoint: Endpoint, request: Request, account: Account | None, *where: str) -> Answer:
        refusal = self._refusal(endpoint, request, account, *where)
        if refusal:
            return refusal
        shown = endpoint.show(self._workspaces, *where)
        if shown is None:
            return NOT_FOUND
        if account and request.method != "GET":
            return endpoint.changes[request.method].answer(self._workspaces, account, request, *where)
        if isinstance(shown, dict):
            return json_answer(shown)
        page, headers = self._page(request, shown)
        sent = {name: value for name, value in headers.items() if name.startswith(endpoint.headers)}
        return json_answer({endpoint.within: page} if endpoint.within else page, headers=sent)

    def _refusal(
        self, endpoint: Endpoint, request: Request, account: Account | None, org: str, name: str = "", *_: str
    ) -> Answer | None:
        known = self._workspaces
        allowed = ["GET", *endpoint.changes]
        if request.method not in allowed:
            detail = f'Method "{request.method}" not allowed.'
            return json_answer({"detail": detail}, 405, {"Allow": ", ".join(allowed)})
        if account is None:
            return INVALID_TOKEN if request.headers.keys() & {"x-api-key", "authorization"} else NO_CREDENTIALS
        if org not in known.providers or account.org != org:
            return NOT_FOUND
        if endpoint.privilege is None:
            return None if account.role in (endpoint.roles or self.managers) else FORBIDDEN
        if name not in known.repositories or not known.may(account, "Read", org, name):
            return NOT_FOUND
        needed = endpoint.privilege if request.method == "GET" else "Admin"
        return None if known.may(account, needed, org, name) else FORBIDDEN

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
        return objects[(page - 1) * size : page * size], headers


def _positive(request: Request, name: str, default: int) -> int:
    """Return a number from the query. Like the vendor, ignore one that is not positive."""
    text = request.query.get(name, "")
    return int(text) if text.isdecimal() and int(text) > 0 else default


WORKSPACE = "/v1/orgs/([^/]+)"
PROVIDERS = f"{WORKSPACE}/openid-connect/"
SERVICES = f"{WORKSPACE}/services/"
REPOSITORIES = "/v1/repos/([^/]+)/"
# fmt: off
ENDPOINTS: Mapping[str, Endpoint] = {
    "providers": Endpoint(PROVIDERS, objects.providers, changes={"POST": objects.MAKE_PROVIDER}),
    "provider": Endpoint(f"{PROVIDERS}([^/]+)/", objects.provider, changes={
        "PATCH": objects.CHANGE_PROVIDER, "DELETE": objects.REMOVE_PROVIDER}),
    "mappings": Endpoint(f"{PROVIDERS}([^/]+)/dynamic-mappings/", objects.mappings),
    "services": Endpoint(SERVICES, objects.services, changes={"POST": objects.MAKE_SERVICE}),
    "service": Endpoint(f"{SERVICES}([^/]+)/", objects.service, changes={
        "PATCH": objects.CHANGE_SERVICE, "DELETE": objects.REMOVE_SERVICE}),
    "repositories": Endpoint(REPOSITORIES, objects.repositories, roles=("Owner",), changes={
        "POST": objects.MAKE_REPOSITORY}),
    "repository": Endpoint(f"{REPOSITORIES}([^/]+)/", objects.repository, "Read", changes={
        "PATCH": objects.CHANGE_REPOSITORY, "DELETE": objects.REMOVE_REPOSITORY}),
    "privileges": Endpoint(f"{REPOSITORIES}([^/]+)/privileges", objects.privileges, "Admin", within="privileges",
        headers=(), changes={"PUT": objects.REPLACE_PRIVILEGES, "PATCH": objects.CHANGE_PRIVILEGES}),
    "domains": Endpoint("/v2/workspaces/([^/]+)/domains/", objects.domains, roles=ROLES, within="results",
        headers=("Link",)),
}
