"""netrc, which many clients read: https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html ."""

from cloudsmith_oidc.formats.base import USER_NAME, Access, Endpoint, Format, in_directory

DOWNLOADS = Endpoint("dl.cloudsmith.io", "basic/{org}/{repo}/")


def _files(access: Access) -> dict[str, str]:
    """Let its readers in at every host that this login's formats ask.

    Most readers look for a host without its port, Go for one with it.
    """
    names = dict.fromkeys(name for host in access.hosts for name in (host, host.rpartition(":")[0] or host))
    lines = [f"machine {name}\nlogin {USER_NAME}\npassword {access.token}\n" for name in names]
    return {"netrc": "".join(lines)}


FORMAT = Format(
    client="Whatever reads the file that NETRC names",
    endpoints=(DOWNLOADS,),
    files=_files,
    variables={"NETRC": in_directory("netrc")},
    needs_repo=False,
    publishes=False,
    logins=(".netrc",),
    hides="The user's ~/.netrc, unless the login inherits.",
)
