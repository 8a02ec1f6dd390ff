"""Maven: https://maven.apache.org/settings.html , /configure.html (its variables), /maven-logging.html ."""

from xml.sax.saxutils import escape

from cloudsmith_oidc.formats.base import MAVEN_DOWNLOADS, MAVEN_UPLOADS, USER_NAME, Access, Format, FormatOption, switch

SERVER = "cloudsmith-oidc-{repo}"
"""The name of a repository and of its login, which Maven finds by it. One of the user would take precedence."""
HTTP_BLOCKER = """    <mirror>
      <id>maven-default-http-blocker</id>
      <mirrorOf>external:http:*</mirrorOf>
      <url>http://0.0.0.0/</url>
      <blocked>true</blocked>
    </mirror>
"""
"""All that Maven's own conf/settings.xml, which ours replaces, has since 3.8.1."""
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
    # These write the login with -X.
    "log.org.apache.http": "off",
    "log.org.apache.maven.wagon.providers.http.httpclient": "off",
}
"""The settings in Maven's own conf/logging, and the two above."""


def _settings(access: Access) -> str:
    """Return a settings.xml with the repositories, which Maven asks before others, and the login of each.

    Each login has its repository here. Otherwise the POM of any dependency could name a repository of its own like the
    login, and get the token.
    """
    servers = repositories = plugins = ""
    for repo in access.repos:
        server = SERVER.format(repo=repo)
        place = f"<id>{server}</id><url>{escape(access.url(MAVEN_DOWNLOADS, repo))}</url>"
        login = f"<username>{USER_NAME}</username><password>{access.token}</password>"
        servers += f"    <server><id>{server}</id>{login}</server>\n"
        repositories += f"        <repository>{place}</repository>\n"
        plugins += f"        <pluginRepository>{place}</pluginRepository>\n"
    mirror = _mirror(access) if access.switched_on("mirror") else _mirrors(access)
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


def _mirrors(access: Access) -> str:
    """Return mirrors of each repository by its own URL: an exact name precedes the * of a mirror in another file."""
    places = [(SERVER.format(repo=repo), escape(access.url(MAVEN_DOWNLOADS, repo))) for repo in access.repos]
    return "".join(
        f"    <mirror><id>{name}</id><mirrorOf>{name}</mirrorOf><url>{url}</url></mirror>\n" for name, url in places
    )


def _mirror(access: Access) -> str:
    """Return a mirror that sends all requests to the first repository, except those for the login's others."""
    first, *others = [SERVER.format(repo=repo) for repo in access.repos]
    of = ",".join(["*", *(f"!{name}" for name in others)])
    url = escape(access.url(MAVEN_DOWNLOADS, access.repos[0]))
    return f"    <mirror><id>{first}</id><mirrorOf>{of}</mirrorOf><url>{url}</url></mirror>\n"


def _files(access: Access) -> dict[str, str]:
    """Return the directory that replaces Maven's own `conf`."""
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
            "Default: Maven also asks other repositories, after Cloudsmith.",
            check=switch,
        )
    },
    extends=("MAVEN_ARGS", "MAVEN_OPTS"),
    not_in_path=r"(?a)[^\w@%+=:,./-]",  # Maven's start script leaves the variables to the shell to split
    least={"maven": "3.6.3"},
    hides="The Maven installation's settings.xml, toolchains.xml and logging; a -gs that the job gives itself. "
    "~/.m2/settings.xml is also read.",
    project="A settings.xml by -s is also read; a mirror of * in it, or in ~/.m2/settings.xml, does not replace "
    "Cloudsmith, unless maven.mirror=true. To publish, name the repository cloudsmith-oidc-REPO in "
    "<distributionManagement> or -DaltDeploymentRepository=cloudsmith-oidc-REPO::URL.",
    second_index="The first repository that has the version, and Cloudsmith is asked first; of a version range, the "
    "highest of all, unless maven.mirror=true.",
    without_files="fails",
)
