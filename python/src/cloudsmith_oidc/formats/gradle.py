"""Gradle: https://docs.gradle.org/current/userguide/init_scripts.html , /directory_layout.html ."""

import shlex

from cloudsmith_oidc.formats.base import MAVEN_DOWNLOADS, MAVEN_UPLOADS, USER_NAME, Access, Format, in_directory

SCRIPT = """\
// Gives the repositories that cloudsmith.properties names the login, unless the build gives them one of its own.
import org.gradle.util.GradleVersion

def known = new Properties()
new File(buildscript.sourceFile.parentFile.parentFile, 'cloudsmith.properties').withReader('UTF-8') { known.load(it) }
def places = known.places.tokenize(' ')

def logIn = { repositories ->
    repositories.withType(AuthenticationSupported).all { repository ->
        if (repository.hasProperty('url') && places.any { "${repository.url}/".startsWith(it) }) {
            try {
                if (repository.credentials.username == null) {
                    repository.credentials.username = known.user
                    repository.credentials.password = known.token
                }
            } catch (IllegalStateException e) {
                logger.info('Another kind of login is given for {}', repository.url)
            }
        }
    }
}

def logSettingsIn = { settings ->
    logIn(settings.buildscript.repositories)
    logIn(settings.pluginManagement.repositories)
    if (settings.hasProperty('dependencyResolutionManagement')) {
        logIn(settings.dependencyResolutionManagement.repositories)
    }
}
if (GradleVersion.current() >= GradleVersion.version('6.0')) {
    gradle.beforeSettings(logSettingsIn)
} else {
    gradle.settingsEvaluated(logSettingsIn)
}

gradle.allprojects { project ->
    logIn(project.buildscript.repositories)
    logIn(project.repositories)
}
// Not earlier: before 5.0, nobody may configure the extension once it was looked at.
gradle.projectsEvaluated {
    gradle.rootProject.allprojects { project ->
        project.plugins.withId('org.gradle.publishing') { logIn(project.publishing.repositories) }
    }
}
"""


def _files(access: Access) -> dict[str, str]:
    """Return the script, and the properties that it reads."""
    places = " ".join([*access.login_urls(MAVEN_DOWNLOADS), *access.login_urls(MAVEN_UPLOADS)])
    return {
        "gradle/init.d/cloudsmith.init.gradle": SCRIPT,
        "gradle/cloudsmith.properties": f"user={USER_NAME}\ntoken={access.token}\nplaces={places}\n",
        # A daemon would outlive the login, with the token in its memory.
        "gradle/gradle.properties": "org.gradle.daemon=false\n",
    }


def _options(access: Access) -> str | None:
    """Return the job's options for Java with our directory, which one in them would override; None without any."""
    if not any(map(access.environment.get, ("GRADLE_OPTS", "JAVA_OPTS"))):
        return None
    return access.extended("GRADLE_OPTS", shlex.quote(f"-Dgradle.user.home={access.directory}/gradle"))


FORMAT = Format(
    client="Gradle",
    endpoints=(MAVEN_DOWNLOADS, MAVEN_UPLOADS),
    files=_files,
    variables={"GRADLE_USER_HOME": in_directory("gradle"), "GRADLE_OPTS": _options},
    hidden_files=(".gradle/gradle.properties", ".gradle/init.gradle"),
    extends=("GRADLE_OPTS", "JAVA_OPTS"),
    hides="All of ~/.gradle, and of the directory that the job's own GRADLE_USER_HOME names: init scripts, "
    "gradle.properties, the caches and the wrapper's Gradle, which are fetched anew. Nothing is overridden with: "
    'gradle -g ~/.gradle -I "$GRADLE_USER_HOME/init.d/cloudsmith.init.gradle".',
    project="The project names the repositories, to read from and to publish to. A login that it gives them takes "
    "precedence. A daemon that the job starts with --daemon outlives the login: it keeps the token, and writes into "
    "the login directory again, so that a later login there is refused.",
    second_index="Of a version range, the highest of all repositories; else the first repository that has the version.",
    without_files="refused",
)
