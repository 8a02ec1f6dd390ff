"""The vendor's command line."""

from clients.client import Client

PUSH = "cloudsmith push raw acme/prod new.txt --name acme-cloudsmith --version 1.0.0 --no-wait-for-sync"

CLIENT = Client(
    format="cloudsmith",
    program="cloudsmith",
    version="cloudsmith --version",
    read="cloudsmith download acme/prod acme-hello",
    got="acme_hello-*.whl",
    files={"new.txt": "new"},
    publish=PUSH,
    published="https://api.cloudsmith.io/packages/acme/prod/acme-cloudsmith/",
    loud="cloudsmith --debug download acme/prod acme-hello; cloudsmith --debug whoami --verbose; "
    f'cloudsmith --debug list packages acme/prod; {PUSH} --debug; env; cat "$CLOUDSMITH_CREDENTIALS_FILE"',
    several="cloudsmith download acme/dev acme-tools",
    domains=False,
)
