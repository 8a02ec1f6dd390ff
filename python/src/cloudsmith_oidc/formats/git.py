"""git: https://git-scm.com/docs/git-config (GIT_CONFIG_COUNT, include.path) and gitcredentials.

Cloudsmith serves git only for the indexes of CocoaPods and of Cargo before its sparse one (`…/cocoapods/index.git`,
`…/cargo/index.git`), which are read only.
"""

import re
import shlex
from collections.abc import Callable

from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.formats.base import DOWNLOADS, USER_NAME, Access, Format, double_quoted, in_directory

_COUNT, _KEY, _VALUE = "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_{}", "GIT_CONFIG_VALUE_{}"
_OURS = "CLOUDSMITH_GIT_CONFIG"
_MOST = 19
"""How many settings the job may have: each variable that may be set has to be known by name."""
_CONFIGURATION = in_directory("git/config")


def _files(access: Access) -> dict[str, str]:
    """Answer git's question for a login at each repository's URL with a file.

    The empty helper drops the user's own helpers for these URLs: the one called `store` would keep the token at home.
    Ours only reads, so that a refused token stays where it is until the next login.
    """
    answer = f'!f() {{ test "$1" != get || cat {shlex.quote(f"{access.directory}/git/login")}; }}; f'
    sections = [
        f"[credential {double_quoted(url)}]\n\thelper =\n\thelper = {double_quoted(answer)}\n"
        for url in access.urls(DOWNLOADS)
    ]
    return {"git/config": "".join(sections), "git/login": f"username={USER_NAME}\npassword={access.token}\n"}


def _place(access: Access) -> int:
    """Return the number of our setting: after the job's own, unless it is among them already.

    What the job's settings say may be secret, so that they are not looked at: a variable of our own remembers.
    """
    count = access.environment.get(_COUNT) or "0"
    if not re.fullmatch(r"[0-9]{1,4}", count) or int(count) > _MOST:
        raise SettingsError(
            f"{_COUNT} is not a number up to {_MOST}",
            hint="Set fewer of git's settings by variables, or leave the format git out",
        )
    own = range(int(count))
    return next((place for place in own if access.environment.get(_OURS) == _our(place, access)), int(count))


def _our(place: int, access: Access) -> str:
    return f"{place} {_CONFIGURATION(access)}"


def _count(access: Access) -> str:
    return str(max(_place(access) + 1, int(access.environment.get(_COUNT) or "0")))


def _at(place: int, value: Callable[[Access], str]) -> Callable[[Access], str | None]:
    """Make a variable that is set only where ours is."""
    return lambda access: value(access) if _place(access) == place else None


FORMAT = Format(
    client="git, for the indexes of CocoaPods and of Cargo without a sparse one",
    endpoints=(DOWNLOADS,),
    files=_files,
    variables={
        _COUNT: _count,
        _OURS: lambda access: _our(_place(access), access),
        **{_KEY.format(place): _at(place, lambda _: "include.path") for place in range(_MOST + 1)},
        **{_VALUE.format(place): _at(place, _CONFIGURATION) for place in range(_MOST + 1)},
    },
    extends=(_COUNT, _OURS),
    publishes=False,
    least="2.31",
    hides="The user's own credential helpers for Cloudsmith's URLs, and for no others.",
    project="A login in the URL wins.",
)
