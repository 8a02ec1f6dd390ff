"""What other files say about the formats is what the formats say, and nothing that would be dangerous there."""

import re
from pathlib import Path

import pytest

from clients.client import clients
from cloudsmith_oidc import formats
from formats import tables

OF_PROGRAMS = re.compile(r"PATH|HOME|IFS|(LD|DYLD|PYTHON|BASH|DOCKER_HOST|SSL|CLOUDSMITH_OIDC).*")
"""What says which code the shell and the program run, and whom they ask."""


@pytest.mark.parametrize("path", tables.PARTS)
def test_generated_file_is_up_to_date(repository: Path, path: str) -> None:
    text = (repository / path).read_text()

    assert text == tables.PARTS[path](text), "run: (cd tests && ../.venv/bin/python -m formats)"


@pytest.mark.parametrize("name", formats.names())
def test_no_variable_of_a_format_controls_the_program(name: str) -> None:
    """What a format adds to reaches the program from the job; what it sets is there at the next login."""
    form = formats.load(name)

    names = {*form.variables, *form.extends}

    assert [variable for variable in names if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", variable)] == []
    assert [variable for variable in names if OF_PROGRAMS.fullmatch(variable)] == []


@pytest.mark.parametrize("name", formats.names())
def test_oldest_version_is_of_a_client_that_is_run(name: str) -> None:
    assert formats.load(name).least.keys() <= clients().keys()
