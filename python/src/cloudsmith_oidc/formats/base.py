"""What a package format states, and what it is given to state it with."""

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.home import Home

USER_NAME = "token"
"""The user name that goes with a Cloudsmith token in HTTP basic authentication (Cloudsmith's Docker format page)."""
_DOMAIN = ".cloudsmith.io"


@dataclass(frozen=True)
class Endpoint:
    """Where packages are: a host that serves every workspace, and a path on it.

    `path` names the workspace and the repository as `{org}/` and `{repo}/`, or neither where the client names them
    itself, as Docker does in an image's name.
    """

    host: str
    path: str = ""

    @property
    def label(self) -> str:
        """The name of the host in the setting `domains`: what stands before `.cloudsmith.io`."""
        return self.host.removesuffix(_DOMAIN)


# Where several formats are. The paths are those of the formats' pages in Cloudsmith's documentation.
DOWNLOADS = Endpoint("dl.cloudsmith.io", "basic/{org}/{repo}/")
MAVEN_DOWNLOADS = Endpoint("dl.cloudsmith.io", "basic/{org}/{repo}/maven/")
MAVEN_UPLOADS = Endpoint("maven.cloudsmith.io", "{org}/{repo}/")
NPM_REGISTRY = Endpoint("npm.cloudsmith.io", "{org}/{repo}/")
PYTHON_INDEX = Endpoint("dl.cloudsmith.io", "basic/{org}/{repo}/python/simple/")
PYTHON_UPLOADS = Endpoint("python.cloudsmith.io", "{org}/{repo}/")
RUBY_GEMS = Endpoint("dl.cloudsmith.io", "basic/{org}/{repo}/ruby/")


@dataclass(frozen=True, kw_only=True)
class FormatOption:
    """An option of one format, given as `--format-option FORMAT.NAME=VALUE`; repeated, it has several values.

    `check` returns a value as it is to be used, and raises `ValueError` in words for whoever gave it.
    """

    takes: str
    help: str
    check: Callable[[str], str]


def switch(text: str) -> str:
    """Check the value of an option that is on or off: see `Access.switched_on`."""
    if text not in {"true", "false"}:
        raise ValueError("it has to be true or false")
    return text


@dataclass(frozen=True, kw_only=True)
class Account:
    """What a login gives access to, and where its files are to work: what all formats have in common.

    `directory` is the login directory's path where the clients will run. `domains` maps the label of an endpoint or the
    name of a format (a custom domain of the whole workspace), or one of them and `:repository` (of that repository
    only), to a base URL without a trailing slash. `options` are the formats' own, by `format.name`. `environment` is
    the job's. With `inherit`, the user's own logins in `home` are to be had inside the login, too.
    """

    org: str
    repos: tuple[str, ...]
    token: str = field(repr=False)
    directory: str
    domains: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    home: Home = field(default_factory=Home)
    inherit: bool = False


@dataclass(frozen=True)
class Access:
    """The account as one format sees it. `hosts` are the hosts, `host[:port]`, of all formats of the login."""

    account: Account
    name: str
    endpoints: tuple[Endpoint, ...]
    hosts: tuple[str, ...] = ()

    @property
    def org(self) -> str:
        """The workspace."""
        return self.account.org

    @property
    def repos(self) -> tuple[str, ...]:
        """The repositories, the default one first."""
        return self.account.repos

    @property
    def token(self) -> str:
        """The Cloudsmith token."""
        return self.account.token

    @property
    def directory(self) -> str:
        """The absolute path of the login directory where the clients run. It may hold anything that is printable."""
        return self.account.directory

    @property
    def home(self) -> Home:
        """What the job's user has at home."""
        return self.account.home

    @property
    def environment(self) -> Mapping[str, str]:
        """The job's own variables, of those that the format names in `extends`."""
        return self.account.environment

    @property
    def inherit(self) -> bool:
        """Whether the user's own logins are to be copied."""
        return self.account.inherit

    @property
    def basic_auth(self) -> str:
        """User name and token as HTTP basic authentication sends them: base64 of `token:<token>`."""
        return base64.b64encode(f"{USER_NAME}:{self.token}".encode()).decode()

    def url(self, endpoint: Endpoint, repo: str) -> str:
        """Return the URL of `repo` at `endpoint`.

        A custom domain stands for what it belongs to, so that its URLs drop those parts: the workspace, and for a
        repository's own domain the repository, too (Cloudsmith documentation, "Custom domains").
        """
        keys = self._domain_keys(endpoint)
        if own := self._domain(f"{key}:{repo}" for key in keys):
            return f"{own}/{endpoint.path.replace('{org}/', '').replace('{repo}/', '')}"
        if shared := self._domain(keys):
            return f"{shared}/{endpoint.path.replace('{org}/', '').replace('{repo}', repo)}"
        return f"https://{endpoint.host}/{endpoint.path.replace('{org}', self.org).replace('{repo}', repo)}"

    def urls(self, endpoint: Endpoint) -> list[str]:
        """Return the URL of every repository at `endpoint`, the default one first."""
        return [self.url(endpoint, repo) for repo in self.repos]

    def hosts_of(self, endpoint: Endpoint) -> list[str]:
        """Return `host[:port]` of every place where this workspace's `endpoint` is served, without repetition.

        A workspace with a custom domain must use it, so that it replaces the default host (Cloudsmith documentation,
        "Docker registry").
        """
        keys = self._domain_keys(endpoint)
        shared = self._domain(keys) or f"https://{endpoint.host}"
        own = [url for key, url in self.account.domains.items() if ":" in key and key.split(":")[0] in keys]
        return list(dict.fromkeys(urlsplit(url).netloc for url in [shared, *own]))

    def option(self, name: str) -> tuple[str, ...]:
        """Return the values that this format's option was given, already checked."""
        return self.account.options.get(f"{self.name}.{name}", ())

    @property
    def named_repos(self) -> dict[str, str]:
        """The repositories by names for a client: the first is `cloudsmith`, each other `cloudsmith-` and its own."""
        first, *others = self.repos
        return {"cloudsmith": first, **{f"cloudsmith-{repo}": repo for repo in others}}

    def own(self, variable: str, ours: str) -> str:
        """Return the job's own value of a variable that is set to `ours`; nothing without one.

        The login after this one, in the same directory, finds ours. So the format also sets the variable of this value
        which `keeps` names, and names both in `extends`. Raises `SettingsError` if the job's own is a login's whose own
        is this one: their files would read each other without end.
        """
        value, kept = (self.environment.get(name, "") for name in (variable, keeps(variable)))
        if value == ours:
            return kept
        if kept == ours:
            raise SettingsError(
                f"{variable} leads into another login, which was made within this one",
                hint="Make that one anew, or give this one a new directory",
            )
        return value

    def switched_on(self, name: str) -> bool:
        """Return whether an option that is on or off is on. Off is the default."""
        return self.option(name)[-1:] == ("true",)

    def extended(
        self, variable: str, addition: str, separator: str = " ", *, first: bool = False, default: str = ""
    ) -> str:
        """Return the job's own value of a list variable with `addition` after it, but only once.

        `first` puts it before: for clients that heed the first of two, which in a login within a login is the inner
        one's. `default` is what the client takes the variable for if the job does not set it. The format names the
        variable in `extends`.
        """
        own = self.environment.get(variable) or default
        if not own:
            return addition
        # Whole members: a part of another one, `example.com/a` of `example.com/ab`, is not the addition.
        if f"{separator}{addition}{separator}" in f"{separator}{own}{separator}":
            return own
        return f"{addition}{separator}{own}" if first else f"{own}{separator}{addition}"

    def _domain_keys(self, endpoint: Endpoint) -> list[str]:
        """Return the keys of an endpoint's domains: the format's name, which wins, and the label of its host.

        A name that is also the label of one of the format's hosts means that host; else it means the first.
        """
        named = next((known for known in self.endpoints if known.label == self.name), self.endpoints[0])
        return list(dict.fromkeys([*([self.name] if endpoint.host == named.host else []), endpoint.label]))

    def _domain(self, keys: Iterable[str]) -> str | None:
        return next((self.account.domains[key] for key in keys if key in self.account.domains), None)


def keeps(variable: str) -> str:
    """Return the name of the variable that keeps the job's own value of one: see `Access.own`."""
    return f"CLOUDSMITH_OWN_{variable}"


def in_directory(path: str) -> Callable[[Access], str]:
    """Make a variable that is the path of something in the login directory."""
    return lambda access: f"{access.directory}/{path}"


def double_quoted(text: str) -> str:
    r"""Return `text` as a string in double quotes, with `\"` and `\\` for the two characters that need it.

    JSON, YAML, TOML, JavaScript, Lua, Erlang, R and curl's configuration all read it so. Raises `SettingsError` for
    control characters, which they write in different ways.
    """
    if not text.isprintable():
        raise SettingsError(
            "a path with control characters cannot be written into a client's file", hint="Use another directory"
        )
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


BASIC = "base64(token:T)"
"""What HTTP basic authentication sends of a Cloudsmith token T."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """One package format: what a login writes for its clients, and what its users have to know.

    `endpoints` are the hosts that its clients ask, the one to read from first. `files` returns the text of each file by
    its path in the login directory. `variables` lead the client there; one whose function returns None is not set. They
    must never hold a secret: every process of the build sees them. `needs_repo` says that there is no URL without a
    repository. `needs` names formats without whose files this one's client is not let in. `extends` names the job's own
    variables that this one adds to: see `Access.extended`. `home` names what its `files` always read of the user's home
    directory, and write down without the logins in it; `marks` the files of which only their existence matters;
    `logins` what is read with `inherit` only, as it holds them.

    `shapes` are the forms in which the token T is written or sent, besides T itself: text with T, O (workspace) and R
    (repository) in it, or base64( ) of such. Masks have to know these, too: tests/formats holds them to it.

    `client` names what reads the files; `least` is the oldest version that does. `hides` says what of the user's or the
    machine's configuration is not seen inside a login, `project` what becomes of the project's own, and `second_index`
    which version the client takes when a second index has the package, too. `publishes` says that the client
    publishes. All of that is shown by `cloudsmith-oidc formats`, and is proven in tests/clients.
    """

    client: str
    endpoints: tuple[Endpoint, ...]
    files: Callable[[Access], Mapping[str, str]]
    variables: Mapping[str, Callable[[Access], str | None]]
    needs_repo: bool = True
    needs: tuple[str, ...] = ()
    options: Mapping[str, FormatOption] = field(default_factory=dict)
    extends: tuple[str, ...] = ()
    home: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    shapes: tuple[str, ...] = (BASIC,)
    publishes: bool = True
    least: str = ""
    hides: str = ""
    project: str = ""
    second_index: str = ""
