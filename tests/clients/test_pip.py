"""What pip does with what a project or a job says of its own, and whom it tells the login."""

import pytest

from clients.job import Jobs
from clients.known.pip import INSTALL

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
# The build of a build requirement runs below the pip that the first pip starts for it: it writes down who they are.
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


def test_requirements_that_name_the_index_themselves_get_in(jobs: Jobs) -> None:
    jobs.log_in()
    index = "https://dl.cloudsmith.io/basic/acme/dev/python/simple/"

    done = jobs.run(f"printf '%s\\n' '--index-url {index}' acme-tools >requirements.txt; {INSTALL} -r requirements.txt")

    assert done.code == 0, done.output
    assert (jobs.folder / "job" / "acme_tools.py").exists()


def test_an_index_of_the_job_wins(jobs: Jobs) -> None:
    jobs.log_in()

    done = jobs.run(f"PIP_INDEX_URL={PUBLIC} {INSTALL} acme-hello")

    assert done.code == 0, done.output
    assert "acme-hello-9.9.0" in done.output


def test_the_users_pip_conf_is_not_seen(jobs: Jobs) -> None:
    own = jobs.home / ".config" / "pip" / "pip.conf"
    own.parent.mkdir(parents=True)
    own.write_text(f"[global]\nindex-url = {PUBLIC}\n")
    jobs.log_in()

    done = jobs.run(f"{INSTALL} acme-hello; env -u PIP_CONFIG_FILE {INSTALL} --upgrade acme-hello")

    assert done.code == 0, done.output
    assert "acme-hello-1.0.0" in done.output
    assert "acme-hello-9.9.0" in done.output


def test_what_a_build_needs_comes_from_cloudsmith_too_and_no_process_shows_the_token(jobs: Jobs) -> None:
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

    done = jobs.run(f"{INSTALL} ../outer")

    assert done.code == 0, done.output
    spied = (jobs.folder / "spied").read_text()
    assert "dl.cloudsmith.io" in spied
    assert not jobs.shows_token(spied)
