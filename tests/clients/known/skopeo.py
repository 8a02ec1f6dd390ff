"""skopeo."""

from clients.client import Client

IMAGE = "docker://docker.cloudsmith.io/acme/prod"

CLIENT = Client(
    format="docker",
    program="skopeo",
    version="skopeo --version",
    read=f"skopeo copy {IMAGE}/app:1 dir:app",
    got="app/manifest.json",
    publish=f"skopeo copy {IMAGE}/app:1 {IMAGE}/acme-skopeo:1",
    published="https://docker.cloudsmith.io/v2/acme/prod/acme-skopeo/tags/list",
    loud=f'skopeo login docker.cloudsmith.io; skopeo --debug copy {IMAGE}/app:1 dir:app; cat "$REGISTRY_AUTH_FILE"',
    several=f"skopeo inspect {IMAGE}/app:1; skopeo inspect docker://docker.cloudsmith.io/acme/dev/tools:1",
    domains=False,
)
