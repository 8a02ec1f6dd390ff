"""Whom the program trusts: see also the bad certificates in test_exchange.py."""

from pathlib import Path

from program import Cli


def test_a_private_ca_counts_for_a_loopback_host_too(cli: Cli) -> None:
    result = cli.login(CLOUDSMITH_API_HOST=cli.sandbox.api_url.replace("http://", "https://"))

    assert result.code == 0, result.stderr


def test_a_loopback_host_without_a_trusted_certificate_is_refused(cli: Cli) -> None:
    api = cli.sandbox.api_url.replace("http://", "https://")

    result = cli.login("--timeout", "1", CLOUDSMITH_API_HOST=api, SSL_CERT_FILE=None)

    assert result.code == 6
    assert "SSL_CERT_FILE" in result.last_line


def test_plain_http_needs_no_certificate_authorities(cli: Cli, tmp_path: Path) -> None:
    result = cli.login(CLOUDSMITH_API_HOST=cli.sandbox.api_url, SSL_CERT_FILE=str(tmp_path / "absent.pem"))

    assert result.code == 0, result.stderr
