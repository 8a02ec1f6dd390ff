"""What becomes of the project's and the job's own configuration of yarn."""

import pytest

from clients.job import Jobs
from clients.test_npm import VERSIONS

pytestmark = pytest.mark.parametrize("name", ["yarn"])
PUBLIC = "https://public.example.com/npm/"


@pytest.mark.parametrize(
    "says", [f"echo 'npmRegistryServer: {PUBLIC}' >>.yarnrc.yml", f"export YARN_NPM_REGISTRY_SERVER={PUBLIC}"]
)
def test_a_registry_of_the_project_or_of_a_variable_wins_and_never_sees_the_login(jobs: Jobs, says: str) -> None:
    jobs.log_in()

    done = jobs.run(f"{says}\nyarn add @acme/hello acme-hello\n{VERSIONS}")

    assert done.code == 0, done.output
    assert "'9.9.0', '9.9.0'" in done.output
    asked = [request for request in jobs.cli.sandbox.requests if request.endpoint == "public"]
    assert not any("authorization" in request.headers for request in asked)


def test_a_login_of_the_project_wins(jobs: Jobs) -> None:
    jobs.log_in()

    done = jobs.run(
        """echo 'npmRegistries: {"//npm.cloudsmith.io/acme/prod": {npmAuthToken: own}}' >>.yarnrc.yml
        yarn add acme-hello"""
    )

    assert done.code != 0


def test_the_jobs_own_plugins_stay(jobs: Jobs) -> None:
    own = jobs.folder / "own.cjs"
    own.write_text('console.error("own plugin"); module.exports = {name: "own", factory: () => ({})};')
    jobs.environment["YARN_PLUGINS"] = str(own)
    jobs.log_in()

    done = jobs.run("yarn add acme-hello")

    assert done.code == 0, done.output
    assert "own plugin" in done.output


def test_a_directory_that_cannot_be_in_the_list_of_plugins_is_refused(jobs: Jobs) -> None:
    jobs.cli.directory = jobs.folder / "a;b"

    result = jobs.cli.login(CLOUDSMITH_FORMATS="yarn")

    assert result.code == 2
    assert "semicolon" in result.last_line
