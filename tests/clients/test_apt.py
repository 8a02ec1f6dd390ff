"""apt: the login adds to the machine's and the job's own configuration."""

import subprocess

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["apt"])


def test_what_the_machine_and_the_job_configured_stays(jobs: Jobs) -> None:
    own = jobs.folder / "own"
    own.write_text('Acquire::Retries "7";\n')
    jobs.environment["APT_CONFIG"] = str(own)
    before = subprocess.run(["apt-config", "dump"], env=jobs.environment, capture_output=True, text=True, check=True)
    assert 'Acquire::Retries "7";' in before.stdout
    jobs.log_in()

    done = jobs.run(f"apt-config dump >dump\n{jobs.client.read}")

    assert done.code == 0, done.output
    after = (jobs.folder / "job" / "dump").read_text()
    gone = set(before.stdout.splitlines()) - set(after.splitlines())
    assert gone == {'Dir::Etc::netrc "auth.conf";'}


def test_a_second_login_adds_nothing(jobs: Jobs) -> None:
    jobs.log_in()
    first = jobs.cli.file("apt/cloudsmith-oidc.conf")

    jobs.log_in(APT_CONFIG=str(jobs.cli.directory / "apt/cloudsmith-oidc.conf"))

    assert jobs.cli.file("apt/cloudsmith-oidc.conf") == first


def test_a_path_that_apt_cannot_hold_is_refused(jobs: Jobs) -> None:
    jobs.cli.directory = jobs.folder / 'a "path"'

    result = jobs.cli.login(CLOUDSMITH_FORMATS="deb")

    assert result.code == 2
    assert "the format deb cannot use a login directory whose path has '\"'" in result.stderr
