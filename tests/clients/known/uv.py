"""uv, which builds with the backend that it brings."""

from clients.client import Client

INSTALL = "uv pip install --target ."
LOUD = "RUST_LOG=trace uv -vv"
PROJECT = """cat >pyproject.toml <<END
[project]
name = "acme-app"
version = "1.0.0"
requires-python = ">=3.9"
dependencies = ["acme-hello"]
[[tool.uv.index]]
name = "public"
url = "https://public.example.com/python/simple/"
default = true
END
"""
SOURCE = """cat >>pyproject.toml <<END
[[tool.uv.index]]
name = "acme"
url = "https://dl.cloudsmith.io/basic/acme/prod/python/simple/"
publish-url = "https://python.cloudsmith.io/acme/prod/"
explicit = true
[tool.uv.sources]
acme-hello = { index = "acme" }
END
"""

CLIENT = Client(
    format="uv",
    program="uv",
    version="uv --version",
    files={
        "src/acme_uv/__init__.py": "",
        "pyproject.toml": '[project]\nname = "acme-uv"\nversion = "1.0.0"\nrequires-python = ">=3.9"\n'
        '[build-system]\nrequires = ["uv_build<1"]\nbuild-backend = "uv_build"\n',
    },
    read=f"{INSTALL} acme-hello",
    got="acme_hello.py",
    publish="uv build --offline && uv publish",
    published="https://dl.cloudsmith.io/basic/acme/prod/python/simple/acme-uv/",
    loud=f"{LOUD} pip install --target . acme-hello; {LOUD} build --offline; {LOUD} publish; "
    f'{LOUD} auth token --username token https://dl.cloudsmith.io; env; cat "$NETRC"',
    several=f"{INSTALL} --index https://dl.cloudsmith.io/basic/acme/dev/python/simple/ acme-tools",
    second_index=f"{INSTALL} --index https://public.example.com/python/simple/ acme-hello",
    taken="ls -d acme_hello-*",
    takes="acme_hello-9.9.0.dist-info",
    settings=lambda _: {"CLOUDSMITH_FORMAT_OPTIONS": "uv.index=true"},
)
