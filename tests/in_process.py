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
    environment = {**cli.environment, "CLOUDSMITH_OIDC_TOKEN": cli.sandbox.mint() if token is None else token}
    code, written, _ = run(["login", "--output", str(cli.directory), *arguments], environment)
    return Result(code, b"", written)
