"""uv: lock files, sources and indexes of the project."""

import pytest

from clients.job import Jobs

NO_INDEX = {"CLOUDSMITH_FORMAT_OPTIONS": ""}
PROJECT = """cat >pyproject.toml <<END
[project]
name = "acme-app"
version = "1.0.0"
requires-python = ">=3.9"
dependencies = ["acme-hello"]
[[tool.uv.index]]
name = "public"
url = "https://public.example.com/python/simple/"
default = true
END
"""
CLOUDSMITH = """cat >>pyproject.toml <<END
[[tool.uv.index]]
name = "acme"
url = "https://dl.cloudsmith.io/basic/acme/prod/python/simple/"
publish-url = "https://python.cloudsmith.io/acme/prod/"
explicit = true
[tool.uv.sources]
acme-hello = { index = "acme" }
END
"""


pytestmark = pytest.mark.parametrize("name", ["uv"])


def test_lock_file_of_another_index_fits_unless_cloudsmith_is_the_index(jobs: Jobs) -> None:
    jobs.log_in(**NO_INDEX)
    fits = jobs.run(f"{PROJECT} uv lock; uv sync --locked; cp uv.lock ..")
    assert fits.code == 0, fits.output
    assert "acme-hello==9.9.0" in fits.output

    jobs.log_in()
    led_away = jobs.run(f"{PROJECT} cp ../uv.lock .; uv sync --locked", "led-away")
    assert led_away.code != 0
    assert "lockfile" in led_away.output


def test_source_of_the_project_authenticates(jobs: Jobs) -> None:
    jobs.log_in(**NO_INDEX)

    printed = jobs.succeeds(f"{PROJECT}{CLOUDSMITH} uv sync")
    assert "acme-hello==1.0.0" in printed


def test_publishing_to_an_index_of_the_project_needs_the_variable_unset(jobs: Jobs) -> None:
    jobs.log_in(**NO_INDEX)
    build = f"uv build --offline; {CLOUDSMITH}"

    refused = jobs.run(f"{build} uv publish --index acme")
    assert refused.code != 0
    assert "cannot be used with" in refused.output

    done = jobs.run(f"{build} unset UV_PUBLISH_URL; uv publish --index acme", "unset")
    assert done.code == 0, done.output
