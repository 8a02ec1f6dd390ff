"""Faults do to a client what their names say, and nothing leaves the sandbox."""

import httpx
import pytest

from sandbox import Sandbox, faults

ME = "https://api.cloudsmith.io/v1/user/self/"


def test_silence_lasts_until_released(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.faults.always("user", faults.hang(after=30))
    with pytest.raises(httpx.ReadTimeout):
        client.get(ME, timeout=0.3)
    sandbox.faults.clear()
    assert client.get(ME).status_code == 200


def test_dripping_answer_arrives_byte_by_byte(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.faults.add("user", faults.drip(head=False))
    with client.stream("GET", ME) as answer:
        pieces = answer.iter_raw()
        assert [next(pieces), next(pieces)] == [b" ", b" "]


@pytest.mark.parametrize("name", faults.STRANGE_ANSWERS)
def test_strange_answer_is_whole_and_connection_is_kept(sandbox: Sandbox, client: httpx.Client, name: str) -> None:
    fault = faults.STRANGE_ANSWERS[name]
    sandbox.faults.add("user", fault)
    assert fault.answer
    assert client.get(ME).status_code == fault.answer.status
    assert client.get(ME).status_code == 200
    assert sandbox.network.tunnels == ["api.cloudsmith.io"]


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
