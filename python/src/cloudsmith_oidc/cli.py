"""The command `cloudsmith-oidc`: read the options, run one command, end with its exit code."""

import argparse
import gc
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import structlog
from pydantic import ValidationError
from pydantic_settings import SettingsError as ParserError

from cloudsmith_oidc import __version__, log, login_directory, streams
from cloudsmith_oidc.errors import CloudsmithOidcError, SettingsError
from cloudsmith_oidc.settings import COMMANDS, CommandLine, shown, variables

_BUG_EXIT_CODE = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code. The codes are those of `errors`."""
    arguments = sys.argv[1:] if arguments is None else arguments
    os.umask(0o077)
    # What is loaded by now stays to the end. Python would search it for garbage once more on exit: a fifth of the time.
    gc.freeze()
    # Python's default would end the process without its clean-up, and as a container's first process not at all.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end_on_signal)
    _configure_log(arguments)
    try:
        _run(_parse(arguments))
    except CloudsmithOidcError as error:
        finding = {"finding": error.code} if error.code else {}
        structlog.get_logger().error(str(error), exit_code=error.exit_code, **finding)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the traceback and the message may hold a token
        structlog.get_logger().error(f"this is a bug in cloudsmith-oidc: {_place(error)}. Please report this line")
        return _BUG_EXIT_CODE
    return 0


def _run(options: CommandLine) -> None:
    # Each command loads only what it needs.
    if options.version:
        streams.write(f"cloudsmith-oidc {__version__}\n".encode())
    elif options.login is not None:
        from cloudsmith_oidc import login  # noqa: PLC0415

        login.run(options.login)
    elif options.explain is not None:
        from cloudsmith_oidc import explain  # noqa: PLC0415

        explain.run(options.explain)
    elif options.discovery is not None:
        from cloudsmith_oidc import discovery  # noqa: PLC0415

        discovery.run(options.discovery)
    elif options.logout is not None:
        login_directory.remove(options.logout.directory, force=options.logout.force)
    else:
        raise SettingsError("no command was given", hint="Run cloudsmith-oidc --help")


def _end_on_signal(number: int, _frame: object) -> NoReturn:
    name = signal.Signals(number).name
    structlog.get_logger().error(f"ended by {name} before it was done. Run the command again", exit_code=128 + number)
    sys.exit(128 + number)


def _configure_log(arguments: Sequence[str]) -> None:
    """Read the log options on their own, so that even a usage error is logged as asked."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--log-format", nargs="?")
    parser.add_argument("--quiet", action="store_true")
    asked, _ = parser.parse_known_args(arguments)
    log.configure(asked.log_format, quiet=asked.quiet)


def _parse(arguments: Sequence[str]) -> CommandLine:
    try:
        return CommandLine(_cli_parse_args=list(arguments))
    except ParserError as error:
        raise SettingsError(str(error).removeprefix("error parsing CLI: "), hint="Run cloudsmith-oidc --help") from None
    except ValidationError as error:
        raise SettingsError(_problems(error), hint="Nothing was sent; correct it and run the command again") from None


def _problems(error: ValidationError) -> str:
    """Name each bad option by its flag, what is wrong with it, and the variable that sets it, too."""
    problems = []
    for detail in error.errors(include_url=False):
        command, *rest = (str(part) for part in detail["loc"])
        options, option = (COMMANDS[command], rest[0]) if command in COMMANDS else (CommandLine, command)
        flag = f"--{option.replace('_', '-')}"
        others = variables(options.model_fields[option])
        name = f"{flag} ({' or '.join(others)})" if others else flag
        if detail["type"] == "missing":
            problems.append(f"{name} has to be given")
        else:
            message = detail["msg"].removeprefix("Value error, ")
            given = "" if detail["type"] == "value_error" else f", not {shown(detail['input'])}"
            problems.append(f"{name}: {message}{given}")
    return "; ".join(problems)


def _place(error: Exception) -> str:
    frames = []
    traceback = error.__traceback__
    while traceback is not None:
        frames.append(f"{Path(traceback.tb_frame.f_code.co_filename).name}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return f"{type(error).__name__} at {frames[-1]}"
