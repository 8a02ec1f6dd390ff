"""How values of foreign origin are shown: on one line, without a token, not too long."""

import json
from datetime import datetime, timedelta

from cloudsmith_oidc.redaction import one_line

MISSING = "MISSING"
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def shown(value: object) -> str:
    """Show a claim or a field of a document: text as it is, anything else as JSON, `MISSING` where there is nothing."""
    if value is None or value == "":
        return MISSING
    return one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))


def instant(moment: datetime | None) -> str:
    """Show a point in time (UTC, ISO 8601)."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else MISSING


def span(duration: timedelta) -> str:
    """Show a duration without its sign, in its two largest units."""
    seconds = round(abs(duration).total_seconds())
    parts = []
    for size, unit in _UNITS:
        if seconds >= size:
            parts.append(f"{seconds // size} {unit}")
            seconds %= size
    return " ".join(parts[:2]) or "0 s"
