"""What holds for every format, without a client."""

import base64
import secrets
from dataclasses import replace

import pytest

from clients.job import masked
from cloudsmith_oidc import formats
from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.redaction import protect, redact
from formats.golden import FOLDER, PLAIN, golden, odd
from leaks.needles import found

NAMES = formats.names()
ODD_DIRECTORY = '/var/jenkins/it\'s "100 %" of $HOME\\ü {dir}'
SEVERAL = replace(PLAIN, repos=("prod", "dev"))


@pytest.mark.parametrize("name", NAMES)
def test_login_writes_what_golden_file_says(name: str) -> None:
    assert golden(name) == (FOLDER / f"{name}.txt").read_text(), "run: (cd tests && ../.venv/bin/python -m formats)"


def test_golden_files_and_formats_are_the_same() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == NAMES


def test_no_two_formats_claim_one_file_or_variable() -> None:
    domains = {key: url for name in NAMES for key, url in odd(name).domains.items()}

    assert formats.configure(NAMES, SEVERAL).files
    assert formats.configure(NAMES, replace(SEVERAL, domains=domains)).files


def test_formats_without_repository_can_be_configured() -> None:
    needless = [name for name in NAMES if not formats.load(name).needs_repo]

    assert needless == ["cloudsmith", "composer", "conda", "curl", "docker", "netrc"]
    assert "docker.cloudsmith.io" in formats.configure(needless, replace(PLAIN, repos=())).files["docker/config.json"]


# How the directory appears in the files and variables of the formats that name it in a syntax of its own.
ESCAPED = '/var/jenkins/it\'s \\"100 %\\" of $HOME\\\\ü {dir}'
IN_SHELL = "'/var/jenkins/it'\"'\"'s \"100 %\" of $HOME\\ü {dir}/git/login'"
ODD = {
    "cran": ("R/cloudsmith-oidc.R", f'netrc <- "{ESCAPED}/netrc"\n'),
    "curl": ("curl/.curlrc", f'netrc-file = "{ESCAPED}/netrc"\n'),
    "git": ("git/config", IN_SHELL.replace("\\", "\\\\").replace('"', '\\"')),
}
REFUSED = {"deb", "huggingface", "maven", "rpm"}


@pytest.mark.parametrize("name", NAMES)
def test_odd_directory_is_escaped_or_refused(name: str) -> None:
    access = replace(PLAIN, directory=ODD_DIRECTORY)
    if name in REFUSED:
        with pytest.raises(SettingsError):
            formats.configure([name], access)
        return

    written = formats.configure([name], access)

    path, text = ODD.get(name, ("", ""))
    assert not path or text in written.files[path]
    holding = {path for path, content in written.files.items() if "/var/jenkins" in content}
    assert holding == ({path} if path else {"curl/.curlrc"} if name == "luarocks" else set())
    assert all(ODD_DIRECTORY in value for value in written.variables.values() if "/var/jenkins" in value)


BY_NAME = {"cloudsmith", "conan", "helm", "hex", "huggingface", "maven", "nuget", "rpm", "sbt", "twine"}
"""Their files hold logins by the name of a source, or one login."""
PUSHES_BY_HOST = {"rubygems"}
"""Its keys are by host, its sources are not: see tests/clients/test_rubygems.py."""


@pytest.mark.parametrize("name", sorted(set(NAMES) - BY_NAME - PUSHES_BY_HOST))
def test_file_with_logins_by_host_has_custom_and_own_host(name: str) -> None:
    files = formats.configure([name], odd(name)).files

    # Bundler writes a host as a part of a variable's name.
    text = "".join(files.values()).replace("__", ".").lower()
    labels = [endpoint.label for endpoint in formats.load(name).endpoints]
    expected = [f"{label}{rest}" for label in labels for rest in (".acme.com", ".cloudsmith.io")]
    assert [host for host in expected if host not in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_variable_holds_the_token(name: str) -> None:
    token = _token()

    for value in formats.configure([name], replace(SEVERAL, token=token)).variables.values():
        assert found(value, token) == []


@pytest.mark.parametrize("name", NAMES)
def test_masks_know_how_files_and_requests_hold_the_token(name: str) -> None:
    token = _token()
    access = replace(SEVERAL, token=token)
    sent = [f"Authorization: Basic {access.basic_auth}", f"Authorization: Bearer {token}"]

    for text in [*sent, *formats.configure([name], access).files.values()]:
        assert found(masked(text), token) == []
        assert found(redact(text), token) == []


def test_secret_of_any_shape_is_masked_in_files_and_requests() -> None:
    """The program remembers only the token: if it remembered all its forms, it would forget the ID token."""
    access = replace(SEVERAL, token=secrets.token_hex(100))
    protect(access.token)

    for text in [access.basic_auth, *formats.configure(NAMES, access).files.values()]:
        assert found(redact(text), access.token) == []


@pytest.mark.parametrize("name", [name for name in NAMES if formats.load(name).extends])
def test_second_login_in_one_directory_writes_the_same(name: str) -> None:
    form = formats.load(name)
    own = {variable: "1" if variable.endswith("COUNT") else "/etc/own" for variable in form.extends}
    first = formats.configure([name], replace(PLAIN, environment=own))

    again = formats.configure([name], replace(PLAIN, environment=own | first.variables))

    assert again == first


@pytest.mark.parametrize("name", NAMES)
def test_texts_of_a_format_are_sentences(name: str) -> None:
    form = formats.load(name)

    assert form.client
    for said in (form.hides, form.project, form.second_index, *(option.help for option in form.options.values())):
        assert not said or said.endswith("."), said


def _token() -> str:
    """A token of the shape that Cloudsmith's have, and of no other use."""
    parts = ['{"typ":"JWT","alg":"HS256"}', '{"exp":1,"service_slug":"ci-reader"}', secrets.token_hex(32)]
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
