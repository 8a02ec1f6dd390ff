"""npm."""

from clients.client import Client

INSTALL = "npm install --no-audit --no-fund"

CLIENT = Client(
    format="npm",
    program="npm",
    version="npm --version",
    files={"package.json": '{"name": "acme-npm", "version": "1.0.0"}'},
    read=f"{INSTALL} @acme/hello acme-hello",
    got="node_modules/@acme/hello/package.json",
    publish="npm publish",
    published="https://npm.cloudsmith.io/acme/prod/acme-npm",
    loud=f'{INSTALL} --loglevel silly @acme/hello; npm config list -l --json; cat "$NPM_CONFIG_USERCONFIG"',
    in_ci=True,
)
