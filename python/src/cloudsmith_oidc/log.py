"""Logs go to standard error, and no log line ever holds a token."""

import json
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal

import structlog

LogFormat = Literal["console", "json"]

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


def configure(log_format: LogFormat | None, *, quiet: bool) -> None:
    """Set up structlog. Without `log_format`: console on a terminal, else JSON. `quiet` leaves only errors."""
    if log_format is None:
        log_format = "console" if sys.stderr.isatty() else "json"
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _redact_event,
            _console if log_format == "console" else _json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger("error" if quiet else "info"),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _redact_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}


def _json(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=False)


def _console(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    # Jenkins and terminals have clocks of their own; the program's name is what tells this line from the build's.
    del event["timestamp"]
    level, text = event.pop("level"), event.pop("event")
    head = f"cloudsmith-oidc: {text}" if level == "info" else f"cloudsmith-oidc: {level}: {text}"
    details = " ".join(f"{key}={value}" for key, value in event.items() if key != "exit_code")
    return f"{head} ({details})" if details else head
