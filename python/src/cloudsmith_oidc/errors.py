"""The ways the program can fail. Each class carries the exit code that callers rely on."""

from functools import partial
from typing import ClassVar

from cloudsmith_oidc.redaction import redact


class CloudsmithOidcError(Exception):
    """A failure that the person who started the program can act on.

    `message` says what failed and, as far as it is known, why; `hint` says what to do next. Neither ever holds a
    secret: what a message quotes may be one given in the wrong place, and is redacted. Together they are the one line
    printed at the end. `code` is the finding that `explain` reports for it, where there is one. `status` is the HTTP
    status of a refusal, else 0, and `retry_after` the number of seconds that the server asks to wait, 0 for none.
    """

    exit_code: ClassVar[int]

    def __init__(self, message: str, *, hint: str, code: str = "", status: int = 0, retry_after: float = 0) -> None:
        self.message = redact(message)
        super().__init__(self.message)
        self.hint = hint
        self.code = code
        self.status = status
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}"

    def __reduce__(self) -> tuple[object, ...]:
        # An exception is unpickled from its arguments alone, and the hint is required.
        return partial(type(self), hint=self.hint), self.args, vars(self)


class SettingsError(CloudsmithOidcError):
    """Wrong usage or settings; a login has sent nothing."""

    exit_code = 2


class IdTokenError(CloudsmithOidcError):
    """The ID token is missing, malformed or expired."""

    exit_code = 3


class ExchangeRefusedError(CloudsmithOidcError):
    """Cloudsmith refused the exchange (400, 401, 403, 404 or 422)."""

    exit_code = 4


class TemporaryError(CloudsmithOidcError):
    """A failure that may pass."""


class ThrottledError(TemporaryError):
    """Cloudsmith's rate limit (429) lasts longer than the deadline."""

    exit_code = 5


class UnreachableError(TemporaryError):
    """Network, TLS or proxy trouble, a time-out, or a 5xx answer until the deadline."""

    exit_code = 6


class PermanentError(UnreachableError):
    """Network trouble that asking again would not change: a certificate that does not verify, a proxy that refuses.

    It has the exit code of an `UnreachableError`, but `exchange` does not try again.
    """


class UnexpectedAnswerError(CloudsmithOidcError):
    """An answer that is not understood: no token, not JSON, a redirect, too large."""

    exit_code = 7


class ServiceMismatchError(UnexpectedAnswerError):
    """Cloudsmith issued a token for another service account."""


class StaleDocumentsError(CloudsmithOidcError):
    """The published documents, or the uploaded keys, are not those of Jenkins: Cloudsmith refuses, or will soon."""

    exit_code = 4


class WriteError(CloudsmithOidcError):
    """Files could not be written or removed."""

    exit_code = 8
