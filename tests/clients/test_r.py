"""R: the login runs the profile that it hides, and leaves the last word to the project's."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["r"])
SHOW = 'Rscript -e \'cat(getOption("repos"), getOption("digits"), sep = "\\n")\''


def test_the_jobs_own_profile_runs(jobs: Jobs) -> None:
    own = jobs.folder / "own.R"
    own.write_text('options(digits = 3, repos = c(CRAN = "https://cran.example.com"))\n')
    jobs.environment["R_PROFILE"] = str(own)
    jobs.log_in()

    done = jobs.run(SHOW)

    assert done.output.split() == ["https://dl.cloudsmith.io/basic/acme/prod/cran/", "3"]


def test_the_projects_profile_wins(jobs: Jobs) -> None:
    jobs.log_in()

    done = jobs.run(f"echo 'options(digits = 4, repos = \"https://cran.example.com\")' >.Rprofile\n{SHOW}")

    assert done.output.split() == ["https://cran.example.com", "4"]


def test_a_second_login_adds_nothing(jobs: Jobs) -> None:
    jobs.log_in()
    first = jobs.cli.file("R/cloudsmith-oidc.R")

    jobs.log_in(R_PROFILE=str(jobs.cli.directory / "R/cloudsmith-oidc.R"))

    assert jobs.cli.file("R/cloudsmith-oidc.R") == first
