"""JSON Web Tokens, read without verifying them; and what is checked of the ID token before Cloudsmith sees it.

A login only needs to read tokens: Cloudsmith verifies the ID token, and its own token came over TLS. PyJWT, which
verifies signatures for `explain`, loads the whole of `cryptography` on import: a fifth of a login's time and memory.
"""

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from cloudsmith_oidc.deadline import timestamp
from cloudsmith_oidc.errors import IdTokenError
from cloudsmith_oidc.redaction import MAX_TOKEN_CHARACTERS, Secret

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")


@dataclass(frozen=True, repr=False)
class JwtView:
    """The header and the claims of a JWT in compact form (RFC 7519). `repr` shows nothing of it."""

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Split and decode `text`.

        Raises `ValueError`, whose message quotes nothing of `text`.
        """
        if len(text) > MAX_TOKEN_CHARACTERS:
            raise ValueError(f"it has more than {MAX_TOKEN_CHARACTERS} characters")
        if not _COMPACT.fullmatch(text):
            raise ValueError("it does not have the three dot-separated base64url parts of a JWT")
        header, claims, _signature = text.split(".")
        return cls(text, _decode("header", header), _decode("payload", claims))

    def time(self, claim: str) -> datetime | None:
        """Return a NumericDate claim (`exp`, `iat`, `nbf`; seconds since 1970) as UTC, `None` if absent or unusable."""
        seconds = self.claims.get(claim)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            return None
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except (OverflowError, OSError, ValueError):
            return None


class IdToken(JwtView):
    """An ID token that is well formed and has not expired by this machine's clock."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the token in `text`, after all checks that need no network.

        Raises `IdTokenError` with the code `token-malformed` or `token-expired`.
        """
        if len(text.split()) > 1:
            raise _malformed("there is white space or a line break inside it")
        try:
            token = cls.parse(Secret(text.strip()))
        except ValueError as error:
            raise _malformed(str(error)) from None
        expires_at, now = token.time("exp"), datetime.now(UTC)
        if expires_at is None:
            raise _malformed("it has no usable exp claim")
        if expires_at <= now:
            raise IdTokenError(
                f"the ID token expired at {timestamp(expires_at)}; this machine's clock says {timestamp(now)}",
                hint="Bind the credential again right before the login (every binding mints a fresh token), or "
                "correct the clock",
                code="token-expired",
            )
        return token


def _malformed(why: str) -> IdTokenError:
    return IdTokenError(
        f"the ID token is malformed: {why}",
        hint="Pass on, unchanged and on one line, what Jenkins binds for a credential of the kind OpenID Connect id "
        "token (not of the file kind)",
        code="token-malformed",
    )


def _decode(part: str, text: str) -> dict[str, Any]:
    try:
        decoded = json.loads(base64.urlsafe_b64decode(text + "=="))  # Python ignores padding that is not needed.
    except (ValueError, RecursionError):
        # "from None": the original message quotes the bytes it could not read.
        raise ValueError(f"its {part} is not base64url-encoded JSON") from None
    if not isinstance(decoded, dict):
        raise ValueError(f"its {part} is not a JSON object")  # noqa: TRY004 - one kind of error for every bad token
    return decoded
