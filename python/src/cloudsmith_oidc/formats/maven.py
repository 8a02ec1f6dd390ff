"""Maven: https://maven.apache.org/settings.html , /configure.html (its variables), /maven-logging.html ."""

from xml.sax.saxutils import escape

from cloudsmith_oidc.formats.base import MAVEN_DOWNLOADS, MAVEN_UPLOADS, USER_NAME, Access, Format, FormatOption, switch

SERVER = "cloudsmith-oidc-{repo}"
"""The name of a repository and of its login, which Maven finds by that alone. The user's own of one name would win."""
HTTP_BLOCKER = """    <mirror>
      <id>maven-default-http-blocker</id>
      <mirrorOf>external:http:*</mirrorOf>
      <url>http://0.0.0.0/</url>
      <blocked>true</blocked>
    </mirror>
"""
"""What Maven's own conf/settings.xml has since 3.8.1, and nothing else; ours takes its place."""
LOGGING = {
    "defaultLogLevel": "info",
    "showDateTime": "false",
    "showThreadName": "false",
    "showLogName": "false",
    "logFile": "System.out",
    "cacheOutputStream": "true",
    "levelInBrackets": "true",
    "warnLevelString": "WARNING",
    "log.Sisu": "info",
    # These write the login with -X. Each version of Maven turns off the one that it thinks of.
    "log.org.apache.http": "off",
    "log.org.apache.maven.wagon.providers.http.httpclient": "off",
}
"""What the files in Maven's own conf/logging say."""


def _settings(access: Access) -> str:
    """Make the repositories known to every project, before its own and Maven Central, with the login of each.

    Every login belongs to a repository that is named here: with a login alone, the POM of any dependency could name a
    repository of its own after it, and be sent the token.
    """
    servers = repositories = plugins = ""
    for repo in access.repos:
        server = SERVER.format(repo=repo)
        place = f"<id>{server}</id><url>{escape(access.url(MAVEN_DOWNLOADS, repo))}</url>"
        login = f"<username>{USER_NAME}</username><password>{access.token}</password>"
        servers += f"    <server><id>{server}</id>{login}</server>\n"
        repositories += f"        <repository>{place}</repository>\n"
        plugins += f"        <pluginRepository>{place}</pluginRepository>\n"
    mirror = _mirror(access) if access.switched_on("mirror") else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<settings xmlns="http://maven.apache.org/SETTINGS/1.0.0">
  <servers>
{servers}  </servers>
  <mirrors>
{mirror}{HTTP_BLOCKER}  </mirrors>
  <profiles>
    <profile>
      <id>cloudsmith-oidc</id>
      <repositories>
{repositories}      </repositories>
      <pluginRepositories>
{plugins}      </pluginRepositories>
    </profile>
  </profiles>
  <activeProfiles>
    <activeProfile>cloudsmith-oidc</activeProfile>
  </activeProfiles>
</settings>
"""


def _mirror(access: Access) -> str:
    """Let the first repository stand for every other but those of this login."""
    first, *others = [SERVER.format(repo=repo) for repo in access.repos]
    of = ",".join(["*", *(f"!{name}" for name in others)])
    url = escape(access.url(MAVEN_DOWNLOADS, access.repos[0]))
    return f"    <mirror><id>{first}</id><mirrorOf>{of}</mirrorOf><url>{url}</url></mirror>\n"


def _files(access: Access) -> dict[str, str]:
    """Write the directory that takes the place of Maven's own `conf`."""
    return {
        "maven/settings.xml": _settings(access),
        "maven/logging/simplelogger.properties": _properties("org.slf4j.simpleLogger"),
        # Maven 4 reads these instead, and does not start without the other two.
        "maven/logging/maven.logger.properties": _properties("maven.logger"),
        "maven/maven-system.properties": '${includes} = "${maven.home}/conf/maven-system.properties"\n',
        "maven/maven-user.properties": '${includes} = "${maven.home}/conf/maven-user.properties"\n',
    }


def _properties(prefix: str) -> str:
    return "".join(f"{prefix}.{name}={value}\n" for name, value in LOGGING.items())


FORMAT = Format(
    client="Maven",
    endpoints=(MAVEN_DOWNLOADS, MAVEN_UPLOADS),
    files=_files,
    # Before 3.9, Maven does not know MAVEN_ARGS. Maven 4 needs it: it finds its own conf again, as we tell it to.
    variables={
        "MAVEN_ARGS": lambda access: access.extended(
            "MAVEN_ARGS", f"-gs {access.directory}/maven/settings.xml", first=True
        ),
        "MAVEN_OPTS": lambda access: access.extended("MAVEN_OPTS", f"-Dmaven.conf={access.directory}/maven"),
    },
    options={
        "mirror": FormatOption(
            takes="true|false",
            help="Get everything from the first repository, which then needs upstreams for what is not in it. "
            "Default: other repositories are asked, too, after Cloudsmith.",
            check=switch,
        )
    },
    extends=("MAVEN_ARGS", "MAVEN_OPTS"),
    not_in_path=r"(?a)[^\w@%+=:,./-]",  # Maven's start script leaves the variables to the shell to split
    least="3.6",
    hides="The Maven installation's settings.xml, toolchains.xml and logging; a -gs that the job gives itself. "
    "~/.m2/settings.xml is read, too.",
    project="A settings.xml by -s is read, too; a mirror of * in it, or in ~/.m2/settings.xml, stands for Cloudsmith, "
    "too. To publish, name the repository cloudsmith-oidc-REPO in <distributionManagement> or "
    "-DaltDeploymentRepository=cloudsmith-oidc-REPO::URL.",
    second_index="The first repository that has the version, and Cloudsmith is asked first; of a version range, the "
    "highest of all, unless maven.mirror=true.",
)
