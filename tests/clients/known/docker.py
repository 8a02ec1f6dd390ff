"""Docker, whose engine takes neither a proxy nor a CA from its client: it finds the registry on a loopback port."""

from clients.client import Client

IMAGE = '"$REGISTRY/prod/app:1"'
# Another job may have removed the image from the engine, which all share.
READ = f'docker login "$REGISTRY"; docker pull {IMAGE}; echo got >image; docker rmi --force {IMAGE} || true'

CLIENT = Client(
    format="docker",
    program="docker",
    version="docker --version",
    files={"file": "hello"},
    read=READ,
    got="image",
    publish='tar -c file | docker import - "$REGISTRY/prod/acme-docker:1"; '
    "trap 'docker rmi --force \"$REGISTRY/prod/acme-docker:1\" >/dev/null' EXIT; "
    'docker push "$REGISTRY/prod/acme-docker:1"',
    published="https://docker.cloudsmith.io/v2/acme/prod/acme-docker/tags/list",
    loud=f"{READ.replace('docker', 'docker --debug --log-level debug')}; docker system info; "
    'cat "$DOCKER_CONFIG/config.json"',
    several='docker manifest inspect --insecure "$REGISTRY/prod/app:1"; '
    'docker manifest inspect --insecure "$REGISTRY/dev/tools:1"',
    settings=lambda sandbox: {"CLOUDSMITH_DOMAINS": f"docker=http://{sandbox.host('docker')}"},
    environment=lambda sandbox, _: {"REGISTRY": sandbox.host("docker")},
    domains=False,
    # `docker login` would ask for a password. A pull alone is refused.
    without_files="fails",
    engine=True,
)
