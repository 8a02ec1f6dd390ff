"""What the suite and the benchmark make on a Jenkins and remove again: a folder with library and credential."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jenkins.agent import install_command, publish_library, serve
from jenkins.controller import Controller, folder_xml, freestyle_xml, pipeline_xml
from jenkins.runs import AUDIENCE, CREDENTIAL, ID_TOKEN, LIBRARY, Place

PROBE = """
node {
    sh '''#!/bin/sh
    cd /
    "$TOOLS/cloudsmith-oidc" --version >/dev/null || echo 'no command'
    docker version >/dev/null && echo 'docker answers' || true
    '''
}
"""

SWEEP = r"""#!/bin/sh
cd /
[ "$(basename "${WORKSPACE%/*}")" = "$FOLDER" ] && rm -rf "${WORKSPACE%/*}"
"""


@contextmanager
def shared_folder() -> Iterator[Path]:
    """Make a directory that the agent can read."""
    folder = Path(tempfile.mkdtemp(prefix="cloudsmith-oidc-", dir=os.environ.get("JENKINS_SHARED_DIR")))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def folder_with_library(controller: Controller, shared: Path, repository: Path) -> Iterator[Place]:
    """Make a folder with the library and the credential, which goes with all that is in it, and with its workspaces."""
    publish_library(repository, shared / "library" / "library.git")
    with serve(shared / "library") as url:
        name = f"cloudsmith-oidc-{secrets.token_hex(4)}"
        repository_url = f"{url}/library.git"
        path = controller.create_item("", name, folder_xml(LIBRARY, repository_url))
        try:
            store = f"{path}/credentials/store/folder"
            controller.create_credential(store, ID_TOKEN, id=CREDENTIAL, audience=AUDIENCE, issuer="")
            discovery = controller.get(f"oidc/{path}/.well-known/openid-configuration").json()
            yield Place(path, discovery["issuer"], repository_url)
        finally:
            sweep = controller.create_item(path, "sweep", freestyle_xml(SWEEP, {"FOLDER": name}, {}))
            controller.start(sweep).wait()
            controller.delete(path)


def agent_settings(controller: Controller, place: Place, shared: Path, repository: Path) -> dict[str, str]:
    """Return what an agent must be told: the shared directory, the one with the command, where Docker's engine is.

    `engine` is not empty if it answers there.
    """
    tools = os.environ.get("JENKINS_TOOLS") or str(install_command(repository, shared / "command"))
    settings = {"SHARED": str(shared), "TOOLS": tools}
    settings |= {name: os.environ[name] for name in ("DOCKER_HOST",) if name in os.environ}
    job = controller.create_item(place.path, "probe", pipeline_xml(PROBE, settings))
    build = controller.start(job).wait()
    assert build.result == "SUCCESS", build.story()
    assert not build.says("no command"), f"the agent cannot run the command in {tools}: {build.story()}"
    return settings | {"engine": "docker" if build.says("docker answers") else ""}
