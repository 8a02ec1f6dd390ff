"""The ID token that Jenkins mints for a build, before Cloudsmith has seen it."""

from datetime import UTC, datetime
from typing import Self

from cloudsmith_oidc.errors import IdTokenError
from cloudsmith_oidc.jwt_view import JwtView

_BIND = (
    'Bind a Jenkins credential of the kind "OpenID Connect id token" (not the file kind) with '
    "string(credentialsId: …, variable: 'CLOUDSMITH_OIDC_TOKEN')"
)


class IdToken(JwtView):
    """An ID token that is well formed and has not expired by this machine's clock."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Check what can be checked before any network call.

        Raises `IdTokenError` with the code `token-missing`, `token-malformed` or `token-expired`.
        """
        text = text.strip()
        if not text:
            raise IdTokenError("there is no ID token: the value is empty", hint=_BIND, code="token-missing")
        if len(text.split()) > 1:
            raise IdTokenError(
                "the ID token is malformed: there is white space or a line break inside it",
                hint="Pass it on exactly as Jenkins binds it, on one line",
                code="token-malformed",
            )
        try:
            token = cls.parse(text)
        except ValueError as error:
            raise IdTokenError(f"the ID token is malformed: {error}", hint=_BIND, code="token-malformed") from None
        token.require_unexpired()
        return token

    def require_unexpired(self) -> None:
        """Raise `IdTokenError` with the code `token-expired` if this machine's clock is past `exp`."""
        expires_at = self.time("exp")
        if expires_at is None:
            raise IdTokenError(
                "the ID token is malformed: it has no usable exp claim", hint=_BIND, code="token-malformed"
            )
        now = datetime.now(UTC)
        if expires_at <= now:
            raise IdTokenError(
                f"the ID token expired at {expires_at:%Y-%m-%dT%H:%M:%SZ}; this machine's clock says "
                f"{now:%Y-%m-%dT%H:%M:%SZ}",
                hint="Bind the credential again right before the login (every binding mints a fresh token), or "
                "correct the clock",
                code="token-expired",
            )
