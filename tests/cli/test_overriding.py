"""Variables around the login that would take precedence over it: what the console says, and what is set instead."""

from pathlib import Path

import pytest

from program import Cli

ELSEWHERE = "https://jo:secret@elsewhere.example.com/"


def names_in(cli: Cli) -> dict[str, str]:
    """Return the variables that the login sets."""
    return dict(line.split("=", 1) for line in cli.file("env").splitlines())


def test_overriding_variable_is_undone_and_named_without_its_value(cli: Cli) -> None:
    result = cli.login(NPM_CONFIG_REGISTRY=ELSEWHERE)

    named = [line for line in result.stderr.splitlines() if "is set around" in line]
    assert len(named) == 1
    assert "NPM_CONFIG_REGISTRY is set around the login: inside, the login overrides it (to keep" in named[0]
    assert "npm.keep=NPM_CONFIG_REGISTRY)" in result.stderr
    assert "elsewhere" not in result.stderr
    assert names_in(cli)["NPM_CONFIG_REGISTRY"] == "https://npm.cloudsmith.io/acme/prod/"


def test_overriding_variable_that_cannot_be_undone_is_a_warning(cli: Cli) -> None:
    result = cli.login(NPM_CONFIG_GLOBALCONFIG="/etc/npmrc")

    assert "warning: NPM_CONFIG_GLOBALCONFIG is set around the login and can send npm elsewhere" in result.stderr
    assert "NPM_CONFIG_GLOBALCONFIG" not in names_in(cli)


def test_variable_that_is_kept_is_neither_named_nor_set(cli: Cli) -> None:
    keep = ["--format-option", "pip.keep=PIP_INDEX_URL", "--format-option", "npm.keep=npm_config_registry"]

    result = cli.login(*keep, PIP_INDEX_URL=ELSEWHERE, npm_config_registry=ELSEWHERE)

    assert "is set around" not in result.stderr
    assert {"PIP_INDEX_URL", "NPM_CONFIG_REGISTRY"}.isdisjoint(names_in(cli))


def test_file_of_the_user_that_takes_precedence_is_a_warning_unless_it_is_kept(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / ".bunfig.toml").touch()

    warned = cli.login(HOME=str(tmp_path))
    kept = cli.login("--format-option", "npm.keep=.bunfig.toml", HOME=str(tmp_path))

    assert f"warning: {tmp_path}/.bunfig.toml" in warned.stderr
    assert "npm.keep=.bunfig.toml)" in warned.stderr
    assert ".bunfig.toml" not in kept.stderr


def test_variable_of_another_format_is_not_named(cli: Cli) -> None:
    result = cli.login("--format", "pip", NPM_CONFIG_REGISTRY=ELSEWHERE)

    assert "NPM_CONFIG_REGISTRY" not in result.stderr + cli.file("env")


def test_refresh_names_none_as_it_sets_none(cli: Cli) -> None:
    result = cli.login(PIP_FIND_LINKS=ELSEWHERE, CLOUDSMITH_OIDC_REFRESH="true")

    assert "is set around" not in result.stderr


@pytest.mark.parametrize("launcher", [False, True])
def test_variables_of_an_outer_login_are_set_again_but_not_named(cli: Cli, launcher: bool) -> None:
    cli.login(npm_config_registry=ELSEWHERE)
    outer = names_in(cli)
    environment = {"CLOUDSMITH_OIDC_AROUND": " ".join(outer), "CLOUDSMITH_OIDC_LAUNCHER": "0.1.0"} if launcher else {}

    result = cli.login("--repo=dev", **outer, **environment)

    assert "is set around" not in result.stderr
    assert names_in(cli)["NPM_CONFIG_REGISTRY"] == "https://npm.cloudsmith.io/acme/dev/"


def test_launcher_says_which_variables_are_set(cli: Cli) -> None:
    around = {"CLOUDSMITH_OIDC_AROUND": "PIP_NO_INDEX npm_config_registry", "CLOUDSMITH_OIDC_LAUNCHER": "0.1.0"}

    result = cli.login(**around, PIP_FIND_LINKS=ELSEWHERE)

    assert "PIP_NO_INDEX is set around" in result.stderr
    assert "npm_config_registry is set around" in result.stderr
    assert "PIP_FIND_LINKS" not in result.stderr + cli.file("env")
    assert "unset CLOUDSMITH_OIDC_TOKEN OIDC_TOKEN npm_config_registry\n" in cli.file("activate")
