"""npm: https://docs.npmjs.com/cli/configuring-npm/npmrc ; pnpm, bun and yarn 1 read the same file."""

import re

from cloudsmith_oidc.formats.base import Access, Endpoint, Format, FormatOption, in_directory
from cloudsmith_oidc.redaction import quoted

REGISTRY = Endpoint("npm.cloudsmith.io", "{org}/{repo}/")
_SCOPE = re.compile(r"@[a-z0-9-~][a-z0-9-._~]{0,213}", re.ASCII)


def _scope(text: str) -> str:
    if not _SCOPE.fullmatch(text):
        raise ValueError(f"{quoted(text)} is not an npm scope such as '@acme'")
    return text


def _files(access: Access) -> dict[str, str]:
    """Make the first repository the registry, of the scopes if there are any; know the token for all repositories."""
    urls = access.urls(REGISTRY)
    lines = [f"{scope}:registry={urls[0]}" for scope in access.option("scope")] or [f"registry={urls[0]}"]
    # npm looks the token up by the URL without its scheme.
    lines += [f"//{url.split('://', 1)[1]}:_authToken={access.token}" for url in urls]
    return {".npmrc": "\n".join(lines) + "\n"}


FORMAT = Format(
    client="npm; also pnpm, bun and yarn 1",
    endpoints=(REGISTRY,),
    files=_files,
    variables={"NPM_CONFIG_USERCONFIG": in_directory(".npmrc")},
    options={
        "scope": FormatOption(
            takes="@SCOPE", help="Get only the packages of this scope from Cloudsmith. Default: all.", check=_scope
        )
    },
    shapes=(),
    logins=(".npmrc",),
    hides="The user's ~/.npmrc, unless the login inherits.",
    project="A .npmrc of the project wins for the registry and for scopes.",
    second_index="A scope has one registry, so that no other is asked for it.",
)
