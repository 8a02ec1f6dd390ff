"""sbt, with a project that has no Scala in it, which would have to come from Maven Central."""

from collections.abc import Mapping
from pathlib import Path

from clients import java
from clients.client import Client
from sandbox import Sandbox

VERSION = "1.11.7"
"""The project decides it, and it has to be the one that is installed."""
BUILD = """
organization := "com.acme"
name := "acme-sbt"
version := "1.0.0"
autoScalaLibrary := false
crossPaths := false
managedScalaInstance := false
csrCacheDirectory := baseDirectory.value / "cache"
Compile / packageDoc / publishArtifact := false
Compile / packageSrc / publishArtifact := false
publishTo := Some("cloudsmith-publish" at "https://maven.cloudsmith.io/acme/prod/")
credentials ++= sys.env.get("SBT_CREDENTIALS").map(path => Credentials(file(path + "-publish")))
val read = taskKey[Unit]("Copy what is needed to libs")
read := update.value.allFiles.foreach(file => IO.copyFile(file, baseDirectory.value / "libs" / file.getName))
resolvers += "cloudsmith" at "https://dl.cloudsmith.io/basic/acme/prod/maven/"
libraryDependencies += "com.acme" % "acme-hello" % "1.0.0"
"""
TOOLS = 's|acme/prod/maven|acme/dev/maven|; s|"acme-hello"|"acme-tools"|'
RANGE = 's|"acme-hello" % "1.0.0"|"acme-hello" % "[1.0.0,)"|'
PUBLIC = 'resolvers += "public" at "https://public.example.com/maven/"'


def environment(sandbox: Sandbox, home: Path) -> Mapping[str, str]:
    """Let the build name repositories, which the tests' installation does not, and start no server."""
    options = "-Dsbt.override.build.repos=false -Dsbt.server.autostart=false -XX:TieredStopAtLevel=1"
    return {**java.options(sandbox, home), "SBT_OPTS": options}


CLIENT = Client(
    format="sbt",
    program="sbt",
    version=f"echo {VERSION}",
    files={"build.sbt": BUILD, "project/build.properties": f"sbt.version={VERSION}\n"},
    read="sbt read",
    got="libs/acme-hello-1.0.0.jar",
    publish="sbt publish",
    published="https://dl.cloudsmith.io/basic/acme/prod/maven/com/acme/acme-sbt/1.0.0/acme-sbt-1.0.0.pom",
    loud='sbt --debug read "show credentials" "inspect credentials" "show fullResolvers"; cat "$SBT_CREDENTIALS"',
    several=f"sed -i '{TOOLS}' build.sbt; sbt read; ls libs/acme-tools-1.0.0.jar",
    second_index=f"sed -i '{RANGE}' build.sbt; echo '{PUBLIC}' >>build.sbt; sbt read",
    taken="ls libs",
    asks_public=False,
    environment=environment,
    domains=False,
)
