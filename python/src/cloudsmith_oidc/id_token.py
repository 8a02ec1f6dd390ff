"""The ID token that Jenkins mints for a build: where it comes from, and what it must be before Cloudsmith sees it."""

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from cloudsmith_oidc import streams
from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import IdTokenError, SettingsError
from cloudsmith_oidc.jwt_view import JwtView
from cloudsmith_oidc.redaction import protect, quoted
from cloudsmith_oidc.settings import ID_TOKEN_VARIABLES, TokenOptions
from cloudsmith_oidc.times import timestamp

_MAX_INPUT_BYTES = 4 * 1024 * 1024
_PEM_BEGIN = "-----BEGIN CERTIFICATE-----"
_HOME_FILE = re.compile(r"-----BEGIN FILE ([\w.@+/-]{1,1024})-----\n([A-Za-z0-9+/=\n]*)-----END FILE-----\n", re.ASCII)
_GIVE = (
    "Set CLOUDSMITH_OIDC_TOKEN to the token, or give --token-file or --token-stdin. In Jenkins, bind a credential of "
    "the kind OpenID Connect id token to that variable"
)
_AS_BOUND = (
    "Pass on, unchanged and on one line, what Jenkins binds for a credential of the kind OpenID Connect id token (not "
    "of the file kind)"
)


@dataclass(frozen=True)
class GivenToken:
    """The ID token as it was handed over, unchecked, and what came with it, if anything.

    An API key, a PEM bundle of CAs, files of the home directory by their paths in it.
    """

    text: str = field(repr=False)
    ca_bundle: str | None = field(default=None, repr=False)
    api_key: str = field(default="", repr=False)
    home: Mapping[str, bytes] | None = field(default=None, repr=False)


def fetch(options: TokenOptions, deadline: Deadline, *, may_have_key: bool = False) -> GivenToken:
    """Get the ID token from where `options` say it is.

    On standard input it is the first line. With `may_have_key`, a line with an API key may follow; then, always, a PEM
    bundle may, and what the launcher sends of the home directory. Raises `SettingsError`, or `IdTokenError` with the
    code `token-missing` if there is nothing, or no end of it.
    """
    if options.token_stdin and options.token_file is not None:
        raise SettingsError("--token-stdin and --token-file exclude each other", hint="Give one of them")
    if options.token_stdin:
        source, read = "standard input", lambda: streams.read(_MAX_INPUT_BYTES)
    elif options.token_file is not None:
        file = options.token_file
        source, read = quoted(file), lambda: _start_of(file)
    else:
        source, read = f"the variable {ID_TOKEN_VARIABLES[0]}", _from_environment
    try:
        # What is not ASCII is not a JWT: the check of the token says so, and needs no second error path here.
        text = deadline.run(read).decode("ascii", errors="replace")
    except TimeoutError:
        raise _missing(f"{source} did not end in time") from None
    except OSError as error:
        raise _missing(f"{source} cannot be read ({error.strerror})") from None
    text, home = _without_home(text) if options.token_stdin else (text, None)
    token, api_key, ca_bundle = _parted(text, may_have_key=may_have_key) if options.token_stdin else (text, "", None)
    token = token.strip()
    if not token:
        raise _missing(f"{source} is empty" + (" or not set" if read is _from_environment else ""))
    protect(token)
    if api_key:
        protect(api_key)
    return GivenToken(token, ca_bundle, api_key, home)


def _without_home(text: str) -> tuple[str, dict[str, bytes] | None]:
    """Take the files of the home directory out of standard input. Without any, the program is where that is."""
    try:
        files = {path: base64.b64decode(content) for path, content in _HOME_FILE.findall(text)}
    except ValueError:
        raise SettingsError("what standard input has of the home directory is damaged", hint=_AS_BOUND) from None
    return _HOME_FILE.sub("", text), files or None


def _parted(text: str, *, may_have_key: bool) -> tuple[str, str, str | None]:
    """Part standard input into token, key and bundle. What fits no such form is all taken for a (malformed) token."""
    above, begin, below = text.partition(_PEM_BEGIN)
    ca_bundle = begin + below if begin else None
    first, _, key = above.strip().partition("\n")
    if may_have_key and "\n" not in key.strip():
        return first, key.strip(), ca_bundle
    return above, "", ca_bundle


def _start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAX_INPUT_BYTES)


def _from_environment() -> bytes:
    return os.fsencode(next(filter(None, map(os.environ.get, ID_TOKEN_VARIABLES)), ""))


def _missing(why: str) -> IdTokenError:
    return IdTokenError(f"there is no ID token: {why}", hint=_GIVE, code="token-missing")


class IdToken(JwtView):
    """An ID token that is well formed and has not expired by this machine's clock."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Check what can be checked before any network call.

        Raises `IdTokenError` with the code `token-malformed` or `token-expired`.
        """
        if len(text.split()) > 1:
            raise _malformed("there is white space or a line break inside it")
        try:
            token = cls.parse(text.strip())
        except ValueError as error:
            raise _malformed(str(error)) from None
        token.require_unexpired()
        return token

    def require_unexpired(self) -> None:
        """Raise `IdTokenError` with the code `token-expired` if this machine's clock is past `exp`."""
        expires_at = self.time("exp")
        if expires_at is None:
            raise _malformed("it has no usable exp claim")
        now = datetime.now(UTC)
        if expires_at <= now:
            raise IdTokenError(
                f"the ID token expired at {timestamp(expires_at)}; this machine's clock says {timestamp(now)}",
                hint="Bind the credential again right before the login (every binding mints a fresh token), or "
                "correct the clock",
                code="token-expired",
            )


def _malformed(why: str) -> IdTokenError:
    return IdTokenError(f"the ID token is malformed: {why}", hint=_AS_BOUND, code="token-malformed")
