"""Keep tokens out of everything that is shown: logs, errors, and text of foreign origin."""

import re

# A JWT, and the base64 of "token:" + a JWT, by their shape: the pattern that the Jenkins step masks with, too.
_TOKEN_SHAPE = re.compile(r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}|(?:dG9rZW46)?ZXlK[\w+/-]{40,}={0,2}")
_MAX_QUOTED = 200


def redact(text: str) -> str:
    """Replace everything in `text` that has the shape of a token."""
    return _TOKEN_SHAPE.sub("***", text)


def one_line(text: str) -> str:
    """Make text of foreign origin fit for one log line: no control characters, no token, at most 200 characters."""
    printable = redact("".join(c if c.isprintable() else " " for c in text)).strip()
    return printable if len(printable) <= _MAX_QUOTED else printable[:_MAX_QUOTED] + "…"
