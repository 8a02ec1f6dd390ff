"""Whatever the ID token and the answer of the API are: a login is whole, or ends with a documented code in one line."""

import base64
import json
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fuzz.values import JSON, members
from in_process import run
from program import Cli
from sandbox import faults
from sandbox.faults import Answer, Fault

TIMES = st.integers() | st.floats() | st.sampled_from([9_999_999_999, 9_999_999_999.5, 10**30, "soon", True, None])


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def part(value: Any) -> str:
    return encoded(json.dumps(value).encode())


def nested(depth: int) -> str:
    return '{"exp":9999999999,"iss":"a","aud":' + "[" * depth + "]" * depth + "}"


PARTS = st.one_of(
    members("exp", "iat", "service_slug", of=TIMES | st.just("ci-reader")).map(part),
    st.dictionaries(st.sampled_from(["iss", "sub", "aud", "service_slug"]), JSON, max_size=4).map(
        lambda claims: part({"exp": 9_999_999_999, **claims})
    ),
    st.integers(1, 6000).map(lambda depth: encoded(nested(depth).encode())),
    JSON.map(part),
    st.binary(max_size=30).map(encoded),
    st.text("eyJ._-=+/ \n\0é", max_size=30),
)
TOKENS = st.lists(PARTS, min_size=3, max_size=3).map(".".join) | st.lists(PARTS, max_size=5).map(".".join) | st.text()
HEADERS = st.dictionaries(
    st.sampled_from(["Content-Type", "Content-Encoding", "Retry-After", "Location", "Date", "X-Y"]),
    st.sampled_from(["0", "-1", "3304", "gzip", "br, gzip", "https://é/", "//x", "Mon, 99 Foo", "9" * 400]),
    max_size=2,
)
BODIES = st.one_of(
    st.builds(lambda token, more: json.dumps({**more, "token": token}).encode(), TOKENS | JSON, members("detail")),
    members("detail", "error", "fields", "token").map(lambda body: json.dumps(body).encode()),
    st.binary(max_size=50),
)


def log_in(cli: Cli, id_token: str) -> None:
    """Log in, and look at how it ends."""
    # An environment holds no NUL, and a test's own output needs no surrogates.
    given_token = id_token.replace("\0", "").encode(errors="replace").decode()
    with TemporaryDirectory() as folder:
        directory = Path(folder) / "login"
        environment = {**cli.environment, "CLOUDSMITH_OIDC_TOKEN": given_token, "CLOUDSMITH_TIMEOUT": "10"}
        result, _ = run(["login", "--output", str(directory)], environment)

        assert result.code in {0, 3, 4, 5, 6, 7}
        assert all(line.isprintable() and len(line) < 2000 for line in result.stderr.split("\n"))
        assert result.stdout == b""
        assert directory.exists() == (result.code == 0)
        if result.code == 0:
            assert (directory / "login.json").stat().st_size < 100_000


@given(TOKENS)
def test_any_id_token(cli: Cli, id_token: str) -> None:
    cli.sandbox.faults.always("exchange", faults.token(cli.sandbox.issue(cli.sandbox.service)))

    log_in(cli, id_token)


# Without those after which a login tries again, for a time.
STATUSES = [201] * 30 + [one.value for one in HTTPStatus if 200 <= one < 500 and one != HTTPStatus.TOO_MANY_REQUESTS]


@given(st.sampled_from(STATUSES), HEADERS, BODIES)
def test_any_answer(cli: Cli, status: int, headers: dict[str, str], body: bytes) -> None:
    cli.sandbox.faults.always("exchange", Fault(answer=Answer(status, body, headers)))

    log_in(cli, cli.sandbox.mint())
