"""The block form: `cloudsmithOidc { … }`."""

from hashlib import sha256

from jenkins.runs import Remains, Runs
from sandbox import Sandbox


def test_the_body_has_three_clients_configured_and_nothing_is_left(runs: Runs, sandbox: Sandbox) -> None:
    build = runs.on_node("""
        cloudsmithOidc {
            sh '''#!/bin/sh
            ls "$PIP_CONFIG_FILE" "$NPM_CONFIG_USERCONFIG" "$DOCKER_CONFIG/config.json"
            sed -n 's/.*:_authToken=//p' "$NPM_CONFIG_USERCONFIG" | tr -d '\\n' | sha256sum
            '''
        }
        echo "afterwards: ${env.PIP_CONFIG_FILE} ${env.NPM_CONFIG_USERCONFIG} ${env.DOCKER_CONFIG}"
    """)
    assert build.result == "SUCCESS"
    [token] = sandbox.cloudsmith.issued
    assert sha256(token.encode()).hexdigest() in build.console
    assert "afterwards: null null null" in build.console
    assert runs.remains(build) == Remains()


def test_a_client_installs_from_the_repository(runs: Runs, packages: Sandbox) -> None:
    assert "python" not in packages.missing
    build = runs.on_node("""
        cloudsmithOidc(formats: 'pip') {
            sh 'pip download --no-deps --dest wheels acme-hello && ls wheels'
        }
    """)
    assert build.result == "SUCCESS"
    assert "acme_hello-" in build.console


def test_it_costs_two_sh_steps_and_one_binding(runs: Runs) -> None:
    build = runs.on_node("cloudsmithOidc { echo 'body' }")
    assert build.result == "SUCCESS"
    steps = build.console.splitlines()
    assert steps.count("[Pipeline] sh") == 2
    assert steps.count("[Pipeline] withCredentials") == 1


def test_a_declarative_stage_has_the_options_it_gives(runs: Runs, sandbox: Sandbox) -> None:
    sandbox.cloudsmith.providers["acme"][-1].services.add("ci-publisher")
    build = runs.pipeline("""
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
    """)
    assert build.result == "SUCCESS"
    assert "/basic/dev/python/simple/" in build.console
    assert "@acme:registry=" in build.console
    assert "docker: not configured" in build.console
    assert sandbox.cloudsmith.service_of(sandbox.cloudsmith.issued[-1]) == "ci-publisher"
    assert runs.remains(build) == Remains()


def test_a_directory_with_files_in_it_is_refused_and_stays_as_it_is(runs: Runs, sandbox: Sandbox) -> None:
    build = runs.on_node("""
        sh 'mkdir -p mine && echo text > mine/file'
        cloudsmithOidc(dir: 'mine') { }
    """)
    assert build.result == "FAILURE"
    assert "exit code 8" in build.errors[0]
    assert sandbox.exchange_requests == []
    assert runs.remains(build) == Remains(files=("mine", "mine/file"))


def test_blocks_nest(runs: Runs) -> None:
    build = runs.on_node("""
        cloudsmithOidc(formats: ['pip', 'npm']) {
            sh 'echo "outer before: $PIP_CONFIG_FILE $NPM_CONFIG_USERCONFIG"'
            cloudsmithOidc(repo: 'dev', formats: 'pip') {
                sh 'echo "inner: $PIP_CONFIG_FILE $NPM_CONFIG_USERCONFIG"; ls "$PIP_CONFIG_FILE"'
            }
            sh 'echo "outer after: $PIP_CONFIG_FILE $NPM_CONFIG_USERCONFIG"; ls "$PIP_CONFIG_FILE"'
        }
    """)
    assert build.result == "SUCCESS"
    said = {
        who: text.split()
        for who, found, text in (line.partition(": ") for line in build.console.splitlines())
        if found and who in {"outer before", "inner", "outer after"}
    }
    assert said["outer before"] == said["outer after"]
    assert said["inner"][0] != said["outer before"][0]
    assert said["inner"][1] == said["outer before"][1]
    assert runs.remains(build) == Remains()


def test_a_body_that_fails_keeps_its_own_error(runs: Runs) -> None:
    build = runs.on_node("cloudsmithOidc { error 'three tests failed' }")
    assert build.result == "FAILURE"
    assert build.errors == ["three tests failed"]
    assert runs.remains(build) == Remains()


def test_a_body_that_empties_the_workspace_does_no_harm(runs: Runs) -> None:
    build = runs.on_node("""
        cloudsmithOidc { sh 'rm -rf "$WORKSPACE_TMP"/cloudsmith-oidc-*' }
        cloudsmithOidc(dir: 'login') { deleteDir() }
    """)
    assert build.result == "SUCCESS"
    assert runs.remains(build) == Remains()


def test_refresh_replaces_the_tokens_in_the_same_files(runs: Runs, sandbox: Sandbox) -> None:
    build = runs.on_node("""
        def token = '''#!/bin/sh
            sed -n 's/.*:_authToken=//p' "$NPM_CONFIG_USERCONFIG" | tr -d '\\n' | sha256sum
        '''
        cloudsmithOidc {
            sh token
            sleep 2 // times in tokens are whole seconds
            script { cloudsmithOidc.refresh() }
            sh token
        }
    """)
    assert build.result == "SUCCESS"
    first, second = sandbox.cloudsmith.issued
    assert first != second
    for token in (first, second):
        assert build.console.count(sha256(token.encode()).hexdigest()) == 1
    assert len(set(runs.id_tokens())) == 2
    assert runs.remains(build) == Remains()


def test_a_block_returns_the_value_of_its_body_also_one_that_jenkins_cannot_save(runs: Runs) -> None:
    build = runs.on_node("""
        String value = cloudsmithOidc { sh(script: 'echo from the body', returnStdout: true).trim() }
        echo "returned: ${value}"
        cloudsmithOidc { 'unused' =~ /used/ }
    """)
    assert build.result == "SUCCESS"
    assert "returned: from the body" in build.console
    assert runs.remains(build) == Remains()


def test_options_without_names_are_one_error_and_ask_nobody_for_approval(runs: Runs) -> None:
    build = runs.on_node("""
        try { cloudsmithOidc('ci-reader') { } } catch (failure) { echo "first: ${failure}" }
        try { cloudsmithOidc('ci-reader', repo: 'prod') { } } catch (failure) { echo "second: ${failure}" }
        cloudsmithOidc('ci-reader')
    """)
    assert build.result == "FAILURE"
    for text in ("first: hudson.AbortException: ", "second: hudson.AbortException: ", "ERROR: "):
        assert build.says(f"{text}cloudsmithOidc: options have names"), text
