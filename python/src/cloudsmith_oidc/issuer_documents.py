"""An issuer's two public documents: where they are, how they are fetched, and how their keys are read.

The discovery document is that of OpenID Connect Discovery 1.0, section 4, the key set that of RFC 7517. PyJWT reads the
keys and loads the whole of `cryptography` for it, so that nothing that a successful login needs may import this module.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import jwt

from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import CloudsmithOidcError
from cloudsmith_oidc.http import HttpClient, json_object
from cloudsmith_oidc.redaction import one_line

CONFIGURATION = ".well-known/openid-configuration"
"""The discovery document's path below the issuer."""
JWKS = "jwks"
"""The key set's path below the issuer, as oidc-provider serves it and writes it into the discovery document."""
ALGORITHM = "RS256"
"""What oidc-provider signs with (`IdTokenCredentials.generatePrivateKey`: RSA, 2048 bit)."""
OK = 200
_MAX_LISTED = 5


@dataclass(frozen=True)
class Document:
    """The answer for a document: its JSON object, or why there is none.

    `status` is the HTTP status, 0 without an answer.
    """

    url: str
    status: int = 0
    content: Mapping[str, Any] | None = None
    error: CloudsmithOidcError | None = None

    @property
    def trouble(self) -> str:
        """Why there is no content, on one line."""
        if self.error is not None:
            return one_line(self.error.message)
        return f"{one_line(self.url)} answers {self.status}{', but not with a JSON object' * (self.status == OK)}"


def configuration_url(issuer: str) -> str:
    """Return the URL of the issuer's discovery document."""
    return f"{issuer.rstrip('/')}/{CONFIGURATION}"


def fetch(client: HttpClient, url: str, deadline: Deadline, headers: Mapping[str, str] | None = None) -> Document:
    """Return a document. A failure is not raised: the document says why."""
    try:
        answer = client.request("GET", url, deadline=deadline, headers=headers)
    except CloudsmithOidcError as error:
        return Document(url, error=error)
    return Document(url, answer.status, json_object(answer) if answer.status == OK else None)


def public_key(entry: Mapping[str, Any]) -> jwt.PyJWK:
    """Return the public half of an RSA key, whatever else the JSON Web Key holds.

    Raises `ValueError`, whose message quotes nothing of the key.
    """
    try:
        return jwt.PyJWK({name: entry[name] for name in ("kty", "n", "e")}, ALGORITHM)
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        raise ValueError("it is not an RSA key that can be read") from None


def first_few(texts: Iterable[str]) -> str:
    """Return at most five untrusted texts for a message, and how many more there are."""
    rest = iter(texts)
    listed = "; ".join(one_line(text) for text in islice(rest, _MAX_LISTED))
    more = sum(1 for _ in rest)
    return f"{listed}; and {more:,} more" if more else listed
