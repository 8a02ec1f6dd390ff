"""The command `cloudsmith-oidc`: read the options, run one command, end with its exit code.

arguments, environment --command_line--> options --login, explain …--> files, report --> exit code

Every error that a person can act on is a `CloudsmithOidcError`. It is logged here as one line, and has the exit code.
"""

import gc
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import structlog

from cloudsmith_oidc import command_line, log, login_directory
from cloudsmith_oidc.errors import CloudsmithOidcError, SettingsError
from cloudsmith_oidc.given_token import SECRET_VARIABLES
from cloudsmith_oidc.redaction import protect, quoted
from cloudsmith_oidc.settings import Discovery, Explain, Formats, Login, Logout, Options
from cloudsmith_oidc.version import __version__

_BUG_EXIT_CODE = 1
_MODULES = {Login: "login", Explain: "explain_command", Discovery: "discovery", Formats: "catalogue"}
"""The module whose `run` is the command."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code. The codes are those of `errors`."""
    arguments = sys.argv[1:] if arguments is None else arguments
    os.umask(0o077)
    # Keep the imported modules out of the collection at exit, which would take a fifth of the run time.
    gc.freeze()
    # Python's default would end the process without its clean-up, and as a container's first process not at all.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end_on_signal)
    for name in SECRET_VARIABLES:
        protect(os.environ.get(name, ""))
    asked = command_line.log_options(arguments)
    log.configure(asked.log_format, asked.log_level, quiet=asked.quiet)
    try:
        _require_fitting_library()
        _run(command_line.parse(arguments))
    except CloudsmithOidcError as error:
        finding = {"finding": error.code} if error.code else {}
        structlog.get_logger().error(str(error), exit_code=error.exit_code, **finding)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the traceback and the message may hold a token
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
        structlog.get_logger().error(
            f"this is a bug in cloudsmith-oidc: {place}. Report it with this line to the library's "
            'maintainers: its README says where, under "Reporting a problem"'
        )
        return _BUG_EXIT_CODE
    return 0


def _require_fitting_library() -> None:
    """Raise `SettingsError` unless launcher and program share major and minor version.

    Otherwise one may know an option, a format or a variable that the other ignores.
    """
    library = os.environ.get("CLOUDSMITH_OIDC_LAUNCHER") or __version__
    if library.rpartition(".")[0] != __version__.rpartition(".")[0]:
        raise SettingsError(
            f"this program is {__version__} and the library {quoted(library)}: they do not fit",
            hint="Use the image or the command of the library's version",
        )


def _run(options: Options) -> None:
    if isinstance(options, Logout):
        login_directory.remove(options.directory, force=options.force)
    else:
        # Each command loads only what it needs.
        importlib.import_module(f"cloudsmith_oidc.{_MODULES[type(options)]}").run(options)


def _end_on_signal(number: int, _frame: object) -> NoReturn:
    name = signal.Signals(number).name
    structlog.get_logger().error(f"aborted ({name})", exit_code=128 + number)
    sys.exit(128 + number)
