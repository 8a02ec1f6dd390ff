"""LuaRocks: its HTTP client and its servers."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["luarocks"])


def test_curl_is_used_instead_of_its_own_http_client(jobs: Jobs) -> None:
    """Debian's lua-socket, if it is there, would ask without a login. With a proxy, LuaRocks always uses curl."""
    jobs.log_in(CLOUDSMITH_DOMAINS=f"dl={jobs.cli.sandbox.url('dl')}")

    jobs.succeeds(f"unset http_proxy https_proxy no_proxy\n{jobs.client.read}")
    assert jobs.got()
