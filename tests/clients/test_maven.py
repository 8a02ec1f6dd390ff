"""Maven: mirrors, repositories of dependencies, debug output."""

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
def test_debug_output_has_no_token(jobs: Jobs) -> None:
    jobs.log_in()

    done = jobs.run(f"{jobs.client.read} -X")

    assert jobs.got(), done.output
    assert not jobs.shows_token(done.output)


@maven
def test_mirror_option_overrides_all_repositories(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_FORMAT_OPTIONS="maven.mirror=true", CLOUDSMITH_REPO="prod,dev")

    jobs.succeeds(f"{jobs.client.second_index}\n{jobs.client.several}")
    assert jobs.got()
    assert hosts(jobs) == {"dl.cloudsmith.io"}


@maven
def test_mirror_of_the_user_also_replaces_cloudsmith(jobs: Jobs) -> None:
    jobs.log_in()
    mirror = "<id>own</id><mirrorOf>*</mirrorOf><url>https://public.example.com/maven/</url>"
    settings = Path(jobs.environment["USER_SETTINGS"])
    settings.write_text(settings.read_text().replace("</mirrors>", f"<mirror>{mirror}</mirror></mirrors>"))

    jobs.fails(jobs.client.read)
    assert hosts(jobs) == {"public.example.com"}


@maven
def test_repository_of_a_dependency_does_not_get_the_login(jobs: Jobs) -> None:
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
def test_repository_without_tls_is_blocked(jobs: Jobs) -> None:
    jobs.log_in()

    done = build(jobs, "acme-hello", "9.9.0", "<id>public</id><url>http://public.example.com/maven/</url>")

    assert "Blocked mirror for repositories: [public (http://public.example.com/maven/" in done.output
