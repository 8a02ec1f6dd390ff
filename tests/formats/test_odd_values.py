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


def with_variables(name: str, **environment: str) -> dict[str, str]:
    return formats.configure([name], replace(PLAIN, environment=environment)).variables


def inherited(name: str, files: dict[str, str]) -> Configuration:
    home = Home("/home/jo", {path: text.encode() for path, text in files.items()})
    return formats.configure([name], replace(PLAIN, inherit=True, home=home))


# ---- the job's own variables ----

GEMRC = "/login/rubygems/gemrc"
PLUGIN = "/login/yarn/cloudsmith.cjs"
CONF = "-Dmaven.conf=/login/maven"


@pytest.mark.parametrize(
    ("name", "variable", "own", "expected"),
    [
        ("rubygems", "GEMRC", f"/a{GEMRC}", f"/a{GEMRC}:{GEMRC}"),
        ("rubygems", "GEMRC", f"{GEMRC}.old", f"{GEMRC}.old:{GEMRC}"),
        ("rubygems", "GEMRC", f"/x:{GEMRC}:/y", f"/x:{GEMRC}:/y"),
        ("rubygems", "GEMRC", GEMRC, GEMRC),
        ("yarn", "YARN_PLUGINS", f"/a{PLUGIN}", f"{PLUGIN};/a{PLUGIN}"),
        ("maven", "MAVEN_OPTS", f"{CONF}-of-mine", f"{CONF}-of-mine {CONF}"),
    ],
)
def test_similar_entry_in_list_variable_is_kept(name: str, variable: str, own: str, expected: str) -> None:
    assert with_variables(name, **{variable: own})[variable] == expected


def test_longer_pattern_of_job_does_not_replace_ours() -> None:
    access = replace(PLAIN, options={"go.private": ("a.com/x",)}, environment={"GONOSUMDB": "a.com/xyz"})

    assert formats.configure(["go"], access).variables["GONOSUMDB"] == "a.com/xyz,a.com/x"


def test_goauth_that_was_off_never_gets_the_users_netrc() -> None:
    first = with_variables("go", GOAUTH="off")["GOAUTH"]

    assert "netrc" not in first
    assert with_variables("go", GOAUTH=first)["GOAUTH"] == first


@pytest.mark.parametrize("odd", ["\n", "\r", "\N{LINE SEPARATOR}", "\N{NEXT LINE}", "\udcff"])
@pytest.mark.parametrize(("name", "variable"), [("composer", "COMPOSER_CACHE_DIR"), ("conan", "CONAN_HOME")])
def test_variable_of_more_than_one_line_is_refused(name: str, variable: str, odd: str) -> None:
    with pytest.raises(SettingsError, match="would hold a line break") as refused:
        with_variables(name, **{variable: f"/own{odd}LD_PRELOAD=/x"})
    assert str(refused.value).isprintable()


def test_home_of_more_than_one_line_is_refused() -> None:
    with pytest.raises(SettingsError, match="GEMRC would hold a line break"):
        formats.configure(["rubygems"], replace(PLAIN, home=Home("/home\nX=1", {})))


@pytest.mark.parametrize("count", ["9" * 5000, "\N{ARABIC-INDIC DIGIT THREE}", "-1", "10000", "1\n"])
def test_count_that_git_would_not_take_is_refused(count: str) -> None:
    with pytest.raises(SettingsError, match="is not a number up to 9999"):
        with_variables("git", GIT_CONFIG_COUNT=count)


def test_setting_of_git_gets_the_next_number() -> None:
    variables = with_variables("git", GIT_CONFIG_COUNT="123")

    assert (variables["GIT_CONFIG_COUNT"], variables["GIT_CONFIG_KEY_123"]) == ("124", "include.path")
    assert "GIT_CONFIG_KEY_N" not in variables


@pytest.mark.parametrize(("name", "variable"), [("cran", "R_PROFILE"), ("deb", "APT_CONFIG"), ("conan", "CONAN_HOME")])
def test_own_value_of_job_is_kept_in_nested_and_refreshed_logins(name: str, variable: str) -> None:
    """Their files would read each other without end if one of two logins took the other's for the job's own."""
    kept = f"CLOUDSMITH_OWN_{variable}"
    outer = formats.configure([name], replace(PLAIN, environment={variable: "/own/x"}))
    inner = formats.configure([name], replace(PLAIN, directory="/inner", environment=outer.variables))
    again = formats.configure([name], replace(PLAIN, environment=outer.variables | inner.variables))

    assert outer.variables[kept] == inner.variables[kept] == "/own/x"
    assert again == outer


# ---- the user's home ----


def test_unknown_home_is_in_no_variable() -> None:
    """Root would create it, and nobody else could."""
    access = replace(PLAIN, home=Home("/nonexistent"))

    assert "COMPOSER_CACHE_DIR" not in formats.configure(["composer"], access).variables


@pytest.mark.parametrize(
    "name", ["dl.cloudsmith\\.io", '"dl.cloudsmith\\.io"', "DL.cloudsmith.IO", '"dl.cloudsmith.io"']
)
def test_our_host_in_any_spelling_is_left_out_of_inherited_netrc(name: str, tmp_path: Path) -> None:
    own = f"machine {name} login me password own\nmachine example.com login me password own\n"
    (tmp_path / "netrc").write_text(inherited("pip", {".netrc": own}).files["netrc"])

    hosts = netrc.netrc(str(tmp_path / "netrc")).hosts

    assert hosts.keys() == {"dl.cloudsmith.io", "example.com"}
    assert hosts["dl.cloudsmith.io"] == ("token", "", "TOKEN")


@pytest.mark.parametrize(
    "text",
    [
        *("hello", "machine", "machine example.com login", "machine a password b c"),
        "machine\x0ba login b password c",
        "machine\N{NO-BREAK SPACE}a login b password c",
        'machine "" login b password c',
        'machine a login b password "c',
        'machine a login "b\n" password c',
        "machine a login b password c\\\nmachine d login e password f",
    ],
)
def test_netrc_that_readers_take_in_different_ways_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"the user's \.netrc has something in it"):
        inherited("pip", {".netrc": text})


def test_comments_of_netrc_are_left_out() -> None:
    """Some readers find keywords in them."""
    written = inherited("pip", {".netrc": "machine a login b # password old\npassword c\n"}).files["netrc"]

    assert written.endswith("machine a\nlogin b\npassword c\n")


TRIMMED_BY_NPM = [*"\t\v\f \xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff", *map(chr, range(0x2000, 0x200B))]
"""The white space of JavaScript, but for ends of lines."""


def test_npm_settings_of_ours_in_any_spelling_are_left_out() -> None:
    other = "//example.com/:_password=a\N{LINE SEPARATOR}b\r\n" + "[" * 100_000 + "example.com"
    ours = ["registry[]", '"registry"', "'registry'", "registry ; mine", '"regis\\u0074ry"', " registry"]
    ours += [f"{blank}registry{blank}" for blank in TRIMMED_BY_NPM]
    text = "".join(f"{key} = https://example.com/\r\n" for key in ours) + other

    lines = inherited("npm", {".npmrc": text}).files[".npmrc"].split("\n")

    assert [line for line in lines if "example.com" in line] == other.split("\r\n")


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity"])
def test_number_that_is_not_json_is_left_out(number: str) -> None:
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
def test_written_configuration_is_about_as_large_as_what_was_read(text: str) -> None:
    assert len(text) < MAX_BYTES
    assert len(inherited("docker", {".docker/config.json": text}).files["docker/config.json"]) < 4 * len(text)


@pytest.mark.parametrize("name", ["a..b/meta.json", "a" * 65 + "/meta.json", "a/b/meta.json", "a/other.json"])
def test_file_that_launcher_does_not_send_is_no_context(name: str) -> None:
    files = inherited("docker", {f".docker/contexts/meta/{name}": "{}"}).files

    assert files.keys() == {"docker/config.json"}


# ---- options ----


def test_distribution_of_dnf_is_an_option() -> None:
    access = replace(PLAIN, options={"rpm.distribution": ("any-distro/any-version",)})

    written = formats.configure(["rpm"], access).files["dnf/cloudsmith.repo"]

    assert "/prod/rpm/any-distro/any-version/$basearch\n" in written


def test_ipv6_host_is_in_netrc_as_each_reader_looks_for_it() -> None:
    access = replace(PLAIN, domains={"dl": "https://[2001:db8::1]:8443", "pip:prod": "https://[::1]"})

    words = formats.configure(["pip"], access).files["netrc"].split()

    assert words[1:-6:6] == ["[2001:db8::1]:8443", "[2001:db8::1]", "2001:db8::1", "[::1]", "::1"]


def test_usual_port_is_left_out_and_repeated_repository_is_one() -> None:
    """npm leaves the usual port out when it looks a login up."""
    domains = "npm=npm.acme.com:443,dl=http://localhost:80,docker=d.acme.com:80"
    repos = ["--repo", "prod,dev", "--repo", "prod"]

    login = parse(["login", "--org=acme", "--service=ci", "--output=/login", "--domain", domains, *repos])

    assert isinstance(login, Login)
    expected = {"npm": "https://npm.acme.com", "dl": "http://localhost", "docker": "https://d.acme.com:80"}
    assert (dict(login.domain), login.repo) == (expected, ("prod", "dev"))
