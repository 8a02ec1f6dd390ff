"""What a package format states, and what it is given to state it with."""

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.home import Home
from cloudsmith_oidc.redaction import quoted

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
        """The name of the host in the setting `domains`: the part before `.cloudsmith.io`."""
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

    `check` returns a value as it is to be used, and raises `ValueError` with a text for the person who gave it.
    """

    takes: str
    help: str
    check: Callable[[str], str]


def matching(pattern: str, meaning: str) -> Callable[[str], str]:
    """Return a check for `FormatOption`: the whole value must match `pattern`, else it "is not" `meaning`."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise ValueError(f"{quoted(text)} is not {meaning}")
        return text

    return check


def switch(text: str) -> str:
    """Return the value of an option that is on or off: see `Access.switched_on`. Raises `ValueError`."""
    if text not in {"true", "false"}:
        raise ValueError("it must be true or false")
    return text


@dataclass(frozen=True, kw_only=True)
class Access:
    """What a login gives access to, as one format sees it: all that the format's files and variables are made of.

    `directory` is the absolute path of the login directory where the clients run; it may hold any printable character.
    `domains` maps the label of an endpoint or the name of a format (a custom domain of the whole workspace), or one of
    them and `:repository` (of that repository only), to a base URL without a trailing slash. `options` are those of
    all formats, by `format.name`. `environment` holds the job's variables that the format names in `extends`, and
    `around` the names of all variables that are set around the login: see `Override`. With `inherit`, the login also
    has the user's own logins in `home`.

    The last three are set by `formats.configure`: the format's own name and endpoints, and the hosts, `host[:port]`, of
    all formats of the login.
    """

    org: str
    repos: tuple[str, ...]
    token: str = field(repr=False)
    directory: str
    domains: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    around: frozenset[str] = frozenset()
    home: Home = field(default_factory=Home)
    inherit: bool = False
    name: str = ""
    endpoints: tuple[Endpoint, ...] = ()
    hosts: tuple[str, ...] = ()

    @property
    def basic_auth(self) -> str:
        """User name and token as HTTP basic authentication sends them: base64 of `token:<token>`."""
        return base64.b64encode(f"{USER_NAME}:{self.token}".encode()).decode()

    def url(self, endpoint: Endpoint, repo: str) -> str:
        """Return the URL of `repo` at `endpoint`.

        The URLs of a custom domain leave out its owner: the workspace, and for a repository's own domain the repository
        as well (Cloudsmith documentation, "Custom domains").
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

    def login_urls(self, endpoint: Endpoint) -> list[str]:
        """Return the URLs for a file that holds logins by URL: those of `urls`, then those at Cloudsmith's own host.

        A workspace with a custom domain is served at both, and a project can name either.
        """
        return list(dict.fromkeys([*self.urls(endpoint), *replace(self, domains={}).urls(endpoint)]))

    def hosts_of(self, endpoint: Endpoint) -> list[str]:
        """Return `host[:port]` of every place where this workspace's `endpoint` is served, without repetition.

        The workspace's custom domain is first, Cloudsmith's own host last.
        """
        keys = self._domain_keys(endpoint)
        own = [url for key, url in self.domains.items() if ":" in key and key.split(":")[0] in keys]
        urls = [self._domain(keys), *own, f"https://{endpoint.host}"]
        return list(dict.fromkeys(urlsplit(url).netloc for url in urls if url))

    @property
    def named_repos(self) -> dict[str, str]:
        """The repositories by names for a client: the first is `cloudsmith`, each other `cloudsmith-` and its own."""
        first, *others = self.repos
        return {"cloudsmith": first, **{f"cloudsmith-{repo}": repo for repo in others}}

    def option(self, name: str) -> tuple[str, ...]:
        """Return the values that this format's option was given, already checked."""
        return self.options.get(f"{self.name}.{name}", ())

    def switched_on(self, name: str) -> bool:
        """Return whether an option that is on or off is on. Off is the default."""
        return self.option(name)[-1:] == ("true",)

    def own(self, variable: str, ours: str) -> str:
        """Return the job's own value of a variable that the login sets to the path `ours` in its directory, or "".

        If the variable points to a login already, `kept(variable)` has the job's own value. The format also sets that
        one, and names both in `extends`. `ours` must be a path that only a login has.
        """
        value = self.environment.get(variable, "")
        return self.environment.get(kept(variable), "") if value.endswith(f"/{ours}") else value

    def extended(
        self, variable: str, addition: str, separator: str = " ", *, first: bool = False, default: str = ""
    ) -> str:
        """Return the job's own value of a list variable with `addition` after it, but only once.

        `first` puts it before: for clients that take the first of two, which in a login within a login is the inner
        one's. `default` is the value that the client assumes if the job does not set the variable. The format names
        the variable in `extends`.
        """
        own = self.environment.get(variable) or default
        if not own:
            return addition
        # Compare whole members: `example.com/a` is not in the list `example.com/ab`.
        if f"{separator}{addition}{separator}" in f"{separator}{own}{separator}":
            return own
        return f"{addition}{separator}{own}" if first else f"{own}{separator}{addition}"

    def _domain_keys(self, endpoint: Endpoint) -> list[str]:
        """Return the keys of an endpoint's domains: the format's name, which takes precedence, and its host's label.

        A name that is also the label of one of the format's hosts means that host; else it means the first.
        """
        named = next((known for known in self.endpoints if known.label == self.name), self.endpoints[0])
        return list(dict.fromkeys([*([self.name] if endpoint.host == named.host else []), endpoint.label]))

    def _domain(self, keys: Iterable[str]) -> str | None:
        return next((self.domains[key] for key in keys if key in self.domains), None)


def kept(variable: str) -> str:
    """Return the name of the variable that keeps the job's own value of another one: see `Access.own`.

    It is for long builds, which refresh their login, and for a login within a login: a job that runs apt without root
    needs the configuration in its own APT_CONFIG all the time.
    """
    return f"CLOUDSMITH_OWN_{variable}"


def in_directory(path: str) -> Callable[[Access], str]:
    """Return a function for `Format.variables`, which returns the path of a file in the login directory."""
    return lambda access: f"{access.directory}/{path}"


def first_url(endpoint: Endpoint) -> Callable[[Access], str]:
    """Return a function for `Format.variables`, which returns the URL of the first repository at an endpoint."""
    return lambda access: access.url(endpoint, access.repos[0])


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


@dataclass(frozen=True, kw_only=True)
class Override:
    """Variables that take precedence over what a format writes, if they are set around the login.

    In `names`, a `*` is any text. With `any_case` the client reads every mixture of upper and lower case; `names` are
    then in upper case. Inside the login, a name has the value of `Format.variables`, else that of `undo`: None if it
    cannot be undone, of which the login warns, and "" if it does no harm in this login. The login sets no empty value:
    for that, Jenkins would restore the variable of the agent.
    """

    names: tuple[str, ...]
    undo: Callable[[Access], str | None] | None = None
    any_case: bool = False

    def spelled(self, variable: str) -> str | None:
        """Return the spelling in which the login sets this variable; None if it is not one of `names`."""
        spelling = variable.upper() if self.any_case else variable
        return spelling if any(fnmatchcase(spelling, name) for name in self.names) else None


@dataclass(frozen=True, kw_only=True)
class Format:
    """One package format: what a login writes for its clients, and what its users have to know.

    `endpoints` are the hosts that its clients ask, the one to read from first. `files` returns the text of each file by
    its path in the login directory. `variables` point the client to the files; one whose function returns None is not
    set. They must never hold a secret: every process of the build sees them. In a name that ends in `_N`, the `N`
    stands for the number that `number` returns. `needs_repo` says that there is no URL without a repository. `needs`
    names formats whose files this client also needs. `extends` names the job's own variables that this format reads:
    see `Access.extended` and `Access.own`. `overrides` are variables that would take precedence over the login: inside,
    they are undone where that is possible; the format's option `keep` keeps one. `user_files` are files in the user's
    home directory that can do the same: the login warns of each that is there, unless `keep` names it. `hidden_files`
    are those that clients no longer read, with all logins in them: the login reports each that is there. `not_in_path`
    matches a character that the client cannot take in the path of the login directory. `home` names the files that it
    always reads in the user's home directory, and writes without their logins; `marks` those of which only the
    existence matters; `logins` those that it reads with `inherit` only, because they hold logins.

    `client` names what reads the files; `least` has the oldest version of each client that was measured to do so, or is
    documented to, with a reason if there is one. `hides` says which configuration of
    the user or the machine the login overrides, `project` what becomes of the project's own, `second_index` which
    version the client takes when a second index also has the package, and `without_files` what the client does if the
    login's variables are set, but its files are not there. `publishes` says that the client publishes. All of that is
    shown by `cloudsmith-oidc formats`, and is proven in tests/clients.
    """

    client: str
    endpoints: tuple[Endpoint, ...]
    files: Callable[[Access], Mapping[str, str]]
    variables: Mapping[str, Callable[[Access], str | None]]
    number: Callable[[Access], int] | None = None
    needs_repo: bool = True
    needs: tuple[str, ...] = ()
    options: Mapping[str, FormatOption] = field(default_factory=dict)
    extends: tuple[str, ...] = ()
    overrides: tuple[Override, ...] = ()
    user_files: tuple[str, ...] = ()
    hidden_files: tuple[str, ...] = ()
    home: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    not_in_path: str = ""
    publishes: bool = True
    least: Mapping[str, str] = field(default_factory=dict)
    hides: str = ""
    project: str = ""
    second_index: str = ""
    without_files: str = ""

    @property
    def every_option(self) -> Mapping[str, FormatOption]:
        """The format's options, and `keep` if something can override it."""
        keep = FormatOption(
            takes="NAME",
            help="Keep this variable around the login, or this file of the user, although it takes precedence.",
            check=self._overriding_name,
        )
        return {**self.options, "keep": keep} if self.overrides else self.options

    def spelled(self, variable: str) -> str | None:
        """Return the spelling in which the login sets a variable of `overrides`; None for any other variable."""
        return next(filter(None, (override.spelled(variable) for override in self.overrides)), None)

    def _overriding_name(self, variable: str) -> str:
        if variable in self.user_files:
            return variable
        if spelling := self.spelled(variable):
            return spelling
        names = [*(name for override in self.overrides for name in override.names), *self.user_files]
        raise ValueError(f"{quoted(variable)} is none of {', '.join(names)}")
