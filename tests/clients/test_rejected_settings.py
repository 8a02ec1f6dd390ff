"""Settings and paths that a client's file cannot hold: the login rejects them."""

import pytest

from program import Cli

OPTIONS = "CLOUDSMITH_FORMAT_OPTIONS"
PATHS = [
    ("deb", 'a "path"'),
    ("yarn", "a;b"),
    *(("rpm", path) for path in ("a space", "a,comma", "an=equals", "a*star", "a?mark", "a[bracket")),
]
SETTINGS = [
    *(("git", "GIT_CONFIG_COUNT", count, "GIT_CONFIG_COUNT") for count in ("many", "10000")),
    *(("hex", OPTIONS, f"hex.public-key={key}", "public key") for key in ("prod", "prod=", "prod=a b", 'prod=a">>')),
    *(
        ("rpm", OPTIONS, f"rpm.distribution={distribution}", "distribution")
        for distribution in ("el", "el/$basearch", "el/9/x", "../x")
    ),
]


@pytest.mark.parametrize(("format_", "path"), PATHS)
def test_path_is_rejected(cli: Cli, format_: str, path: str) -> None:
    cli.directory = cli.directory.parent / path

    result = cli.login(CLOUDSMITH_FORMATS=format_)

    assert result.code == 2
    assert f"the format {format_} cannot use a login directory whose path has" in result.last_line


@pytest.mark.parametrize(("format_", "variable", "value", "error"), SETTINGS)
def test_setting_is_rejected(cli: Cli, format_: str, variable: str, value: str, error: str) -> None:
    result = cli.login(CLOUDSMITH_FORMATS=format_, **{variable: value})

    assert result.code == 2
    assert error in result.last_line
