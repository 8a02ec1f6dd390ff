"""No token leaves the program but to the exchange and into the clients' files: for every way it can end."""

import base64
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from in_process import run
from leaks.needles import WAYS, forms, unescaped
from program import Cli
from sandbox import Sandbox, faults

TROUBLES = {
    **faults.BROKEN_CONNECTIONS,
    **faults.REFUSALS,
    **faults.SERVER_ERRORS,
    **faults.STRANGE_ANSWERS,
    "throttled": faults.throttled("3304"),
    "hang": faults.hang(),
}


def echo(sandbox: Sandbox, token: str) -> None:
    """Refuse as a server that repeats what it was sent."""
    sandbox.faults.always("exchange", faults.document({"detail": f"bad {token}", "error": token}, 401))


# How a run can go wrong: what to do to the world, and to the ID token.
WORLDS: Mapping[str, Callable[[Sandbox, str], object]] = {
    "no trouble": lambda _sandbox, _token: None,
    "the refusal repeats the token": echo,
    "a token of another service": lambda sandbox, _: sandbox.faults.always(
        "exchange", faults.token(sandbox.issue("deployer"))
    ),
    "a token in a redirect": lambda sandbox, token: sandbox.faults.always(
        "exchange", faults.redirect(f"https://{token}.example.com/{token}")
    ),
    "the issuer is gone": lambda sandbox, _: sandbox.jenkins.issuers.clear(),
    **{
        name: lambda sandbox, _, fault=fault: sandbox.faults.always("exchange", fault)  # type: ignore[misc]
        for name, fault in TROUBLES.items()
    },
}
DAMAGES: Mapping[str, Callable[[str], str]] = {
    "none": lambda token: token,
    "a line break": lambda token: token[:40] + "\n" + token[40:],
    "no signature": lambda token: token.rpartition(".")[0],
    "a stray character": lambda token: token + "!",
    "a cut payload": lambda token: ".".join([token.split(".")[0], token.split(".")[1][:-7], token.split(".")[2]]),
    "twice": lambda token: f"{token} {token}",
}
ARGUMENTS: Mapping[str, Callable[[str], list[str]]] = {
    "good": lambda _: [],
    "the token as an unknown argument": lambda token: [token],
    "the token as a workspace": lambda token: ["--org", token],
    "the token as a time-out": lambda token: ["--timeout", token],
    "the token as a domain": lambda token: ["--domain", f"pip={token}"],
    "the token as an API": lambda token: ["--api-host", f"https://{token}"],
    "the token as a file": lambda token: ["--token-file", token],
    "the token as a log format": lambda token: ["--log-format", token],
    "a directory that cannot be written": lambda _: ["--output", "/proc/login"],
}


def windows(text: str) -> set[str]:
    """Every 16 characters in a row, whatever their case and however they are escaped."""
    plain = unescaped(text).lower()
    return {plain[start : start + 16] for start in range(len(plain) - 15)}


def windows_of(*tokens: str) -> set[str]:
    """The windows of tokens in every form."""
    return {window for token in tokens for form in (token, *forms(token.encode())) for window in windows(form)}


@settings(max_examples=150)
@given(
    world=st.sampled_from(sorted(WORLDS)),
    damage=st.one_of(st.just("none"), st.sampled_from(sorted(DAMAGES))),
    argument=st.one_of(st.just("good"), st.sampled_from(sorted(ARGUMENTS))),
    log=st.sampled_from([["--log-format", "json", "--log-level", "debug"], ["--log-level", "debug"], ["--quiet"]]),
    claim=st.text(max_size=20),
)
def test_no_token_is_shown(cli: Cli, world: str, damage: str, argument: str, log: list[str], claim: str) -> None:
    sandbox = cli.sandbox
    sandbox.reset()
    id_token = sandbox.mint(claim=claim)
    WORLDS[world](sandbox, id_token)
    given_token = DAMAGES[damage](id_token)

    with TemporaryDirectory() as directory:
        output = Path(directory) / "login"
        environment = {**cli.environment, "CLOUDSMITH_OIDC_TOKEN": given_token, "CLOUDSMITH_TIMEOUT": "1"}
        result, raised = run(["login", "--output", str(output), *log, *ARGUMENTS[argument](id_token)], environment)
        record = output / "login.json"
        files = [path.read_text() for path in [record, output / "env", output / "activate"] if path.exists()]

    shown = "\n".join(
        [result.written, *files, *map(repr, raised), *("".join(traceback.format_exception(e)) for e in raised)]
    )
    assert windows(shown) & windows_of(id_token, *sandbox.cloudsmith.issued) == set()
    assert result.code in range(9)
    assert (result.code == 0) == bool(files)


# Where an answer can put text, and what the program makes of it.
PLACES: Mapping[str, Callable[[str], faults.Fault]] = {
    "detail": lambda text: faults.document({"detail": text}, 401),
    "error": lambda text: faults.document({"error": text}, 422),
    "fields": lambda text: faults.document({"detail": "no", "fields": {text: [text], f"a {text}": []}}, 422),
    "detail of an answer that is tried again": lambda text: faults.status(503, text),
    "redirect": lambda text: faults.redirect(f"https://{text}/{text}"),
    "redirect to a host below": lambda text: faults.redirect(f"https://{text}.example.com/?{text}", 307),
    "Retry-After": faults.throttled,
    "Content-Encoding": lambda text: faults.header(faults.status(401), "Content-Encoding", text),
    "Date": lambda text: faults.header(faults.status(401), "Date", text),
    "the token": faults.token,
    "the token's service": lambda text: faults.token(
        jwt.encode({"service_slug": text, "exp": 9_999_999_999}, b"k" * 32)
    ),
}
QUOTATIONS: Mapping[str, Callable[[str], str]] = {
    **WAYS,
    "in lower case": str.lower,
    "in upper case": str.upper,
    "in base64 after a name": lambda text: base64.b64encode(f"__token__:{text}".encode()).decode(),
}


@settings(max_examples=200)
@given(
    place=st.sampled_from(sorted(PLACES)),
    quotation=st.sampled_from(sorted(QUOTATIONS)),
    start=st.integers(0, 10_000),
    length=st.one_of(st.integers(16, 60), st.integers(16, 10_000)),
    command=st.sampled_from([["login", "--output", "-"], ["explain"]]),
)
def test_answer_that_quotes_part_of_id_token_is_not_repeated(
    cli: Cli, place: str, quotation: str, start: int, length: int, command: list[str]
) -> None:
    cli.sandbox.reset()
    id_token = cli.sandbox.mint()
    start %= len(id_token) - 16
    quoted = QUOTATIONS[quotation](id_token[start : start + length])
    cli.sandbox.faults.always("exchange", PLACES[place](quoted))
    environment = {**cli.environment, "CLOUDSMITH_OIDC_TOKEN": id_token, "CLOUDSMITH_TIMEOUT": "0.4"}

    result, raised = run(command, environment)

    shown = "\n".join([result.written, *map(str, raised), *map(repr, raised)])
    assert windows(shown) & windows_of(id_token) == set()


def test_bug_is_reported_without_its_message(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    token = cli.sandbox.mint()
    monkeypatch.setattr("cloudsmith_oidc.login.run", lambda _: (_ for _ in ()).throw(RuntimeError(token)))

    result, _ = run(["login", "--output", "x"], {**cli.environment, "CLOUDSMITH_OIDC_TOKEN": token})

    assert result.code == 1
    assert "this is a bug in cloudsmith-oidc: RuntimeError at test_output.py:" in result.written
    assert token not in result.written
