"""npm: https://docs.npmjs.com/cli/configuring-npm/npmrc ; pnpm and yarn 1 read the same file."""

from cloudsmith_oidc.formats.base import Access, Endpoint, Format

REGISTRY = Endpoint("npm", "npm.cloudsmith.io", "{org}/{repo}/")


def npmrc(access: Access) -> str:
    """Make the first repository the registry, of the scopes if there are any; know the token for all repositories."""
    urls = access.urls(REGISTRY)
    lines = [f"{scope}:registry={urls[0]}" for scope in access.npm_scopes] or [f"registry={urls[0]}"]
    # npm looks the token up by the URL without its scheme.
    lines += [f"//{url.split('://', 1)[1]}:_authToken={access.token}" for url in urls]
    return "\n".join(lines) + "\n"


FORMAT = Format(files={".npmrc": npmrc}, variables={"NPM_CONFIG_USERCONFIG": "{dir}/.npmrc"}, needs_repo=True)
