"""bun."""

from clients.client import Client
from clients.known.npm import SECOND_INDEX, TAKEN

CLIENT = Client(
    format="npm",
    program="bun",
    version="bun --version",
    files={"package.json": '{"name": "acme-bun", "version": "1.0.0"}'},
    read="bun add @acme/hello acme-hello",
    got="node_modules/@acme/hello/package.json",
    publish="bun publish",
    published="https://npm.cloudsmith.io/acme/prod/acme-bun",
    loud='bun add --verbose @acme/hello; cat "$NPM_CONFIG_USERCONFIG"',
    several="bun add --registry https://npm.cloudsmith.io/acme/dev/ acme-tools",
    second_index=f"{SECOND_INDEX}; bun add @acme/hello acme-hello",
    taken=TAKEN,
)
