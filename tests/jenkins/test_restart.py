"""A restart of the controller in mid-block, by the shell command JENKINS_RESTART_COMMAND."""

import os
import subprocess

import pytest

from jenkins.controller import Controller, wait_for
from jenkins.runs import SHOW_TOKEN, Remains, Runs, shown
from sandbox import Sandbox


def test_a_block_goes_on_after_a_restart_of_the_controller(
    runs: Runs, controller: Controller, sandbox: Sandbox
) -> None:
    command = os.environ.get("JENKINS_RESTART_COMMAND")
    if not command:
        pytest.skip("JENKINS_RESTART_COMMAND is unset: nothing says how to restart Jenkins")
    signal = runs.shared / "restarted"
    build = runs.start_on_node(f"""
        cloudsmithOidc {{
            sh 'echo waiting; while [ ! -f "$SHARED/restarted" ]; do sleep 0.2; done'
            sleep 2 // times in tokens are whole seconds
            script {{ cloudsmithOidc.refresh() }}
            {SHOW_TOKEN}
        }}
    """)
    build.wait_until(lambda: build.says("waiting"), "the body")
    subprocess.run(command, shell=True, check=True)
    wait_for(controller.is_up_again, "Jenkins after its restart")
    signal.touch()
    assert build.wait().result == "SUCCESS"
    assert len(sandbox.cloudsmith.issued) == 2
    assert shown(sandbox.cloudsmith.issued[-1], build)
    assert runs.remains(build) == Remains()
