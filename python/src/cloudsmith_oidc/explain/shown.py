"""How untrusted values are shown: on one line, without a token, not too long."""

import json
from datetime import datetime

from cloudsmith_oidc.deadline import timestamp
from cloudsmith_oidc.redaction import one_line

MISSING = "MISSING"


def shown(value: object) -> str:
    """Return a claim or a member of a document for people: text as it is, anything else as JSON, or `MISSING`."""
    if value is None or value == "":
        return MISSING
    try:
        return one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))
    except RecursionError:
        return "something nested too deeply to show"


def instant(moment: datetime | None) -> str:
    """Return a point in time (UTC, ISO 8601), or `MISSING`."""
    return timestamp(moment) if moment else MISSING
