"""What a package format states, and what it is given to state it with."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

USER_NAME = "token"
"""The user name that goes with a Cloudsmith token in HTTP basic authentication (Cloudsmith's Docker format page)."""


@dataclass(frozen=True)
class Endpoint:
    """Where one format's packages are.

    `host` serves every workspace. `path` names the workspace and the repository as `{org}/` and `{repo}/`, or neither
    where the client names them itself, as Docker does in an image's name. `domains_key` is the format's name in the
    `domains` setting.
    """

    domains_key: str
    host: str
    path: str = ""


@dataclass(frozen=True)
class Access:
    """What a login gives access to: the repositories of one workspace, with a Cloudsmith token.

    `domains` maps a format (a custom domain of the whole workspace) or `format:repository` (of that repository only)
    to a base URL without a trailing slash.
    """

    org: str
    repos: tuple[str, ...]
    token: str = field(repr=False)
    npm_scopes: tuple[str, ...] = ()
    domains: Mapping[str, str] = field(default_factory=dict)

    def url(self, endpoint: Endpoint, repo: str) -> str:
        """Return the URL of `repo` at `endpoint`.

        A custom domain stands for what it belongs to, so that its URLs drop those parts: the workspace, and for a
        repository's own domain the repository, too (Cloudsmith documentation, "Custom domains").
        """
        own, shared = self.domains.get(f"{endpoint.domains_key}:{repo}"), self.domains.get(endpoint.domains_key)
        if own is not None:
            return f"{own}/{endpoint.path.replace('{org}/', '').replace('{repo}/', '')}"
        if shared is not None:
            return f"{shared}/{endpoint.path.replace('{org}/', '').replace('{repo}', repo)}"
        return f"https://{endpoint.host}/{endpoint.path.replace('{org}', self.org).replace('{repo}', repo)}"

    def urls(self, endpoint: Endpoint) -> list[str]:
        """Return the URL of every repository at `endpoint`, the default one first."""
        return [self.url(endpoint, repo) for repo in self.repos]

    def hosts(self, endpoint: Endpoint) -> list[str]:
        """Return `host[:port]` of every place where this workspace's `endpoint` is served, without repetition.

        A workspace with a custom domain must use it, so that it replaces the default host (Cloudsmith documentation,
        "Docker registry").
        """
        prefix = f"{endpoint.domains_key}:"
        own = [url for key, url in self.domains.items() if key.startswith(prefix)]
        shared = self.domains.get(endpoint.domains_key, f"https://{endpoint.host}")
        return list(dict.fromkeys(urlsplit(url).netloc for url in [shared, *own]))

    def with_credentials(self, url: str) -> str:
        """Put user name and token into `url`, for clients that read them nowhere else."""
        scheme, rest = url.split("://", 1)
        return f"{scheme}://{USER_NAME}:{self.token}@{rest}"

    @property
    def basic_auth(self) -> str:
        """User name and token as HTTP basic authentication sends them: base64 of `token:<token>`."""
        return base64.b64encode(f"{USER_NAME}:{self.token}".encode()).decode()


@dataclass(frozen=True, kw_only=True)
class Format:
    """One package format.

    `files` maps each file's path in the login directory to the function that writes its text. `variables` are the
    environment variables that lead the client there; `{dir}` stands for the login directory. They must never hold a
    secret: every process of the build sees them. `needs_repo` says that there is no URL without a repository.
    """

    files: Mapping[str, Callable[[Access], str]]
    variables: Mapping[str, str]
    needs_repo: bool
