"""npm."""

from clients.client import Client

INSTALL = "npm install --no-audit --no-fund"
SECOND_INDEX = "echo '@acme:registry=https://public.example.com/npm/' >.npmrc"
"""A further registry as npm knows it: of a scope."""
VERSIONS = (
    """node -p '["acme-hello", "@acme/hello"].map((name) => require(`./node_modules/${name}/package.json`).version)'"""
)
TAKEN = "node -p 'require(`./node_modules/acme-hello/package.json`).version'"

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
    several=f"{INSTALL} --registry https://npm.cloudsmith.io/acme/dev/ acme-tools",
    second_index=f"{SECOND_INDEX}; {INSTALL} @acme/hello acme-hello",
    taken=TAKEN,
)
