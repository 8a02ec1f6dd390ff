"""A Jenkins controller through its REST API: items, credentials, builds."""

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import TypeVar
from xml.sax.saxutils import escape

import httpx

POLL_SECONDS = 0.25
BUILD_SECONDS = 180.0

Value = TypeVar("Value")


class JenkinsError(Exception):
    """Jenkins refuses, or a build does not do what was waited for."""


class Controller:
    """Jenkins at `url`. `secret` is an API token or the password of `user`; without a user, it is asked anonymously."""

    def __init__(self, url: str, user: str | None = None, secret: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._client = httpx.Client(
            auth=(user, secret or "") if user else None, timeout=30, trust_env=False, follow_redirects=False
        )
        self._log_in()

    def _log_in(self) -> None:
        """Get a crumb, which belongs to the session; where CSRF protection is off there is none to be had."""
        self._client.cookies.clear()
        crumb = self._client.get(f"{self.url}/crumbIssuer/api/json")
        if crumb.status_code != httpx.codes.NOT_FOUND:
            answer = self._accept(crumb).json()
            self._client.headers[answer["crumbRequestField"]] = answer["crumb"]

    def is_up_again(self) -> bool:
        """Whether Jenkins answers after a restart, in which it forgot its sessions."""
        try:
            self._log_in()
        except (JenkinsError, httpx.HTTPError):
            return False
        return True

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def get(self, path: str) -> httpx.Response:
        """Get a path below the controller's URL, or a URL of its own."""
        return self._accept(self._client.get(self._address(path)))

    def post(self, path: str, *, data: Mapping[str, str] | None = None, xml: str | None = None) -> httpx.Response:
        """Post a form or an XML document."""
        if xml is None:
            return self._accept(self._client.post(self._address(path), data=data))
        headers = {"Content-Type": "application/xml; charset=UTF-8"}
        return self._accept(self._client.post(self._address(path), content=xml.encode(), headers=headers))

    def _address(self, path: str) -> str:
        return path if path.startswith("http") else f"{self.url}/{path.lstrip('/')}"

    def _accept(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_error:
            reason = answer.headers.get("X-Error") or re.sub(r"<[^>]*>|\s+", " ", answer.text)[:500]
            request = f"{answer.request.method} {answer.request.url}"
            raise JenkinsError(f"{request} answers {answer.status_code}: {reason}")
        return answer

    def create_item(self, parent: str, name: str, xml: str) -> str:
        """Create a job or folder in `parent`, "" or a path such as `job/team`. Return its path."""
        self.post(f"{parent}/createItem?name={name}", xml=xml)
        return f"{parent}/job/{name}".lstrip("/")

    def create_credential(self, store: str, kind: str, **fields: str) -> str:
        """Create a credential as the form does, so that an issuer makes its own key pair. Return its path."""
        document = {"": "0", "credentials": {"$class": kind, "scope": "GLOBAL", "description": "", **fields}}
        self.post(f"{store}/domain/_/createCredentials", data={"json": json.dumps(document)})
        return f"{store}/domain/_/credential/{fields['id']}"

    def delete(self, path: str) -> None:
        """Delete an item or a credential."""
        self.post(f"{path}/doDelete")

    def script(self, groovy: str) -> str:
        """Run a script on the controller, which takes an administrator."""
        return self.post("scriptText", data={"script": groovy}).text

    def start(self, job: str) -> "Build":
        """Start a build of a job, with the defaults of its parameters, and wait until it is under way."""
        item = self.post(f"{job}/buildWithParameters?delay=0sec").headers["Location"]
        # The address is Jenkins' own idea of its URL, which need not be the one that leads there.
        path = "queue" + item.partition("/queue")[2]

        def number() -> int | None:
            answer = self.get(f"{path}/api/json").json()
            if answer.get("cancelled"):
                raise JenkinsError(f"{job} was cancelled in the queue")
            started = answer.get("executable")
            return int(started["number"]) if started else None

        try:
            return Build(self, job, wait_for(number, "a free executor"))
        except TimeoutError as problem:
            raise JenkinsError(f"{job}: {problem}") from None


class Build:
    """One run of a job."""

    def __init__(self, controller: Controller, job: str, number: int) -> None:
        self._controller = controller
        self.job = job
        self.number = number
        self.path = f"{job}/{number}"

    def story(self) -> str:
        """Return what can be said about the build to somebody who looks into a failure."""
        try:
            return f"{self.path} is {self.result or 'still running'}. Its console:\n{self.console}"
        except (JenkinsError, httpx.HTTPError) as problem:
            return f"{self.path} cannot be looked at: {problem}"

    @property
    def console(self) -> str:
        """What the console shows so far, without the HTML of its notes."""
        return self._controller.get(f"{self.path}/consoleText").text

    @property
    def result(self) -> str | None:
        """`SUCCESS`, `FAILURE`, `ABORTED`, `UNSTABLE`, or None as long as the build runs."""
        state = self._controller.get(f"{self.path}/api/json?tree=building,result").json()
        return None if state["building"] else str(state["result"])

    @property
    def workspace(self) -> str:
        """The directory of the build on its agent, as the console names it."""
        found = re.search(r"(?m)(?:^Running on .* in|(?:^| )in workspace) (/.+)$", self.console)
        if found is None:
            raise JenkinsError(f"no workspace is named by {self.story()}")
        return found[1]

    def wait(self) -> "Build":
        """Wait for the end. A build that takes too long is stopped."""
        try:
            wait_for(lambda: self.result, "the end of the build")
        except TimeoutError:
            self.stop()
            raise JenkinsError(f"taking too long: {self.story()}") from None
        return self

    def wait_until(self, reached: Callable[[], object], what: str) -> None:
        """Wait until something is so while the build runs."""

        def reached_or_over() -> bool:
            over = self.result is not None
            if reached():
                return True
            if over:
                raise JenkinsError(f"{what} never came: {self.story()}")
            return False

        try:
            wait_for(reached_or_over, what)
        except TimeoutError:
            self.stop()
            raise JenkinsError(f"no {what}: {self.story()}") from None

    @property
    def errors(self) -> list[str]:
        """The errors that ended the build, as its console reports them at the end."""
        lines = self.console.splitlines()
        return [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]

    def says(self, text: str) -> bool:
        """Whether the console has a line that begins so."""
        return any(line.startswith(text) for line in self.console.splitlines())

    def stop(self) -> None:
        """Abort it, as the red button does."""
        self._controller.post(f"{self.path}/stop")


def wait_for(value: Callable[[], Value | None], what: str, seconds: float = BUILD_SECONDS) -> Value:
    """Ask until there is a true value; `TimeoutError` if there is none in time."""
    end = time.monotonic() + seconds
    while not (found := value()):
        if time.monotonic() > end:
            raise TimeoutError(f"no {what} within {seconds:.0f} s")
        time.sleep(POLL_SECONDS)
    return found


def folder_xml(library: str, repository: str) -> str:
    """Return the configuration of a folder with a library of its own, which Jenkins runs in the sandbox."""
    return f"""<?xml version="1.1" encoding="UTF-8"?>
<com.cloudbees.hudson.plugins.folder.Folder>
  <description>Made by tests/jenkins, and removed by it.</description>
  <properties>
    <org.jenkinsci.plugins.workflow.libs.FolderLibraries>
      <libraries>
        <org.jenkinsci.plugins.workflow.libs.LibraryConfiguration>
          <name>{escape(library)}</name>
          <retriever class="org.jenkinsci.plugins.workflow.libs.SCMSourceRetriever">
            <scm class="jenkins.plugins.git.GitSCMSource">
              <remote>{escape(repository)}</remote>
              <credentialsId></credentialsId>
              <traits><jenkins.plugins.git.traits.BranchDiscoveryTrait/></traits>
            </scm>
          </retriever>
          <defaultVersion>main</defaultVersion>
          <implicit>false</implicit>
          <allowVersionOverride>true</allowVersionOverride>
          <includeInChangesets>false</includeInChangesets>
        </org.jenkinsci.plugins.workflow.libs.LibraryConfiguration>
      </libraries>
    </org.jenkinsci.plugins.workflow.libs.FolderLibraries>
  </properties>
</com.cloudbees.hudson.plugins.folder.Folder>"""


def pipeline_xml(script: str, parameters: Mapping[str, str]) -> str:
    """Return the configuration of a sandboxed pipeline job; the defaults of its parameters are its environment."""
    return f"""<?xml version="1.1" encoding="UTF-8"?>
<flow-definition>
  <properties>{_parameters(parameters)}</properties>
  <definition class="org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition">
    <script>{escape(script)}</script>
    <sandbox>true</sandbox>
  </definition>
</flow-definition>"""


def checkout_pipeline_xml(repository: str, parameters: Mapping[str, str]) -> str:
    """Return the configuration of a pipeline job that takes its Jenkinsfile from a git repository."""
    return f"""<?xml version="1.1" encoding="UTF-8"?>
<flow-definition>
  <properties>{_parameters(parameters)}</properties>
  <definition class="org.jenkinsci.plugins.workflow.cps.CpsScmFlowDefinition">
    <scm class="hudson.plugins.git.GitSCM">
      <userRemoteConfigs>
        <hudson.plugins.git.UserRemoteConfig><url>{escape(repository)}</url></hudson.plugins.git.UserRemoteConfig>
      </userRemoteConfigs>
      <branches><hudson.plugins.git.BranchSpec><name>*/main</name></hudson.plugins.git.BranchSpec></branches>
      <extensions/>
    </scm>
    <scriptPath>Jenkinsfile</scriptPath>
    <lightweight>false</lightweight>
  </definition>
</flow-definition>"""


def freestyle_xml(shell: str, parameters: Mapping[str, str], secrets: Mapping[str, str]) -> str:
    """Return the configuration of a freestyle job with one shell step; `secrets` binds variables to credential IDs."""
    bindings = "".join(
        f"""<org.jenkinsci.plugins.credentialsbinding.impl.StringBinding>
          <credentialsId>{escape(credential)}</credentialsId><variable>{escape(variable)}</variable>
        </org.jenkinsci.plugins.credentialsbinding.impl.StringBinding>"""
        for variable, credential in secrets.items()
    )
    return f"""<?xml version="1.1" encoding="UTF-8"?>
<project>
  <properties>{_parameters(parameters)}</properties>
  <builders><hudson.tasks.Shell><command>{escape(shell)}</command></hudson.tasks.Shell></builders>
  <buildWrappers>
    <org.jenkinsci.plugins.credentialsbinding.impl.SecretBuildWrapper>
      <bindings>{bindings}</bindings>
    </org.jenkinsci.plugins.credentialsbinding.impl.SecretBuildWrapper>
  </buildWrappers>
</project>"""


def _parameters(parameters: Mapping[str, str]) -> str:
    definitions = "".join(
        f"""<hudson.model.StringParameterDefinition>
          <name>{escape(name)}</name><defaultValue>{escape(value)}</defaultValue>
        </hudson.model.StringParameterDefinition>"""
        for name, value in parameters.items()
    )
    if not definitions:
        return ""
    return f"""<hudson.model.ParametersDefinitionProperty>
      <parameterDefinitions>{definitions}</parameterDefinitions>
    </hudson.model.ParametersDefinitionProperty>"""
