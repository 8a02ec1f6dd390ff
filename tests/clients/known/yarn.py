"""Yarn 4."""

from clients.client import Client
from clients.known.npm import TAKEN

SCOPE = "npmScopes: {acme: {npmRegistryServer: 'https://public.example.com/npm/', npmMinimalAgeGate: 0}}"

CLIENT = Client(
    format="yarn",
    program="yarn",
    version="yarn --version",
    files={
        "package.json": '{"name": "acme-yarn", "version": "1.0.0"}',
        ".yarnrc.yml": "nodeLinker: node-modules\n",
        "yarn.lock": "",
    },
    read="yarn add @acme/hello acme-hello",
    got="node_modules/@acme/hello/package.json",
    publish="yarn install && yarn npm publish",
    published="https://npm.cloudsmith.io/acme/prod/acme-yarn",
    loud="yarn add @acme/hello; yarn config -v; yarn config get npmRegistries --no-redacted --json; "
    'cat "$YARN_PLUGINS"',
    several="echo 'npmRegistryServer: https://npm.cloudsmith.io/acme/dev/' >>.yarnrc.yml; yarn add acme-tools",
    second_index=f'echo "{SCOPE}" >>.yarnrc.yml; yarn add @acme/hello acme-hello',
    taken=TAKEN,
    # Yarn takes no proxy from the usual variables, and by default nothing that is as new as the sandbox's packages.
    environment=lambda sandbox, _: {
        "YARN_HTTPS_PROXY": sandbox.proxy_url,
        "YARN_NPM_MINIMAL_AGE_GATE": "0",
        "YARN_ENABLE_TELEMETRY": "0",
    },
)
