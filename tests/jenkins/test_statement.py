"""The statement form, and `cleanup()` and `refresh()` after it."""

from jenkins.runs import SHOW_TOKEN, Remains, Runs, shown
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
                SHOW_TOKEN
                STEP
            }
        }
    }
    post {
        always {
            script { cloudsmithOidc.cleanup() }
            echo "afterwards: '${env.PIP_CONFIG_FILE}' '${env.NPM_CONFIG_USERCONFIG}'"
            sh 'env | grep CONFIG || echo "no client is configured"'
        }
    }
}
""".replace("SHOW_TOKEN", SHOW_TOKEN)


def test_later_stages_are_logged_in_until_cleanup(runs: Runs, sandbox: Sandbox) -> None:
    build = runs.pipeline(STAGES.replace("STEP", ""))
    assert build.result == "SUCCESS"
    [token] = sandbox.cloudsmith.issued
    assert shown(token, build)
    assert "afterwards: '' ''" in build.console
    assert runs.remains(build) == Remains()


def test_cleanup_after_a_failure(runs: Runs) -> None:
    build = runs.pipeline(STAGES.replace("STEP", "error 'no luck'"))
    assert build.result == "FAILURE"
    assert build.errors == ["no luck"]
    assert runs.remains(build) == Remains()


def test_cleanup_unsets_the_variables_of_all_statements_and_can_be_repeated(runs: Runs) -> None:
    build = runs.succeed("""
        cloudsmithOidc.cleanup()
        env.PIP_CONFIG_FILE = '/etc/pip.conf'
        cloudsmithOidc(dir: 'first')
        cloudsmithOidc(dir: 'second')
        cloudsmithOidc.cleanup()
        cloudsmithOidc.cleanup()
        sh 'echo "afterwards: ${PIP_CONFIG_FILE-unset} ${NPM_CONFIG_USERCONFIG-unset} ${CLOUDSMITH_OIDC_LOGIN-unset}"'
    """)
    assert "afterwards: unset unset unset" in build.console


def test_refresh_after_the_statement(runs: Runs, sandbox: Sandbox) -> None:
    build = runs.succeed(f"""
        cloudsmithOidc()
        sleep 2 // times in tokens are whole seconds
        cloudsmithOidc.refresh()
        {SHOW_TOKEN}
        cloudsmithOidc.cleanup()
    """)
    first, second = sandbox.cloudsmith.issued
    assert first != second
    assert shown(second, build)


def test_a_login_that_fails_leaves_an_earlier_one_alone(runs: Runs) -> None:
    build = runs.succeed(
        """
        cloudsmithOidc(dir: 'login', formats: 'pip')
        try { cloudsmithOidc(service: 'stranger', formats: 'pip') } catch (failure) { echo failure.message }
        sh 'echo "still: $PIP_CONFIG_FILE"; ls "$PIP_CONFIG_FILE"'
        cloudsmithOidc.cleanup()
        """,
        CLOUDSMITH_DOMAINS="",
    )
    assert "exit code 4" in build.console
    assert f"still: {build.workspace}/login/pip.conf" in build.console


def test_what_is_added_to_a_variable_of_the_job_is_there_once_and_gone_afterwards(runs: Runs) -> None:
    build = runs.succeed(
        """
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
        """,
        CLOUDSMITH_DOMAINS="",
    )
    [block] = [line for line in build.console.splitlines() if line.startswith("in the block: ")]
    [statement] = [line for line in build.console.splitlines() if line.startswith("after the statement: ")]
    assert block.count("/own.cjs") == block.count("/yarn") == 1
    assert statement.count("/own.cjs") == 1
    assert statement.endswith(" https://dl.cloudsmith.io/basic/acme/prod/python/simple/")
    assert "at the end: unset unset unset unset" in build.console
