"""netrc, which many clients read: https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html ."""

import re

from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.formats.base import USER_NAME, Access, Endpoint, Format, in_directory

DOWNLOADS = Endpoint("dl.cloudsmith.io", "basic/{org}/{repo}/")
_OWN = ".netrc"
_PART = re.compile(
    r"""\s*(?:
        \#[^\n]*
        | (?P<default>default) (?!\S)
        | macdef \s (?P<macro>.*?) (?:\n[ \t]*\n | \Z)
        | (?P<name>machine | login | user | account | password) \s+ (?P<value>"(?:\\.|[^"\\])*" | \S+)
    )""",
    re.VERBOSE | re.DOTALL,
)
"""A comment, or a keyword with what belongs to it."""


def _files(access: Access) -> dict[str, str]:
    """Let its readers in at every host that this login's formats ask.

    Most readers look for a host without its port, Go for one with it.
    """
    names = dict.fromkeys(name for host in access.hosts for name in (host, host.rpartition(":")[0] or host))
    lines = [f"machine {name}\nlogin {USER_NAME}\npassword {access.token}\n" for name in names]
    own = access.home.read(_OWN) if access.inherit else None
    return {"netrc": "".join(lines) + _of_others(own or "", {name.lower() for name in names})}


def _of_others(text: str, ours: set[str]) -> str:
    """Return the user's entries for other hosts: of two for a host some readers take the first, some the last.

    Macros are for FTP, and left out. Raises `SettingsError` for what a reader would stumble over, as that would keep it
    from our entries, too.
    """
    kept, keep, at, end = [], False, 0, len(text.rstrip())
    while at < end:
        part = _PART.match(text, at)
        if part is None:
            raise SettingsError(
                f"the user's {_OWN} has something in it that is neither machine, login, account, password, default "
                "nor macdef",
                hint="Correct it, or log in without --inherit",
            )
        if part["default"] or part["name"] == "machine":
            keep = not part["name"] or part["value"].strip('"').lower() not in ours
        if keep and part["macro"] is None:
            kept.append(part[0].strip() + "\n")
        at = part.end()
    return "".join(kept)


FORMAT = Format(
    client="Whatever reads the file that NETRC names",
    endpoints=(DOWNLOADS,),
    files=_files,
    variables={"NETRC": in_directory("netrc")},
    needs_repo=False,
    publishes=False,
    logins=(_OWN,),
    hides="The user's ~/.netrc, unless the login inherits.",
)
