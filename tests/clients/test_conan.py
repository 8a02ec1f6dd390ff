"""What Conan has of the user's, the job's and the project's own inside a login."""

import pytest

from clients.job import Jobs
from clients.known.conan import INSTALL, PROFILE

pytestmark = pytest.mark.parametrize("name", ["conan"])

CREATE = "conan create . && conan list acme-conan"


def test_packages_and_the_default_profile_stay_where_the_user_has_them(jobs: Jobs) -> None:
    profiles = jobs.home / ".conan2" / "profiles"
    profiles.mkdir(parents=True)
    (profiles / "base").write_text("[settings]\nos=Linux\narch=armv8\n")
    (profiles / "default").write_text("include(base)\n")
    jobs.log_in()

    inside = jobs.run(CREATE)
    assert inside.code == 0, inside.output
    assert "arch=armv8" in inside.output

    outside = jobs.run("unset CONAN_HOME; conan list acme-conan", "outside")
    assert "acme-conan/1.0.0" in outside.output


def test_a_job_with_a_conan_home_of_its_own_keeps_its_packages_there_in_nested_logins_too(jobs: Jobs) -> None:
    own = jobs.folder / "own"
    jobs.environment["CONAN_HOME"] = str(own)
    jobs.log_in()
    jobs.environment |= jobs.pointers
    inner = jobs.beside()
    inner.log_in()

    done = inner.run(f"{PROFILE}; {CREATE}")

    assert done.code == 0, done.output
    assert list(own.glob("p/acme-*"))
    assert not (jobs.home / ".conan2").exists()


def test_what_a_job_sets_inside_a_login_counts_in_the_login_within(jobs: Jobs) -> None:
    jobs.log_in()
    own = jobs.folder / "own"
    jobs.environment |= {**jobs.pointers, "CONAN_HOME": str(own)}
    inner = jobs.beside()
    inner.log_in()

    done = inner.run(f"{PROFILE}; {CREATE}")

    assert done.code == 0, done.output
    assert list(own.glob("p/acme-*"))


def test_a_conan_home_of_the_project_hides_the_login(jobs: Jobs) -> None:
    jobs.log_in()

    script = f"echo conan_home=./own >.conanrc; {PROFILE}; conan remote list; {INSTALL} --requires=acme-hello/1.0.0"
    done = jobs.run(script)

    assert done.code != 0
    assert "cloudsmith" not in done.output
