"""Composer: https://getcomposer.org/doc/articles/authentication-for-private-packages.md , doc/03-cli.md (variables)."""

import json

from cloudsmith_oidc.formats.base import DOWNLOADS, USER_NAME, Access, Endpoint, Format, Override, in_directory

REPOSITORY = Endpoint("composer.cloudsmith.io", "basic/{org}/{repo}/")


def _files(access: Access) -> dict[str, str]:
    """Return logins for both hosts: Cloudsmith's page has one in the repository's URL, the other in auth.json."""
    hosts = [host for endpoint in (REPOSITORY, DOWNLOADS) for host in access.hosts_of(endpoint)]
    logins = {host: {"username": USER_NAME, "password": access.token} for host in hosts}
    return {"composer/auth.json": json.dumps({"http-basic": logins}, indent=2) + "\n"}


def _cache(access: Access) -> str | None:
    """Return where the cache is without COMPOSER_HOME: in the login directory it would be removed. None if unknown."""
    own = access.environment.get("COMPOSER_CACHE_DIR")
    return own or (f"{access.home.path}/.cache/composer" if access.home.known else None)


FORMAT = Format(
    client="Composer",
    endpoints=(REPOSITORY, DOWNLOADS),
    files=_files,
    variables={"COMPOSER_HOME": in_directory("composer"), "COMPOSER_CACHE_DIR": _cache},
    needs_repo=False,
    hidden_files=(".config/composer/auth.json", ".composer/auth.json"),
    overrides=(Override(names=("COMPOSER_AUTH",), undo=lambda _: "{}"),),
    extends=("COMPOSER_CACHE_DIR",),
    publishes=False,
    hides="The user's config.json, auth.json and globally required packages.",
    project="composer.json names the repository; an auth.json next to it takes precedence, and so does "
    "COMPOSER_AUTH if it is set inside the login.",
    second_index="The first repository that has the package, whatever the version: name Cloudsmith first.",
    without_files="refused",
)
