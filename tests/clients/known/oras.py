"""oras."""

from clients.client import Client

IMAGE = "docker.cloudsmith.io/acme/prod"

CLIENT = Client(
    format="docker",
    program="oras",
    version="oras version",
    files={"file": "hello"},
    read=f"oras copy --to-oci-layout {IMAGE}/app:1 app:1",
    got="app/blobs/sha256/*",
    publish=f"oras push {IMAGE}/acme-oras:1 file",
    published="https://docker.cloudsmith.io/v2/acme/prod/acme-oras/tags/list",
    loud=f"oras login docker.cloudsmith.io; oras copy --debug --to-oci-layout {IMAGE}/app:1 app:1; "
    'cat "$DOCKER_CONFIG/config.json"',
    several=f"oras manifest fetch {IMAGE}/app:1; oras manifest fetch docker.cloudsmith.io/acme/dev/tools:1",
    domains=False,
)
