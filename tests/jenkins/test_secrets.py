"""Where tokens must not be: on the console, in the job's records, in the workspace afterwards."""

from jenkins.runs import Remains, Runs
from sandbox import Sandbox, faults

SHOW_ALL = """
    sh '''
    env | sort
    cat "$PIP_CONFIG_FILE" "$NETRC"
    cat "$NPM_CONFIG_USERCONFIG"
    cat "$DOCKER_CONFIG/config.json"
    sed -n 's/.*"auth": *"\\\\([^"]*\\\\)".*/auth field: \\\\1/p' "$DOCKER_CONFIG/config.json"
    sed -n 's/.*:_authToken=//p' "$NPM_CONFIG_USERCONFIG" | base64 -w 0
    pip config list
    pip download -v --no-deps --dest "$WORKSPACE_TMP/wheels" acme-hello
    rm -r "$WORKSPACE_TMP/wheels"
    '''
"""
SEARCH = """
    sh '''#!/bin/sh
    while [ ! -f "$TRACES" ]; do sleep 0.2; done
    records=$JENKINS_HOME/jobs/$(echo "$JOB_NAME" | sed 's|/|/jobs/|g')
    ls "$records/builds/$BUILD_NUMBER"
    echo "searched: $(grep -rlaF cloudsmithOidc "$records" | wc -l) files, among them:"
    grep -rlaF -f "$TRACES" "$records" PLACES | sed 's/^/secret: /'
    echo done
    '''
"""


def lines_with_a_token(console: str, traces: list[str]) -> list[str]:
    return [line for line in console.splitlines() if any(trace in line for trace in traces)]


def test_a_body_that_shows_everything_shows_no_token(runs: Runs, packages: Sandbox) -> None:
    build = runs.on_node(f"cloudsmithOidc {{ {SHOW_ALL} }}")
    assert build.result == "SUCCESS"
    assert packages.cloudsmith.issued
    assert lines_with_a_token(build.console, runs.traces()) == []
    assert "password ********" in build.console
    assert ":_authToken=********" in build.console
    assert "auth field: dG9rZW46********" in build.console  # the name `token:` is no secret
    assert runs.remains(build) == Remains()


def test_without_masking_the_token_is_shown_and_this_suite_sees_it(runs: Runs, packages: Sandbox) -> None:
    build = runs.on_node(f"cloudsmithOidc(mask: false) {{ {SHOW_ALL} }}")
    assert build.result == "SUCCESS"
    [token] = packages.cloudsmith.issued
    assert token in build.console
    assert len(lines_with_a_token(build.console, runs.traces())) > 3
    assert runs.remains(build) == Remains(secrets=(f"{runs.records(build)}/builds/1/log",))


def test_while_the_block_is_open_its_records_hold_no_token(runs: Runs, sandbox: Sandbox) -> None:
    build = runs.start_on_node(f"cloudsmithOidc {{ {SEARCH.replace('PLACES', '')} }}")
    build.wait_until(lambda: sandbox.cloudsmith.issued, "a login")
    runs.write_traces()
    assert build.wait().result == "SUCCESS"
    assert "program.dat" in build.console.splitlines()
    assert not build.says("searched: 0 files")
    assert not build.says("secret: ")
    assert runs.remains(build) == Remains()


def test_while_the_exchange_is_under_way_the_id_token_is_in_no_file(runs: Runs, sandbox: Sandbox) -> None:
    """The script file, the console's file and the environment's file of the step are there then."""
    sandbox.faults.add("exchange", faults.hang())
    search = SEARCH.replace("PLACES", '"$WORKSPACE" "$WORKSPACE_TMP"')
    build = runs.start_on_node(f"parallel login: {{ cloudsmithOidc {{ echo 'in' }} }}, search: {{ {search} }}")
    build.wait_until(lambda: sandbox.exchange_requests, "an exchange")
    runs.write_traces()
    build.wait_until(lambda: "done" in build.console, "the end of the search")
    sandbox.faults.clear()
    assert build.wait().result == "SUCCESS"
    assert not build.says("secret: ")
    assert len(runs.id_tokens()) > 0
    assert runs.remains(build) == Remains()
