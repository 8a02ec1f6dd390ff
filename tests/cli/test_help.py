"""What `--help` tells."""

import re

import pytest

from program import Cli


@pytest.mark.parametrize("command", ["login", "explain", "discovery", "logout"])
def test_help_describes_every_option(cli: Cli, command: str) -> None:
    result = cli.run(command, "--help", COLUMNS="200")

    assert result.code == 0, result.stderr
    # A text may start on the line below its option. One in parentheses is a default value, and no description.
    options = re.findall(r"(?m)^  (--[a-z-]+|[A-Z]+)\b.*?(?:(?:\n {10,}|  +)(\S.*))?$", result.stdout.decode())
    assert options
    assert [name for name, text in options if not text or text.startswith("(")] == []
