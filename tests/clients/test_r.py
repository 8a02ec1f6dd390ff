"""R: the login's profile also runs the one that it overrides."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["r"])
SHOW = 'Rscript -e \'cat(getOption("repos"), getOption("digits"), sep = "\\n")\''


def test_profile_of_the_job_runs(jobs: Jobs) -> None:
    own = jobs.folder / "own.R"
    own.write_text('options(digits = 3, repos = c(CRAN = "https://cran.example.com"))\n')
    jobs.environment["R_PROFILE"] = str(own)
    jobs.log_in()

    done = jobs.run(SHOW)

    assert done.output.split() == ["https://dl.cloudsmith.io/basic/acme/prod/cran/", "3"]
