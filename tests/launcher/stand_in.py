"""Stands in for cloudsmith-oidc, docker and podman, and writes down how it was called.

    python stand_in.py HOME NAME [ARGUMENT…]

HOME/NAME.json says how to behave (`Behaviour` in agent.py), HOME/answer is what a login writes, and each call is
one line of HOME/calls. A login that blocks says so through the FIFO HOME/started and waits for one at HOME/go.
"""

import json
import os
import sys
from pathlib import Path


def main() -> int:
    home, name, arguments = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    behaviour = json.loads((home / f"{name}.json").read_text())
    is_program = name == "cloudsmith-oidc"
    runs = is_program or arguments[0] == "run"
    call = {
        "argv": [name, *arguments],
        "env": {name: value for name, value in os.environ.items() if name != "LC_CTYPE"},  # Python sets that itself
        "stdin": sys.stdin.read() if runs else "",
        "pid": os.getpid(),
    }
    with (home / "calls").open("a") as calls:
        calls.write(json.dumps(call) + "\n")
    pulled = home / "pulled"
    has_image = is_program or behaviour["image"] in arguments or pulled.exists()
    if runs:
        if not has_image:
            sys.stderr.write(f"{name}: Error response from daemon: No such image\n")
            return 125
        return program(home, "explain" in arguments, **behaviour)
    if not behaviour["answers"]:
        sys.stderr.write("warning: something else\nCannot connect to the engine\n")
        return 1
    if arguments[:2] == ["image", "inspect"] and not has_image:
        sys.stderr.write("no such image\n")
        return 1
    if arguments[0] == "pull":
        if not behaviour["pulls"]:
            return 1
        pulled.touch()
    return 0


def program(home: Path, explains: bool, *, status: int, blocks: bool, **_engine: object) -> int:
    if blocks:
        with (home / "started").open("w") as started:
            started.write("started")
        (home / "go").read_bytes()
    if explains:
        sys.stdout.write("findings\n")
    elif status == 0:
        sys.stdout.buffer.write((home / "answer").read_bytes())
    else:
        sys.stderr.write("the program says why\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
