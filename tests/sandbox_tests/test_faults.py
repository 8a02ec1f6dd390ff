"""Faults do to a client what their names say, and nothing leaves the sandbox."""

import gzip

import httpx
import pytest

from sandbox import Sandbox, faults
from sandbox.certificates import Flaw

ME = "https://api.cloudsmith.io/v1/user/self/"
READ_SECONDS = 0.3
WHOLE_ANSWERS = {**faults.STRANGE_ANSWERS, **faults.SERVER_ERRORS, **faults.REFUSALS}


@pytest.mark.parametrize("name", faults.BROKEN_CONNECTIONS)
@pytest.mark.parametrize("url", [ME, "http://api.cloudsmith.io/v1/user/self/"])
def test_broken_connection_breaks_once(sandbox: Sandbox, client: httpx.Client, url: str, name: str) -> None:
    sandbox.faults.add("user", faults.BROKEN_CONNECTIONS[name])
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        client.get(url)
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("name", ["hang", "hang-in-the-head", "hang-in-the-body"])
def test_silence_lasts_until_released(sandbox: Sandbox, client: httpx.Client, name: str) -> None:
    sandbox.faults.always("user", faults.SILENT_CONNECTIONS[name])
    with pytest.raises(httpx.ReadTimeout):
        client.get(ME, timeout=READ_SECONDS)
    sandbox.faults.clear()
    assert client.get(ME).status_code == 200


def test_dripping_answer_arrives_byte_by_byte(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.faults.add("user", faults.drip(head=False))
    with client.stream("GET", ME) as answer:
        pieces = answer.iter_raw()
        assert [next(pieces), next(pieces)] == [b" ", b" "]


@pytest.mark.parametrize("name", WHOLE_ANSWERS)
def test_strange_answer_is_whole_and_connection_is_kept(sandbox: Sandbox, client: httpx.Client, name: str) -> None:
    fault = WHOLE_ANSWERS[name]
    assert fault.answer is not None
    sandbox.faults.add("user", fault)
    answer = client.get(ME)
    expected = fault.answer.body
    if fault.answer.headers.get("Content-Encoding") == "gzip":
        expected = gzip.decompress(expected)
    assert (answer.status_code, answer.content) == (fault.answer.status, expected)
    assert client.get(ME).status_code == 200
    assert sandbox.network.tunnels == ["api.cloudsmith.io"]


def test_throttling_names_the_time_to_wait(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.faults.add("user", faults.throttled("3304"), faults.throttled())
    answer = client.get(ME)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3304")
    assert answer.json() == {"detail": "Request was throttled. Expected available in 3304.0 seconds."}
    assert "Retry-After" not in client.get(ME).headers


@pytest.mark.parametrize("flaw", ["expired", "other-host", "unknown-ca"])
def test_bad_certificate_is_refused(sandbox: Sandbox, client: httpx.Client, flaw: Flaw) -> None:
    sandbox.network.certificates.flaws["api.cloudsmith.io"] = flaw
    with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
        client.get(ME)
    assert sandbox.requests == []


def test_proxy_refuses_hosts_outside_the_sandbox(sandbox: Sandbox, client: httpx.Client) -> None:
    with pytest.raises(httpx.ProxyError, match="502"):
        client.get("https://elsewhere.example.com/")
    assert client.get("http://elsewhere.example.com/").status_code == 502
    assert sandbox.network.tunnels == ["elsewhere.example.com"]


def test_proxy_itself_may_be_faulty(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.faults.add("proxy", faults.status(407))
    with pytest.raises(httpx.ProxyError, match="407"):
        client.get(ME)
    assert client.get(ME).status_code == 200


def test_every_port_also_speaks_https(sandbox: Sandbox) -> None:
    tls = sandbox.network.certificates.client_context
    url = sandbox.api_url.replace("http://", "https://") + "/v1/user/self/"
    assert httpx.get(url, verify=tls, trust_env=False).status_code == 200
