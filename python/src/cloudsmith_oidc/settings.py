"""The options of each command, with what they take, what they mean, and the variables that set them.

An option comes from its flag, else from the environment, else from its default. The variables have the names that
Cloudsmith's own command line uses (`CLOUDSMITH_ORG` …), and those of its Jenkins guide as second names.
`command_line` reads the options, and writes `--help` from this.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from cloudsmith_oidc import formats, values
from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.formats.base import switch
from cloudsmith_oidc.log import LogFormat, LogLevel

DEFAULT_API_HOST = "https://api.cloudsmith.io"
UPLOADED = "uploaded"
"""In place of a URL to check: the keys that were uploaded to Cloudsmith."""
STDOUT = Path("-")
"""What `-` means instead of a file or a directory."""
_DEFAULT_FORMATS = ("pip", "npm", "docker")


@dataclass(frozen=True)
class Option:
    """How an option is given.

    `takes` names the value in `--help`; a switch takes none. Of the environment `variables`, the first that is not
    empty takes precedence. A `repeatable` option has several values; with `commas`, one text can hold several as well.
    An option whose `flag` has no dashes is known by its place.
    """

    flag: str
    takes: str
    help: str
    variables: tuple[str, ...]
    repeatable: bool
    required: bool
    default: object
    commas: bool = True

    @property
    def usage(self) -> str:
        """The option as somebody types it."""
        return f"{self.flag} {self.takes}".strip()


def options_of(command: type["Options"]) -> dict[str, Option]:
    """Return the options of a command by the names of their fields."""
    return {
        name: Option(
            **{"flag": f"--{name.replace('_', '-')}", **cast("dict[str, Any]", field.json_schema_extra)},
            help=field.description or "",
            repeatable=isinstance(field.default, tuple),
            required=field.is_required(),
            default=field.default,
        )
        for name, field in command.model_fields.items()
    }


def _option(takes: str, meaning: str, *variables: str, default: object = ..., **given: Any) -> Any:  # noqa: ANN401 - as pydantic's Field
    """Declare an option: see `Option`. `given` may have its `flag` and `commas`. Without `default` it is required."""
    shown: dict[str, Any] = {"takes": takes, "variables": variables, **given}
    alias = AliasChoices(*variables) if variables else None
    return Field(default, description=meaning, validation_alias=alias, json_schema_extra=shown)


def _parts(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return the parts, at commas, of the texts of a repeatable option: one from a variable, or several from flags."""
    texts = [given] if isinstance(given, str) else given
    return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())


_T = TypeVar("_T")
_Several = Annotated[tuple[_T, ...], BeforeValidator(_parts)]
_Slug = Annotated[str, AfterValidator(values.slug)]
_Repository = Annotated[str, AfterValidator(values.repository)]
# Clients warn about, or refuse, a repository that their file names twice.
_Repositories = Annotated[_Several[_Repository], AfterValidator(lambda slugs: tuple(dict.fromkeys(slugs)))]
_FormatName = Annotated[str, AfterValidator(formats.checked_name)]
_FormatOption = Annotated[tuple[str, str], BeforeValidator(formats.checked_option)]
_NpmScope = Annotated[str, AfterValidator(lambda text: formats.checked_option(f"npm.scope={text}")[1])]
_Formats = _Several[_FormatName]
_Domains = _Several[Annotated[tuple[str, str], BeforeValidator(values.domain)]]
_Claim = Annotated[tuple[str, str], BeforeValidator(values.claim)]
_Seconds = Annotated[float, BeforeValidator(values.seconds)]
_Path = Annotated[Path, BeforeValidator(values.path)]
_File = Annotated[Path, BeforeValidator(lambda text: STDOUT if text == "-" else values.path(text))]
_Url = Annotated[str, AfterValidator(values.web_address)]
_ApiHost = Annotated[str, AfterValidator(values.base_url)]
_Check = Annotated[str, AfterValidator(lambda text: text if text == UPLOADED else values.web_address(text))]
# A switch is on if its flag was given; a variable says true or false.
_Switch = Annotated[bool, BeforeValidator(lambda given: given if isinstance(given, bool) else switch(given) == "true")]
_ORG = ("SLUG", "The Cloudsmith workspace (organization).", "CLOUDSMITH_ORG", "CLOUDSMITH_WORKSPACE")
_SERVICE = (
    *("SLUG", "The service account to log in as."),
    *("CLOUDSMITH_SERVICE_SLUG", "CLOUDSMITH_SERVICE_ACCOUNT_SLUG"),
)
_FORMATS, _DOMAINS = ("CLOUDSMITH_FORMATS",), ("CLOUDSMITH_DOMAINS",)
_API_HOST = ("HOST", "Cloudsmith's API.", "CLOUDSMITH_API_HOST")
_TIMEOUT = ("SECONDS", "For the whole command, at most 3600.", "CLOUDSMITH_TIMEOUT")


class Options(BaseSettings):
    """The options that every command has."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        case_sensitive=True,
        env_ignore_empty=True,
        # Variables hold plain text, no JSON.
        enable_decoding=False,
        # pydantic-settings would take an option without variables from one of its own name.
        env_prefix="CLOUDSMITH_OIDC_",
        loc_by_alias=False,
        hide_input_in_errors=True,
    )

    log_format: LogFormat = _option(
        "console|json",
        "Log lines for people, or JSON objects for machines.",
        "CLOUDSMITH_OIDC_LOG_FORMAT",
        default="console",
    )
    log_level: LogLevel = _option(
        "info|debug",
        "With debug, log each decision as well, such as the proxy and the custom domains that are used.",
        "CLOUDSMITH_OIDC_LOG_LEVEL",
        default="info",
    )
    quiet: bool = _option("", "Log nothing but errors.", default=False)


class TokenOptions(Options):
    """Where the ID token comes from, and how long everything may take."""

    token_stdin: bool = _option(
        "",
        "Read the ID token from the first line of standard input. A PEM bundle of certificate authorities may follow "
        "it.",
        default=False,
    )
    token_file: _Path | None = _option(
        "FILE",
        "Read the ID token from this file. Without this and --token-stdin, it comes from the variable "
        "CLOUDSMITH_OIDC_TOKEN, or OIDC_TOKEN.",
        default=None,
    )
    api_host: _ApiHost = _option(*_API_HOST, default=DEFAULT_API_HOST)
    timeout: _Seconds = _option(*_TIMEOUT, default="60")


def _chosen(names: Iterable[str], repositories: Iterable[str]) -> tuple[str, ...]:
    default = (name for name in _DEFAULT_FORMATS if repositories or not formats.load(name).needs_repo)
    return tuple(dict.fromkeys(names or default))


class Login(TokenOptions):
    """Exchange the ID token for a Cloudsmith token and write the clients' files."""

    org: _Slug = _option(*_ORG)
    service: _Slug = _option(*_SERVICE)
    output: Annotated[Path, BeforeValidator(lambda text: STDOUT if text == "-" else values.login_directory(text))] = (
        _option(
            "DIR",
            "The directory to write to, which is login's alone. With - as DIR, the files go to standard output.",
        )
    )
    root: Annotated[Path, BeforeValidator(values.absolute_path)] | None = _option(
        "DIR", "With --output -: where the files will be.", default=None
    )
    repo: _Repositories = _option(
        "SLUG", "A repository. The first one becomes the clients' default.", "CLOUDSMITH_REPO", default=()
    )
    format: _Formats = _option(
        "FORMAT",
        f"A client to configure: {', '.join(formats.names())}. Default: {', '.join(_DEFAULT_FORMATS)}; without "
        "--repo, those that need no repository.",
        *_FORMATS,
        default=(),
    )
    format_option: _Several[_FormatOption] = _option(
        "NAME=VALUE",
        "An option of one format: those further below, and FORMAT.keep=VARIABLE, which keeps a variable of the job "
        "that takes precedence over the login.",
        "CLOUDSMITH_FORMAT_OPTIONS",
        default=(),
    )
    npm_scope: _Several[_NpmScope] = _option(
        "@SCOPE", "The same as --format-option npm.scope=@SCOPE.", "CLOUDSMITH_NPM_SCOPE", default=()
    )
    domain: _Domains = _option(
        "NAME=HOST",
        "A custom domain. NAME is the part before .cloudsmith.io of the host that it replaces (dl, npm, docker, ...), "
        "or a format, which takes precedence. NAME:REPO=HOST: the domain of one repository.",
        *_DOMAINS,
        default=(),
    )
    inherit: _Switch = _option(
        "",
        "Also use the user's own logins in the home directory: they are copied into DIR, where whoever can read the "
        "tokens can read them.",
        "CLOUDSMITH_INHERIT",
        default=False,
    )

    def model_post_init(self, _context: object) -> None:
        """Raise `SettingsError` if the options do not fit together."""
        formats.require_usable(self.chosen_formats, self.repo, (key for key, _ in self.domain))
        if self.root is not None and self.output != STDOUT:
            raise SettingsError("--root goes with --output - only", hint="Leave it out: DIR says where the files are")

    @property
    def format_options(self) -> dict[str, tuple[str, ...]]:
        """The formats' own options by `format.name`, each with all its values.

        `--npm-scope` is `npm.scope` by the name of the step's option. The Python library has only `npm.scope`.
        """
        options: dict[str, list[str]] = {}
        for key, value in (*(("npm.scope", scope) for scope in self.npm_scope), *self.format_option):
            options.setdefault(key, []).append(value)
        return {key: tuple(given) for key, given in options.items()}

    @property
    def chosen_formats(self) -> tuple[str, ...]:
        """The formats that were asked for; if none was, the default ones that are possible."""
        return _chosen(self.format, self.repo)


class Explain(TokenOptions):
    """Report why Cloudsmith refuses, or would refuse: check the settings, the token, its issuer, and the exchange.

    With an API key of a Manager or Owner in CLOUDSMITH_API_KEY, it also reads the settings in Cloudsmith, and compares
    them with the token. With --token-stdin, the key may be the second line of standard input instead.
    """

    # A wrong value of these is a finding, so they are not checked here.
    org: str = _option(*_ORG, default="")
    service: str = _option(*_SERVICE, default="")
    api_host: str = _option(*_API_HOST, default=DEFAULT_API_HOST)
    repo: _Several[str] = _option(
        "SLUG",
        "A repository that the service account needs; checked with an API key only.",
        "CLOUDSMITH_REPO",
        default=(),
    )
    format: _Several[str] = _option(
        "FORMAT", "A client of the job, as for login: custom domains are suggested for these.", *_FORMATS, default=()
    )
    domain: _Several[str] = _option(
        "NAME=HOST", "A custom domain that the job uses, as for login.", *_DOMAINS, default=()
    )
    write: bool = _option("", "The service account must also write to the repositories.", default=False)
    expect_audience: str | None = _option(
        "AUDIENCE", "Report a fault unless the token's audience is this one, or one of several.", default=None
    )
    expect_claim: tuple[_Claim, ...] = _option(
        "NAME=VALUE",
        "Report a fault unless the token has this claim. VALUE may end in .* or * for anything that follows.",
        default=(),
        commas=False,
    )
    exchange: bool = _option("", "Do not try the exchange.", default=True, flag="--no-exchange")
    as_json: bool = _option("", "Write the report as one JSON object.", default=False, flag="--json")
    html: _File | None = _option(
        "FILE",
        "Also write the report to this file, as a web page. With - as FILE, the page goes to standard output, and the "
        "report to standard error.",
        default=None,
    )

    @property
    def labels(self) -> frozenset[str]:
        """The labels of the hosts that the clients of the chosen formats ask. An unknown format has none."""
        known = [name for name in self.format if name in formats.names()]
        chosen = formats.with_needs(_chosen(known, self.repo)).values()
        return frozenset(endpoint.label for form in chosen for endpoint in form.endpoints)


class Discovery(Options):
    """Fetch the issuer's documents from Jenkins: to upload the keys or host both, or to compare them with those."""

    issuer: _Url = _option("URL", "The issuer: the iss of its tokens, and the provider URL in Cloudsmith.")
    output: _Path | None = _option(
        "DIR",
        "Write jwks there, the key set to upload to the provider in Cloudsmith, and .well-known/openid-configuration, "
        "which a static host needs as well.",
        default=None,
    )
    check: _Check | None = _option(
        "URL|uploaded",
        "Compare with the documents hosted under this URL, or with the keys uploaded to Cloudsmith, and fail unless "
        "they are the keys of Jenkins.",
        default=None,
    )
    org: _Slug | None = _option(
        "SLUG",
        "With --check uploaded: the Cloudsmith workspace. The API key of a Manager or Owner is in CLOUDSMITH_API_KEY.",
        *_ORG[2:],
        default=None,
    )
    api_host: _ApiHost = _option(*_API_HOST, default=DEFAULT_API_HOST)
    jenkins_url: _Url | None = _option(
        "URL",
        "The URL of Jenkins, or of the folder that has the credential: needed if the credential names an issuer of its "
        "own. The user in JENKINS_USER_ID asks with the API token in JENKINS_API_TOKEN. Default: ask at the issuer's "
        "URL, as anybody can.",
        default=None,
    )
    credentials_id: _Several[str] = _option("ID", "With --jenkins-url: the credential.", default=("oidc-token-cred",))
    timeout: _Seconds = _option(*_TIMEOUT, default="60")


class Logout(Options):
    """Remove a login directory."""

    force: bool = _option("", "Remove it even if nothing in it shows that it is a login's.", default=False)
    directory: Annotated[Path, BeforeValidator(values.login_directory)] = _option(
        "", "The directory that was given to login as --output.", flag="DIR"
    )


class Formats(Options):
    """List the package clients that a login can configure, how it does so, and which settings it overrides."""

    as_json: bool = _option("", "Write one JSON object.", default=False, flag="--json")


COMMANDS: Mapping[str, type[Options]] = {
    "login": Login,
    "explain": Explain,
    "discovery": Discovery,
    "logout": Logout,
    "formats": Formats,
}
