"""How the exchange deals with a Cloudsmith, and a network, that misbehave."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import jwt
import pytest
import trustme

from in_process import InProcess
from needs import need
from program import Cli
from sandbox import faults

PASSING = {
    **faults.BROKEN_CONNECTIONS,
    **faults.SERVER_ERRORS,
    **{f"throttled until {moment}": faults.throttled(moment) for moment in (None, "soon", "-5", "Sun, 99 Foo")},
}


@pytest.mark.parametrize("trouble", PASSING)
def test_trouble_that_may_pass_is_tried_again(in_process: InProcess, trouble: str) -> None:
    in_process.sandbox.faults.add("exchange", PASSING[trouble])

    result = in_process.login()

    assert result.code == 0, result.stderr
    assert len(in_process.sandbox.exchange_requests) == 2
    assert "tried again" in result.stderr


@pytest.mark.parametrize("silence", ["hang-in-the-body", "drip"])
def test_one_lost_connection_does_not_use_up_the_deadline(cli: Cli, silence: str) -> None:
    cli.sandbox.faults.add("exchange", faults.SILENT_CONNECTIONS[silence])

    assert cli.login("--timeout", "6").code == 0
    assert len(cli.sandbox.exchange_requests) == 2


@dataclass(frozen=True)
class Failure:
    """What Cloudsmith answers always, and how a login then ends: with one line, which says what to do next."""

    fault: faults.Fault
    code: int
    said: str = ""
    arguments: list[str] = field(default_factory=list)
    once: bool = True


LATER = faults.header(faults.status(503), "Retry-After", "3304")
FAILURES = {
    **{f"refused: {name}": Failure(fault, 4, f"({name[-3:]}: ") for name, fault in faults.REFUSALS.items()},
    **{f"not understood: {name}": Failure(fault, 7) for name, fault in faults.STRANGE_ANSWERS.items()},
    **{
        f"silent: {name}": Failure(fault, 6, "in time", ["--timeout", "1"], once=False)
        for name, fault in faults.SILENT_CONNECTIONS.items()
    },
    "server errors": Failure(
        faults.status(502, "Bad Gateway"), 6, "Cloudsmith answered 502: Bad Gateway", ["--timeout", "2"], once=False
    ),
    "throttled": Failure(faults.throttled(), 5, "", ["--timeout", "1"], once=False),
    "throttled beyond the deadline": Failure(faults.throttled("3304"), 5, "Come back after 20"),
    "server error beyond the deadline": Failure(LATER, 6, "Come back after 20"),
    **{
        f"absurd Retry-After {moment[:20]}": Failure(faults.throttled(moment), 5, "", ["--timeout", "2"], once=False)
        for moment in ("9" * 400, "999999999999", "Sun, 06 Nov 99999999999 08:49:37 GMT")
    },
    "token without exp": Failure(faults.token(jwt.encode({"service_slug": "ci-reader"}, b"k" * 32)), 7),
    "token of another service": Failure(
        faults.token(jwt.encode({"exp": 9_999_999_999, "service_slug": "deployer"}, b"k" * 32)),
        7,
        "for the service account deployer, not for ci-reader",
    ),
    "token without service": Failure(faults.token(jwt.encode({"exp": 9_999_999_999}, b"k" * 32)), 7),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failure_ends_with_its_code_and_one_line(in_process: InProcess, name: str) -> None:
    failure = FAILURES[name]
    in_process.sandbox.faults.always("exchange", failure.fault)

    result = in_process.login(*failure.arguments)

    assert result.code == failure.code, result.stderr
    assert result.last_line.startswith("cloudsmith-oidc: error: ")
    assert ". " in result.last_line
    assert failure.said in result.last_line
    assert not failure.once or len(in_process.sandbox.exchange_requests) == 1
    assert not in_process.directory.exists()


def test_redirect_is_named_but_not_followed(cli: Cli) -> None:
    cli.sandbox.faults.add("exchange", faults.redirect("https://elsewhere.example.com/?token=secret", 307))

    result = cli.login()

    assert "redirect (307) to elsewhere.example.com, which is not followed" in result.stderr
    assert "secret" not in result.stderr
    assert cli.sandbox.network.tunnels == ["api.cloudsmith.io"]


def test_expiry_of_id_token_is_also_a_deadline(cli: Cli) -> None:
    cli.sandbox.faults.always("exchange", faults.status(503))
    soon = jwt.decode(cli.sandbox.mint(), options={"verify_signature": False})["iat"] + 3

    assert cli.login("--timeout", "3600", token=cli.sandbox.mint(exp=soon)).code == 6


def test_200_is_as_good_as_201(cli: Cli) -> None:
    cli.sandbox.faults.add("exchange", faults.token(cli.sandbox.issue(), 200))

    assert cli.login().code == 0


@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_honoured_and_checked_against_the_deadline(cli: Cli, as_date: bool) -> None:
    moments = [cli.sandbox.cloudsmith.clock.http_date(delay) if as_date else str(delay) for delay in (1, 3304)]
    cli.sandbox.faults.add("exchange", faults.throttled(moments[0]))
    assert cli.login().code == 0

    cli.sandbox.faults.add("exchange", faults.throttled(moments[1]))
    assert "Come back after 20" in cli.login().last_line


def test_vendors_words_are_shown_without_control_characters_and_tokens(cli: Cli) -> None:
    token = cli.sandbox.mint()
    said = {"detail": f"no \x1b[31m{token}\n", "fields": {"oidc_token": ["bad"], "service_slug": [token]}}
    cli.sandbox.faults.add("exchange", faults.document(said, 422))

    result = cli.login(token=token)

    assert result.code == 4
    assert "422: no  [31m*** (oidc_token, service_slug)" in result.stderr


@pytest.mark.parametrize("flaw", ["other-host", "name in the subject only", "unknown-ca", "expired"])
def test_bad_certificate_is_an_error_with_its_reason(cli: Cli, flaw: str) -> None:
    cli.sandbox.network.certificates.flaws["api.cloudsmith.io"] = flaw  # type: ignore[assignment]

    result = cli.login()

    assert result.code == 6
    assert "TLS connection to api.cloudsmith.io failed: " in result.last_line
    assert "tried again" not in result.stderr
    assert cli.sandbox.exchange_requests == []


def test_private_ca_is_trusted_for_loopback_host_as_well(cli: Cli, tmp_path: Path) -> None:
    api = cli.sandbox.api_url.replace("http://", "https://")

    assert cli.login(CLOUDSMITH_API_HOST=api).code == 0

    none = dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"))
    for other in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        assert cli.login(CLOUDSMITH_API_HOST=api, **none | {other: str(cli.sandbox.ca_file)}).code == 0
    other_tools = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other_tools))
    named = cli.login(CLOUDSMITH_API_HOST=api, **none | {"REQUESTS_CA_BUNDLE": str(other_tools)})
    assert "REQUESTS_CA_BUNDLE names all authorities that are trusted. If a private CA" in named.last_line
    refused = cli.login(CLOUDSMITH_API_HOST=api, **none)
    assert refused.code == 6
    assert "SSL_CERT_FILE" in refused.last_line


def test_authorities_come_from_directories_as_well(cli: Cli, tmp_path: Path) -> None:
    need("openssl")
    (tmp_path / "ca.pem").write_bytes(cli.sandbox.ca_file.read_bytes())
    subprocess.run(["openssl", "rehash", str(tmp_path)], check=True)

    for directories in (str(tmp_path), f"/absent:{tmp_path}"):
        assert cli.login(SSL_CERT_FILE=None, SSL_CERT_DIR=directories).code == 0


def test_plain_http_needs_no_ca_certificates(cli: Cli) -> None:
    assert cli.login(CLOUDSMITH_API_HOST=cli.sandbox.api_url, SSL_CERT_FILE="/absent.pem").code == 0


HOSTS = {
    "http://127.0.0.1:1": "cannot connect to 127.0.0.1:1: Connection refused",
    "https://xn--bcher-kva.invalid": "",
    "https://unknown.example.com": "refused to connect to unknown.example.com: 502",
}


@pytest.mark.parametrize("host", HOSTS)
def test_host_that_cannot_be_reached(cli: Cli, host: str) -> None:
    proxy = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), "") if "invalid" in host else {}

    result = cli.login("--timeout", "1", CLOUDSMITH_API_HOST=host, **proxy)

    assert result.code == 6
    assert HOSTS[host] in result.last_line
    assert "the proxy xn--" not in result.last_line


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_proxy_that_cannot_be_reached_is_named_without_its_login(cli: Cli, host: str) -> None:
    proxy = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), f"http://jo:hunter2@{host}:1")

    result = cli.login("--timeout", "1", CLOUDSMITH_API_HOST="https://api.example.com", **proxy)

    assert result.code == 6
    assert f"cannot connect to the proxy {host}:1: " in result.last_line
    assert ". Look at HTTPS_PROXY" in result.last_line
    assert f"In a container, {host}:1 is in the container itself" in result.last_line
    assert all(": tried again in " in line for line in result.stderr.splitlines()[:-1]), "more than one line a try"
    assert "hunter2" not in result.stderr
