"""What only Maven does."""

from dataclasses import replace
from pathlib import Path

import pytest

from clients.job import Done, Jobs
from clients.maven import project
from sandbox.registries.maven import MavenRegistry

by_both_variables = pytest.mark.parametrize("name", ["maven", "maven3"])
maven = pytest.mark.parametrize("name", ["maven"])


def build(jobs: Jobs, dependency: str, version: str, repository: str = "") -> Done:
    """Build a project that needs a package, and names a repository."""
    more = f"<repositories><repository>{repository}</repository></repositories>" if repository else ""
    jobs.client = replace(jobs.client, files={"pom.xml": project("acme-app", dependency, version, more)})
    return jobs.run(jobs.client.read)


def hosts(jobs: Jobs) -> set[str]:
    return {request.host for request in jobs.cli.sandbox.requests if request.endpoint in {"maven", "public"}}


@by_both_variables
def test_of_a_login_within_a_login_the_inner_one_counts(jobs: Jobs) -> None:
    jobs.log_in()
    inner = jobs.beside()
    inner.environment |= jobs.pointers
    jobs.cli.sandbox.cloudsmith.revoke()
    inner.log_in()

    done = inner.run(jobs.client.read)

    assert done.code == 0, done.output


@by_both_variables
def test_debug_output_has_no_login_in_it(jobs: Jobs) -> None:
    jobs.log_in()

    done = jobs.run(f"{jobs.client.read} -X")

    assert jobs.got(), done.output
    assert not jobs.shows_token(done.output)


@maven
def test_the_mirror_keeps_maven_from_all_other_repositories(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_FORMAT_OPTIONS="maven.mirror=true", CLOUDSMITH_REPO="prod,dev")

    done = jobs.run(f"{jobs.client.second_index}\n{jobs.client.several}")

    assert done.code == 0, done.output
    assert jobs.got()
    assert hosts(jobs) == {"dl.cloudsmith.io"}


@maven
def test_a_mirror_of_everything_in_the_users_own_settings_stands_for_cloudsmith_too(jobs: Jobs) -> None:
    jobs.log_in()
    mirror = "<id>own</id><mirrorOf>*</mirrorOf><url>https://public.example.com/maven/</url>"
    settings = Path(jobs.environment["USER_SETTINGS"])
    settings.write_text(settings.read_text().replace("</mirrors>", f"<mirror>{mirror}</mirror></mirrors>"))

    done = jobs.run(jobs.client.read)

    assert done.code != 0
    assert hosts(jobs) == {"public.example.com"}


@maven
def test_a_dependency_cannot_have_the_login_sent_to_a_repository_of_its_own(jobs: Jobs) -> None:
    jobs.log_in()
    own = "<id>cloudsmith-oidc-prod</id><url>https://public.example.com/maven/</url>"
    pom = project("acme-bad", "acme-hello", "9.9.0", f"<repositories><repository>{own}</repository></repositories>")
    registry = jobs.cli.sandbox.registries.running("maven")
    assert isinstance(registry, MavenRegistry)
    registry.kept["prod"] |= {f"/com/acme/acme-bad/1/acme-bad-1.{kind}": pom.encode() for kind in ("pom", "jar")}

    done = build(jobs, "acme-bad", "1")

    assert "com.acme:acme-hello:jar:9.9.0" in done.output
    assert hosts(jobs) == {"dl.cloudsmith.io"}


@maven
def test_a_repository_without_tls_is_blocked_as_maven_does_by_itself(jobs: Jobs) -> None:
    jobs.log_in()

    done = build(jobs, "acme-hello", "9.9.0", "<id>public</id><url>http://public.example.com/maven/</url>")

    assert "Blocked mirror for repositories: [public (http://public.example.com/maven/" in done.output
