"""Builds of a test: jobs in a folder of their own, and what a build leaves behind."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from jenkins.controller import Build, Controller, checkout_pipeline_xml, freestyle_xml, pipeline_xml
from sandbox import Sandbox

LIBRARY = "cloudsmith-oidc"
CREDENTIAL = "oidc-token-cred"
ID_TOKEN = "io.jenkins.plugins.oidc_provider.IdTokenStringCredentials"
AUDIENCE = "https://api.cloudsmith.io"


@dataclass(frozen=True)
class Place:
    """The folder of these tests: its path, the URL of its ID tokens' issuer, and of the library's repository."""

    path: str
    issuer: str
    repository: str


SHOW_TOKEN = r"""
    sh '''#!/bin/sh
    ls "$PIP_CONFIG_FILE" "$DOCKER_CONFIG/config.json"
    sed -n 's/.*:_authToken=//p' "$NPM_CONFIG_USERCONFIG" | sort -u | tr -d '\\n' | sha256sum
    '''
"""
"""A step that prints a checksum of the Cloudsmith token, and fails unless three clients have their files."""
INSPECTION = r"""#!/bin/sh
set -eu
[ -d "$JENKINS_HOME/$RECORDS/builds" ] || { echo "there is no $JENKINS_HOME/$RECORDS/builds"; exit 1; }
for place in "$DIRECTORY" "$DIRECTORY"@tmp; do
    [ ! -d "$place" ] || (cd "$place" && find . -mindepth 1 | sed 's/^\./left:/')
done
for place in "$JENKINS_HOME/$RECORDS" "$DIRECTORY" "$DIRECTORY"@*; do
    [ ! -e "$place" ] || grep -rlaF -f "$TRACES" "$place" | sed "s|^$JENKINS_HOME/|secret:|" || true
done
"""


@dataclass(frozen=True)
class Remains:
    """What a build left: files in its workspace or in the directory `@tmp` beside it, and files with a secret."""

    files: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


class Runs:
    """Starts jobs in a folder; the sandbox is Cloudsmith to them."""

    def __init__(
        self, controller: Controller, place: Place, name: str, sandbox: Sandbox, settings: Mapping[str, str]
    ) -> None:
        self.controller = controller
        self.folder = place.path
        self.repository = place.repository
        self.sandbox = sandbox
        self.shared = Path(settings["SHARED"])
        self._name = re.sub(r"\W+", "-", name.removeprefix("test_")).strip("-")[:60]
        self._traces = self.shared / f"traces-{self._name}"
        self.settings = {
            **settings,
            "TRACES": str(self._traces),
            "CLOUDSMITH_ORG": sandbox.org,
            "CLOUDSMITH_SERVICE_SLUG": sandbox.service,
            "CLOUDSMITH_REPO": "prod",
            "CLOUDSMITH_API_HOST": sandbox.api_url,
            "CLOUDSMITH_DOMAINS": f"pip={sandbox.url('dl')},npm={sandbox.url('npm')},docker={sandbox.host('docker')}",
            "NO_PROXY": "127.0.0.1",
        }
        self.builds: list[Build] = []
        """All builds so far, in order."""

    def _start(self, xml: str) -> Build:
        job = self.controller.create_item(self.folder, f"{self._name}-{len(self.builds) + 1}", xml)
        self.builds.append(self.controller.start(job))
        return self.builds[-1]

    def start(self, script: str, **settings: str) -> Build:
        """Start a pipeline. The settings are its parameters, and so its environment."""
        return self._start(pipeline_xml(script, self.settings | settings))

    def start_on_node(self, body: str, **settings: str) -> Build:
        """Start a scripted pipeline that loads the library and has the command on PATH."""
        script = f"@Library('{LIBRARY}') _\nnode {{\n    withEnv([\"PATH+TOOLS=$TOOLS\"]) {{\n{body}\n    }}\n}}\n"
        return self.start(script, **settings)

    def pipeline(self, script: str, **settings: str) -> Build:
        """Run a pipeline to its end."""
        return self.start(script, **settings).wait()

    def on_node(self, body: str, **settings: str) -> Build:
        """Run a scripted pipeline as `start_on_node` does, to its end."""
        return self.start_on_node(body, **settings).wait()

    def succeed(self, body: str, **settings: str) -> Build:
        """Run a body as `on_node` does. Raises `AssertionError` unless it succeeds and leaves nothing."""
        build = self.on_node(body, **settings)
        assert build.result == "SUCCESS"
        assert self.remains(build) == Remains()
        return build

    def freestyle(self, shell: str, **settings: str) -> Build:
        """Run a freestyle job with the ID token bound as CLOUDSMITH_OIDC_TOKEN."""
        xml = freestyle_xml(shell, self.settings | settings, {"CLOUDSMITH_OIDC_TOKEN": CREDENTIAL})
        return self._start(xml).wait()

    def checkout(self, **settings: str) -> Build:
        """Run the project's Jenkinsfile, which brings settings of its own."""
        engine = {name: value for name, value in self.settings.items() if name == "DOCKER_HOST"}
        return self._start(checkout_pipeline_xml(self.repository, engine | settings)).wait()

    def id_tokens(self) -> list[str]:
        """Return the ID tokens that came to the exchange."""
        return [json.loads(request.body)["oidc_token"] for request in self.sandbox.exchange_requests]

    def traces(self) -> list[str]:
        """Return texts of which one is wherever a token is, a Cloudsmith token or an ID token, plain or in base64."""
        secrets = {*self.sandbox.cloudsmith.issued, *self.id_tokens()}
        return sorted({trace for secret in secrets for trace in _traces(secret)})

    def write_traces(self) -> None:
        """Write the traces to the file TRACES, one per line, which is whole as soon as it is there."""
        draft = self._traces.with_suffix(".draft")
        draft.write_text("".join(f"{trace}\n" for trace in self.traces()))
        draft.chmod(0o644)
        draft.replace(self._traces)

    @staticmethod
    def records(build: Build) -> str:
        """Return where the controller keeps all of a job, below JENKINS_HOME."""
        return build.job.replace("job/", "jobs/")

    def remains(self, build: Build) -> Remains:
        """Search the job's records, all of them, and its workspace, from a job of its own on the same machine."""
        self.write_traces()
        parameters = {
            "RECORDS": self.records(build),
            "DIRECTORY": build.workspace,
            "TRACES": str(self._traces),
        }
        inspection = self._start(freestyle_xml(INSPECTION, parameters, {})).wait()
        assert inspection.result == "SUCCESS", "the inspection failed"
        console = inspection.console.splitlines()
        found = {
            kind: tuple(sorted(line.removeprefix(kind) for line in console if line.startswith(kind)))
            for kind in ("left:/", "secret:")
        }
        return Remains(found["left:/"], found["secret:"])


def shown(token: str, build: Build) -> bool:
    """Return whether the console of a build has what `SHOW_TOKEN` prints for this token, once."""
    return build.console.count(sha256(token.encode()).hexdigest()) == 1


def _traces(secret: str) -> Iterator[str]:
    """The signature, without which a token is worthless; and its end in base64 at each alignment."""
    yield secret.rpartition(".")[2]
    for shift in range(3):
        encoded = base64.b64encode(b" " * shift + secret.encode()).decode().rstrip("=")
        yield encoded[:-3][-36:]
