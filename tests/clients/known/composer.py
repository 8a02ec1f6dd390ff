"""Composer."""

import json

from clients.client import Client

INSTALL = "composer install --no-interaction --no-progress"
CLOUDSMITH = "https://composer.cloudsmith.io/basic/acme/{}/"


def _project(package: str, *urls: str) -> str:
    """A project that needs a package, from these repositories and not from the public one."""
    repositories = [*({"type": "composer", "url": url} for url in urls), {"packagist.org": False}]
    return json.dumps({"require": {package: "*"}, "repositories": repositories})


CLIENT = Client(
    format="composer",
    program="composer",
    version="composer --version",
    files={
        "composer.json": _project("acme/hello", CLOUDSMITH.format("prod")),
        "several.json": _project("acme/tools", *map(CLOUDSMITH.format, ("prod", "dev"))),
        "second.json": _project("acme/hello", CLOUDSMITH.format("prod"), "https://public.example.com/composer/"),
    },
    read=INSTALL,
    got="vendor/acme/hello/hello.php",
    loud=f'{INSTALL} -vvv; composer config -l; composer config -g -l; cat "$COMPOSER_HOME/auth.json"',
    several=f"COMPOSER=several.json {INSTALL}",
    second_index=f"COMPOSER=second.json {INSTALL}",
    taken="COMPOSER=second.json composer show",
    asks_public=False,
    domains=False,
)
