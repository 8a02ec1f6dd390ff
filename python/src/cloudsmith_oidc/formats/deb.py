"""apt: apt.conf(5) (APT_CONFIG is read before the machine's files) and apt_auth.conf(5)."""

from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.formats.base import USER_NAME, Access, Endpoint, Format, in_directory, kept

SOURCES = Endpoint("dl.cloudsmith.io", "basic/{org}/{repo}/deb/")
CONFIGURATION = "apt/cloudsmith-oidc.conf"


def _files(access: Access) -> dict[str, str]:
    """Return a configuration that includes the job's own, and points to a file with a login for each repository."""
    own = _own(access)
    if '"' in own:
        raise SettingsError("apt cannot include a path with a double quote", hint="Set APT_CONFIG to another path")
    lines = [f'#include "{own}";'] if own else []
    lines.append(f'Dir::Etc::netrc "{access.directory}/apt/auth.conf";')
    return {
        CONFIGURATION: "\n".join(lines) + "\n",
        "apt/auth.conf": "".join(
            # Without https, which is apt's default: versions before 2 do not accept the scheme.
            f"machine {url.removeprefix('https://')}\nlogin {USER_NAME}\npassword {access.token}\n"
            for url in access.login_urls(SOURCES)
        ),
    }


def _own(access: Access) -> str:
    return access.own("APT_CONFIG", CONFIGURATION)


FORMAT = Format(
    client="apt",
    endpoints=(SOURCES,),
    files=_files,
    variables={"APT_CONFIG": in_directory(CONFIGURATION), kept("APT_CONFIG"): lambda access: _own(access) or None},
    extends=("APT_CONFIG", kept("APT_CONFIG")),
    not_in_path='"',
    publishes=False,
    hides="/etc/apt/auth.conf; logins in /etc/apt/auth.conf.d are still used.",
    project="The sources are the project's own, without a login in their URLs. sudo must keep APT_CONFIG. A "
    "Dir::Etc::netrc in /etc/apt/apt.conf.d takes precedence: apt is then refused.",
    second_index="The highest version of all sources, unless apt_preferences say otherwise.",
    without_files="refused",
)
