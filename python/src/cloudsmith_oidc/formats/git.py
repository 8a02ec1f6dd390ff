"""git: https://git-scm.com/docs/git-config (GIT_CONFIG_COUNT, include.path) and gitcredentials.

Cloudsmith serves git only for the indexes of CocoaPods and of Cargo before its sparse one (`…/cocoapods/index.git`,
`…/cargo/index.git`), which are read only.
"""

import re
import shlex

from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.formats.base import DOWNLOADS, USER_NAME, Access, Format, double_quoted, in_directory

_COUNT = "GIT_CONFIG_COUNT"
_OURS = "CLOUDSMITH_GIT_CONFIG"
_CONFIGURATION = in_directory("git/config")


def _files(access: Access) -> dict[str, str]:
    """Return a helper that answers git's question for a login at each repository's URL from a file.

    The empty helper drops the user's own helpers for these URLs: the one called `store` would keep the token at home.
    Ours only reads, so a refused token stays where it is until the next login.
    """
    answer = f'!f() {{ test "$1" != get || cat {shlex.quote(f"{access.directory}/git/login")}; }}; f'
    sections = [
        f"[credential {double_quoted(url)}]\n\thelper =\n\thelper = {double_quoted(answer)}\n"
        # The longest of several URLs takes precedence. An empty header removes those of the user.
        f"[url {double_quoted(url)}]\n\tinsteadOf = {double_quoted(url)}\n"
        f"[http {double_quoted(url)}]\n\textraHeader =\n"
        for url in access.login_urls(DOWNLOADS)
    ]
    return {"git/config": "".join(sections), "git/login": f"username={USER_NAME}\npassword={access.token}\n"}


def _count_of_job(access: Access) -> int:
    count = access.environment.get(_COUNT) or "0"
    if not re.fullmatch(r"[0-9]{1,4}", count):
        raise SettingsError(
            f"{_COUNT} is not a number up to 9999",
            hint="Set fewer of git's settings by variables, or leave the format git out",
        )
    return int(count)


def _number(access: Access) -> int:
    """Return the number of our setting: after the job's own, unless an earlier login has set it already.

    The job's settings may be secret, so they are not read: a variable of our own says where ours is.
    """
    count = _count_of_job(access)
    return next((place for place in range(count) if access.environment.get(_OURS) == _our(place, access)), count)


def _our(place: int, access: Access) -> str:
    return f"{place} {_CONFIGURATION(access)}"


FORMAT = Format(
    client="git, for the indexes of CocoaPods and of Cargo without a sparse one",
    endpoints=(DOWNLOADS,),
    files=_files,
    variables={
        _COUNT: lambda access: str(max(_number(access) + 1, _count_of_job(access))),
        "GIT_CONFIG_KEY_N": lambda _: "include.path",
        "GIT_CONFIG_VALUE_N": _CONFIGURATION,
        _OURS: lambda access: _our(_number(access), access),
    },
    number=_number,
    extends=(_COUNT, _OURS),
    publishes=False,
    least={"git": "2.31, by its documentation"},
    hides="The user's own credential helpers, headers and insteadOf for Cloudsmith's URLs, and for no others.",
    project="A login in the URL takes precedence.",
    without_files="refused",
)
