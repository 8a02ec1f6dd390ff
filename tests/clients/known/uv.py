"""uv."""

from clients.client import Client

CLIENT = Client(
    format="uv",
    program="uv",
    version="uv --version",
    files={
        "acme_new/__init__.py": "",
        "pyproject.toml": '[project]\nname = "acme-new"\nversion = "1.0.0"\n'
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    },
    read="uv pip install --target . acme-hello",
    got="acme_hello.py",
    loud="uv -vv pip install --target . acme-hello; env",
    several="uv pip install --target . --index https://dl.cloudsmith.io/basic/acme/dev/python/simple/ acme-tools",
    second_index="uv pip install --target . --index https://public.example.com/python/simple/ acme-hello",
    taken="ls -d acme_hello-*",
    takes="acme_hello-9.9.0.dist-info",
    settings=lambda _: {"CLOUDSMITH_FORMAT_OPTIONS": "uv.index=true"},
    in_ci=True,
)
