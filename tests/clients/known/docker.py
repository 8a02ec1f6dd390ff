"""Docker, whose engine takes neither a proxy nor a CA from its client: it finds the registry on a loopback port."""

from clients.client import Client

PULL = 'docker pull "$REGISTRY/prod/app:1"; trap \'docker rmi --force "$REGISTRY/prod/app:1" >/dev/null\' EXIT'

CLIENT = Client(
    format="docker",
    program="docker",
    version="docker --version",
    files={"file": "hello"},
    read=f'docker login "$REGISTRY"; {PULL}; docker image inspect "$REGISTRY/prod/app:1" >image',
    got="image",
    publish='tar -c file | docker import - "$REGISTRY/prod/acme-docker:1"; '
    "trap 'docker rmi --force \"$REGISTRY/prod/acme-docker:1\" >/dev/null' EXIT; "
    'docker push "$REGISTRY/prod/acme-docker:1"',
    published="https://docker.cloudsmith.io/v2/acme/prod/acme-docker/tags/list",
    loud=f"{PULL.replace('docker pull', 'docker --debug --log-level debug pull')}; "
    'echo got >image; docker system info; cat "$DOCKER_CONFIG/config.json"',
    several='docker manifest inspect --insecure "$REGISTRY/prod/app:1"; '
    'docker manifest inspect --insecure "$REGISTRY/dev/tools:1"',
    settings=lambda sandbox: {"CLOUDSMITH_DOMAINS": f"docker=http://{sandbox.host('docker')}"},
    environment=lambda sandbox, _: {"REGISTRY": sandbox.host("docker")},
    domains=False,
    engine=True,
    in_ci=True,
)
