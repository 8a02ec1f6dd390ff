"""With the plugin Docker Pipeline, in whose containers the job's steps run."""

import pytest

from jenkins.runs import Remains, Runs
from sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("image")
LIBRARY = "@Library('cloudsmith-oidc') _\n"
PYTHON = "python:3.13-slim-trixie"
"""The base of the project's image, so that the engine has it."""
PIP = "sh 'pip download --no-deps --dest wheels acme-hello'"
PULL = "sh 'docker pull {0} && docker rmi {0}'"


@pytest.fixture
def cloudsmith(runs: Runs, packages: Sandbox) -> Sandbox:
    """Cloudsmith with a repository for Python and Docker to which the job may write."""
    packages.repository("prod").privileges = [{"privilege": "Write", "service": "ci-reader"}]
    runs.settings["CLOUDSMITH_DOMAINS"] = f"pip={packages.url('dl')},docker=http://{packages.host('docker')}"
    return packages


def push(image: str) -> str:
    return f"sh 'docker tag {PYTHON} {image} && docker push --quiet {image} && docker rmi {image}'"


def test_in_a_block_jenkins_pulls_runs_builds_and_pushes_images_of_cloudsmith(runs: Runs, cloudsmith: Sandbox) -> None:
    ours = f"{cloudsmith.host('docker')}/prod/ci"
    build = runs.on_node(f"""
        cloudsmithOidc {{
            {push(f"{ours}:1")}
            docker.image('{ours}:1').inside('--network host') {{ {PIP} }}
            writeFile file: 'Dockerfile', text: 'FROM {ours}:1'
            docker.build('{ours}:2').push()
            {PULL.format(f"{ours}:2")}
        }}
    """)
    assert build.result == "SUCCESS"
    assert build.says("Successfully downloaded acme-hello")
    assert runs.remains(build) == Remains(("Dockerfile", "wheels", "wheels/acme_hello-1.0.0-py3-none-any.whl"))


def test_after_a_statement_stages_run_in_images_of_cloudsmith(runs: Runs, cloudsmith: Sandbox) -> None:
    ours = f"{cloudsmith.host('docker')}/prod/ci:1"
    build = runs.pipeline(
        LIBRARY
        + f"""
        pipeline {{
            agent any
            environment {{ PATH = "$TOOLS:$PATH" }}
            stages {{
                stage('Log in') {{
                    steps {{
                        cloudsmithOidc()
                        {push(ours)}
                        writeFile file: 'Dockerfile', text: 'FROM {ours}'
                    }}
                }}
                stage('Image') {{
                    agent {{ docker {{ image '{ours}'; args '--network host'; reuseNode true }} }}
                    steps {{ {PIP} }}
                }}
                stage('Dockerfile') {{
                    agent {{ dockerfile {{ args '--network host'; reuseNode true }} }}
                    steps {{ {PIP} }}
                }}
            }}
            post {{ always {{ script {{ cloudsmithOidc.cleanup() }} }} }}
        }}
        """
    )
    assert build.result == "SUCCESS"
    assert build.console.count("Successfully downloaded acme-hello") == 2
    assert runs.remains(build).secrets == ()


def test_with_registry_keeps_its_login_around_a_block_and_hides_ours_inside(runs: Runs, cloudsmith: Sandbox) -> None:
    ours, another = (f"{cloudsmith.host(label)}/prod/app:1" for label in ("docker", "helm.oci"))
    kind = "com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl"
    password = cloudsmith.cloudsmith.issue()
    store = f"{runs.folder}/credentials/store/folder"
    runs.controller.create_credential(store, kind, id="another", username="token", password=password)
    registry = f"docker.withRegistry('http://{another.partition('/')[0]}', 'another')"
    build = runs.on_node(f"""
        {registry} {{ cloudsmithOidc {{ {PULL.format(another)}; {PULL.format(ours)} }} }}
        cloudsmithOidc {{ {PULL.format(ours)}; {registry} {{ {PULL.format(another)}; {PULL.format(ours)} }} }}
    """)
    assert build.result == "FAILURE"
    assert build.console.count("Downloaded newer image") == 4
    assert build.console.count("no basic auth credentials") == 1
    assert runs.remains(build) == Remains()
