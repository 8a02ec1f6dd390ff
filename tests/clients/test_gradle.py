"""What only Gradle does."""

from dataclasses import replace

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["gradle"])

PLACE = "url 'https://dl.cloudsmith.io/basic/acme/prod/maven/'"
OTHER_KIND = f"repositories {{ maven {{ {PLACE}; credentials(AwsCredentials) {{ accessKey 'a'; secretKey 'b' }} }} }}\n"
"""A repository whose login has no user name, and which is not asked for anything."""


def test_with_the_users_own_directory_only_the_script_is_needed(jobs: Jobs) -> None:
    jobs.log_in()
    own = jobs.home / ".gradle"

    done = jobs.run(f'{jobs.client.read} -g "$HOME/.gradle" -I "$GRADLE_USER_HOME/init.d/cloudsmith.init.gradle"')

    assert done.code == 0, done.output
    assert jobs.got()
    assert (own / "caches").exists()
    assert jobs.left_behind() == []


def test_a_login_that_the_project_gives_wins(jobs: Jobs) -> None:
    jobs.log_in()
    build = jobs.client.files["build.gradle"]
    own = build.replace(PLACE, f"{PLACE}; credentials {{ username 'token'; password 'own' }}", 1)
    jobs.client = replace(jobs.client, files={"build.gradle": own})

    done = jobs.run(jobs.client.read)

    assert done.code != 0
    assert "401" in done.output


def test_build_script_is_authenticated(jobs: Jobs) -> None:
    jobs.log_in()
    needed = 'dependencies { classpath "com.acme:acme-hello:1.0.0" }'
    build = f"buildscript {{ repositories {{ maven {{ {PLACE} }} }}\n{needed} }}\n{OTHER_KIND}"
    jobs.client = replace(jobs.client, files={"build.gradle": build})

    done = jobs.run("gradle help")

    assert done.code == 0, done.output
