"""npm: https://docs.npmjs.com/cli/configuring-npm/npmrc ; pnpm, bun and yarn 1 read the same file."""

import re

from cloudsmith_oidc.formats.base import NPM_REGISTRY, Access, Format, FormatOption, Override, in_directory, switch
from cloudsmith_oidc.redaction import quoted

_UNBOUND = {"_auth", "_authToken", "_password", "username"}
"""Logins that are bound to no registry. Old npm would send them to Cloudsmith."""
_SCOPE = re.compile(r"@[a-z0-9-~][a-z0-9-._~]{0,213}", re.ASCII)

_KEY = re.compile(r"[\s\ufeff]*([a-zA-Z0-9@/:._%~+-]+)(?:\[\])?[\s\ufeff]*(?:[=;#].*)?", re.DOTALL)
"""A line that sets a plain key. npm reads others in its own ways: in quotes as JSON, and with variables filled in."""


def _scope(text: str) -> str:
    if not _SCOPE.fullmatch(text):
        raise ValueError(f"{quoted(text)} is not an npm scope such as '@acme'")
    return text


def _files(access: Access) -> dict[str, str]:
    """Return an .npmrc with the first repository as registry, or as that of the scopes, and the token for all of them.

    With `inherit`, sections and plain keys of the user's file are kept, except keys that the login sets and logins that
    are bound to no registry. They come last, because a section among them would include all lines after it.
    """
    urls = access.urls(NPM_REGISTRY)
    lines = [f"{scope}:registry={urls[0]}" for scope in access.option("scope")] or [f"registry={urls[0]}"]
    # npm looks the token up by the URL without its scheme.
    places = [url.partition(":")[2] for url in access.login_urls(NPM_REGISTRY)]
    lines += [f"{place}:_authToken={access.token}" for place in places]
    if access.switched_on("yarn1"):
        lines += [f"{place}:always-auth=true" for place in places]
    own = re.split(r"[\r\n]+", access.home.read(".npmrc") or "") if access.inherit else []
    said = {_key(line) for line in lines} | _UNBOUND | {None}
    kept = (line for line in own if line.startswith("[") or _key(line) not in said)
    return {".npmrc": "\n".join([*lines, *kept]) + "\n"}


def _key(line: str) -> str | None:
    """Return the key that a line sets, None if it sets none, or one that is not plain."""
    plain = _KEY.fullmatch(line)
    return plain[1] if plain else None


def _registry(access: Access) -> str:
    """Return the URL of the first repository, or "" if only some scopes use it."""
    return "" if access.option("scope") else access.url(NPM_REGISTRY, access.repos[0])


FORMAT = Format(
    client="npm, pnpm, bun, and with npm.yarn1=true yarn 1 (not deno, which has no variable for the file)",
    endpoints=(NPM_REGISTRY,),
    files=_files,
    variables={"NPM_CONFIG_USERCONFIG": in_directory(".npmrc")},
    options={
        "scope": FormatOption(
            takes="@SCOPE", help="Get only the packages of this scope from Cloudsmith. Default: all.", check=_scope
        ),
        "yarn1": FormatOption(
            takes="true|false",
            help="Let yarn 1 also send the login for packages without a scope. npm 11 warns about that line.",
            check=switch,
        ),
    },
    # bun reads the second one if XDG_CONFIG_HOME is set.
    user_files=(".bunfig.toml", ".config/.bunfig.toml"),
    overrides=(
        Override(names=("NPM_CONFIG_USERCONFIG",), any_case=True),
        Override(names=("NPM_CONFIG_REGISTRY", "PNPM_CONFIG_REGISTRY", "YARN_REGISTRY"), any_case=True, undo=_registry),
        Override(names=("BUN_CONFIG_REGISTRY",), undo=_registry),
        # pnpm from version 11 on prefers it to NPM_CONFIG_USERCONFIG.
        Override(names=("PNPM_CONFIG_NPMRC_AUTH_FILE",), any_case=True, undo=in_directory(".npmrc")),
        Override(names=("NPM_CONFIG_REPLACE_REGISTRY_HOST",), any_case=True),
        Override(names=("NPM_CONFIG_@*:REGISTRY", "NPM_CONFIG_//*", "NPM_CONFIG_GLOBALCONFIG"), any_case=True),
        Override(names=("BUN_CONFIG_TOKEN",)),
    ),
    logins=(".npmrc",),
    least={
        "npm": "7 (6 copies the token to ~/.npm/_cacache, which any user can read)",
        "pnpm": "4.11",
        "bun": "1.4.4 (before, it asks the public registry)",
        "yarn1": "1.0",
    },
    hides="The user's ~/.npmrc, unless the login inherits, and what the job's own NPM_CONFIG_USERCONFIG names. "
    "Run as root, yarn 1 also reads ~/.npmrc, and asks the registries of its scopes.",
    without_files="public: the registry of npm, or of yarn 1",
    project="A .npmrc of the project takes precedence for the registry and for scopes. `npm publish` publishes where "
    "npm reads: to the first repository, unless the project says otherwise.",
    second_index="A scope has one registry, so that no other is asked for it.",
)
