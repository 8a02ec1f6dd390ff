"""py-rattler, whose Python installs a package of the channels that it is given."""

from clients.client import Client

SCRIPT = """
import asyncio, os, sys
from rattler import Channel, Client, Gateway, install, solve
from rattler.networking import AuthenticationMiddleware

async def main(package, *channels):
    client = Client([AuthenticationMiddleware()])
    gateway = Gateway(client=client)
    found = await solve([Channel(url) for url in channels], [package], gateway, platforms=["noarch", "linux-64"])
    await install(found, "prefix", client=client)

asyncio.run(main(*sys.argv[1:]))
# Its threads can crash a Python that shuts down.
os._exit(0)
"""
INSTALL = "python-rattler install.py"
CHANNEL = "https://conda.cloudsmith.io/acme"

CLIENT = Client(
    format="conda",
    program="python-rattler",
    version='python-rattler -c "import rattler; print(rattler.__version__)"',
    files={"install.py": SCRIPT},
    read=f"{INSTALL} acme-hello {CHANNEL}/prod",
    got="prefix/share/acme-hello.txt",
    loud=f'RUST_LOG=trace {INSTALL} acme-hello {CHANNEL}/prod; env; cat "$NETRC"',
    several=f"{INSTALL} acme-tools {CHANNEL}/prod {CHANNEL}/dev",
    second_index=f"{INSTALL} acme-hello {CHANNEL}/prod https://public.example.com/conda",
    taken="ls prefix/conda-meta",
    takes="acme-hello-1.0.0-0.json",
    domains=False,
)
