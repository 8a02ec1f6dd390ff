"""Conan: where packages and profiles are inside a login."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["conan"])

CREATE = "conan create . && conan list acme-conan"


def test_user_keeps_packages_and_default_profile(jobs: Jobs) -> None:
    profiles = jobs.home / ".conan2" / "profiles"
    profiles.mkdir(parents=True)
    (profiles / "base").write_text("[settings]\nos=Linux\narch=armv8\n")
    (profiles / "default").write_text("include(base)\n")
    jobs.log_in()

    inside = jobs.succeeds(CREATE)
    assert "arch=armv8" in inside

    outside = jobs.run("unset CONAN_HOME; conan list acme-conan", "outside")
    assert "acme-conan/1.0.0" in outside.output


def test_conan_home_set_between_nested_logins_is_used(jobs: Jobs) -> None:
    jobs.log_in()
    own = jobs.folder / "own"
    jobs.environment |= {**jobs.pointers, "CONAN_HOME": str(own)}
    inner = jobs.beside()
    inner.log_in()

    inner.succeeds(inner.client.filled(f"{{PROFILE}}; {CREATE}"))
    assert list(own.glob("p/acme-*"))
    assert not (jobs.home / ".conan2").exists()
