"""Finds secrets in text, in every form in which they leak: whole or in part, encoded or escaped."""

import re
from base64 import b64encode, encodebytes, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from urllib.parse import unquote

WAYS: Mapping[str, Callable[[str], str]] = {
    "as it is": str,
    "in the middle of words": lambda text: f"x{text}y",
    "in base64": lambda text: b64encode(text.encode()).decode(),
    "in base64 after one": lambda text: b64encode(b":" + text.encode()).decode(),
    "in base64 after two": lambda text: b64encode(b"ab" + text.encode()).decode(),
    "in base64 for URLs": lambda text: urlsafe_b64encode(b":" + text.encode()).decode(),
    "in lines of base64": lambda text: encodebytes(text.encode()).decode(),
    "in hex": lambda text: text.encode().hex(),
    "in large hex": lambda text: text.encode().hex().upper(),
    "with dots escaped for a URL": lambda text: text.replace(".", "%2E"),
    "escaped for a URL": lambda text: "".join(f"%{ord(character):02x}" for character in text),
    "escaped for JSON": lambda text: "".join(f"\\u{ord(character):04x}" for character in text),
    "the end alone": lambda text: text.rpartition(".")[2],
}
"""How a secret can be shown."""
PIECE = 16
"""Characters. A part of a secret that is twice as long holds at least one whole piece."""


def forms(raw: bytes) -> Iterator[str]:
    """The bytes in hex, and in both kinds of base64 at each alignment, without the characters that have neighbours."""
    yield from (raw.hex(), raw.hex().upper())
    for encode in (b64encode, urlsafe_b64encode):
        for shift in range(3):
            yield encode(b"x" * shift + raw).decode()[4 if shift else 0 : -4]


@cache
def needles(secret: str) -> frozenset[str]:
    """Return the texts that show that a token or a key is near.

    Of a JWT these are its payload, and the pieces of its signature, which nobody can guess. The payload's own pieces
    are in other texts as well: an audit record names the same issuer.
    """
    *_, payload, signature = ["", *secret.rsplit(".", 2)[-2:]]
    whole = [payload, *forms(payload.encode())] if payload else []
    cut = [signature, *forms(signature.encode())]
    if payload:
        cut += forms(urlsafe_b64decode(signature + "=="))
    pieces = (text[start : start + PIECE] for text in cut for start in range(0, len(text) - PIECE + 1, PIECE))
    return frozenset([*whole, *pieces])


def unescaped(text: str) -> str:
    """Return a text without the escapes of JSON, Python, a shell's `$'…'` and URLs."""
    return unquote(re.sub(r"\\u00|\\x", "%", text))


def found(text: str, *secrets: str) -> list[str]:
    """Return what of the secrets is in a text."""
    texts = f"{text}\n{unescaped(text)}"
    return [needle for secret in secrets for needle in needles(secret) if needle in texts]
