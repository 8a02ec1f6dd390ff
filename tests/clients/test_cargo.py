"""What a project, a job and the user say to Cargo of their own."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["cargo"])

PUBLIC = "sparse+https://public.example.com/cargo/"
CONFIGURE = "mkdir .cargo; cat >.cargo/config.toml <<END\n{}\nEND\n"


def test_a_registry_of_the_same_name_in_the_project_loses(jobs: Jobs) -> None:
    jobs.log_in()

    done = jobs.run(CONFIGURE.format(f'[registries.cloudsmith]\nindex = "{PUBLIC}"') + jobs.client.read)

    assert done.code == 0, done.output
    assert not any(request.endpoint == "public" for request in jobs.cli.sandbox.requests)


def test_the_project_can_replace_the_public_registry(jobs: Jobs) -> None:
    jobs.log_in()
    replaced = '[source.crates-io]\nreplace-with = "cloudsmith"'

    done = jobs.run(f"{CONFIGURE.format(replaced)}sed -i 's/, registry = .*}}/}}/' Cargo.toml\ncargo fetch")

    assert done.code == 0, done.output
    assert list(jobs.home.glob(".cargo/registry/src/*/acme-hello-1.0.0"))


def test_the_users_own_configuration_is_read_too(jobs: Jobs) -> None:
    (jobs.home / ".cargo").mkdir()
    (jobs.home / ".cargo" / "config.toml").write_text(f'[registries.theirs]\nindex = "{PUBLIC}"\n')
    jobs.log_in()

    done = jobs.run(f"sed -i s/cloudsmith/theirs/ Cargo.toml\n{jobs.client.read}\n{jobs.client.taken}")

    assert done.code == 0, done.output
    assert "9.9.0" in done.output


@pytest.mark.parametrize("url", [PUBLIC, "sparse+https://cargo.cloudsmith.io/acme/dev/"])
def test_the_token_is_only_for_the_logins_repositories(jobs: Jobs, url: str) -> None:
    jobs.log_in()

    done = jobs.run(f"export CARGO_REGISTRIES_CLOUDSMITH_INDEX={url}\n{jobs.client.publish}")

    assert done.code != 0
    assert f"This login is not for {url}" in done.output
    assert not any("Authorization" in request.headers for request in jobs.cli.sandbox.requests)
