"""pip: the processes that it starts to build packages."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["pip"])

PUBLIC = "https://public.example.com/python/simple/"
PROJECT = """[project]
name = "{name}"
version = "1.0.0"
[build-system]
requires = ["{requires}"]
build-backend = "backend"
backend-path = ["."]
"""
BACKEND = """
import os, pathlib, zipfile

def build_wheel(directory, config_settings=None, metadata_directory=None):
    {also}
    name = "{name}-1.0.0"
    with zipfile.ZipFile(f"{{directory}}/{{name}}-py3-none-any.whl", "w") as wheel:
        wheel.writestr("{name}.py", "")
        wheel.writestr(f"{{name}}.dist-info/METADATA", "Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0.0\\n")
        wheel.writestr(f"{{name}}.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{{name}}.dist-info/RECORD", "")
    return f"{{name}}-py3-none-any.whl"
"""
# The build of a build requirement runs below a pip that the first pip starts. It writes down both pips' processes.
SPY = """
    import acme_hello
    said, process = [], os.getpid()
    while process > 1:
        folder = pathlib.Path(f"/proc/{process}")
        said += [(folder / name).read_text(errors="replace").replace(chr(0), " ") for name in ("cmdline", "environ")]
        process = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        if not os.access(f"/proc/{process}/environ", os.R_OK):
            break
    pathlib.Path(os.environ["SPIED"]).write_text(chr(10).join(said))
"""


def test_build_requirements_come_from_cloudsmith_and_no_process_shows_the_token(jobs: Jobs) -> None:
    jobs.log_in()
    jobs.environment["SPIED"] = str(jobs.folder / "spied")
    inner = jobs.folder / "inner"
    for folder, name, requires, also in (
        (inner, "inner", "acme-hello", SPY.strip()),
        (jobs.folder / "outer", "outer", f"inner @ {inner.as_uri()}", "import inner"),
    ):
        folder.mkdir()
        (folder / "pyproject.toml").write_text(PROJECT.format(name=name, requires=requires))
        (folder / "backend.py").write_text(BACKEND.format(name=name, also=also))

    jobs.succeeds(jobs.client.filled("{INSTALL} ../outer"))
    spied = (jobs.folder / "spied").read_text()
    assert "dl.cloudsmith.io" in spied
    assert not jobs.shows_token(spied)
