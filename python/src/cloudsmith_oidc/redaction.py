"""Keep tokens out of everything that is shown: logs, errors, and untrusted text.

A token is known in two ways. The secrets of this process are remembered, so that a part of one is found in whatever
form it comes back. Others are known by the shape of a JSON Web Token. The work is linear in the length of the text.
"""

import base64
import re
import string
from collections import deque

_MASK = "***"
_MAX_QUOTED = 200
_MAX_LOOKED_AT = 5 * _MAX_QUOTED
_WINDOW = 16
"""So many characters in a row of a secret are never shown."""
MAX_TOKEN_CHARACTERS = 16 * 1024
"""More than any real token has. A longer one is refused, and only this much of it is remembered."""

# A JWT begins with base64url of `{"`, or of a brace and white space; its dots may be escaped for a URL or for JSON.
# Each repeat takes all that matches, and nothing must follow it, so no text makes the search start over.
_JWT = r"e(?:yJ|yA[gi]|wo[giJK]|wk[giJ]|w0K)[\w-]{12,}(?:(?:\.|%2[Ee]|\\u002[Ee])[\w-]*)*"
# What base64 makes of `eyJ`, for each of the three places where a group of three bytes can begin: HTTP basic
# authentication encodes `token:` or `__token__:` and the token. At two of them it could be part of a long word.
_BASE64_JWT = r"ZXlK[\w+/-]{13,}|[GWm2]V5S[i-n][\w+/-]{59,}|leU[op][\w+/-]{60,}"
_SHAPE = re.compile(rf"(?:dG9rZW46)?(?:{_JWT}|(?:{_BASE64_JWT})={{0,2}})", re.ASCII)
_CHARACTER = re.compile(r"%([0-9A-Fa-f]{2})|\\u([0-9A-Fa-f]{4})|(.)", re.DOTALL)
# Letter case is ignored, because a host name loses it, and so are the two characters in which base64 has variants.
_PLAIN = str.maketrans(string.ascii_uppercase + "-_", string.ascii_lowercase + "+/")

# The windows of each remembered secret. A process has two or three; the bound is for one that runs `main` many times.
_secrets: deque[frozenset[str]] = deque(maxlen=8)


class Secret(str):
    """A text that a traceback with the values of variables does not show."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(_MASK)


def protect(secret: str) -> Secret:
    """Remember a secret of this process: from now on `redact` masks every part of it that is long enough to matter."""
    if len(secret) >= _WINDOW:
        known = secret[:MAX_TOKEN_CHARACTERS].encode(errors="replace")
        encoded = [base64.b64encode(b"\0" * shift + known).decode() for shift in range(3)]
        forms = [secret[:MAX_TOKEN_CHARACTERS], known.hex(), *encoded]
        _secrets.append(frozenset(window for form in forms for window in _windows(form.translate(_PLAIN))))
    return Secret(secret)


def redact(text: str) -> str:
    """Return the text without anything of the shape of a token, and without 16 characters in a row of a known secret.

    Upper and lower case are the same here, and so are a character and its escapes for URLs and for JSON.
    """
    text = _SHAPE.sub(_MASK, text)
    characters = list(_CHARACTER.finditer(text))
    shown, end = [], 0
    for start, window in enumerate(_windows("".join(map(_unescaped, characters)))):
        if any(window in secret for secret in _secrets):
            if start >= end:
                shown += [text[characters[end].start() : characters[start].start()], _MASK]
            end = start + _WINDOW
    return "".join(shown) + (text[characters[end].start() :] if end < len(characters) else "")


def one_line(text: str) -> str:
    """Return untrusted text, fit for one log line: no control characters, no token, at most 200 characters."""
    cut = text[:_MAX_LOOKED_AT]
    printable = redact("".join(c if c.isprintable() else " " for c in cut)).strip()
    return printable if len(printable) <= _MAX_QUOTED and cut == text else printable[:_MAX_QUOTED] + "…"


def quoted(value: object) -> str:
    """Return a value that somebody gave in quotes, fit for an error line."""
    return f"'{one_line(str(value))}'"


def _windows(text: str) -> list[str]:
    return [text[start : start + _WINDOW] for start in range(len(text) - _WINDOW + 1)]


def _unescaped(character: re.Match[str]) -> str:
    code = character[1] or character[2]
    return (chr(int(code, 16)) if code else character[3]).translate(_PLAIN)
