"""Maven: mirrors, and repositories of dependencies."""

from dataclasses import replace

import pytest

from clients.job import Jobs
from sandbox.registries.maven import MavenRegistry

pytestmark = pytest.mark.parametrize("name", ["maven"])


def hosts(jobs: Jobs) -> set[str]:
    return {request.host for request in jobs.cli.sandbox.requests if request.endpoint in {"maven", "public"}}


def test_mirror_option_overrides_all_repositories(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_FORMAT_OPTIONS="maven.mirror=true", CLOUDSMITH_REPO="prod,dev")

    jobs.succeeds(f"{jobs.client.second_index}\n{jobs.client.several}")
    assert jobs.got()
    assert hosts(jobs) == {"dl.cloudsmith.io"}


def test_repository_of_a_dependency_does_not_get_the_login(jobs: Jobs) -> None:
    jobs.log_in()
    pom = jobs.client.files["pom.xml"]
    own = "<id>cloudsmith-oidc-prod</id><url>https://public.example.com/maven/</url>"
    bad = pom.replace("<artifactId>acme-maven<", "<artifactId>acme-bad<").replace(
        "1.0.0</version></dep", "9.9.0</version></dep"
    )
    bad = bad.replace("<dependencies>", f"<repositories><repository>{own}</repository></repositories><dependencies>")
    registry = jobs.cli.sandbox.registries.running("maven")
    assert isinstance(registry, MavenRegistry)
    registry.kept["prod"] |= {f"/com/acme/acme-bad/1/acme-bad-1.{kind}": bad.encode() for kind in ("pom", "jar")}

    jobs.client = replace(
        jobs.client, files={"pom.xml": pom.replace("hello</artifactId><version>1.0.0<", "bad</artifactId><version>1<")}
    )

    assert "com.acme:acme-hello:jar:9.9.0" in jobs.run(jobs.client.read).output
    assert hosts(jobs) == {"dl.cloudsmith.io"}
