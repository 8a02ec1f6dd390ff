"""docs/client-does-not-use-the-login.md has the messages as the real clients print them, and what it advises helps."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

import needs
from clients.client import clients
from clients.job import Jobs
from clients.known import bundler, git, maven, maven3, npm, pip, twine, uv, yarn
from pages import DOCS
from program import Cli
from sandbox import Sandbox

PAGE = (DOCS / "client-does-not-use-the-login.md").read_text()

# The address that a login gives by a variable, without the login's files.
PIP_ALONE = "unset PIP_CONFIG_FILE NETRC; export PIP_INDEX_URL=https://dl.cloudsmith.io/basic/acme/prod/python/simple/"
PIP_LIST = "printf '%s\\n' '--index-url https://{}dl.cloudsmith.io/basic/acme/prod/python/simple/' acme-hello >list"
NPM_LOGIN = "echo '//npm.cloudsmith.io/acme/prod/:_authToken=${CLOUDSMITH_TOKEN}' >.npmrc"
NPM_LOCK = f"""{npm.INSTALL} acme-hello; rm -rf node_modules "$HOME/.npm"
sed -i 's#https://npm.cloudsmith.io/acme/prod/#https://npm.example.com/#' package-lock.json"""
# A directory in which the user may not write. Root may, unless it drops that right.
DROP = "setpriv --bounding-set=-dac_override " if os.geteuid() == 0 else ""
NO_HOME = f'mkdir -m 555 home; {DROP}env HOME="$PWD/home" '


@dataclass(frozen=True)
class Symptom:
    """A job of a client inside a login: the script that fails, what it prints, and the script that works instead.

    Without `works`, the page advises to remove something, after which the job is that of tests/clients.
    """

    client: str
    fails: str
    prints: tuple[str, ...]
    works: str = ""
    options: str = ""
    """Options of formats of the login in which the script fails."""


SYMPTOMS = {
    "pip has the address but no login": Symptom(
        "pip",
        f"{PIP_ALONE}; unset PIP_NO_INPUT; {pip.INSTALL} acme-hello",
        ("User for dl.cloudsmith.io:", "EOFError: EOF when reading a line"),
    ),
    "pip hides that it was refused": Symptom(
        "pip", f"{PIP_ALONE}; PIP_NO_INPUT=1 {pip.INSTALL} acme-hello", ("No matching distribution found for",)
    ),
    "pip finds no public package": Symptom("pip", f"{pip.INSTALL} six", ("No matching distribution found for",)),
    "requirements.txt has an old login": Symptom(
        "pip",
        f"{PIP_LIST.format('token:${CLOUDSMITH_TOKEN}@')}; {pip.INSTALL} -r list",
        ("401 Error, Credentials not correct for",),
        f"{PIP_LIST.format('')}; {pip.INSTALL} -r list",
    ),
    ".npmrc has an old login": Symptom(
        "npm",
        f"{NPM_LOGIN}; {npm.INSTALL} acme-hello",
        ("npm error code E401", "npm error Incorrect or missing password."),
    ),
    ".npmrc has a login for no registry": Symptom(
        "npm", f"echo _auth=b2xk >.npmrc; {npm.INSTALL} acme-hello", ("npm error code ERR_INVALID_AUTH",)
    ),
    ".npmrc has always-auth": Symptom(
        "npm",
        f"echo always-auth=true >.npmrc; {npm.INSTALL} acme-none",
        ('npm warn Unknown project config "always-auth"', "npm error code E404"),
        f"echo always-auth=true >.npmrc; {npm.INSTALL} acme-hello",
    ),
    "npm has no home directory": Symptom(
        "npm",
        f"{NO_HOME}{npm.INSTALL} acme-hello",
        ("npm error code EACCES", "npm error syscall mkdir"),
        f'{NO_HOME}npm_config_cache="$PWD/.npm" {npm.INSTALL} acme-hello',
    ),
    "package-lock.json has another host": Symptom(
        "npm",
        f"{NPM_LOCK}; npm ci --fetch-retries=0",
        ("https://npm.example.com/acme-hello",),
        f"{NPM_LOCK}; sed -i '/\"resolved\":/d' package-lock.json; npm ci",
    ),
    "yarn 1 with an old login": Symptom(
        "yarn1", f"{NPM_LOGIN}; yarn1 add acme-hello", ("Failed to replace env in config: ${CLOUDSMITH_TOKEN}",)
    ),
    "yarn 1 sends no login": Symptom(
        "yarn1", "yarn1 add acme-hello", ("Authentication required",), "yarn1 add acme-hello", "npm.yarn1=false"
    ),
    "bun with an old login": Symptom(
        "bun", f"{NPM_LOGIN}; bun add acme-hello", ("error: GET https://npm.cloudsmith.io/acme/prod/acme-hello - 401",)
    ),
    ".yarnrc.yml has an old login": Symptom(
        "yarn",
        f"echo 'npmAuthToken: \"${{CLOUDSMITH_TOKEN}}\"' >>.yarnrc.yml; {yarn.CLIENT.read}",
        ("Usage Error: Environment variable not found (CLOUDSMITH_TOKEN)",),
    ),
    "yarn without YARN_PLUGINS": Symptom(
        "yarn",
        f"unset YARN_PLUGINS; echo 'npmRegistryServer: https://npm.cloudsmith.io/acme/prod/' >>.yarnrc.yml; "
        f"{yarn.CLIENT.read}",
        ("YN0041: Invalid authentication (as an anonymous user)",),
    ),
    "Bundler without the login": Symptom(
        "bundler",
        f"unset BUNDLE_USER_CONFIG; {bundler.INSTALL}",
        ("Authentication is required for dl.cloudsmith.io.",),
    ),
    "Bundler with an old login": Symptom(
        "bundler",
        f"bundle config --local https://dl.cloudsmith.io/basic/acme/prod/ruby/ token:old; {bundler.INSTALL}",
        ("Bad username or password for",),
    ),
    "uv without NETRC": Symptom(
        "uv",
        f"unset NETRC; {uv.CLIENT.read}",
        ("due to a lack of valid authentication credentials (401 Unauthorized)",),
    ),
    "twine without its option": Symptom(
        "twine",
        "twine upload acme_twine.py",
        ("InvalidConfiguration: Missing 'cloudsmith' section from",),
        twine.CLIENT.publish,
    ),
    "Maven without the login's files": Symptom(
        "maven",
        f'rm -r "$LOGIN"; {maven.CLIENT.read}',
        ("java.io.FileNotFoundException:", "/maven/logging"),
    ),
    "Maven 3.8 with options of the job": Symptom(
        "maven3",
        f"export MAVEN_OPTS=-Xmx512m; {maven3.CLIENT.read}",
        ("Could not find artifact",),
        f'export MAVEN_OPTS="$MAVEN_OPTS -Xmx512m"; {maven3.CLIENT.read}',
    ),
    "git without the login": Symptom(
        "git",
        f"unset GIT_CONFIG_COUNT; {git.CLIENT.read}",
        ("fatal: could not read Username for 'https://dl.cloudsmith.io'",),
    ),
    "docker without the login": Symptom(
        "docker",
        'unset DOCKER_CONFIG; docker pull "$REGISTRY/prod/app:1"',
        ("no basic auth credentials",),
    ),
}


def cases() -> list[object]:
    """The titles; CI runs those whose client it has."""
    marks = {True: (), False: (pytest.mark.on_request,)}
    return [pytest.param(title, marks=marks[clients()[case.client].in_ci]) for title, case in SYMPTOMS.items()]


@pytest.mark.parametrize("title", cases())
def test_message_is_on_the_page_and_its_advice_helps(
    packages: Sandbox, tmp_path: Path, request: pytest.FixtureRequest, title: str
) -> None:
    case = SYMPTOMS[title]
    client = clients()[case.client]
    needs.need(client.program)
    if client.engine:
        request.getfixturevalue("engine")
    packages.grant("Write")
    jobs = Jobs(client, Cli(packages, tmp_path), tmp_path)
    jobs.environment["LOGIN"] = str(jobs.cli.directory)
    jobs.log_in(**({"CLOUDSMITH_FORMAT_OPTIONS": case.options} if case.options else {}))

    printed = jobs.fails(case.fails)
    assert [text for text in case.prints if text not in printed] == [], printed
    assert [text for text in case.prints if text not in PAGE] == []

    if case.works:
        jobs.log_in()
        jobs.succeeds(case.works, "works")
