"""The objects of the API: how the settings of `workspace.py` are shown, made, changed and removed.

What is shown and the fields that can be written are as in the API description; see `administration.py`. Fields that
the sandbox has no use for are ignored.
"""

import json
import secrets
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from sandbox.faults import Answer, json_answer
from sandbox.network import Request
from sandbox.workspace import LEVELS, Account, Provider, Repository, Workspaces, slug_of

Given = Mapping[str, Any]


class InvalidError(Exception):
    """The fields of a body that cannot be taken, with the reasons."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(str(fields))
        self.fields = {name: [reason] for name, reason in fields.items()}


class Change(NamedTuple):
    """A method that changes something.

    `make` gets the settings, who asks, the fields of the body and the names in the path, and returns what to show (None
    for nothing). It is called only if the path's object is there.
    """

    status: int
    make: Callable[..., object]
    fields: Mapping[str, type] = {}
    required: Collection[str] = ()

    def answer(self, known: Workspaces, account: Account, request: Request, *where: str) -> Answer:
        """Make the change and return its answer."""
        try:
            given = json.loads(request.body or b"{}")
        except ValueError:
            return json_answer({"detail": "JSON parse error"}, 400)
        try:
            shown = self.make(known, account, self._checked(given), *where)
        except InvalidError as problem:
            return json_answer({"detail": "Invalid input.", "fields": problem.fields}, 422)
        return Answer(self.status) if shown is None else json_answer(shown, self.status)

    def _checked(self, given: object) -> Given:
        """Return the described fields. Raises `InvalidError`."""
        body = given if isinstance(given, dict) else {}
        absent = {name: "This field is required." for name in self.required if body.get(name) is None}
        present = {name: body[name] for name in self.fields if name in body}
        wrong = {
            name: f"Not a valid {self.fields[name].__name__}."
            for name, value in present.items()
            if value is not None and not isinstance(value, self.fields[name])
        }
        if absent or wrong:
            raise InvalidError(absent | wrong)
        return present


# Providers


def providers(known: Workspaces, org: str) -> list[dict[str, object]]:
    """The providers of a workspace, by name."""
    return [_shown(known, provider) for provider in sorted(known.providers[org], key=lambda provider: provider.name)]


def provider(known: Workspaces, org: str, slug_perm: str) -> dict[str, object] | None:
    """One of them."""
    found = _provider(known, org, slug_perm)
    return _shown(known, found) if found else None


def mappings(known: Workspaces, org: str, slug_perm: str) -> list[dict[str, object]] | None:
    """The dynamic mappings of a provider."""
    found = _provider(known, org, slug_perm)
    return _mappings(found) if found else None


def _provider(known: Workspaces, org: str, slug_perm: str) -> Provider | None:
    return next((one for one in known.providers[org] if one.slug_perm == slug_perm), None)


def _mappings(found: Provider) -> list[dict[str, object]]:
    return [{"claim_value": value, "service_account": slug} for value, slug in found.mappings.items()]


def _shown(known: Workspaces, found: Provider) -> dict[str, object]:
    uploaded = {"jwks": found.jwks} if known.knows_jwks else {}
    return uploaded | {
        "claims": found.claims,
        "enabled": found.enabled,
        "mapping_claim": found.mapping_claim,
        "name": found.name,
        "provider_url": found.issuer,
        "service_accounts": [] if found.mapping_claim else sorted(found.services),
        "slug": found.slug,
        "slug_perm": found.slug_perm,
    }


def _make_provider(known: Workspaces, _: Account, given: Given, org: str) -> object:
    made = Provider(given["provider_url"], services=set())
    return _enter(known, org, made, given)


def _change_provider(known: Workspaces, _: Account, given: Given, org: str, slug_perm: str) -> object:
    found = _provider(known, org, slug_perm)
    assert found
    return _enter(known, org, found, given)


def _remove_provider(known: Workspaces, _: Account, _given: Given, org: str, slug_perm: str) -> None:
    known.providers[org][:] = [one for one in known.providers[org] if one.slug_perm != slug_perm]


def _enter(known: Workspaces, org: str, into: Provider, given: Given) -> dict[str, object]:
    """Enter the given fields into a provider, known already or not. Raises `InvalidError`."""
    others = [one for one in known.providers[org] if one is not into]
    if not known.repeated_urls and given.get("provider_url") in {one.issuer for one in others}:
        raise InvalidError({"provider_url": "There is a provider with this URL."})
    entered = {name: value for name, value in given.items() if name != "jwks" or known.knows_jwks}
    if known.replaced_keys_stay and "jwks" in entered:
        into.replaced_jwks = into.replaced_jwks or into.jwks
    mapped = {one.get("claim_value"): one.get("service_account") for one in given.get("dynamic_mappings") or ()}
    linked = set(given.get("service_accounts") or ())
    for name, slugs in {"service_accounts": linked, "dynamic_mappings": set(mapped.values())}.items():
        if unknown := slugs - known.accounts(org).keys():
            raise InvalidError({name: f"No such service account: {', '.join(map(str, unknown))}."})
    names = {"provider_url": "issuer", "service_accounts": "services", "dynamic_mappings": "mappings"}
    values = entered | {"service_accounts": linked, "dynamic_mappings": mapped}
    vars(into).update({names.get(name, name): values[name] for name in entered})
    known.providers[org][:] = [*others, into]
    return _shown(known, into) | {"dynamic_mappings": _mappings(into)}


PROVIDER = {
    "claims": dict,
    "dynamic_mappings": list,
    "enabled": bool,
    "jwks": dict,
    "mapping_claim": str,
    "name": str,
    "provider_url": str,
    "service_accounts": list,
}
MAKE_PROVIDER = Change(201, _make_provider, PROVIDER, ("claims", "enabled", "name", "provider_url"))
CHANGE_PROVIDER = Change(200, _change_provider, PROVIDER)
REMOVE_PROVIDER = Change(204, _remove_provider)

# Service accounts


def services(known: Workspaces, org: str) -> list[dict[str, object]]:
    """The service accounts of a workspace."""
    return [_account(account) for account in known.accounts(org).values()]


def service(known: Workspaces, org: str, slug: str) -> dict[str, object] | None:
    """One of them."""
    found = known.accounts(org).get(slug)
    return _account(found) if found else None


def _account(account: Account, key: str = "*" * 40) -> dict[str, object]:
    return {
        "created_at": "2024-01-02T03:04:05.678901Z",
        "created_by": "Jo Admin",
        "created_by_url": "https://api.cloudsmith.io/v1/users/profile/jo/",
        "description": account.description,
        "key": key,
        "key_expires_at": None,
        "name": account.name or account.slug.replace("-", " "),
        "role": account.role,
        "slug": account.slug,
        "teams": [{"slug": team, "role": "Member"} for team in account.teams],
    }


def _make_service(known: Workspaces, _: Account, given: Given, org: str) -> object:
    slug = _free(slug_of(given["name"]), known.accounts(org))
    known.services[slug] = Account(slug, org=org, description="")
    key = secrets.token_hex(20)
    known.keys[key] = known.services[slug]
    return _change_service(known, _, given, org, slug) | {"key": key}


def _change_service(known: Workspaces, _: Account, given: Given, org: str, slug: str) -> dict[str, object]:
    account = known.services.setdefault(slug, known.accounts(org)[slug])
    teams = tuple(team["slug"] for team in given.get("teams") or ())
    vars(account).update({**given, "teams": teams} if "teams" in given else given)
    return _account(account)


def _remove_service(known: Workspaces, _: Account, _given: Given, org: str, slug: str) -> None:
    known.services.pop(slug, None)
    for key in [key for key, account in known.keys.items() if account.slug == slug]:
        del known.keys[key]
    for one in known.providers[org]:
        one.services.discard(slug)
        one.mappings = {value: mapped for value, mapped in one.mappings.items() if mapped != slug}


SERVICE = {"description": str, "name": str, "role": str, "teams": list}
MAKE_SERVICE = Change(200, _make_service, SERVICE, ("name",))
CHANGE_SERVICE = Change(200, _change_service, SERVICE)
REMOVE_SERVICE = Change(204, _remove_service)

# Repositories


def repositories(known: Workspaces, org: str) -> list[dict[str, object]]:
    """The repositories of a workspace."""
    return [repository(known, org, slug) for slug in known.repositories]


def repository(known: Workspaces, org: str, slug: str) -> dict[str, object]:
    """One of them, which is there."""
    found = known.repositories[slug]
    return {
        "default_privilege": found.default_privilege,
        "description": found.description,
        "is_open_source": found.type == "Open-Source",
        "is_private": found.type == "Private",
        "is_public": found.type == "Public",
        "name": found.name or slug,
        "namespace": org,
        "repository_type_str": found.type,
        "slug": slug,
        "slug_perm": f"{slug}-perm",
    }


def _make_repository(known: Workspaces, account: Account, given: Given, org: str) -> object:
    slug = slug_of(given.get("slug") or given["name"])
    if slug in known.repositories:
        raise InvalidError({"slug": "There is a repository with this slug."})
    known.repositories[slug] = Repository([{"privilege": "Admin", account.kind: account.slug}])
    return _change_repository(known, account, given, org, slug)


def _change_repository(known: Workspaces, _: Account, given: Given, org: str, slug: str) -> object:
    names = {"repository_type_str": "type"}
    vars(known.repositories[slug]).update({names.get(name, name): given[name] for name in given if name != "slug"})
    return repository(known, org, slug)


def _remove_repository(known: Workspaces, _: Account, _given: Given, _org: str, slug: str) -> None:
    del known.repositories[slug]


REPOSITORY = dict.fromkeys(("default_privilege", "description", "name", "repository_type_str", "slug"), str)
MAKE_REPOSITORY = Change(201, _make_repository, REPOSITORY, ("name",))
CHANGE_REPOSITORY = Change(200, _change_repository, REPOSITORY)
REMOVE_REPOSITORY = Change(200, _remove_repository)

# Privileges


def privileges(known: Workspaces, org: str, repo: str) -> list[dict[str, str]]:
    """The privileges given one by one."""
    return known.privileges(org, repo)


def _replace_privileges(known: Workspaces, _: Account, given: Given, org: str, repo: str) -> None:
    for entry in given["privileges"]:
        holders = [entry.get(kind) for kind in ("service", "team", "user") if entry.get(kind)]
        if len(holders) != 1 or entry.get("privilege") not in LEVELS[1:]:
            raise InvalidError({"privileges": "Each has a privilege, and one service, team or user."})
        if "service" in entry and entry["service"] not in known.accounts(org):
            raise InvalidError({"privileges": f"No such service account: {entry['service']}."})
    known.repositories[repo].privileges = [dict(entry) for entry in given["privileges"]]


def _change_privileges(known: Workspaces, account: Account, given: Given, org: str, repo: str) -> None:
    holders = [_holder(entry) for entry in given["privileges"]]
    kept = [entry for entry in known.privileges(org, repo) if _holder(entry) not in holders]
    _replace_privileges(known, account, {"privileges": [*kept, *given["privileges"]]}, org, repo)


def _holder(entry: Given) -> Given:
    return {kind: slug for kind, slug in entry.items() if kind != "privilege" and slug}


PRIVILEGES = {"privileges": list}
REPLACE_PRIVILEGES = Change(204, _replace_privileges, PRIVILEGES, ("privileges",))
CHANGE_PRIVILEGES = Change(204, _change_privileges, PRIVILEGES, ("privileges",))

# Domains


def domains(known: Workspaces, _: str) -> list[dict[str, str | None]] | None:
    """The domains of a workspace, if this Cloudsmith has the endpoint."""
    return known.domains


def _free(slug: str, taken: Collection[str]) -> str:
    """Return the slug, with something random at its end if it is taken."""
    return f"{slug}-{secrets.token_hex(2)}" if slug in taken else slug
