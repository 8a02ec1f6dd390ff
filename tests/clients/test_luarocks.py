"""LuaRocks: what it would rather do than ask curl, and whose settings win."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["luarocks"])
SERVERS = "luarocks config rocks_servers"


def test_its_own_http_client_is_not_used(jobs: Jobs) -> None:
    """Debian's lua-socket, if it is there, would ask without a login. With a proxy, LuaRocks takes curl anyway."""
    jobs.log_in(CLOUDSMITH_DOMAINS=f"dl={jobs.cli.sandbox.url('dl')}")

    done = jobs.run(f"unset http_proxy https_proxy no_proxy\n{jobs.client.read}")

    assert done.code == 0, done.output
    assert jobs.got()


def test_the_projects_servers_win(jobs: Jobs) -> None:
    jobs.log_in()

    own = 'rocks_servers = { "https://rocks.example.com" }'
    done = jobs.run(
        f"for v in 5.1 5.2 5.3 5.4; do mkdir -p .luarocks lua_modules; echo '{own}' >.luarocks/config-$v.lua; done\n"
        f"{SERVERS}"
    )

    assert "https://rocks.example.com" in done.output
    assert "cloudsmith" not in done.output


def test_no_other_server_is_asked(jobs: Jobs) -> None:
    jobs.log_in()

    done = jobs.run(SERVERS)

    assert "https://dl.cloudsmith.io/basic/acme/prod/luarocks" in done.output
    assert "luarocks.org" not in done.output
