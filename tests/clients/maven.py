"""How a job uses Maven, which is the same for all of its versions."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from clients import java
from clients.client import Client
from sandbox import Sandbox

PLUGINS = "org.apache.maven.plugins:maven-"
COPY = f"{PLUGINS}dependency-plugin:3.8.1:copy-dependencies"
DEPLOY = f"{PLUGINS}deploy-plugin:3.1.4:deploy"
SHOW = f"{PLUGINS}help-plugin:3.5.1:effective-settings"
PUBLIC = (
    "<repositories><repository><id>public</id><url>https://public.example.com/maven/</url></repository></repositories>"
)


def project(name: str, dependency: str = "", version: str = "1.0.0", more: str = "") -> str:
    """A pom.xml, of a project that is published to prod."""
    needed = f"<groupId>com.acme</groupId><artifactId>{dependency}</artifactId><version>{version}</version>"
    return f"""<project><modelVersion>4.0.0</modelVersion>
<groupId>com.acme</groupId><artifactId>{name}</artifactId><version>1.0.0</version><packaging>pom</packaging>
<distributionManagement><repository>
<id>cloudsmith-oidc-prod</id><url>https://maven.cloudsmith.io/acme/prod/</url>
</repository></distributionManagement>
{more}
<dependencies>{f"<dependency>{needed}</dependency>" if dependency else ""}</dependencies></project>
"""


def client(name: str, program: str) -> Client:
    """Describe a version of Maven by what it publishes and by its program."""
    mvn = f'{program} -B -ntp -s "$USER_SETTINGS"'

    def environment(sandbox: Sandbox, home: Path) -> Mapping[str, str]:
        pom = project(name)
        goals = ("-q", "-B", COPY, DEPLOY, SHOW, f"-DaltDeploymentRepository=x::{(home / 'x').as_uri()}")
        central = java.from_central(name, program, *goals, files={"pom.xml": pom})
        # Below 3.9, Maven does not know the tail of the local repository, and takes a mirror's time.
        mirror = f"<id>central-here</id><mirrorOf>central</mirrorOf><url>{central.as_uri()}</url>"
        host, port = urlsplit(sandbox.proxy_url).hostname, urlsplit(sandbox.proxy_url).port
        proxy = f"<proxy><protocol>https</protocol><host>{host}</host><port>{port}</port></proxy>" if host else ""
        settings = home.parent / "settings.xml"
        settings.write_text(
            f"<settings><mirrors><mirror>{mirror}</mirror></mirrors><proxies>{proxy}</proxies></settings>"
        )
        fast = f"-XX:TieredStopAtLevel=1 -Dmaven.repo.local.tail={central}"
        return {**java.options(sandbox, home), "USER_SETTINGS": str(settings), "MAVEN_OPTS": fast}

    return Client(
        format="maven",
        program=program,
        version=f"{program} --version",
        files={
            "pom.xml": project(name, "acme-hello"),
            "tools.xml": project(name, "acme-tools"),
            "range.xml": project(name, "acme-hello", "[1.0.0,)", PUBLIC),
        },
        read=f"{mvn} {COPY}",
        got="target/dependency/acme-hello-1.0.0.jar",
        publish=f"{mvn} {DEPLOY}",
        published=f"https://dl.cloudsmith.io/basic/acme/prod/maven/com/acme/{name}/1.0.0/{name}-1.0.0.pom",
        loud=f"{mvn} -X {COPY} {SHOW} -DshowPasswords=true",
        several=f"{mvn} -f tools.xml {COPY}",
        second_index=f"{mvn} -f range.xml {COPY}",
        taken="ls target/dependency",
        takes="9.9.0",
        environment=environment,
        space=False,
    )
