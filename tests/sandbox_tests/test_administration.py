"""The administrator's endpoints answer in the shape of the vendor's API description, to those who may see."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox import Sandbox

API = "https://api.cloudsmith.io/v1"
PROVIDERS = f"{API}/orgs/acme/openid-connect/"
SERVICES = f"{API}/orgs/acme/services/"
REPOSITORY = f"{API}/repos/acme/prod/"
DOMAINS = "https://api.cloudsmith.io/v2/workspaces/acme/domains/"
PRIVILEGES = f"{API}/repos/acme/prod/privileges"

TYPES = {"text": str, "flag": bool, "object": dict, "list": list, "null": type(None)}
DESCRIBED = {
    "ProviderSettings": "claims object, enabled flag, jwks object null, mapping_claim text null, name text, "
    "provider_url text, service_accounts list, slug text, slug_perm text",
    "DynamicMapping": "claim_value text, service_account text",
    "Service": "created_at text, created_by text, created_by_url text, description text, key text, "
    "key_expires_at text null, name text, role text, slug text, teams list",
    "ServiceTeams": "role text, slug text",
    "RepositoryPrivilegeDict": "privilege text, service text",
    "Repository": "default_privilege text, description text, is_open_source flag, is_private flag, is_public flag, "
    "name text, namespace text, repository_type_str text, slug text, slug_perm text",
}
"""From the vendor's API description: cloudsmith-io/cloudsmith-docs at 177ca1a, src/content/schemas/api-schema-v1.json.

All fields of an object and their types, but of a repository those that say who may read it, and of a privilege those of
a service account ("team" and "user" take the place of "service"). `jwks` is from cloudsmith-api 2.0.42.
"""

Get = Callable[..., httpx.Response]


@pytest.fixture
def get(sandbox: Sandbox, client: httpx.Client) -> Get:
    """Ask as an owner."""
    key = sandbox.api_key()

    def get(url: str, **query: int) -> httpx.Response:
        return client.get(url, params=query, headers={"X-Api-Key": key})

    return get


def test_objects_have_the_described_fields(sandbox: Sandbox, get: Get) -> None:
    provider = sandbox.trust("https://oidc.example.org")
    provider.mapping_claim, provider.mappings = "sub", {"a": "ci-a", "b": "ci-b"}
    sandbox.add_service("ci-writer", role="Manager", teams=("ci",))
    services = get(SERVICES).json()
    shown: dict[str, list[dict[str, Any]]] = {
        "ProviderSettings": [*get(PROVIDERS).json(), get(f"{PROVIDERS}{provider.slug_perm}/").json()],
        "DynamicMapping": get(f"{PROVIDERS}{provider.slug_perm}/dynamic-mappings/").json(),
        "Service": services,
        "ServiceTeams": [team for service in services for team in service["teams"]],
        "RepositoryPrivilegeDict": get(PRIVILEGES).json()["privileges"],
        "Repository": [get(REPOSITORY).json()],
    }
    for name, description in DESCRIBED.items():
        fields = {field: types for field, *types in map(str.split, description.split(", "))}
        assert shown[name], name
        for found in shown[name]:
            assert found.keys() == fields.keys(), name
            for field, types in fields.items():
                assert isinstance(found[field], tuple(TYPES[kind] for kind in types)), (name, field)


# Pages


def test_lists_have_pages_of_a_limited_size(sandbox: Sandbox, get: Get) -> None:
    for number in range(31):
        sandbox.add_service(f"ci-{number}")
    first, second = get(SERVICES), get(SERVICES, page=2)
    assert [len(page.json()) for page in (first, second, get(SERVICES, page=3))] == [30, 2, 0]
    assert {name: value for name, value in second.headers.items() if name.startswith("x-pagination-")} == {
        "x-pagination-count": "32",
        "x-pagination-page": "2",
        "x-pagination-pagetotal": "2",
        "x-pagination-pagesize": "30",
    }
    links = [f'<{SERVICES}?page={page}>; rel="{rel}"' for rel, page in (("first", 1), ("next", 2), ("last", 2))]
    assert first.headers["Link"] == ", ".join(links)
    assert get(SERVICES, page_size=501).headers["X-Pagination-PageSize"] == "500"
    assert len(get(SERVICES, page=-1, page_size=0).json()) == 30


def test_single_page_and_empty_list_have_no_links(get: Get) -> None:
    providers = get(PROVIDERS)
    assert (providers.headers["X-Pagination-PageTotal"], providers.links) == ("1", {})
    mappings = get(f"{PROVIDERS}{providers.json()[0]['slug_perm']}/dynamic-mappings/")
    assert (mappings.headers["X-Pagination-PageTotal"], mappings.links) == ("0", {})


def test_domains_are_not_found_until_there_are_some(sandbox: Sandbox, get: Get) -> None:
    assert get(DOMAINS).status_code == 404
    domain = {"domain_name": "npm.acme.com", "domain_type": "NATIVE_NPM", "domain_scope": "WORKSPACE"}
    sandbox.cloudsmith.workspaces.domains = [domain | {"repository": None}] * 3
    first = get(DOMAINS, page_size=2)
    assert first.json() == {"results": [domain | {"repository": None}] * 2}
    assert first.links["next"]["url"] == f"{DOMAINS}?page=2"


# Who may see

URLS = {
    "providers": PROVIDERS,
    "provider": f"{PROVIDERS}SLUG_PERM/",
    "mappings": f"{PROVIDERS}SLUG_PERM/dynamic-mappings/",
    "services": SERVICES,
    "repository": REPOSITORY,
    "privileges": PRIVILEGES,
}
SETTINGS = dict.fromkeys(["providers", "provider", "mappings", "services"], 200)
FORBIDDEN = dict.fromkeys(SETTINGS, 403)


def asked(sandbox: Sandbox, client: httpx.Client, **headers: str) -> dict[str, int]:
    slug_perm = sandbox.cloudsmith.providers["acme"][0].slug_perm
    return {
        name: client.get(url.replace("SLUG_PERM", slug_perm), headers=headers).status_code for name, url in URLS.items()
    }


ROLES: list[tuple[str, dict[str, int]]] = [
    ("Owner", SETTINGS | {"repository": 200, "privileges": 200}),
    ("Manager", SETTINGS | {"repository": 404, "privileges": 404}),
    ("Member", FORBIDDEN | {"repository": 404, "privileges": 404}),
]


@pytest.mark.parametrize(("role", "statuses"), ROLES)
def test_role_decides_what_a_key_sees(
    sandbox: Sandbox, client: httpx.Client, role: Any, statuses: dict[str, int]
) -> None:
    assert asked(sandbox, client, **{"X-Api-Key": sandbox.api_key(role)}) == statuses


@pytest.mark.parametrize(("privilege", "status"), [("Read", 403), ("Write", 403), ("Admin", 200)])
def test_privileges_need_admin_on_the_repository(
    sandbox: Sandbox, client: httpx.Client, privilege: str, status: int
) -> None:
    sandbox.repository("prod").privileges = [{"privilege": privilege, "user": "jo-manager"}]
    statuses = asked(sandbox, client, **{"X-Api-Key": sandbox.api_key("Manager")})
    assert statuses == SETTINGS | {"repository": 200, "privileges": status}


REFUSED: dict[str, tuple[Callable[[Sandbox], dict[str, str]], int, str]] = {
    "no key": (lambda _: {}, 401, "Authentication credentials were not provided."),
    "a wrong key": (lambda _: {"X-Api-Key": "sesame"}, 401, "Invalid token."),
    "a wrong token": (lambda _: {"Authorization": "Bearer sesame"}, 401, "Invalid token."),
    "a key of another workspace": (lambda sandbox: {"X-Api-Key": sandbox.api_key(org="other")}, 404, "Not found."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_strangers_see_nothing_and_get_the_reason(sandbox: Sandbox, client: httpx.Client, case: str) -> None:
    headers, status, detail = REFUSED[case]
    assert asked(sandbox, client, **headers(sandbox)) == dict.fromkeys(URLS, status)
    assert client.get(PROVIDERS, headers=headers(sandbox)).json() == {"detail": detail}


@pytest.mark.parametrize(
    "url",
    [
        f"{API}/orgs/other/openid-connect/",
        f"{PROVIDERS}other/",
        f"{PROVIDERS}other/dynamic-mappings/",
        f"{API}/repos/acme/other/",
        f"{API}/repos/acme/other/privileges",
        f"{PRIVILEGES}/",
    ],
)
def test_unknown_objects_are_not_found(get: Get, url: str) -> None:
    assert (get(url).status_code, get(url).json()) == (404, {"detail": "Not found."})


# Changes

MADE: dict[str, tuple[str, dict[str, Any], str]] = {
    "services": (SERVICES, {"name": "Ci Writer", "role": "Manager"}, "slug"),
    "providers": (
        PROVIDERS,
        {"name": "Other", "provider_url": "https://a.example.org", "claims": {"sub": "a"}, "enabled": True},
        "slug_perm",
    ),
    "repositories": (f"{API}/repos/acme/", {"name": "Nightly builds"}, "slug"),
}


@pytest.fixture
def send(sandbox: Sandbox, client: httpx.Client) -> Callable[..., httpx.Response]:
    """Send a method as an owner."""
    key = sandbox.api_key()

    def send(method: str, url: str, **body: object) -> httpx.Response:
        return client.request(method, url, json=body, headers={"X-Api-Key": key})

    return send


@pytest.mark.parametrize("kind", MADE)
def test_object_is_made_shown_changed_and_removed(send: Callable[..., httpx.Response], kind: str) -> None:
    url, given, identifier = MADE[kind]
    made = send("POST", url, **given)
    assert made.is_success
    assert made.json().items() >= given.items()

    one = f"{url}{made.json()[identifier]}/"
    assert send("PATCH", one, name="Renamed").json()["name"] == "Renamed"
    assert "Renamed" in [shown["name"] for shown in send("GET", url).json()]
    assert send("DELETE", one).is_success
    assert send("GET", one).status_code == 404
    assert send("DELETE", one).status_code == 404


def test_provider_takes_mappings_and_uploaded_keys(sandbox: Sandbox, send: Callable[..., httpx.Response]) -> None:
    mapped = [{"claim_value": "a/b", "service_account": "ci-reader"}]
    given = MADE["providers"][1] | {"mapping_claim": "sub", "dynamic_mappings": mapped, "jwks": sandbox.issuer.jwks()}
    made = send("POST", PROVIDERS, **given).json()
    assert made.items() >= given.items()
    provider = sandbox.cloudsmith.providers["acme"][-1]
    assert provider.linked == {"ci-reader"}
    assert send("GET", f"{PROVIDERS}{provider.slug_perm}/dynamic-mappings/").json() == mapped
    assert send("PATCH", f"{PROVIDERS}{provider.slug_perm}/", jwks=None).json()["jwks"] is None
    assert provider.mapping_claim == "sub"


def test_privileges_are_replaced_and_changed(sandbox: Sandbox, send: Callable[..., httpx.Response]) -> None:
    sandbox.add_service("ci-writer")
    writer, reader = ({"privilege": "Write", "service": name} for name in ("ci-writer", "ci-reader"))
    assert send("PUT", PRIVILEGES, privileges=[writer]).status_code == 204
    assert send("PATCH", PRIVILEGES, privileges=[reader]).status_code == 204
    lowered = writer | {"privilege": "Read"}
    assert send("PATCH", PRIVILEGES, privileges=[lowered]).status_code == 204
    assert send("GET", PRIVILEGES).json() == {"privileges": [reader, lowered]}


def test_key_of_a_new_service_account_works_until_it_is_removed(
    send: Callable[..., httpx.Response], client: httpx.Client
) -> None:
    made = send("POST", SERVICES, name="Boss", role="Manager").json()
    key = {"X-Api-Key": made["key"]}
    assert client.get(PROVIDERS, headers=key).status_code == 200
    send("DELETE", f"{SERVICES}{made['slug']}/")
    assert client.get(PROVIDERS, headers=key).status_code == 401


INVALID: dict[str, tuple[str, str, dict[str, object], list[str]]] = {
    "nothing": ("POST", PROVIDERS, {}, ["claims", "enabled", "name", "provider_url"]),
    "wrong types": ("POST", SERVICES, {"name": 7, "teams": "ci"}, ["name", "teams"]),
    "unknown account": (
        "POST",
        PROVIDERS,
        MADE["providers"][1] | {"service_accounts": ["ci-raeder"]},
        ["service_accounts"],
    ),
    "two holders": (
        "PUT",
        PRIVILEGES,
        {"privileges": [{"privilege": "Read", "service": "ci-reader", "team": "ci"}]},
        ["privileges"],
    ),
    "the same repository": ("POST", f"{API}/repos/acme/", {"name": "prod"}, ["slug"]),
}


@pytest.mark.parametrize("case", INVALID)
def test_invalid_fields_are_named(send: Callable[..., httpx.Response], case: str) -> None:
    method, url, body, fields = INVALID[case]
    answer = send(method, url, **body)
    assert (answer.status_code, sorted(answer.json()["fields"])) == (422, fields)


def test_changes_need_the_same_as_reading(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.repository("prod").privileges = [{"privilege": "Write", "user": "jo-manager"}]
    manager, member = ({"X-Api-Key": sandbox.api_key(role)} for role in ("Manager", "Member"))
    assert client.post(SERVICES, json=MADE["services"][1], headers=member).status_code == 403
    assert client.delete(REPOSITORY, headers=manager).status_code == 403
    assert client.delete(REPOSITORY, headers=member).status_code == 404
    assert client.delete(PROVIDERS, headers=manager).status_code == 405
