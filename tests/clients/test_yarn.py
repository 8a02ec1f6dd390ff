"""Yarn 4: the registry and the plugins of project and job."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["yarn"])


def test_plugins_of_the_job_are_kept(jobs: Jobs) -> None:
    own = jobs.folder / "own.cjs"
    own.write_text('console.error("own plugin"); module.exports = {name: "own", factory: () => ({})};')
    jobs.environment["YARN_PLUGINS"] = str(own)
    jobs.log_in()

    printed = jobs.succeeds("yarn add acme-hello")
    assert "own plugin" in printed
