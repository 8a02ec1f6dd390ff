"""Where the ID token comes from: standard input, a file or a variable; and what the launcher sends with it."""

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cloudsmith_oidc import log, streams
from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import IdTokenError, SettingsError
from cloudsmith_oidc.redaction import protect, quoted

ID_TOKEN_VARIABLES = ("CLOUDSMITH_OIDC_TOKEN", "OIDC_TOKEN")
API_KEY_VARIABLE = "CLOUDSMITH_API_KEY"
SECRET_VARIABLES = (*ID_TOKEN_VARIABLES, API_KEY_VARIABLE, "JENKINS_API_TOKEN")
"""Variables that hold secrets. None of them has a flag, because anybody can see the arguments of a process."""
_MAX_INPUT_BYTES = 4_000_000
"""Twice what the launcher sends at most."""
_PEM_BEGIN = "-----BEGIN CERTIFICATE-----"
_HOME_FILE = re.compile(r"-----BEGIN FILE ([\w.@+/-]{1,1024})-----\n([A-Za-z0-9+/=\n]*)-----END FILE-----\n", re.ASCII)


@dataclass(frozen=True)
class GivenToken:
    """The ID token as it was handed over, unchecked, and what came with it on standard input.

    That is an API key, a PEM bundle of CAs, and files by their paths: see `home.Home`.
    """

    text: str = field(repr=False)
    ca_bundle: str | None = field(default=None, repr=False)
    api_key: str = field(default="", repr=False)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def fetch(deadline: Deadline, *, stdin: bool, file: Path | None, may_have_key: bool = False) -> GivenToken:
    """Return the ID token from standard input or from a file, else from the environment.

    On standard input it is the first line. With `may_have_key`, a line with an API key may follow. After that come a
    PEM bundle and the files of the home directory, if the launcher sends any. Raises `SettingsError`, and
    `IdTokenError` with the code `token-missing` if there is no token, or the input does not end before the deadline.
    """
    if stdin and file is not None:
        raise SettingsError("--token-stdin and --token-file exclude each other", hint="Give one of them")
    if stdin:
        place, read = "standard input", lambda: streams.read(_MAX_INPUT_BYTES)
    elif file is not None:
        place, read = quoted(file), lambda: _start_of(file)
    else:
        place, read = f"the variable {ID_TOKEN_VARIABLES[0]}", _from_environment
    try:
        # A JWT is ASCII. Any other character is left for the check of the token, which reports it.
        text = deadline.run(read).decode("ascii", errors="replace")
    except TimeoutError:
        raise _missing(f"{place} did not end in time") from None
    except OSError as error:
        raise _missing(f"{place} cannot be read ({error.strerror})") from None
    given = _parted(text, may_have_key=may_have_key) if stdin else GivenToken(text.strip())
    if not given.text:
        raise _missing(f"{place} is empty" + (" or not set" if read is _from_environment else ""))
    protect(given.text)
    protect(given.api_key)
    log.debug("got the ID token", source=place, seconds_left=round(deadline.remaining()))
    return given


def api_key() -> str:
    """Return the API key in the environment, "" without one."""
    return os.environ.get(API_KEY_VARIABLE, "").strip()


def _parted(text: str, *, may_have_key: bool) -> GivenToken:
    """Return the parts of standard input. If it has another form, all of it is taken for a (malformed) token."""
    try:
        files = {path: base64.b64decode(content) for path, content in _HOME_FILE.findall(text)}
    except ValueError:
        raise SettingsError(
            "the files of the home directory on standard input are damaged", hint="Let the launcher write them"
        ) from None
    above, begin, below = _HOME_FILE.sub("", text).partition(_PEM_BEGIN)
    token, _, key = above.strip().partition("\n")
    if not may_have_key or "\n" in key.strip():
        token, key = above.strip(), ""
    return GivenToken(token.strip(), begin + below if begin else None, key.strip(), files)


def _start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAX_INPUT_BYTES)


def _from_environment() -> bytes:
    return os.fsencode(next(filter(None, map(os.environ.get, ID_TOKEN_VARIABLES)), ""))


def _missing(why: str) -> IdTokenError:
    return IdTokenError(
        f"there is no ID token: {why}",
        hint="Set CLOUDSMITH_OIDC_TOKEN to the token, or give --token-file or --token-stdin. In Jenkins, bind a "
        "credential of the kind OpenID Connect id token to that variable",
        code="token-missing",
    )
