"""Logs go to standard error, and no log line ever holds a token."""

import io
import json
import os
import sys
import textwrap
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal, TextIO, cast

import structlog

from cloudsmith_oidc.redaction import redact

LogFormat = Literal["console", "json"]
_NAME = "cloudsmith-oidc: "
_WIDTH = 140
"""Columns of a line on the console. What is longer gets a line for each detail, wrapped where it has spaces."""
_WRAPPER = textwrap.TextWrapper(
    _WIDTH - len(_NAME), subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
)


def configure(log_format: LogFormat, *, quiet: bool) -> None:
    """Set up structlog: lines for people (`console`) or JSON objects (`json`). `quiet` leaves only errors."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _redact_event,
            _console if log_format == "console" else _json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger("error" if quiet else "info"),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _StandardError())),
    )


def warn(event: str, **details: object) -> None:
    """Log a warning, but not in another program that has not set up structlog, which then prints on standard output."""
    if structlog.is_configured():
        structlog.get_logger().warning(event, **details)


class _StandardError(io.TextIOBase):
    """Standard error, where it does not matter that nobody takes what is written: the exit code tells, too."""

    def write(self, text: str) -> int:
        if sys.stderr is not None:
            try:
                sys.stderr.write(text)
                sys.stderr.flush()
            except OSError:
                # Python would try once more on exit, and then end with a code of its own.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
        return len(text)


def _redact_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}


def _json(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=False)


def _console(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    # Jenkins and terminals have clocks of their own; the program's name is what tells this line from the build's.
    del event["timestamp"]
    level, text = event.pop("level"), event.pop("event")
    head = text if level == "info" else f"{level}: {text}"
    details = [f"{key}={value}" for key, value in event.items() if key != "exit_code"]
    line = f"{_NAME}{head} ({' '.join(details)})" if details else f"{_NAME}{head}"
    # An error is the last line, and callers look for it: it is never broken.
    if level == "error" or len(line) <= _WIDTH:
        return line
    parts = [head, *(f"  {key}: {value}" for key, value in event.items())]
    return "\n".join(_NAME + line for part in parts for line in _WRAPPER.wrap(part))
