"""yarn 1, which sends the login for packages without a scope only if it is told to."""

from clients.client import Client
from clients.known.npm import SECOND_INDEX, TAKEN

CLIENT = Client(
    format="npm",
    program="yarn1",
    version="yarn1 --version",
    files={"package.json": '{"name": "acme-yarn1", "version": "1.0.0"}'},
    read="yarn1 add @acme/hello acme-hello",
    got="node_modules/@acme/hello/package.json",
    publish="yarn1 publish --non-interactive --new-version 1.0.0",
    published="https://npm.cloudsmith.io/acme/prod/acme-yarn1",
    loud='yarn1 add --verbose @acme/hello; yarn1 config list; cat "$NPM_CONFIG_USERCONFIG"',
    several="yarn1 add --registry https://npm.cloudsmith.io/acme/dev/ acme-tools",
    second_index=f"{SECOND_INDEX}; yarn1 add @acme/hello acme-hello",
    taken=TAKEN,
    settings=lambda _: {"CLOUDSMITH_FORMAT_OPTIONS": "npm.yarn1=true"},
)
