"""sbt: https://www.scala-sbt.org/1.x/docs/Publishing.html ; SBT_CREDENTIALS names a file for one host."""

from urllib.parse import urlsplit

from cloudsmith_oidc.formats.base import (
    MAVEN_DOWNLOADS,
    MAVEN_UPLOADS,
    USER_NAME,
    Access,
    Endpoint,
    Format,
    Override,
    in_directory,
)


def _files(access: Access) -> dict[str, str]:
    """Return a file for each host: SBT_CREDENTIALS names the one to read from, the project the one to publish to."""
    return {
        "sbt/credentials": _credentials(access, MAVEN_DOWNLOADS),
        "sbt/credentials-publish": _credentials(access, MAVEN_UPLOADS),
    }


def _credentials(access: Access, endpoint: Endpoint) -> str:
    """Return the login for the first repository's host. Without a realm, sbt sends it for every realm."""
    host = urlsplit(access.url(endpoint, access.repos[0])).hostname
    return f"host={host}\nuser={USER_NAME}\npassword={access.token}\n"


FORMAT = Format(
    client="sbt",
    endpoints=(MAVEN_DOWNLOADS, MAVEN_UPLOADS),
    files=_files,
    variables={"SBT_CREDENTIALS": in_directory("sbt/credentials")},
    user_files=(".config/coursier/mirror.properties",),
    overrides=(
        Override(names=("SBT_CREDENTIALS",)),
        # A mirror may be for other hosts only, so it is not undone.
        Override(names=("COURSIER_MIRRORS", "COURSIER_CONFIG_DIR")),
    ),
    least={"sbt": "1.6.2"},
    hides="The file that the job's own SBT_CREDENTIALS names.",
    project="The project names the repositories; its own credentials are also used. SBT_CREDENTIALS is for one host, "
    "that of the first repository to read from; to publish, add: credentials ++= "
    'sys.env.get("SBT_CREDENTIALS").map(path => Credentials(file(path + "-publish"))).',
    second_index="The first repository that has the package, also of a version range: Maven Central, then those of "
    "resolvers in the project's order. externalResolvers replaces both.",
    without_files="refused",
)
