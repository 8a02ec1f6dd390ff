"""Values that are allowed, and odd: of the job's variables, of what the user has at home, and of options."""

from dataclasses import replace

import pytest

from cloudsmith_oidc import formats
from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.home import Home
from formats.golden import PLAIN

LOGIN = ["login", "--org", "acme", "--service", "ci", "--output", "/login"]


def with_variables(name: str, **environment: str) -> dict[str, str]:
    return formats.configure([name], replace(PLAIN, environment=environment)).variables


# ---- the job's own variables ----

GEMRC = "/login/rubygems/gemrc"
PLUGIN = "/login/yarn/cloudsmith.cjs"


@pytest.mark.parametrize(
    ("name", "variable", "own", "expected"),
    [
        ("rubygems", "GEMRC", f"/a{GEMRC}", f"/a{GEMRC}:{GEMRC}"),
        ("rubygems", "GEMRC", f"{GEMRC}.old", f"{GEMRC}.old:{GEMRC}"),
        ("rubygems", "GEMRC", f"/x:{GEMRC}:/y", f"/x:{GEMRC}:/y"),
        ("rubygems", "GEMRC", GEMRC, GEMRC),
        ("yarn", "YARN_PLUGINS", f"/a{PLUGIN}", f"/a{PLUGIN};{PLUGIN}"),
        (
            "maven",
            "MAVEN_OPTS",
            "-Dmaven.conf=/login/maven-of-mine",
            "-Dmaven.conf=/login/maven-of-mine {}",
        ),
    ],
)
def test_what_only_resembles_ours_in_a_variable_is_not_taken_for_it(
    name: str, variable: str, own: str, expected: str
) -> None:
    assert with_variables(name, **{variable: own})[variable] == expected.format("-Dmaven.conf=/login/maven")


def test_a_longer_pattern_of_the_job_does_not_hide_ours() -> None:
    account = replace(
        PLAIN,
        options={"go.private": ("a.com/x",)},
        environment={"GONOSUMDB": "a.com/xyz"},
    )
    assert formats.configure(["go"], account).variables["GONOSUMDB"] == "a.com/xyz,a.com/x"


def test_goauth_that_was_off_stays_without_the_users_netrc_at_each_refresh() -> None:
    first = with_variables("go", GOAUTH="off")["GOAUTH"]
    assert "netrc" not in first
    assert with_variables("go", GOAUTH=first)["GOAUTH"] == first


@pytest.mark.parametrize("odd", ["\n", "\r", "\N{LINE SEPARATOR}", "\N{NEXT LINE}", "\udcff"])
@pytest.mark.parametrize(("name", "variable"), [("composer", "COMPOSER_CACHE_DIR"), ("conan", "CONAN_HOME")])
def test_a_variable_that_is_passed_on_is_one_line(name: str, variable: str, odd: str) -> None:
    with pytest.raises(SettingsError, match="would hold a line break") as refused:
        with_variables(name, **{variable: f"/own{odd}LD_PRELOAD=/x"})
    assert str(refused.value).isprintable()


def test_a_home_that_is_not_one_line_is_put_into_no_variable() -> None:
    with pytest.raises(SettingsError, match="GEMRC would hold a line break"):
        formats.configure(["rubygems"], replace(PLAIN, home=Home("/home\nX=1", {})))


@pytest.mark.parametrize("count", ["9" * 5000, "\N{ARABIC-INDIC DIGIT THREE}", "-1", "20", "1\n"])
def test_a_count_of_gits_settings_that_git_would_not_take_is_refused(
    count: str,
) -> None:
    with pytest.raises(SettingsError, match="is not a number up to 19"):
        with_variables("git", GIT_CONFIG_COUNT=count)
