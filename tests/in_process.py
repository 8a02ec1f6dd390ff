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


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[Result, list[BaseException]]:
    """Return how the command ended, and the errors that it raised."""
    output, errors, raised = io.BytesIO(), io.StringIO(), list[BaseException]()
    original = CloudsmithOidcError.__init__

    def recording(self: CloudsmithOidcError, *arguments: Any, **named: Any) -> None:
        original(self, *arguments, **named)
        raised.append(self)

    with (
        patch.dict(os.environ, environment, clear=True),
        patch.object(CloudsmithOidcError, "__init__", recording),
        patch("gc.freeze"),  # The command keeps all until its process ends, which would be gigabytes in `make fuzz`.
        redirect_stdout(io.TextIOWrapper(output, write_through=True)),
        redirect_stderr(errors),
    ):
        code = cli.main(arguments)
        return Result(code, output.getvalue(), errors.getvalue()), raised


class InProcess(Cli):
    """The command in this process, but where it gets something on standard input."""

    def run(self, *arguments: str, token: str | None = None, stdin: str = "", **environment: str | None) -> Result:
        """Run to the end."""
        if stdin:
            return super().run(*arguments, token=token, stdin=stdin, **environment)
        return run(arguments, self.given(token, environment))[0]
