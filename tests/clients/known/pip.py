"""pip of this Python."""

import shlex
import sys

from clients.client import Client

PIP = f"{shlex.quote(sys.executable)} -m pip"
INSTALL = f"{PIP} install --no-cache-dir --disable-pip-version-check --target ."

CLIENT = Client(
    format="pip",
    program=sys.executable,
    version=f"{PIP} --version",
    read=f"{INSTALL} acme-hello",
    got="acme_hello.py",
    loud=f'{INSTALL} -vvv acme-hello; {PIP} config list -v; {PIP} config debug; cat "$PIP_CONFIG_FILE" "$NETRC"',
    several=f"{INSTALL} acme-tools",
    second_index=f"{INSTALL} --extra-index-url https://public.example.com/python/simple/ acme-hello",
    taken="ls -d acme_hello-*",
    takes="acme_hello-9.9.0.dist-info",
)
