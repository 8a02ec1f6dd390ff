"""What `--help` tells, all of it made from the options' own declarations."""

import json
import re

import pytest

from cloudsmith_oidc import formats
from cloudsmith_oidc.settings import COMMANDS, options_of
from program import Cli


def help_of(cli: Cli, *command: str) -> str:
    result = cli.run(*command, "--help")
    assert (result.code, result.stderr) == (0, "")
    return result.stdout.decode()


def described(text: str) -> dict[str, str]:
    """Return what stands beside or below each option: the second column, on one line."""
    rows = re.findall(r"(?m)^  (\S.*?)(?:  +|\n {20,})(\S.*(?:\n {20,}.*)*)", text)
    return {usage: re.sub(r"\s+", " ", meaning) for usage, meaning in rows}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_each_option_with_what_it_takes_and_its_variables(cli: Cli, command: str) -> None:
    text = help_of(cli, command)

    rows = described(text)
    for option in options_of(COMMANDS[command]).values():
        meaning = rows[option.usage]
        assert meaning.startswith(re.sub(r"\s+", " ", option.help))
        assert option.help.endswith(".")
        assert not option.variables or meaning.endswith(f"Variable: {' or '.join(option.variables)}")


def test_help_shows_each_option_of_a_format_with_what_it_takes(cli: Cli) -> None:
    rows = described(help_of(cli, "login"))

    for name in formats.names():
        for option, known in formats.load(name).options.items():
            assert rows[f"{name}.{option}={known.takes}"] == known.help


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_is_required(cli: Cli, command: str) -> None:
    text = help_of(cli, command)

    needed = [option.usage for option in options_of(COMMANDS[command]).values() if option.required]
    assert text.startswith(" ".join([f"usage: cloudsmith-oidc {command}", *needed, "[OPTION]...\n"]))
    required = re.search(r"(?s)\nrequired:\n(.*?)\n\n", text)
    assert list(described(required[1] if required else "")) == needed


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_a_terminal_and_speaks_no_programming_language(cli: Cli, command: str) -> None:
    text = help_of(cli, *command.split())

    assert max(map(len, text.splitlines())) <= 80
    assert not re.search(r"\b(str|int|float|bool|tuple|dict|list|Path|None|True|False)\b|[(){}]\)|default: ", text)
    assert all(line == line.rstrip() for line in text.splitlines())


def test_help_names_the_commands_in_their_own_words(cli: Cli) -> None:
    rows = described(help_of(cli))

    for command in COMMANDS:
        assert rows[command] in re.sub(r"\s+", " ", help_of(cli, command))


@pytest.mark.parametrize("line", ["-h", "login -h", "login --help --frobnicate", "--help login"])
def test_help_is_given_whatever_else_is_wrong(cli: Cli, line: str) -> None:
    result = cli.run(*line.split(), CLOUDSMITH_ORG=None)

    assert result.code == 0
    assert result.stdout.startswith(b"usage: cloudsmith-oidc ")


def test_formats_are_described(cli: Cli) -> None:
    described = json.loads(cli.run("formats", "--json").stdout)["formats"]
    assert [one["name"] for one in described] == formats.names()
    assert all(one["client"] and one["without_files"] for one in described)
    [pip] = [one for one in described if one["name"] == "pip"]
    assert "PIP_EXTRA_INDEX_URL" in pip["undoes"]
    assert "PIP_CONSTRAINT" in pip["warns_of"]
    assert "keep" in pip["options"]

    text = cli.run("formats").stdout.decode()
    assert all(f"\n{name}\n" in f"\n{text}" for name in formats.names())
    assert text.endswith("look its message up in\ndocs/client-does-not-use-the-login.md\n")
