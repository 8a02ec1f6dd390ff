"""The statement form, and `cleanup()` and `refresh()` after it."""

from hashlib import sha256

from jenkins.runs import Remains, Runs
from sandbox import Sandbox

STAGES = """
@Library('cloudsmith-oidc') _
pipeline {
    agent any
    environment { PATH = "$TOOLS:$PATH" }
    stages {
        stage('Log in') {
            steps { cloudsmithOidc(service: 'ci-reader', formats: ['pip', 'npm', 'docker']) }
        }
        stage('Use it') {
            steps {
                sh '''#!/bin/sh
                ls "$PIP_CONFIG_FILE" "$DOCKER_CONFIG/config.json"
                sed -n 's/.*:_authToken=//p' "$NPM_CONFIG_USERCONFIG" | tr -d '\\n' | sha256sum
                '''
                STEP
            }
        }
    }
    post {
        always {
            script { cloudsmithOidc.cleanup() }
            echo "afterwards: '${env.PIP_CONFIG_FILE}' '${env.DOCKER_CONFIG}'"
            sh 'env | grep CONFIG || echo "no client is configured"'
        }
    }
}
"""


def test_later_stages_are_logged_in_until_cleanup(runs: Runs, sandbox: Sandbox) -> None:
    build = runs.pipeline(STAGES.replace("STEP", ""))
    assert build.result == "SUCCESS"
    [token] = sandbox.cloudsmith.issued
    assert sha256(token.encode()).hexdigest() in build.console
    assert "afterwards: '' ''" in build.console
    assert runs.remains(build) == Remains()


def test_cleanup_after_a_failure(runs: Runs) -> None:
    build = runs.pipeline(STAGES.replace("STEP", "error 'no luck'"))
    assert build.result == "FAILURE"
    assert build.errors == ["no luck"]
    assert runs.remains(build) == Remains()


def test_cleanup_unsets_the_variables_of_all_statements(runs: Runs) -> None:
    build = runs.on_node("""
        env.PIP_CONFIG_FILE = '/etc/pip.conf'
        cloudsmithOidc(dir: 'first')
        cloudsmithOidc(dir: 'second')
        cloudsmithOidc.cleanup()
        sh 'echo "afterwards: ${PIP_CONFIG_FILE-unset} ${NPM_CONFIG_USERCONFIG-unset}"'
        sh 'env | grep CLOUDSMITH_OIDC_L || true'
    """)
    assert build.result == "SUCCESS"
    assert "afterwards: unset unset" in build.console
    assert "CLOUDSMITH_OIDC_LOGIN=" not in build.console.partition("afterwards: unset")[2]
    assert runs.remains(build) == Remains()


def test_cleanup_is_harmless_when_there_is_nothing(runs: Runs) -> None:
    build = runs.on_node("""
        cloudsmithOidc.cleanup()
        cloudsmithOidc(dir: 'login')
        cloudsmithOidc.cleanup()
        cloudsmithOidc.cleanup()
    """)
    assert build.result == "SUCCESS"
    assert runs.remains(build) == Remains()


def test_refresh_after_the_statement(runs: Runs, sandbox: Sandbox) -> None:
    build = runs.on_node("""
        cloudsmithOidc()
        sleep 2 // times in tokens are whole seconds
        cloudsmithOidc.refresh()
        sh '''#!/bin/sh
        sed -n 's/.*:_authToken=//p' "$NPM_CONFIG_USERCONFIG" | tr -d '\\n' | sha256sum
        '''
        cloudsmithOidc.cleanup()
    """)
    assert build.result == "SUCCESS"
    first, second = sandbox.cloudsmith.issued
    assert first != second
    assert sha256(second.encode()).hexdigest() in build.console
    assert runs.remains(build) == Remains()


def test_a_login_that_fails_leaves_an_earlier_one_alone(runs: Runs) -> None:
    build = runs.on_node("""
        cloudsmithOidc(dir: 'login', formats: 'pip')
        try { cloudsmithOidc(service: 'stranger', formats: 'pip') } catch (failure) { echo failure.message }
        sh 'echo "still: $PIP_CONFIG_FILE"; ls "$PIP_CONFIG_FILE"'
        cloudsmithOidc.cleanup()
    """)
    assert build.result == "SUCCESS"
    assert "exit code 4" in build.console
    assert f"still: {build.workspace}/login/pip.conf" in build.console
    assert runs.remains(build) == Remains()
