"""What can be set: the options of each command, with what they take, what they mean, and the variables that set them.

An option comes from its flag, else from the environment, else from its default. The variables have the names that
Cloudsmith's own command line uses (`CLOUDSMITH_ORG` …), and those of its Jenkins guide as second names.
`command_line` reads the options, and writes `--help` from this.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from cloudsmith_oidc import formats, values
from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.log import LogFormat

DEFAULT_API_HOST = "https://api.cloudsmith.io"
_DEFAULT_FORMATS = ("pip", "npm", "docker")
ID_TOKEN_VARIABLES = ("CLOUDSMITH_OIDC_TOKEN", "OIDC_TOKEN")
API_KEY_VARIABLE = "CLOUDSMITH_API_KEY"
SECRET_VARIABLES = (*ID_TOKEN_VARIABLES, API_KEY_VARIABLE, "JENKINS_API_TOKEN")
"""What these hold has no flag, because anybody can see the arguments of a process, and is never shown."""


@dataclass(frozen=True)
class Option:
    """How an option is given.

    `takes` names the value in `--help`; a switch takes none. Of the environment `variables`, the first that is not
    empty counts. A `repeatable` option has several values; `separator`, if there is one, parts them in one text. An
    option whose `flag` has no dashes is known by its place.
    """

    flag: str
    takes: str
    help: str
    variables: tuple[str, ...] = ()
    repeatable: bool = False
    separator: str = ""
    required: bool = False
    default: object = None

    @property
    def usage(self) -> str:
        """Return the option as somebody types it."""
        return f"{self.flag} {self.takes}".strip()


def options_of(command: type["Options"]) -> dict[str, Option]:
    """Return the options of a command by the names of their fields."""
    options = {}
    for name, field in command.model_fields.items():
        alias, shown = field.validation_alias, field.json_schema_extra
        assert isinstance(shown, dict)  # noqa: S101 - every field is made by _option
        options[name] = Option(
            str(shown["flag"] or f"--{name.replace('_', '-')}"),
            str(shown["takes"]),
            field.description or "",
            tuple(map(str, alias.choices)) if isinstance(alias, AliasChoices) else (),
            repeatable=isinstance(field.default, tuple),
            separator=str(shown["separator"]),
            required=field.is_required(),
            default=field.default,
        )
    return options


def _option(
    takes: str,
    meaning: str,
    *variables: str,
    default: object = ...,
    flag: str = "",
    separator: str = "",
) -> Any:  # noqa: ANN401 - as pydantic's Field, which stands where a default stands
    """Declare an option: see `Option`. Without `default` it is required."""
    return Field(
        default,
        description=meaning,
        validation_alias=AliasChoices(*variables) if variables else None,
        json_schema_extra={"takes": takes, "flag": flag, "separator": separator},
    )


def _parts(given: str | Iterable[str]) -> tuple[str, ...]:
    """Part the texts of a repeatable option at commas: one from a variable, or several from flags."""
    texts = [given] if isinstance(given, str) else given
    return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())


_Slug = Annotated[str, AfterValidator(values.slug)]
_Slugs = Annotated[
    tuple[_Slug, ...],
    BeforeValidator(_parts),
    # Clients warn about, or refuse, what their file names twice.
    AfterValidator(lambda slugs: tuple(dict.fromkeys(slugs))),
]
_Formats = Annotated[tuple[Annotated[str, AfterValidator(values.format_name)], ...], BeforeValidator(_parts)]
_NpmScope = Annotated[str, AfterValidator(lambda text: values.format_option(f"npm.scope={text}")[1])]
_NpmScopes = Annotated[tuple[_NpmScope, ...], BeforeValidator(_parts)]
_FormatOption = Annotated[tuple[str, str], BeforeValidator(values.format_option)]
_FormatOptions = Annotated[tuple[_FormatOption, ...], BeforeValidator(_parts)]
_Domains = Annotated[tuple[Annotated[tuple[str, str], BeforeValidator(values.domain)], ...], BeforeValidator(_parts)]
_Claims = tuple[Annotated[tuple[str, str], BeforeValidator(values.claim)], ...]
_Seconds = Annotated[float, BeforeValidator(values.seconds)]
_Path = Annotated[Path, BeforeValidator(values.path)]
_Url = Annotated[str, AfterValidator(values.web_address)]
_ORG = ("SLUG", "The Cloudsmith workspace (organization).", "CLOUDSMITH_ORG", "CLOUDSMITH_WORKSPACE")
_SERVICE = (
    *("SLUG", "The service account to log in as."),
    *("CLOUDSMITH_SERVICE_SLUG", "CLOUDSMITH_SERVICE_ACCOUNT_SLUG"),
)
_API_HOST = ("HOST", "Cloudsmith's API.", "CLOUDSMITH_API_HOST")
_TIMEOUT = ("SECONDS", "For the whole command, at most 3600.", "CLOUDSMITH_TIMEOUT")


class Options(BaseSettings):
    """What every command has."""

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

    log_format: Annotated[LogFormat, BeforeValidator(values.log_format)] = _option(
        "console|json",
        "Log lines for people, or JSON objects for machines.",
        "CLOUDSMITH_OIDC_LOG_FORMAT",
        default="console",
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
    api_host: Annotated[str, AfterValidator(values.base_url)] = _option(*_API_HOST, default=DEFAULT_API_HOST)
    timeout: _Seconds = _option(*_TIMEOUT, default="60")


class Login(TokenOptions):
    """Exchange the ID token for a Cloudsmith token and write the clients' files."""

    STDOUT: ClassVar[Path] = Path("-")

    org: _Slug = _option(*_ORG)
    service: _Slug = _option(*_SERVICE)
    output: Annotated[
        Path, BeforeValidator(lambda text: Path(text) if text == "-" else values.login_directory(text))
    ] = _option(
        "DIR",
        "The directory to write to, which is login's alone. With - as DIR, standard output gets a line for each file.",
    )
    root: Annotated[Path, BeforeValidator(values.absolute_path)] | None = _option(
        "DIR", "With --output -: the directory that the files will be in.", default=None
    )
    repo: _Slugs = _option(
        "SLUG",
        "A repository. The first one becomes the clients' default.",
        "CLOUDSMITH_REPO",
        default=(),
        separator=",",
    )
    format: _Formats = _option(
        "FORMAT",
        f"A client to configure: {', '.join(formats.names())}. Default: {', '.join(_DEFAULT_FORMATS)}; without "
        "--repo, those that need no repository.",
        "CLOUDSMITH_FORMATS",
        default=(),
        separator=",",
    )
    format_option: _FormatOptions = _option(
        "NAME=VALUE",
        "An option of one format: those at the end of this text.",
        "CLOUDSMITH_FORMAT_OPTIONS",
        default=(),
        separator=",",
    )
    npm_scope: _NpmScopes = _option(
        "@SCOPE",
        "The same as --format-option npm.scope=@SCOPE.",
        "CLOUDSMITH_NPM_SCOPE",
        default=(),
        separator=",",
    )
    domain: _Domains = _option(
        "NAME=HOST",
        "A custom domain. NAME is what stands before .cloudsmith.io in the host that it replaces (dl, npm, docker, "
        "...), or a format, which counts more. NAME:REPO=HOST: the domain of one repository.",
        "CLOUDSMITH_DOMAINS",
        default=(),
        separator=",",
    )

    inherit: Annotated[bool, BeforeValidator(values.switch)] = _option(
        "",
        "Let the user's own logins in the home directory count, too: they are copied into DIR, where whoever can read "
        "the tokens can read them.",
        "CLOUDSMITH_INHERIT",
        default=False,
    )

    def model_post_init(self, _context: object) -> None:
        """Check what depends on more than one option. Raises `SettingsError`."""
        for key, _ in self.domain:
            formats.require_domain_key(key.partition(":")[0], self.chosen_formats)
        formats.require_repository(self.format, self.repo)
        if self.root is not None and self.output != self.STDOUT:
            raise SettingsError("--root goes with --output - only", hint="Leave it out: DIR says where the files are")

    @property
    def format_options(self) -> dict[str, tuple[str, ...]]:
        """The formats' own options by `format.name`, each with all its values."""
        options: dict[str, list[str]] = {}
        for key, value in (*(("npm.scope", scope) for scope in self.npm_scope), *self.format_option):
            options.setdefault(key, []).append(value)
        return {key: tuple(given) for key, given in options.items()}

    @property
    def chosen_formats(self) -> tuple[str, ...]:
        """The formats asked for; if none was, the default ones that are possible."""
        default = (name for name in _DEFAULT_FORMATS if self.repo or not formats.load(name).needs_repo)
        return tuple(dict.fromkeys(self.format or default))


class Explain(TokenOptions):
    """Say why Cloudsmith refuses, or would refuse: check the settings, the token, its issuer, and the exchange.

    With an API key of a Manager or Owner in CLOUDSMITH_API_KEY, it also reads what is entered in Cloudsmith, and
    compares it with the token. With --token-stdin, the key may be the second line of standard input instead.
    """

    # What is wrong with these is a finding, so that they are taken as they are.
    org: str = _option(*_ORG, default="")
    service: str = _option(*_SERVICE, default="")
    api_host: str = _option(*_API_HOST, default=DEFAULT_API_HOST)
    repo: Annotated[tuple[str, ...], BeforeValidator(_parts)] = _option(
        "SLUG",
        "A repository that the service account needs; looked at with an API key only.",
        "CLOUDSMITH_REPO",
        default=(),
        separator=",",
    )
    write: bool = _option("", "The service account has to write to the repositories, too.", default=False)
    expect_audience: str | None = _option(
        "AUDIENCE", "Report a fault unless the token's audience is this one, or one of several.", default=None
    )
    expect_claim: _Claims = _option(
        "NAME=VALUE",
        "Report a fault unless the token has this claim. VALUE may end in * or .* for anything that follows.",
        default=(),
    )
    exchange: bool = _option("", "Do not try the exchange.", default=True, flag="--no-exchange")
    as_json: bool = _option("", "Write the report as one JSON object.", default=False, flag="--json")
    html: _Path | None = _option("FILE", "Write the report to this file, too, as a web page.", default=None)


class Discovery(Options):
    """Fetch the issuer's documents from Jenkins, to host them or to compare them with what is hosted."""

    issuer: _Url = _option("URL", "The issuer: what tokens have in iss, and Cloudsmith as its provider URL.")
    output: _Path | None = _option(
        "DIR", "Write .well-known/openid-configuration and jwks there, for any static host.", default=None
    )
    check: _Url | None = _option(
        "URL",
        "Compare with what is hosted under this URL, and fail if that is not what Jenkins signs with.",
        default=None,
    )
    jenkins_url: _Url | None = _option(
        "URL",
        "The URL of Jenkins, or of the folder that has the credential: needed if the credential names an issuer of its "
        "own. The user in JENKINS_USER_ID asks with the API token in JENKINS_API_TOKEN. Default: ask at the issuer's "
        "URL, as anybody can.",
        default=None,
    )
    credentials_id: Annotated[tuple[str, ...], BeforeValidator(_parts)] = _option(
        "ID", "With --jenkins-url: the credential.", default=("oidc-token-cred",), separator=","
    )
    timeout: _Seconds = _option(*_TIMEOUT, default="60")


class Logout(Options):
    """Remove a login directory."""

    force: bool = _option("", "Remove it even if nothing in it shows that it is a login's.", default=False)
    directory: Annotated[Path, BeforeValidator(values.login_directory)] = _option(
        "", "What was given to login as --output.", flag="DIR"
    )


class Formats(Options):
    """Say which package clients a login configures, how, and what it hides from them."""

    as_json: bool = _option("", "Write one JSON object.", default=False, flag="--json")


COMMANDS: Mapping[str, type[Options]] = {
    "login": Login,
    "explain": Explain,
    "discovery": Discovery,
    "logout": Logout,
    "formats": Formats,
}
