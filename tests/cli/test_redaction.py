"""What is known as a token by its shape alone: a token of somebody else, which this process has never seen."""

import base64
import secrets
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudsmith_oidc.redaction import one_line, protect, redact

OPENINGS = ['{"', '{ "', '{\n  "', '{\r\n  "', '{\t"']
"""How the JSON of a header and of a payload may begin."""
FORMS: Mapping[str, Callable[[str], str]] = {
    "plain": lambda token: token,
    "in a URL": lambda token: f"https://token:{token}@dl.example.com/",
    "escaped for a URL": lambda token: token.replace(".", "%2E"),
    "escaped for a URL in lower case": lambda token: token.replace(".", "%2e"),
    "escaped for JSON": lambda token: token.replace(".", "\\u002e"),
}
LOGINS = ["", "token:", "__token__:", ":", "ab"]
"""What comes before the token in HTTP basic authentication, for all three places where base64 can begin a group."""


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def mint(opening: str) -> str:
    header, claims = f'{opening}alg":"RS256"}}', f'{opening}jti":"{secrets.token_hex(32)}"}}'
    return ".".join([encoded(header.encode()), encoded(claims.encode()), encoded(secrets.token_bytes(256))])


def repeated(secret: str, shown: str) -> list[str]:
    """Return the parts of 16 characters of `secret` that are shown."""
    return [part for place in range(len(secret) - 15) if (part := secret[place : place + 16]) in shown]


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize("form", FORMS)
def test_token_is_masked_in_every_form(opening: str, form: str) -> None:
    token = mint(opening)

    shown = redact(f"before {FORMS[form](token)} after")

    assert repeated(token, shown) == []
    assert shown.startswith("before ")
    assert shown.endswith(" after")


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_token_is_masked_in_base64(login: str, encode: Callable[[bytes], bytes]) -> None:
    text = encode(f"{login}{mint(OPENINGS[0])}".encode()).decode()

    shown = redact(f"before {text} after")

    assert repeated(text[len(login) * 4 // 3 :], shown) == []
    assert shown.endswith("*** after")


@pytest.mark.parametrize(
    "text",
    [
        "cannot connect to api.cloudsmith.io:443: Connection refused",
        "/var/lib/jenkins/workspace/team_app_main@tmp/simpleUploadConfiguration/pip.conf",
        "framework-configuration-loader and a newkey0123456789abcdef",
        "the journal of keyJournal and leUpload",
        "99 % of the time; C:\\users\\u00e9",
    ],
)
def test_other_text_is_kept(text: str) -> None:
    assert redact(text) == text


ESCAPES: Mapping[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "of URLs": lambda text: "".join(f"%{ord(character):02x}" for character in text),
    "of JSON": lambda text: "".join(f"\\u{ord(character):04X}" for character in text),
    "lower hex": lambda text: text.encode().hex(),
    "upper hex": lambda text: text.encode().hex().upper(),
}


@pytest.mark.parametrize("escape", ESCAPES)
@pytest.mark.parametrize("before", ["before ", "before: "])
def test_secret_of_16_characters_is_masked_in_every_form(escape: str, before: str) -> None:
    secret = secrets.token_urlsafe(12)
    protect(secret)

    assert redact(before + ESCAPES[escape](secret)) == f"{before}***"


def test_fifteen_characters_of_a_secret_are_no_secret() -> None:
    secret, short = secrets.token_urlsafe(40), secrets.token_urlsafe(11)
    protect(secret)
    protect(short)

    for text in (secret[:15], secret[-15:], short, base64.b64encode(short.encode()).decode()):
        assert redact(text) == text


@given(before=st.text(), after=st.text())
def test_secret_is_masked_and_text_around_it_is_not(before: str, after: str) -> None:
    secret = secrets.token_urlsafe(40)
    protect(secret)

    shown = redact(f"{before} {secret} {after}")

    assert secret not in shown
    assert shown.startswith(before + " ***")
    assert shown.endswith("*** " + after)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a" * 200, "a" * 200),
        ("a" * 201, "a" * 200 + "…"),
        ("\n" * 999 + "a", "a"),
        ("\n" * 1000 + "a", "…"),
    ],
)
def test_how_much_of_a_text_is_shown(text: str, shown: str) -> None:
    assert one_line(text) == shown


@given(st.text())
def test_one_line_is_one_line_and_short(text: str) -> None:
    shown = one_line(text * 100)

    assert len(shown) <= 201
    assert shown.isprintable()
