"""The ID token that the CI system mints for a build: what is checked of it before Cloudsmith sees it."""

from datetime import UTC, datetime
from typing import Self

from cloudsmith_oidc.errors import IdTokenError
from cloudsmith_oidc.jwt_view import JwtView
from cloudsmith_oidc.times import timestamp


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
    return IdTokenError(
        f"the ID token is malformed: {why}",
        hint="Pass on, unchanged and on one line, what Jenkins binds for a credential of the kind OpenID Connect id "
        "token (not of the file kind)",
        code="token-malformed",
    )
