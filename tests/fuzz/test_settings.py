"""Whatever the arguments and the variables are, they are understood, or refused in one short line."""

import os
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudsmith_oidc.command_line import parse
from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.settings import COMMANDS, options_of
from fuzz.values import CHEAP

OPTIONS = [option for command in COMMANDS.values() for option in options_of(command).values()]
FLAGS = sorted({option.flag for option in OPTIONS})
VARIABLES = sorted({name for option in OPTIONS for name in option.variables})
TEXTS = [
    *(
        "",
        " ",
        "\n",
        "\x1b[31m",
        "\u202e",
        "\udcff",
        "..",
        "/",
        "https://[",
        "https://a\r\nb",
        "http://a",
        "nan",
        "60s",
    ),
    *("a,b", "a=b", "a:b=c", "%s", "{0.__class__}", "$(id)", "eyJ" * 9_000, "a" * 40_000, "npm.scope=@a", "true"),
]
WORDS = [*COMMANDS, "frobnicate", "-h", "--help", "--", "-", "-x", "--=", "=", *TEXTS, *FLAGS]
VALUES = st.sampled_from(TEXTS) | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@CHEAP
@given(
    st.lists(st.sampled_from(WORDS) | st.text(max_size=20), max_size=6),
    st.dictionaries(st.sampled_from(VARIABLES), VALUES, max_size=3),
)
def test_any_command_line(capsys: pytest.CaptureFixture[str], words: list[str], variables: dict[str, str]) -> None:
    said = ""
    try:
        with patch.dict(os.environ, variables):
            parse(words)
    except SystemExit:
        assert {"-h", "--help", "--version"} & set(words)
    except SettingsError as error:
        said = str(error)
    capsys.readouterr()
    assert said.isprintable()
    assert len(said) < 2000
