"""Gradle."""

from clients import java
from clients.client import Client

GRADLE = "gradle --console=plain --refresh-dependencies"


def build(repository: str, name: str, version: str = "1.0.0", more: str = "") -> str:
    """A build.gradle whose task `read` copies a package, and `publish` publishes one.

    By ivy-publish: maven-publish of Debian's Gradle has nothing to send by https with, whoever logs in.
    """
    return f"""
plugins {{ id 'ivy-publish' }}
group = 'com.acme'
version = '1.0.0'
configurations {{ needed }}
repositories {{
    maven {{ url 'https://dl.cloudsmith.io/basic/acme/{repository}/maven/' }}
    {more}
}}
dependencies {{ needed 'com.acme:{name}:{version}' }}
task read(type: Copy) {{ from configurations.needed; into 'libs' }}
publishing {{
    repositories {{ ivy {{ url 'https://maven.cloudsmith.io/acme/prod/' }} }}
    publications {{ own(IvyPublication) {{ artifact file('settings.gradle') }} }}
}}
"""


CLIENT = Client(
    format="gradle",
    program="gradle",
    version="gradle --version",
    files={
        "settings.gradle": "rootProject.name = 'acme-gradle'\n",
        "build.gradle": build("prod", "acme-hello"),
        "tools.gradle": build("dev", "acme-tools"),
        "range.gradle": build("prod", "acme-hello", "+", "maven { url 'https://public.example.com/maven/' }"),
    },
    read=f"{GRADLE} read",
    got="libs/acme-hello-1.0.0.jar",
    publish=f"{GRADLE} publish",
    published="https://dl.cloudsmith.io/basic/acme/prod/maven/com.acme/acme-gradle/1.0.0/ivy-1.0.0.xml",
    loud=f'{GRADLE} --debug --stacktrace read properties dependencies; cat "$GRADLE_USER_HOME/cloudsmith.properties"',
    several=f"{GRADLE} -b tools.gradle read",
    second_index=f"{GRADLE} -b range.gradle read",
    taken="ls libs",
    takes="9.9.0",
    environment=java.options,
    domains=False,
)
