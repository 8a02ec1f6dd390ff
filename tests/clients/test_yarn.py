"""Yarn 4: the registry and the plugins of project and job."""

import pytest

from clients.job import Jobs
from clients.test_npm import VERSIONS

pytestmark = pytest.mark.parametrize("name", ["yarn"])
PUBLIC = "https://public.example.com/npm/"


@pytest.mark.parametrize(
    "says", [f"echo 'npmRegistryServer: {PUBLIC}' >>.yarnrc.yml", f"export YARN_NPM_REGISTRY_SERVER={PUBLIC}"]
)
def test_other_registry_takes_precedence_without_the_login(jobs: Jobs, says: str) -> None:
    jobs.log_in()

    printed = jobs.succeeds(f"{says}\nyarn add @acme/hello acme-hello\n{VERSIONS}")
    assert "'9.9.0', '9.9.0'" in printed
    asked = jobs.asked("public")
    assert not any("authorization" in request.headers for request in asked)


def test_plugins_of_the_job_are_kept(jobs: Jobs) -> None:
    own = jobs.folder / "own.cjs"
    own.write_text('console.error("own plugin"); module.exports = {name: "own", factory: () => ({})};')
    jobs.environment["YARN_PLUGINS"] = str(own)
    jobs.log_in()

    printed = jobs.succeeds("yarn add acme-hello")
    assert "own plugin" in printed
