"""What the exchange makes of answers and certificates. How it deals with faults is in tests/faults."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from needs import need
from program import Cli
from sandbox import faults


def test_redirect_is_named_but_not_followed(cli: Cli) -> None:
    cli.sandbox.faults.add("exchange", faults.redirect("https://elsewhere.example.com/?token=secret", 307))

    result = cli.login()

    assert "redirect (307) to elsewhere.example.com, which is not followed" in result.stderr
    assert "secret" not in result.stderr
    assert cli.sandbox.network.tunnels == ["api.cloudsmith.io"]


def test_200_is_as_good_as_201(cli: Cli) -> None:
    cli.sandbox.faults.add("exchange", faults.token(cli.sandbox.issue(), 200))

    assert cli.login().code == 0


@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_honoured_and_checked_against_the_deadline(cli: Cli, as_date: bool) -> None:
    moments = [cli.sandbox.cloudsmith.clock.http_date(delay) if as_date else str(delay) for delay in (1, 3304)]
    cli.sandbox.faults.add("exchange", faults.throttled(moments[0]))
    assert cli.login().code == 0

    cli.sandbox.faults.add("exchange", faults.throttled(moments[1]))
    _, _, moment = cli.login().last_line.partition("Come back after ")
    assert 3000 < (datetime.fromisoformat(moment.partition(";")[0]) - datetime.now(UTC)).total_seconds() <= 3304


# What the vendor says, and what is shown of it.
WORDS: list[tuple[object, str]] = [
    (
        {"detail": "no \x1b[31mTOKEN\n", "fields": {"oidc_token": ["bad"], "service_slug": ["TOKEN"]}},
        "(422: no  [31m*** (oidc_token, service_slug))",
    ),
    ({"error": "no", "fields": ["oidc_token"]}, "(422: no)"),
]


@pytest.mark.parametrize(("said", "shown"), WORDS)
def test_vendors_words_are_shown_without_control_characters_and_tokens(cli: Cli, said: object, shown: str) -> None:
    token = cli.sandbox.mint()
    cli.sandbox.faults.add("exchange", faults.document(json.loads(json.dumps(said).replace("TOKEN", token)), 422))

    result = cli.login(token=token)

    assert result.code == 4
    assert shown in result.stderr


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
