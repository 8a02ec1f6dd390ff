"""npm, pnpm, bun and yarn 1: the .npmrc of project and user, and the options of the login."""

import pytest

from clients.job import Jobs

PUBLIC = "registry=https://public.example.com/npm/"
CLIENTS = ("npm", "pnpm", "bun", "yarn1")


def each(*names: str) -> pytest.MarkDecorator:
    """Make a test for these clients, of which npm is in every CI."""
    return pytest.mark.parametrize("name", names)


@each(*CLIENTS)
def test_scope_option_limits_cloudsmith_to_the_scope(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_FORMAT_OPTIONS="npm.scope=@acme,npm.yarn1=true")

    printed = jobs.succeeds(
        jobs.client.filled(f"echo {PUBLIC} >.npmrc\n{{INSTALL}} acme-hello @acme/hello\n{{VERSIONS}}")
    )
    assert "'9.9.0', '1.0.0'" in printed
    paths = {request.path for request in jobs.cli.sandbox.requests if request.endpoint == "npm"}
    assert all(path.startswith("/acme/prod/@acme") for path in paths)


@each(*CLIENTS)
def test_inherited_npmrc_is_used(jobs: Jobs) -> None:
    place = "//npm.acme.com/dev/"
    token = jobs.cli.sandbox.issue()
    logins = f"{place}:_authToken={token}\n_authToken=x\n"
    own = f"{PUBLIC}\n@acme:registry=https:{place}\n{logins}[section]\nfetch-retries=1\n"
    (jobs.home / ".npmrc").write_text(own)
    jobs.log_in(CLOUDSMITH_INHERIT="true")

    jobs.succeeds(jobs.client.filled("{INSTALL} @acme/tools acme-hello"))
    assert not jobs.asked("public")
    assert "\n_authToken=" not in jobs.cli.file(".npmrc")


@each(*CLIENTS, "yarn")
def test_package_archives_are_fetched_with_the_login(jobs: Jobs) -> None:
    jobs.log_in()

    jobs.succeeds(jobs.client.read)
    archives = [status for request, status in jobs.cli.sandbox.answers if request.path.endswith(".tgz")]
    assert archives == [200, 200]
