"""apt: the login adds to the machine's and the job's own configuration."""

import subprocess

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["apt"])


def test_settings_of_machine_and_job_are_kept(jobs: Jobs) -> None:
    own = jobs.folder / "own"
    own.write_text('Acquire::Retries "7";\n')
    jobs.environment["APT_CONFIG"] = str(own)
    before = subprocess.run(["apt-config", "dump"], env=jobs.environment, capture_output=True, text=True, check=True)
    assert 'Acquire::Retries "7";' in before.stdout
    jobs.log_in()

    jobs.succeeds(f"apt-config dump >dump\n{jobs.client.read}")
    after = (jobs.folder / "job" / "dump").read_text()
    gone = set(before.stdout.splitlines()) - set(after.splitlines())
    assert gone == {'Dir::Etc::netrc "auth.conf";'}
