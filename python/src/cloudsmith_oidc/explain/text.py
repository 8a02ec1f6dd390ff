"""How values of foreign origin are shown: on one line, without a token, not too long."""

import json
from datetime import datetime, timedelta

from cloudsmith_oidc.deadline import timestamp
from cloudsmith_oidc.redaction import one_line

MISSING = "MISSING"


def shown(value: object) -> str:
    """Show a claim or a field of a document: text as it is, anything else as JSON, `MISSING` where there is nothing."""
    if value is None or value == "":
        return MISSING
    try:
        return one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))
    except RecursionError:
        return "something nested too deeply to show"


def instant(moment: datetime | None) -> str:
    """Show a point in time (UTC, ISO 8601)."""
    return timestamp(moment) if moment else MISSING


def minutes(duration: timedelta) -> str:
    """Show a duration without its sign; `Date` headers have whole seconds, so that these would only be noise."""
    return f"{abs(duration) / timedelta(minutes=1):.0f} min"
