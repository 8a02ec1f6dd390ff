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
LogLevel = Literal["info", "debug"]
_NAME = "cloudsmith-oidc: "
_WIDTH = 140
"""Columns of a line on the console. A longer one gets a line for each detail, wrapped at its spaces."""
_WRAPPER = textwrap.TextWrapper(
    _WIDTH - len(_NAME), subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
)


def configure(log_format: LogFormat, log_level: LogLevel, *, quiet: bool) -> None:
    """Set up structlog: lines for people (`console`) or JSON objects (`json`). `quiet` leaves only errors."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _redact_event,
            _console if log_format == "console" else _json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger("error" if quiet else log_level),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", StandardError())),
    )


def debug(event: str, **details: object) -> None:
    """Log a decision: one line each, for a maintainer who was not there. Give it no value that may hold a login."""
    _log("debug", event, details)


def warn(event: str, **details: object) -> None:
    """Log a warning."""
    _log("warning", event, details)


def _log(level: str, event: str, details: Mapping[str, object]) -> None:
    # In another program that has not set up structlog, structlog would print on standard output.
    if structlog.is_configured():
        getattr(structlog.get_logger(), level)(event, **details)


class StandardError(io.TextIOBase):
    """Standard error that ignores write errors: the exit code reports the outcome as well."""

    def write(self, text: str) -> int:
        """Write, as far as that is possible, and return the length of the text."""
        if sys.stderr is not None:
            try:
                sys.stderr.write(text)
                sys.stderr.flush()
            except OSError:
                # Python would try once more on exit, and then end with an exit code of its own.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
        return len(text)


def _redact_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}


def _json(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=False)


def _console(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    # Jenkins and terminals have clocks of their own. The program's name marks its lines among those of the build.
    del event["timestamp"]
    level, text = event.pop("level"), event.pop("event")
    head = text if level == "info" else f"{level}: {text}"
    details = [f"{key}={value}" for key, value in event.items() if key != "exit_code"]
    line = f"{_NAME}{head} ({' '.join(details)})" if details else f"{_NAME}{head}"
    # An error is the last line, and callers look for it, so it is never broken. Neither is a debug line.
    if level in {"error", "debug"} or len(line) <= _WIDTH:
        return line
    parts = [head, *(f"  {key.replace('_', ' ')}: {value}" for key, value in event.items())]
    return "\n".join(_NAME + line for part in parts for line in _WRAPPER.wrap(part))
