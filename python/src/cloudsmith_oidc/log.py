"""Logs go to standard error, and no log line ever holds a token."""

import io
import json
import os
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal, TextIO, cast

import structlog

from cloudsmith_oidc.redaction import redact

LogFormat = Literal["console", "json"]


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
    head = f"cloudsmith-oidc: {text}" if level == "info" else f"cloudsmith-oidc: {level}: {text}"
    details = " ".join(f"{key}={value}" for key, value in event.items() if key != "exit_code")
    return f"{head} ({details})" if details else head
