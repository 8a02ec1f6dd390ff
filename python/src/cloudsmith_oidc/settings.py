"""What can be set, where from, and what is allowed.

Every option comes from its flag, else from the environment, else from its default. The variables' names are those of
Cloudsmith's own command line (`CLOUDSMITH_ORG` …) and of its Jenkins guide (the aliases).
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    CliPositionalArg,
    CliSubCommand,
    CliToggleFlag,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from cloudsmith_oidc import formats, streams
from cloudsmith_oidc.errors import IdTokenError, SettingsError
from cloudsmith_oidc.http import is_loopback
from cloudsmith_oidc.log import LogFormat
from cloudsmith_oidc.redaction import one_line

DEFAULT_API_HOST = "https://api.cloudsmith.io"
_DEFAULT_FORMATS = ("pip", "npm", "docker")
_MAX_INPUT_BYTES = 4 * 1024 * 1024
_PEM_BEGIN = "-----BEGIN CERTIFICATE-----"

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)
_NPM_SCOPE = re.compile(r"@[a-z0-9-~][a-z0-9-._~]*", re.ASCII)
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\]", re.ASCII)


def shown(value: object) -> str:
    """Quote a value that somebody gave, for an error line: shortened, and never a token."""
    return f"'{one_line(str(value))}'"


def slug(value: str) -> str:
    """Check a workspace, repository or service account slug. Raises `ValueError`."""
    if not _SLUG.fullmatch(value) or ".." in value:
        raise ValueError(f"{shown(value)} is not a slug: letters, digits, '-', '_' and '.', as in the Cloudsmith URL")
    return value


def base_url(value: str) -> str:
    """Turn a host, `host:port` or URL into `scheme://host[:port]`. Raises `ValueError`."""
    problem = f"{shown(value)} is not a host, host:port or https URL without a path"
    try:
        url = urlsplit(value if "://" in value else f"https://{value}")
        port = url.port
    except ValueError:
        raise ValueError(problem) from None
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname or ""
    if url.scheme not in {"http", "https"} or not _HOST.fullmatch(host) or url.path.strip("/"):
        raise ValueError(problem)
    if "@" in url.netloc or "?" in value or "#" in value:
        raise ValueError(problem)
    if url.scheme == "http" and not is_loopback(host):
        raise ValueError(f"{shown(value)} is plain http, which is for a loopback host only: use https")
    return f"{url.scheme}://{host}" + (f":{port}" if port is not None else "")


def _web_address(value: str) -> str:
    """Check the URL of an issuer or of a Jenkins. Raises `ValueError`."""
    address = value.rstrip("/")
    scheme, _, rest = address.partition("://")
    host, _, path = rest.partition("/")
    if scheme not in {"http", "https"}:
        raise ValueError(f"{shown(value)} is not an https URL")
    base_url(f"{scheme}://{host}")
    if not re.fullmatch(r"[\w./~%+-]*", path, re.ASCII):
        raise ValueError(f"{shown(value)} is not a plain URL: no query, no fragment")
    return address


def _npm_scope(value: str) -> str:
    if not _NPM_SCOPE.fullmatch(value):
        raise ValueError(f"{shown(value)} is not an npm scope such as '@acme'")
    return value


def _format_name(value: str) -> str:
    if value not in formats.names():
        raise ValueError(f"{shown(value)} is not a known format: use {', '.join(formats.names())}")
    return value


def _domains(value: object) -> object:
    if not isinstance(value, str):
        return value
    domains = {}
    for entry in _split_commas(value):
        key, equals, host = entry.partition("=")
        name, _, repo = key.partition(":")
        if not equals or (repo == "" and ":" in key):
            raise ValueError(f"{shown(entry)} is not FORMAT=HOST or FORMAT:REPO=HOST")
        domains[f"{_format_name(name)}:{slug(repo)}" if repo else _format_name(name)] = base_url(host)
    return domains


def _split_commas(value: Any) -> Any:  # noqa: ANN401 - pydantic calls it with whatever was given
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _claims(value: object) -> object:
    if not isinstance(value, str):
        return value
    # pydantic-settings joins repeated flags with commas. A value may hold commas, too, unless NAME= follows one.
    pairs = [entry.partition("=") for entry in re.split(r",(?=[^=,]+=)", value)]
    if not all(name and equals for name, equals, _ in pairs):
        raise ValueError(f"{shown(value)} is not NAME=VALUE")
    return tuple((name, expected) for name, _, expected in pairs)


def _not_empty(value: object) -> object:
    if value == "":
        raise ValueError("it is empty")
    return value


def _absolute(path: Path) -> Path:
    if not str(path).isprintable():
        raise ValueError("a path with control characters cannot be used")
    if ".." in path.parts:
        raise ValueError(f"{shown(path)} has .. in it: give the plain path")
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow symlinks


@dataclass(frozen=True)
class Variables:
    """The environment variables that set an option, the first that is not empty counting."""

    names: tuple[str, ...]


class _Environment(PydanticBaseSettingsSource):
    """Reads the variables that each option names in its annotation."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        for name in variables(field):
            if os.environ.get(name):
                return os.environ[name], field_name, False
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(option, name)[0] for name, option in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def variables(option: FieldInfo) -> tuple[str, ...]:
    """Return the names of the environment variables that set `option`."""
    return next((extra.names for extra in option.metadata if isinstance(extra, Variables)), ())


class _Settings(BaseSettings):
    """Read from flags, then from `Variables`, and from no file."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic-settings passes all of them
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Use flags, then `Variables`; nothing is read from files."""
        return init_settings, _Environment(settings_cls)


class Options(_Settings):
    """What every command has."""

    # Descriptions are no docstrings: pydantic would parse the source code for those, a tenth of a login's time.
    model_config = SettingsConfigDict(extra="forbid", hide_input_in_errors=True)

    log_format: LogFormat | None = Field(
        default=None,
        description="Log lines for people (console) or for machines (json). Default: console on a terminal, json "
        "elsewhere.",
    )
    quiet: CliToggleFlag[bool] = Field(default=False, description="Log nothing but errors.")


@dataclass(frozen=True)
class GivenToken:
    """The ID token as it was handed over, unchecked, and the PEM bundle of CAs that came with it, if any."""

    text: str = field(repr=False)
    ca_bundle: str | None = field(default=None, repr=False)


class Secrets(_Settings):
    """What comes from the environment only: these are no options, since arguments show in the list of processes."""

    oidc_token: Annotated[SecretStr, Variables(("CLOUDSMITH_OIDC_TOKEN", "OIDC_TOKEN"))] = SecretStr("")
    jenkins_user_id: Annotated[str, Variables(("JENKINS_USER_ID",))] = ""
    jenkins_api_token: Annotated[SecretStr, Variables(("JENKINS_API_TOKEN",))] = SecretStr("")


class TokenOptions(Options):
    """Where the ID token comes from: standard input, a file, or the environment."""

    token_stdin: CliToggleFlag[bool] = Field(
        default=False,
        description="Read the ID token from the first line of standard input. A PEM bundle of CA certificates may "
        "follow it.",
    )
    token_file: Path | None = Field(default=None, description="Read the ID token from this file.")

    def given_token(self) -> GivenToken:
        """Fetch the ID token. Raises `SettingsError`, or `IdTokenError` if there is nothing to read."""
        if self.token_stdin and self.token_file is not None:
            raise SettingsError("--token-stdin and --token-file exclude each other", hint="Give one of them")
        if self.token_stdin:
            token, _, rest = _text(streams.read(_MAX_INPUT_BYTES)).partition("\n")
            if rest.lstrip().startswith(_PEM_BEGIN):
                return GivenToken(token, rest)
            return GivenToken(token + "\n" + rest)
        if self.token_file is not None:
            try:
                with self.token_file.open("rb") as file:
                    return GivenToken(_text(file.read(_MAX_INPUT_BYTES)))
            except OSError as error:
                raise IdTokenError(
                    f"there is no ID token: {shown(self.token_file)} cannot be read ({error.strerror})",
                    hint="Write the ID token there first, or use --token-stdin",
                    code="token-missing",
                ) from None
        return GivenToken(Secrets().oidc_token.get_secret_value())


def _text(raw: bytes) -> str:
    # What is not ASCII is not a JWT: the token check says so, and needs no second error path here.
    return raw.decode("ascii", errors="replace")


Slug = Annotated[str, AfterValidator(slug)]
Slugs = Annotated[tuple[Slug, ...], NoDecode, BeforeValidator(_split_commas)]
ApiHost = Annotated[str, AfterValidator(base_url), Variables(("CLOUDSMITH_API_HOST",))]
Timeout = Annotated[float, Field(gt=0, le=3600), Variables(("CLOUDSMITH_TIMEOUT",))]
ORG_VARIABLES = Variables(("CLOUDSMITH_ORG", "CLOUDSMITH_WORKSPACE"))
SERVICE_VARIABLES = Variables(("CLOUDSMITH_SERVICE_SLUG", "CLOUDSMITH_SERVICE_ACCOUNT_SLUG"))


class Login(TokenOptions):
    """Exchange the ID token once and write the clients' files."""

    org: Annotated[Slug, ORG_VARIABLES] = Field(description="Slug of the Cloudsmith workspace (organization).")
    service: Annotated[Slug, SERVICE_VARIABLES] = Field(description="Slug of the service account.")
    repo: Annotated[Slugs, Variables(("CLOUDSMITH_REPO",))] = Field(
        default=(), description="Slug of a repository; repeatable. The first is the default index or registry."
    )
    npm_scope: Annotated[
        tuple[Annotated[str, AfterValidator(_npm_scope)], ...],
        NoDecode,
        BeforeValidator(_split_commas),
        Variables(("CLOUDSMITH_NPM_SCOPE",)),
    ] = Field(
        default=(),
        description="Only packages of this npm scope come from Cloudsmith; repeatable. Default: all packages do.",
    )
    domain: Annotated[dict[str, str], NoDecode, BeforeValidator(_domains), Variables(("CLOUDSMITH_DOMAINS",))] = Field(
        default={}, description="Custom domain, FORMAT=HOST or FORMAT:REPO=HOST; repeatable."
    )
    format: Annotated[
        tuple[Annotated[str, AfterValidator(_format_name)], ...],
        NoDecode,
        BeforeValidator(_split_commas),
        Field(validate_default=True),
        Variables(("CLOUDSMITH_FORMATS",)),
    ] = Field(
        default=(),
        description="Client to configure; repeatable. Default: pip, npm and docker; without a repository, those that "
        "need none.",
    )
    api_host: ApiHost = Field(default=DEFAULT_API_HOST, description="Cloudsmith's API.")
    timeout: Timeout = Field(default=60, description="Seconds for the whole exchange, retries included.")
    output: Annotated[Path, BeforeValidator(_not_empty)] = Field(
        description="Directory to write to, or - for a tar stream on standard output."
    )
    root: Path | None = Field(
        default=None,
        description="With --output -: the absolute path of the directory where the stream will be unpacked.",
    )

    STDOUT: ClassVar[Path] = Path("-")

    @field_validator("format")
    @classmethod
    def _formats_have_their_repository(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.data.get("repo", True):
            return tuple(dict.fromkeys(value or _DEFAULT_FORMATS))
        needy = [name for name in value if formats.load(name).needs_repo]
        if needy:
            raise ValueError(f"{', '.join(needy)} needs a repository: give --repo or set CLOUDSMITH_REPO")
        return tuple(dict.fromkeys(value)) or tuple(n for n in _DEFAULT_FORMATS if not formats.load(n).needs_repo)

    @field_validator("output")
    @classmethod
    def _output_is_absolute(cls, value: Path) -> Path:
        return value if value == cls.STDOUT else _absolute(value)

    @field_validator("root")
    @classmethod
    def _root_belongs_to_a_stream(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is None:
            return None
        if info.data.get("output", cls.STDOUT) != cls.STDOUT:
            raise ValueError("it goes with --output - only")
        if not PurePosixPath(value).is_absolute():
            raise ValueError(f"{shown(value)} is not an absolute path")
        return _absolute(value)


class Explain(TokenOptions):
    """Say why Cloudsmith refuses, or would: checks the settings, the token, its issuer, and the exchange."""

    org: Annotated[str, ORG_VARIABLES] = Field(
        default="", description="Slug of the Cloudsmith workspace (organization)."
    )
    service: Annotated[str, SERVICE_VARIABLES] = Field(default="", description="Slug of the service account.")
    api_host: Annotated[str, Variables(("CLOUDSMITH_API_HOST",))] = Field(
        default=DEFAULT_API_HOST, description="Cloudsmith's API."
    )
    timeout: Timeout = Field(default=60, description="Seconds for everything together.")
    expect_audience: str | None = Field(
        default=None, description="Find fault unless the token's audience is this one, or one of several."
    )
    expect_claim: Annotated[tuple[tuple[str, str], ...], NoDecode, BeforeValidator(_claims)] = Field(
        default=(), description="Find fault unless this claim has this value, NAME=VALUE; it may end in *. Repeatable."
    )
    exchange: CliToggleFlag[bool] = Field(default=True, description="Do not try the exchange.")
    as_json: CliToggleFlag[bool] = Field(
        default=False, validation_alias="json", description="Report as one JSON object."
    )


class Discovery(Options):
    """Fetch the issuer's documents from Jenkins, for a static host or to compare them with what is published."""

    issuer: Annotated[str, AfterValidator(_web_address)] = Field(
        description="The issuer, as tokens have it in iss and Cloudsmith as its provider URL."
    )
    output: Annotated[Path, BeforeValidator(_not_empty), AfterValidator(_absolute)] | None = Field(
        default=None,
        description="Directory to write .well-known/openid-configuration and jwks to, for any static host.",
    )
    check: Annotated[str, AfterValidator(_web_address)] | None = Field(
        default=None,
        description="Compare with what is published under this URL, and fail if that is not what Jenkins signs with.",
    )
    jenkins_url: Annotated[str, AfterValidator(_web_address)] | None = Field(
        default=None,
        description="Ask as JENKINS_USER_ID with JENKINS_API_TOKEN at this Jenkins, or folder's, URL: where the "
        "credential names an issuer of its own. Default: ask at the issuer's own URL, as anybody can.",
    )
    credentials_id: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_commas)] = Field(
        default=("oidc-token-cred",), description="With --jenkins-url: ID of the credential; repeatable."
    )
    timeout: Timeout = Field(default=60, description="Seconds for everything together.")


class Logout(Options):
    """Remove a login directory, whole."""

    force: CliToggleFlag[bool] = Field(default=False, description="Remove it also if nothing shows that it is login's.")
    directory: CliPositionalArg[Annotated[Path, BeforeValidator(_not_empty), AfterValidator(_absolute)]] = Field(
        description="The directory given to login --output."
    )


class CommandLine(Options):
    """Log in to Cloudsmith with an OpenID Connect ID token from Jenkins."""

    model_config = SettingsConfigDict(
        cli_prog_name="cloudsmith-oidc",
        cli_kebab_case=True,
        cli_hide_none_type=True,
        cli_avoid_json=True,
        cli_exit_on_error=False,
        cli_use_class_docs_for_groups=True,
    )

    version: CliToggleFlag[bool] = Field(default=False, description="Print the version and end.")
    login: CliSubCommand[Login]
    explain: CliSubCommand[Explain]
    discovery: CliSubCommand[Discovery]
    logout: CliSubCommand[Logout]


COMMANDS: dict[str, type[Options]] = {"login": Login, "explain": Explain, "discovery": Discovery, "logout": Logout}
