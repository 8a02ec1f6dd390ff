"""buildah."""

from clients.client import Client

BUILDAH = 'buildah --root "$PWD/store" --runroot "$PWD/run" --storage-driver vfs'
IMAGE = "docker.cloudsmith.io/acme/prod"

CLIENT = Client(
    format="docker",
    program="buildah",
    version="buildah --version",
    files={"Dockerfile": "FROM scratch\nCOPY file /\n", "file": "hello"},
    read=f"{BUILDAH} pull {IMAGE}/app:1; {BUILDAH} inspect --type image {IMAGE}/app:1 >image",
    got="image",
    publish=f"{BUILDAH} build --tag {IMAGE}/acme-buildah:1 .; {BUILDAH} push {IMAGE}/acme-buildah:1",
    published="https://docker.cloudsmith.io/v2/acme/prod/acme-buildah/tags/list",
    loud=f"{BUILDAH} login docker.cloudsmith.io; {BUILDAH} --log-level trace pull {IMAGE}/app:1; echo got >image; "
    'cat "$REGISTRY_AUTH_FILE"',
    several=f"{BUILDAH} pull {IMAGE}/app:1; {BUILDAH} pull docker.cloudsmith.io/acme/dev/tools:1",
    domains=False,
)
