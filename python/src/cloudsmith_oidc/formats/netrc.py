"""netrc, which many clients read: https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html ."""

import re

from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.formats.base import DOWNLOADS, USER_NAME, Access, Format, in_directory

_OWN = ".netrc"
_PART = re.compile(
    r"""[ \t\r\n]*(?:
        \#[^\n]*
        | (?P<default>default) (?!\S)
        | macdef [ \t\r\n] .*? (?:\n[ \t]*\n | \Z)
        | (?P<name>machine (?![ \t\r\n]+"") | login | user | account | password) [ \t\r\n]+
          (?P<value>"(?:\\[^\n] | [^"\\\n])*" | (?:\\\S | [^\s"\\]) (?:\\\S | [^\s\\])*) (?!\S)
    )""",
    re.VERBOSE | re.DOTALL,
)
"""A comment, or a keyword with its value. White space, quotes and backslashes are those that all readers understand."""


def _files(access: Access) -> dict[str, str]:
    """Return a netrc with the token for every host of the login's formats, and with `inherit` the user's entries.

    Most readers look a host up without its port, Go with it, and some an IPv6 address without brackets.
    """
    names = dict.fromkeys(name for host in access.hosts for name in _names(host))
    lines = [f"machine {name}\nlogin {USER_NAME}\npassword {access.token}\n" for name in names]
    own = access.home.read(_OWN) if access.inherit else None
    return {"netrc": "".join(lines) + _of_others(own or "", {name.lower() for name in names})}


def _names(host: str) -> tuple[str, str, str]:
    name = re.sub(r":\d+$", "", host)
    return host, name, name.strip("[]")


def _of_others(text: str, ours: set[str]) -> str:
    """Return the user's entries for other hosts: of two for one host, some readers take the first, some the last.

    It leaves out macros, which are for FTP, and comments, in which some readers find keywords. Raises `SettingsError`
    for text at which a reader would stop, because it would then miss our entries.
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
            keep = not part["name"] or re.sub(r'"|\\(.)', r"\1", part["value"]).lower() not in ours
        if keep and (part["default"] or part["name"]):
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
    without_files="refused",
)
