"""Go: https://go.dev/ref/mod#environment-variables , https://pkg.go.dev/cmd/go#hdr-GOAUTH_environment_variable ."""

from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.formats.base import Access, Endpoint, Format, FormatOption, Override, in_directory, matching

PROXY = Endpoint("golang.cloudsmith.io", "{org}/{repo}/")
_COMMAND = """sh -c 'cat "$CLOUDSMITH_GOAUTH"'"""


def _files(access: Access) -> dict[str, str]:
    """Return the output of a command of GOAUTH, which gives the token for the repositories' URLs only."""
    urls = access.login_urls(PROXY)
    if not all(url.startswith("https://") for url in urls):
        raise SettingsError("Go sends a login to https only", hint="Give the format go a custom domain with https")
    return {"go/auth": "\n".join([*urls, "", f"Authorization: Basic {access.basic_auth}", "", ""])}


def _goauth(access: Access) -> str:
    """Return the list of commands with ours. Without GOAUTH, Go uses the user's netrc; "off" is never in a list."""
    if access.environment.get("GOAUTH") == "off":
        return _COMMAND
    return access.extended("GOAUTH", _COMMAND, ";", default="netrc")


def _private(access: Access) -> str | None:
    """Return the patterns that the checksum database is not asked for; Go takes GOPRIVATE by default. None for ours."""
    patterns = ",".join(access.option("private"))
    default = access.environment.get("GOPRIVATE", "")
    return access.extended("GONOSUMDB", patterns, ",", default=default) if patterns else None


FORMAT = Format(
    client="Go",
    endpoints=(PROXY,),
    files=_files,
    variables={
        # After a comma, Go asks the next proxy only for modules that are not found.
        "GOPROXY": lambda access: ",".join(access.urls(PROXY)),
        # With none, Go asks the proxy for all modules, also for those that GOPRIVATE names.
        "GONOPROXY": lambda access: None if "GOPRIVATE" in access.option("keep") else "none",
        "GOAUTH": _goauth,
        # A command's words can have no quotes of every kind: so the path is in a variable of its own.
        "CLOUDSMITH_GOAUTH": in_directory("go/auth"),
        "GONOSUMDB": _private,
    },
    overrides=(
        Override(names=("GOPROXY", "GONOPROXY")),
        # It keeps its value: GONOPROXY undoes it for the proxy, and the checksum database still needs it.
        Override(names=("GOPRIVATE",), undo=lambda access: access.environment.get("GOPRIVATE")),
    ),
    options={
        "private": FormatOption(
            takes="PATTERN",
            help="Do not ask the public checksum database for modules whose paths begin so, such as example.com/acme.",
            check=matching(r"[\w.*?~/\[\]-]+", "the beginning of a module's path such as 'example.com/acme'"),
        )
    },
    extends=("GOAUTH", "GONOSUMDB", "GOPRIVATE"),
    publishes=False,
    least={"go": "1.25 (1.24 sends no login); before, with the format netrc"},
    hides="GOPROXY and GONOPROXY of the job and of `go env -w`: public modules come from an upstream in "
    "Cloudsmith, or not at all. With go.private, also GONOSUMDB and GOPRIVATE of `go env -w`, for the checksum "
    "database.",
    project="Modules that GOPRIVATE names come from Cloudsmith as well, and are not found if it has no upstream "
    "for them. With go.keep=GOPRIVATE, Go fetches them from their own hosts.",
    second_index="The first proxy of GOPROXY that has the module, whatever the version, if commas separate them.",
    without_files="refused",
)
