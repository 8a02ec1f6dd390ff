"""What holds for every format, without a client."""

import base64
import re
import secrets
from dataclasses import replace

import pytest

from clients.job import masked
from cloudsmith_oidc import formats
from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.redaction import protect, redact
from formats.golden import FOLDER, PLAIN, cases, golden

NAMES = formats.names()


@pytest.mark.parametrize("name", NAMES)
def test_what_a_login_writes_is_what_the_golden_file_says(name: str) -> None:
    assert golden(name) == (FOLDER / f"{name}.txt").read_text(), "run: (cd tests && ../.venv/bin/python -m formats)"


def test_there_is_no_golden_file_without_a_format() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == NAMES


def test_no_two_formats_claim_one_file_or_one_variable_for_different_things() -> None:
    every = {title: account for name in NAMES for title, account in cases(formats.load(name)).items() if account.repos}
    for account in every.values():
        possible = [name for name in NAMES if _is_possible(name, replace(account, domains={}))]
        assert formats.configure(possible, replace(account, domains={})).files


def _is_possible(name: str, account: formats.Account) -> bool:
    try:
        formats.configure([name], account)
    except SettingsError:
        return False
    return True


@pytest.mark.parametrize("name", NAMES)
def test_a_token_is_in_files_only_and_in_the_forms_that_the_format_declares(name: str) -> None:
    token = _token()
    configuration = formats.configure([name], replace(PLAIN, repos=("prod", "dev"), token=token))

    assert not any(_shows(value, token) for value in configuration.variables.values())
    for path, text in configuration.files.items():
        for secret in [*_forms(name, token), token]:
            text = text.replace(secret, "")  # noqa: PLW2901
        assert not _shows(text, token), path


@pytest.mark.parametrize("name", NAMES)
def test_masks_know_the_forms_in_which_a_format_writes_the_token(name: str) -> None:
    token = _token()
    configuration = formats.configure([name], replace(PLAIN, repos=("prod", "dev"), token=token))

    for text in [*_forms(name, token), *configuration.files.values()]:
        assert not _shows(masked(text), token)
        assert not _shows(redact(text), token)


@pytest.mark.parametrize("name", NAMES)
def test_the_program_masks_each_form_of_its_own_token_though_it_remembers_only_the_token(name: str) -> None:
    """It remembers few secrets: were the forms of all formats among them, the ID token would be forgotten."""
    token = secrets.token_hex(100)  # of no shape by which it could be known
    protect(token)

    for text in [*_forms(name, token), token]:
        assert not _shows(redact(text), token)


@pytest.mark.parametrize("name", [name for name in NAMES if formats.load(name).extends])
def test_a_login_anew_in_the_same_directory_writes_the_same_files_and_variables(name: str) -> None:
    form = formats.load(name)
    own = {variable: "1" if variable.endswith("COUNT") else "/etc/own" for variable in form.extends}
    first = formats.configure([name], replace(PLAIN, environment=own))

    again = formats.configure([name], replace(PLAIN, environment=own | first.variables))

    assert again == first


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_of_a_format_is_made_of_sentences(name: str) -> None:
    form = formats.load(name)

    assert form.client
    for said in (form.hides, form.project, form.second_index, *(option.help for option in form.options.values())):
        assert not said or said.endswith("."), said


def _forms(name: str, token: str) -> list[str]:
    """What the shapes of a format stand for in a login with the repositories prod and dev."""
    texts = []
    for shape in formats.load(name).shapes:
        inner = re.fullmatch(r"base64\((.*)\)", shape)
        for repo in ("prod", "dev"):
            places = {"T": token, "O": "acme", "R": repo}
            text = re.sub(r"\b[TOR]\b", lambda found, places=places: places[found[0]], inner[1] if inner else shape)
            texts.append(base64.b64encode(text.encode()).decode() if inner else text)
    return texts


def _token() -> str:
    """A token of the shape that Cloudsmith's have, and of no other use."""
    parts = ['{"typ":"JWT","alg":"HS256"}', '{"exp":1,"service_slug":"ci-reader"}', secrets.token_hex(32)]
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


def _shows(text: str, token: str) -> bool:
    encoded = [base64.b64encode(b"." * shift + token.encode()).decode()[4:-4] for shift in range(3)]
    return any(form[start : start + 24] in text for form in [token, *encoded] for start in range(0, len(form) - 24, 8))
