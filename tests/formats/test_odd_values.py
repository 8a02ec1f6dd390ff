"""Values that are allowed, and odd: of the job's variables, of what the user has at home, and of options."""

import json
import netrc
from dataclasses import replace
from pathlib import Path

import pytest

from cloudsmith_oidc import formats
from cloudsmith_oidc.command_line import parse
from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.formats import Configuration
from cloudsmith_oidc.home import MAX_BYTES, Home
from cloudsmith_oidc.settings import Login
from formats.golden import PLAIN

LOGIN = ["login", "--org", "acme", "--service", "ci", "--output", "/login"]


def with_variables(name: str, **environment: str) -> dict[str, str]:
    return formats.configure([name], replace(PLAIN, environment=environment)).variables


def inherited(name: str, files: dict[str, str]) -> Configuration:
    home = Home("/home/jo", {path: text.encode() for path, text in files.items()})
    return formats.configure([name], replace(PLAIN, inherit=True, home=home))


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
        ("yarn", "YARN_PLUGINS", f"/a{PLUGIN}", f"{PLUGIN};/a{PLUGIN}"),
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


@pytest.mark.parametrize("name", ["cran", "deb"])
def test_two_logins_of_which_each_would_read_the_other_are_refused(name: str) -> None:
    outer = formats.configure([name], PLAIN).variables
    inner = formats.configure([name], replace(PLAIN, directory="/inner", environment=outer)).variables

    with pytest.raises(SettingsError, match="leads into another login, which was made within this one"):
        formats.configure([name], replace(PLAIN, environment=outer | inner))


# ---- the user's home ----


def test_nothing_leads_to_a_home_that_nobody_knows() -> None:
    """Whoever is root would make it, and anybody else could not."""
    account = replace(PLAIN, home=Home("/nonexistent"))

    assert "COMPOSER_CACHE_DIR" not in formats.configure(["composer"], account).variables


@pytest.mark.parametrize(
    "name",
    [
        "dl.cloudsmith\\.io",
        '"dl.cloudsmith\\.io"',
        "DL.cloudsmith.IO",
        '"dl.cloudsmith.io"',
    ],
)
def test_a_host_of_ours_is_known_in_each_spelling_of_a_netrc(name: str, tmp_path: Path) -> None:
    own = f"machine {name} login me password own\nmachine example.com login me password own\n"
    (tmp_path / "netrc").write_text(inherited("pip", {".netrc": own}).files["netrc"])
    hosts = netrc.netrc(str(tmp_path / "netrc")).hosts
    assert hosts.keys() == {"dl.cloudsmith.io", "example.com"}
    assert hosts["dl.cloudsmith.io"] == ("token", "", "TOKEN")


@pytest.mark.parametrize(
    "text",
    [
        "machine\x0ba login b password c",
        "machine\N{NO-BREAK SPACE}a login b password c",
        'machine "" login b password c',
        'machine a login b password "c',
        'machine a login "b\n" password c',
        "machine a login b password c\\\nmachine d login e password f",
    ],
)
def test_what_readers_of_a_netrc_take_in_different_ways_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"the user's \.netrc has something in it"):
        inherited("pip", {".netrc": text})


def test_no_comment_of_a_netrc_is_copied_as_some_readers_find_keywords_in_it() -> None:
    written = inherited("pip", {".netrc": "machine a login b # password old\npassword c\n"}).files["netrc"]
    assert written.endswith("machine a\nlogin b\npassword c\n")


def test_what_npm_would_read_as_one_of_our_settings_is_left_out() -> None:
    other = "//example.com/:_password=a\N{LINE SEPARATOR}b"
    other += "\r\n" + "[" * 100_000 + "example.com"
    ours = [
        "registry[]",
        '"registry"',
        "'registry'",
        "registry ; mine",
        '"regis\\u0074ry"',
        " registry",
        "\N{BYTE ORDER MARK}registry",
    ]
    text = "".join(f"{key} = https://example.com/\r\n" for key in ours) + other
    lines = inherited("npm", {".npmrc": text}).files[".npmrc"].split("\n")
    assert [line for line in lines if "example.com" in line] == other.split("\r\n")


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity"])
def test_a_number_that_json_has_not_is_not_carried_over(number: str) -> None:
    def unwanted(text: str) -> None:
        raise AssertionError(text)

    written = inherited("docker", {".docker/config.json": f'{{"a": {number}}}'}).files["docker/config.json"]
    assert "a" not in json.loads(written, parse_constant=unwanted)


@pytest.mark.parametrize(
    "text",
    [
        '{"x": [' + ",".join(["[" * 500 + "]" * 500] * 200) + "]}",
        '{"credsStore": "' + "s" * 100_000 + '", "auths": {' + ",".join(f'"{n}": {{}}' for n in range(9000)) + "}}",
    ],
)
def test_what_is_written_is_of_the_size_of_what_was_read(text: str) -> None:
    assert len(text) < MAX_BYTES
    assert len(inherited("docker", {".docker/config.json": text}).files["docker/config.json"]) < 4 * len(text)


@pytest.mark.parametrize("name", ["a..b", "a" * 65, "a/b"])
def test_a_context_whose_name_no_archive_or_launcher_takes_is_left_out(
    name: str,
) -> None:
    files = inherited("docker", {f".docker/contexts/meta/{name}/meta.json": "{}"}).files
    assert files.keys() == {"docker/config.json"}


def test_an_ipv6_host_is_in_the_netrc_as_each_reader_looks_for_it() -> None:
    account = replace(PLAIN, domains={"dl": "https://[2001:db8::1]:8443", "pip:prod": "https://[::1]"})
    machines = [
        line.removeprefix("machine ")
        for line in formats.configure(["pip"], account).files["netrc"].splitlines()
        if line.startswith("machine")
    ]
    assert machines == [
        "[2001:db8::1]:8443",
        "[2001:db8::1]",
        "2001:db8::1",
        "[::1]",
        "::1",
    ]


# ---- options ----


def test_the_usual_port_is_left_out_as_npm_does_when_it_looks_a_login_up() -> None:
    options = parse(
        [
            *LOGIN,
            "--domain",
            "npm=npm.acme.com:443,dl=http://localhost:80,docker=d.acme.com:80",
        ]
    )
    assert isinstance(options, Login)
    assert dict(options.domain) == {
        "npm": "https://npm.acme.com",
        "dl": "http://localhost",
        "docker": "https://d.acme.com:80",
    }


def test_a_repository_that_is_given_twice_is_one() -> None:
    options = parse([*LOGIN, "--repo", "prod,dev", "--repo", "prod"])
    assert isinstance(options, Login)
    assert options.repo == ("prod", "dev")
