"""The block form: `cloudsmithOidc { … }`."""

from jenkins.runs import SHOW_TOKEN, Remains, Runs, shown
from sandbox import Sandbox


def test_the_body_has_three_clients_configured_for_two_sh_and_one_binding(runs: Runs, sandbox: Sandbox) -> None:
    build = runs.succeed(f"""
        cloudsmithOidc {{ {SHOW_TOKEN} }}
        echo "afterwards: ${{env.PIP_CONFIG_FILE}} ${{env.NPM_CONFIG_USERCONFIG}} ${{env.DOCKER_CONFIG}}"
    """)
    [token] = sandbox.cloudsmith.issued
    assert shown(token, build)
    assert "afterwards: null null null" in build.console
    steps = build.console.splitlines()
    assert steps.count("[Pipeline] sh") == 2 + 1
    assert steps.count("[Pipeline] withCredentials") == 1


def test_a_client_installs_from_the_repository(runs: Runs, packages: Sandbox) -> None:
    assert "python" not in packages.missing
    build = runs.on_node(
        """
        cloudsmithOidc(formats: 'pip') {
            sh 'pip download --no-deps --dest wheels acme-hello && ls wheels'
        }
        """,
        CLOUDSMITH_DOMAINS=f"pip={packages.url('dl')}",
    )
    assert build.result == "SUCCESS"
    assert "acme_hello-" in build.console


def test_a_declarative_stage_has_the_options_it_gives(runs: Runs, sandbox: Sandbox) -> None:
    sandbox.cloudsmith.providers["acme"][-1].services.add("ci-publisher")
    build = runs.pipeline(
        """
        @Library('cloudsmith-oidc') _
        pipeline {
            agent any
            environment { PATH = "$TOOLS:$PATH" }
            stages {
                stage('Build') {
                    steps {
                        cloudsmithOidc(service: 'ci-publisher', repo: ['dev', 'prod'], formats: ['pip', 'npm'],
                                npmScope: '@acme', dir: '.cloudsmith') {
                            sh '''#!/bin/sh
                            sed 's/:[^@]*@/:HIDDEN@/' .cloudsmith/pip.conf
                            grep registry= .cloudsmith/.npmrc
                            echo "docker: ${DOCKER_CONFIG:-not configured}"
                            '''
                        }
                    }
                }
            }
        }
        """,
        CLOUDSMITH_DOMAINS="",
    )
    assert build.result == "SUCCESS"
    assert "/basic/acme/dev/python/simple/" in build.console
    assert "@acme:registry=" in build.console
    assert "docker: not configured" in build.console
    assert sandbox.cloudsmith.service_of(sandbox.cloudsmith.issued[-1]) == "ci-publisher"
    assert runs.remains(build) == Remains()


def test_blocks_nest(runs: Runs) -> None:
    build = runs.succeed(
        """
        cloudsmithOidc(formats: ['pip', 'npm']) {
            sh 'echo "outer before: $PIP_CONFIG_FILE $NPM_CONFIG_USERCONFIG"'
            cloudsmithOidc(repo: 'dev', formats: 'pip') {
                sh 'echo "inner: $PIP_CONFIG_FILE $NPM_CONFIG_USERCONFIG"; ls "$PIP_CONFIG_FILE"'
            }
            sh 'echo "outer after: $PIP_CONFIG_FILE $NPM_CONFIG_USERCONFIG"; ls "$PIP_CONFIG_FILE"'
        }
        """,
        CLOUDSMITH_DOMAINS="",
    )
    said = {
        who: text.split()
        for who, found, text in (line.partition(": ") for line in build.console.splitlines())
        if found and who in {"outer before", "inner", "outer after"}
    }
    assert said["outer before"] == said["outer after"]
    assert said["inner"][0] != said["outer before"][0]
    assert said["inner"][1] == said["outer before"][1]


def test_a_body_that_fails_keeps_its_own_error(runs: Runs) -> None:
    build = runs.on_node("cloudsmithOidc { error 'three tests failed' }")
    assert build.result == "FAILURE"
    assert build.errors == ["three tests failed"]
    assert runs.remains(build) == Remains()


def test_a_body_that_empties_the_workspace_does_no_harm(runs: Runs) -> None:
    runs.succeed("""
        cloudsmithOidc { sh 'rm -rf "$WORKSPACE_TMP"/cloudsmith-oidc-*' }
        cloudsmithOidc(dir: 'login') { deleteDir() }
    """)


def test_refresh_replaces_the_tokens_in_the_same_files(runs: Runs, sandbox: Sandbox) -> None:
    build = runs.succeed(f"""
        cloudsmithOidc {{
            {SHOW_TOKEN}
            sleep 2 // times in tokens are whole seconds
            script {{ cloudsmithOidc.refresh() }}
            {SHOW_TOKEN}
        }}
    """)
    first, second = sandbox.cloudsmith.issued
    assert first != second
    assert shown(first, build)
    assert shown(second, build)
    assert len(set(runs.id_tokens())) == 2


def test_a_block_returns_the_value_of_its_body_also_one_that_jenkins_cannot_save(runs: Runs) -> None:
    build = runs.succeed("""
        String value = cloudsmithOidc { sh(script: 'echo from the body', returnStdout: true).trim() }
        echo "returned: ${value}"
        cloudsmithOidc { 'unused' =~ /used/ }
    """)
    assert "returned: from the body" in build.console


def test_options_without_names_are_one_error_and_ask_nobody_for_approval(runs: Runs) -> None:
    build = runs.on_node("""
        try { cloudsmithOidc('ci-reader') { } } catch (failure) { echo "first: ${failure}" }
        try { cloudsmithOidc('ci-reader', repo: 'prod') { } } catch (failure) { echo "second: ${failure}" }
        cloudsmithOidc('ci-reader')
    """)
    assert build.result == "FAILURE"
    for text in ("first: hudson.AbortException: ", "second: hudson.AbortException: ", "ERROR: "):
        assert build.says(f"{text}cloudsmithOidc: options have names"), text
