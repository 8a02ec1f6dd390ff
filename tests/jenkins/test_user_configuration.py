"""What the job and the agent's user have of their own, inside a login and after it."""

import json
import tempfile
from pathlib import Path

import pytest

from jenkins.runs import Remains, Runs

SHOW = """sh '''#!/bin/sh
    grep -c 'password own' "$NETRC" || true
    grep -E 'psFormat|own.example.com|cli-plugins' "$DOCKER_CONFIG/config.json"
    '''"""


@pytest.fixture
def home(runs: Runs) -> Path:
    """A home directory of the agent's user."""
    home = Path(tempfile.mkdtemp(prefix="home of a user ", dir=runs.shared))
    (home / ".docker").mkdir()
    auths = {"own.example.com": {"auth": "b3duOm93bg=="}}
    (home / ".docker/config.json").write_text(json.dumps({"auths": auths, "psFormat": "own format"}))
    (home / ".netrc").write_text("machine own.example.com login me password own\n")
    for path in (home, home / ".docker"):
        path.chmod(0o755)
    for path in (home / ".netrc", home / ".docker/config.json"):
        path.chmod(0o644)
    return home


@pytest.mark.parametrize("runtime", ["local", "docker"])
def test_logins_are_inherited_if_asked_for(
    runs: Runs, home: Path, runtime: str, request: pytest.FixtureRequest
) -> None:
    given = {} if runtime == "local" else {"CLOUDSMITH_OIDC_IMAGE": request.getfixturevalue("image")}
    build = runs.on_node(
        f"""
        withEnv(['HOME={home}', 'DOCKER_CONFIG=']) {{
            cloudsmithOidc(runtime: '{runtime}', network: 'host', formats: ['pip', 'docker']) {{ echo 'ALONE'; {SHOW} }}
            cloudsmithOidc(runtime: '{runtime}', network: 'host', formats: ['pip', 'docker'], inherit: true) {{
                echo 'INHERITED'
                {SHOW}
            }}
        }}
        """,
        **given,
    )
    assert build.result == "SUCCESS"
    _, alone, inherited = build.console.replace("ALONE\n", "INHERITED\n").split("INHERITED\n")
    for shown in (alone, inherited):
        assert '"psFormat": "own format"' in shown
        assert f'"{home}/.docker/cli-plugins"' in shown
    assert ("own.example.com" in alone, "own.example.com" in inherited) == (False, True)
    assert "\n1\n" in inherited
    assert runs.remains(build) == Remains()


def test_what_is_added_to_a_variable_of_the_job_is_there_once_and_gone_afterwards(runs: Runs) -> None:
    build = runs.on_node("""
        env.YARN_PLUGINS = '/own.cjs'
        cloudsmithOidc(formats: 'yarn') {
            cloudsmithOidc.refresh()
            sh 'echo "in the block: $YARN_PLUGINS"'
        }
        cloudsmithOidc(formats: ['yarn', 'uv'], formatOptions: [uv: [index: true]], dir: 'login')
        cloudsmithOidc.refresh()
        sh 'echo "after the statement: $YARN_PLUGINS $UV_DEFAULT_INDEX"'
        cloudsmithOidc.cleanup()
        sh 'echo "at the end: ${YARN_PLUGINS-unset} ${UV_DEFAULT_INDEX-unset} ${UV_PUBLISH_URL-unset} ${NETRC-unset}"'
    """)
    assert build.result == "SUCCESS"
    [block] = [line for line in build.console.splitlines() if line.startswith("in the block: ")]
    [statement] = [line for line in build.console.splitlines() if line.startswith("after the statement: ")]
    assert block.count("/own.cjs") == block.count("/yarn") == 1
    assert statement.count("/own.cjs") == 1
    assert statement.endswith(" https://dl.cloudsmith.io/basic/acme/prod/python/simple/")
    assert "at the end: unset unset unset unset" in build.console
    assert runs.remains(build) == Remains()
