"""podman."""

from clients.client import Client

START = "run=$(mktemp -d); trap 'rm -rf \"$run\"' EXIT"
"""Its path may not be longer than 50 characters."""
PODMAN = 'podman --root "$PWD/store" --runroot "$run" --storage-driver vfs'
IMAGE = "docker.cloudsmith.io/acme/prod"

CLIENT = Client(
    format="docker",
    program="podman",
    version="podman --version",
    files={"file": "hello"},
    read=f"{START}; {PODMAN} pull {IMAGE}/app:1; {PODMAN} image inspect {IMAGE}/app:1 >image",
    got="image",
    publish=f"{START}; tar -c file | {PODMAN} import - {IMAGE}/acme-podman:1; {PODMAN} push {IMAGE}/acme-podman:1",
    published="https://docker.cloudsmith.io/v2/acme/prod/acme-podman/tags/list",
    loud=f"{START}; {PODMAN} login docker.cloudsmith.io; {PODMAN} --log-level trace pull {IMAGE}/app:1; "
    'echo got >image; cat "$REGISTRY_AUTH_FILE"',
    several=f"{START}; {PODMAN} pull {IMAGE}/app:1 docker.cloudsmith.io/acme/dev/tools:1",
    domains=False,
)
