"""What becomes of the project's and the user's own .npmrc, and what npm's options do."""

import pytest

from clients.job import Jobs

PUBLIC = "registry=https://public.example.com/npm/"
VERSIONS = (
    """node -p '["acme-hello", "@acme/hello"].map((name) => require(`./node_modules/${name}/package.json`).version)'"""
)
CLIENTS = {"npm": "npm install", "pnpm": "pnpm add", "bun": "bun add", "yarn1": "yarn1 add"}


def each(*names: str) -> pytest.MarkDecorator:
    """Make a test for these clients, of which npm is in every CI."""
    return pytest.mark.parametrize("name", names)


@each(*CLIENTS)
def test_only_a_scope_comes_from_cloudsmith_if_that_is_asked_for(jobs: Jobs, name: str) -> None:
    jobs.log_in(CLOUDSMITH_FORMAT_OPTIONS="npm.scope=@acme,npm.yarn1=true")

    done = jobs.run(f"echo {PUBLIC} >.npmrc\n{CLIENTS[name]} acme-hello @acme/hello\n{VERSIONS}")

    assert done.code == 0, done.output
    assert "'9.9.0', '1.0.0'" in done.output
    paths = {request.path for request in jobs.cli.sandbox.requests if request.endpoint == "npm"}
    assert all(path.startswith("/acme/prod/@acme") for path in paths)


@each(*CLIENTS)
def test_a_projects_registry_wins_and_never_sees_the_login(jobs: Jobs, name: str) -> None:
    jobs.log_in()

    done = jobs.run(f"echo {PUBLIC} >.npmrc\n{CLIENTS[name]} acme-hello @acme/hello\n{VERSIONS}")

    assert done.code == 0, done.output
    assert "'9.9.0', '9.9.0'" in done.output
    asked = [request for request in jobs.cli.sandbox.requests if request.endpoint == "public"]
    assert not any("authorization" in request.headers for request in asked)


@each(*CLIENTS)
def test_the_users_own_npmrc_counts_if_it_is_inherited(jobs: Jobs, name: str) -> None:
    place = "//npm.acme.com/dev/"
    token = jobs.cli.sandbox.issue()
    logins = f"{place}:_authToken={token}\n_authToken=x\n"
    own = f"{PUBLIC}\n@acme:registry=https:{place}\n{logins}[section]\nfetch-retries=1\n"
    (jobs.home / ".npmrc").write_text(own)
    jobs.log_in(CLOUDSMITH_INHERIT="true")

    done = jobs.run(f"{CLIENTS[name]} @acme/tools acme-hello")

    assert done.code == 0, done.output
    assert not any(request.endpoint == "public" for request in jobs.cli.sandbox.requests)
    assert "\n_authToken=" not in jobs.cli.file(".npmrc")


@each("npm", "pnpm", "bun")
def test_the_users_own_npmrc_does_not_count_else(jobs: Jobs, name: str) -> None:
    (jobs.home / ".npmrc").write_text("@acme:registry=https://public.example.com/npm/\n")
    jobs.log_in()

    done = jobs.run(f"{CLIENTS[name]} acme-hello @acme/hello\n{VERSIONS}")

    assert "'1.0.0', '1.0.0'" in done.output, done.output


@each("npm")
def test_npm_has_nothing_to_complain_of(jobs: Jobs) -> None:
    jobs.log_in()

    assert "warn" not in jobs.run(jobs.client.read).output


@each("yarn1")
def test_yarn_1_is_not_let_in_for_packages_without_a_scope_unless_asked_for(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_FORMAT_OPTIONS="npm.yarn1=false")

    assert jobs.run("yarn1 add @acme/hello", "scoped").code == 0
    assert jobs.run("yarn1 add acme-hello", "unscoped").code != 0


@each(*CLIENTS, "yarn")
def test_package_archives_are_fetched_with_the_login(jobs: Jobs) -> None:
    jobs.log_in()

    done = jobs.run(jobs.client.read)

    assert done.code == 0, done.output
    archives = [status for request, status in jobs.cli.sandbox.answers if request.path.endswith(".tgz")]
    assert archives == [200, 200]
