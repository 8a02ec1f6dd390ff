"""The command in this process, for many cases: most of the time of a short run goes into starting Python."""

import io
import os
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import Any
from unittest.mock import patch

from cloudsmith_oidc import cli
from cloudsmith_oidc.errors import CloudsmithOidcError
from program import Cli, Result


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str, list[BaseException]]:
    """Return the command's exit code, all that it wrote, and the errors that it raised."""
    output, errors, raised = io.TextIOWrapper(io.BytesIO()), io.StringIO(), list[BaseException]()
    original = CloudsmithOidcError.__init__

    def recording(self: CloudsmithOidcError, *arguments: Any, **named: Any) -> None:
        original(self, *arguments, **named)
        raised.append(self)

    with (
        patch.dict(os.environ, environment, clear=True),
        patch.object(CloudsmithOidcError, "__init__", recording),
        redirect_stdout(output),
        redirect_stderr(errors),
    ):
        code = cli.main(arguments)
    output.seek(0)
    return code, output.read() + errors.getvalue(), raised


def login(cli: Cli, *arguments: str, token: str | None = None) -> Result:
    """Run what `Cli.login` runs. `stderr` has all that the command wrote."""
    code, written, _ = run(["login", "--output", str(cli.directory), *arguments], cli.given(token, {}))
    return Result(code, b"", written)


class InProcess(Cli):
    """The command in this process, but where it gets something on standard input."""

    def run(self, *arguments: str, token: str | None = None, stdin: str = "", **environment: str | None) -> Result:
        """Run to the end."""
        if stdin:
            return super().run(*arguments, token=token, stdin=stdin, **environment)
        output, errors = io.BytesIO(), io.StringIO()
        with (
            patch.dict(os.environ, self.given(token, environment), clear=True),
            redirect_stdout(io.TextIOWrapper(output, write_through=True)) as text,
            redirect_stderr(errors),
        ):
            code = cli.main(arguments)
            text.flush()
            return Result(code, output.getvalue(), errors.getvalue())
