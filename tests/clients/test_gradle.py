"""Gradle: the user's directory and properties."""

from dataclasses import replace

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["gradle"])

PLACE = "url 'https://dl.cloudsmith.io/basic/acme/prod/maven/'"
OTHER_KIND = f"repositories {{ maven {{ {PLACE}; credentials(AwsCredentials) {{ accessKey 'a'; secretKey 'b' }} }} }}\n"
"""A repository whose login has no user name, and which is not asked for anything."""


def test_init_script_works_with_the_directory_of_the_user(jobs: Jobs) -> None:
    jobs.log_in()
    own = jobs.home / ".gradle"

    jobs.succeeds(f'{jobs.client.read} -g "$HOME/.gradle" -I "$GRADLE_USER_HOME/init.d/cloudsmith.init.gradle"')
    assert jobs.got()
    assert (own / "caches").exists()
    assert jobs.left_behind() == []


def test_build_script_is_authenticated(jobs: Jobs) -> None:
    jobs.log_in()
    needed = 'dependencies { classpath "com.acme:acme-hello:1.0.0" }'
    build = f"buildscript {{ repositories {{ maven {{ {PLACE} }} }}\n{needed} }}\n{OTHER_KIND}"
    jobs.client = replace(jobs.client, files={"build.gradle": build})

    jobs.succeeds("gradle help")
