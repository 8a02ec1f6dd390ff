"""How a point in time is written: in messages, in the log, and in `login.json`."""

from datetime import datetime


def timestamp(moment: datetime) -> str:
    """Return a moment, which must be in UTC, as ISO 8601 with whole seconds: `2026-11-21T12:00:00Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
