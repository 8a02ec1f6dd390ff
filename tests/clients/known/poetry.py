"""Poetry 2."""

from clients.client import Client

CLOUDSMITH = "https://dl.cloudsmith.io/basic/acme"


def poetry(program: str) -> Client:
    """Describe Poetry by its program, with which its package shares the name."""
    source = f"{program} source add"
    with_acme = f"{source} acme {CLOUDSMITH}/prod/python/simple/"
    return Client(
        format="poetry",
        program=program,
        version=f"{program} --version",
        files={
            f"acme_{program}/__init__.py": "",
            "pyproject.toml": f'[tool.poetry]\nname = "acme-{program}"\nversion = "1.0.0"\n'
            'description = ""\nauthors = []\n'
            '[tool.poetry.dependencies]\npython = ">=3.9"\n'
            '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n',
        },
        read=f"{with_acme}; {program} add -n acme-hello",
        got=".venv/lib/python*/site-packages/acme_hello.py",
        publish=f"{program} publish -n --build -r cloudsmith",
        published=f"{CLOUDSMITH}/prod/python/simple/acme-{program}/",
        loud=f"{with_acme}; {program} add -n -vvv acme-hello; "
        f'{program} publish -n -vvv --build -r cloudsmith; {program} config --list; env; cat "$NETRC"',
        several=f"{with_acme}; {source} tools {CLOUDSMITH}/dev/python/simple/; {program} add -n acme-hello acme-tools",
        second_index=f"{with_acme}; "
        f"{source} public https://public.example.com/python/simple/; {program} add -n acme-hello",
        taken="ls -d .venv/lib/python*/site-packages/acme_hello-*",
        takes="acme_hello-9.9.0.dist-info",
        environment=lambda _sandbox, _home: {"POETRY_VIRTUALENVS_IN_PROJECT": "true"},
        domains=False,
    )


CLIENT = poetry("poetry")
