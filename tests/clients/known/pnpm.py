"""pnpm."""

from clients.client import Client
from clients.known.npm import SECOND_INDEX, TAKEN

CLIENT = Client(
    format="npm",
    program="pnpm",
    version="pnpm --version",
    files={"package.json": '{"name": "acme-pnpm", "version": "1.0.0"}'},
    read="pnpm add @acme/hello acme-hello",
    got="node_modules/@acme/hello/package.json",
    publish="pnpm publish --no-git-checks",
    published="https://npm.cloudsmith.io/acme/prod/acme-pnpm",
    loud='pnpm add --loglevel debug @acme/hello; pnpm config list --json; cat "$NPM_CONFIG_USERCONFIG"',
    several="pnpm add --registry https://npm.cloudsmith.io/acme/dev/ acme-tools",
    second_index=f"{SECOND_INDEX}; pnpm add @acme/hello acme-hello",
    taken=TAKEN,
)
