"""What can be set: the options of each command, with what they take, what they mean, and the variables that set them.

An option comes from its flag, else from the environment, else from its default. The variables have the names that
Cloudsmith's own command line uses (`CLOUDSMITH_ORG` …), and those of its Jenkins guide as second names.
`command_line` reads the options, and writes `--help` from this.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from typing import Annotated, ClassVar, get_args, get_type_hints

from cloudsmith_oidc import formats, values
from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.log import LogFormat

DEFAULT_API_HOST = "https://api.cloudsmith.io"
_DEFAULT_FORMATS = ("pip", "npm", "docker")
ID_TOKEN_VARIABLES = ("CLOUDSMITH_OIDC_TOKEN", "OIDC_TOKEN")
SECRET_VARIABLES = (*ID_TOKEN_VARIABLES, "CLOUDSMITH_API_KEY", "JENKINS_API_TOKEN")
"""What these hold has no flag, because anybody can see the arguments of a process, and is never shown."""


@dataclass(frozen=True)
class Option:
    """How one field is given.

    `takes` names the value in `--help`; a switch takes none. `read` makes the value from its text, or raises
    `ValueError` saying what is wrong with it. Of the environment `variables`, the first that is not empty counts. What
    is `repeatable` becomes a tuple, and `separator`, if there is one, parts several values in one text. `flag` is given
    where it is not the field's name; without dashes, the option is known by its place. `options_of` fills in the rest.
    """

    takes: str
    help: str
    read: Callable[[str], object] = str
    variables: tuple[str, ...] = ()
    repeatable: bool = False
    separator: str | None = None
    flag: str = ""
    required: bool = False
    default: object = None

    @property
    def usage(self) -> str:
        """Return the option as somebody types it."""
        return f"{self.flag} {self.takes}".strip()

    def value(self, texts: Sequence[str | None]) -> object:
        """Make the value from what was given, `None` standing for nothing. Raises `ValueError`."""
        if isinstance(self.default, bool):
            return not self.default
        given = [text for text in texts if text is not None]
        if len(given) < len(texts):
            raise ValueError(f"it needs a value: {self.usage}")
        if not self.repeatable:
            return self.read(given[-1])
        parts = [part.strip() for text in given for part in text.split(self.separator)] if self.separator else given
        return tuple(self.read(part) for part in parts if part)


def options_of(command: type["Options"]) -> dict[str, Option]:
    """Return the options of a command by the names of their fields."""
    hints = get_type_hints(command, include_extras=True)
    return {
        field.name: replace(
            option,
            flag=option.flag or f"--{field.name.replace('_', '-')}",
            required=field.default is MISSING,
            default=field.default,
        )
        for field in fields(command)
        for option in get_args(hints[field.name])[1:]
    }


@dataclass(frozen=True, kw_only=True)
class Options:
    """What every command has."""

    log_format: Annotated[
        LogFormat,
        Option(
            "console|json",
            "Log lines for people, or JSON objects for machines.",
            values.log_format,
            ("CLOUDSMITH_OIDC_LOG_FORMAT",),
        ),
    ] = "console"
    quiet: Annotated[bool, Option("", "Log nothing but errors.")] = False


_ORG = Option(
    "SLUG", "The Cloudsmith workspace (organization).", values.slug, ("CLOUDSMITH_ORG", "CLOUDSMITH_WORKSPACE")
)
_SERVICE = Option(
    "SLUG",
    "The service account to log in as.",
    values.slug,
    ("CLOUDSMITH_SERVICE_SLUG", "CLOUDSMITH_SERVICE_ACCOUNT_SLUG"),
)
_API_HOST = Option("HOST", "Cloudsmith's API.", values.base_url, ("CLOUDSMITH_API_HOST",))
_TIMEOUT = Option("SECONDS", "For the whole command, at most 3600.", values.seconds, ("CLOUDSMITH_TIMEOUT",))


@dataclass(frozen=True, kw_only=True)
class TokenOptions(Options):
    """Where the ID token comes from, and how long everything may take."""

    token_stdin: Annotated[
        bool,
        Option(
            "",
            "Read the ID token from the first line of standard input. A PEM bundle of certificate authorities may "
            "follow it.",
        ),
    ] = False
    token_file: Annotated[
        Path | None,
        Option(
            "FILE",
            "Read the ID token from this file. Without this and --token-stdin, it comes from the variable "
            "CLOUDSMITH_OIDC_TOKEN, or OIDC_TOKEN.",
            values.path,
        ),
    ] = None
    api_host: Annotated[str, _API_HOST] = DEFAULT_API_HOST
    timeout: Annotated[float, _TIMEOUT] = 60


@dataclass(frozen=True, kw_only=True)
class Login(TokenOptions):
    """Exchange the ID token for a Cloudsmith token and write the clients' files."""

    STDOUT: ClassVar[Path] = Path("-")

    org: Annotated[str, _ORG]
    service: Annotated[str, _SERVICE]
    output: Annotated[
        Path,
        Option(
            "DIR",
            "The directory to write to, which is login's alone. - writes a tar stream to standard output instead.",
            lambda text: Login.STDOUT if text == "-" else values.path(text),
        ),
    ]
    root: Annotated[
        Path | None,
        Option("DIR", "With --output -: where the tar stream will be unpacked.", values.absolute_path),
    ] = None
    repo: Annotated[
        tuple[str, ...],
        Option(
            "SLUG",
            "A repository. The first one becomes the clients' default.",
            values.slug,
            ("CLOUDSMITH_REPO",),
            repeatable=True,
            separator=",",
        ),
    ] = ()
    format: Annotated[
        tuple[str, ...],
        Option(
            "FORMAT",
            f"A client to configure: {', '.join(formats.names())}. Default: {', '.join(_DEFAULT_FORMATS)}; without "
            "--repo, those that need no repository.",
            values.format_name,
            ("CLOUDSMITH_FORMATS",),
            repeatable=True,
            separator=",",
        ),
    ] = ()
    npm_scope: Annotated[
        tuple[str, ...],
        Option(
            "@SCOPE",
            "Get only the npm packages of this scope from Cloudsmith. Default: all packages.",
            values.npm_scope,
            ("CLOUDSMITH_NPM_SCOPE",),
            repeatable=True,
            separator=",",
        ),
    ] = ()
    domain: Annotated[
        tuple[tuple[str, str], ...],
        Option(
            "FORMAT=HOST",
            "A custom domain for a format. FORMAT:REPO=HOST: the domain of one repository.",
            values.domain,
            ("CLOUDSMITH_DOMAINS",),
            repeatable=True,
            separator=",",
        ),
    ] = ()

    def __post_init__(self) -> None:
        """Check what depends on more than one option. Raises `SettingsError`."""
        needy = [name for name in self.format if not self.repo and formats.load(name).needs_repo]
        if needy:
            raise SettingsError(
                f"{' and '.join(needy)} cannot be configured without a repository",
                hint="Give --repo, or set CLOUDSMITH_REPO",
            )
        if self.root is not None and self.output != self.STDOUT:
            raise SettingsError("--root goes with --output - only", hint="Leave it out: DIR says where the files are")

    @property
    def chosen_formats(self) -> tuple[str, ...]:
        """The formats asked for; if none was, the default ones that are possible."""
        default = (name for name in _DEFAULT_FORMATS if self.repo or not formats.load(name).needs_repo)
        return tuple(dict.fromkeys(self.format or default))


@dataclass(frozen=True, kw_only=True)
class Explain(TokenOptions):
    """Say why Cloudsmith refuses, or would refuse: check the settings, the token, its issuer, and the exchange."""

    # What is wrong with these is a finding, so that they are taken as they are.
    org: Annotated[str, replace(_ORG, read=str)] = ""
    service: Annotated[str, replace(_SERVICE, read=str)] = ""
    api_host: Annotated[str, replace(_API_HOST, read=str)] = DEFAULT_API_HOST
    expect_audience: Annotated[
        str | None, Option("AUDIENCE", "Report a fault unless the token's audience is this one, or one of several.")
    ] = None
    expect_claim: Annotated[
        tuple[tuple[str, str], ...],
        Option(
            "NAME=VALUE",
            "Report a fault unless the token has this claim. VALUE may end in * or .* for anything that follows.",
            values.claim,
            repeatable=True,
        ),
    ] = ()
    exchange: Annotated[bool, Option("", "Do not try the exchange.", flag="--no-exchange")] = True
    as_json: Annotated[bool, Option("", "Write the report as one JSON object.", flag="--json")] = False


@dataclass(frozen=True, kw_only=True)
class Discovery(Options):
    """Fetch the issuer's documents from Jenkins, to host them or to compare them with what is hosted."""

    issuer: Annotated[
        str,
        Option("URL", "The issuer: what tokens have in iss, and Cloudsmith as its provider URL.", values.web_address),
    ]
    output: Annotated[
        Path | None,
        Option("DIR", "Write .well-known/openid-configuration and jwks there, for any static host.", values.path),
    ] = None
    check: Annotated[
        str | None,
        Option(
            "URL",
            "Compare with what is hosted under this URL, and fail if that is not what Jenkins signs with.",
            values.web_address,
        ),
    ] = None
    jenkins_url: Annotated[
        str | None,
        Option(
            "URL",
            "The URL of Jenkins, or of the folder that has the credential: needed if the credential names an issuer "
            "of its own. The user in JENKINS_USER_ID asks with the API token in JENKINS_API_TOKEN. Default: ask at "
            "the issuer's URL, as anybody can.",
            values.web_address,
        ),
    ] = None
    credentials_id: Annotated[
        tuple[str, ...],
        Option("ID", "With --jenkins-url: the credential.", repeatable=True, separator=","),
    ] = ("oidc-token-cred",)
    timeout: Annotated[float, _TIMEOUT] = 60


@dataclass(frozen=True, kw_only=True)
class Logout(Options):
    """Remove a login directory."""

    directory: Annotated[Path, Option("", "What was given to login as --output.", values.path, flag="DIR")]


COMMANDS: Mapping[str, type[Options]] = {"login": Login, "explain": Explain, "discovery": Discovery, "logout": Logout}
