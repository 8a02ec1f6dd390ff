import pytest

from explain.worlds import report
from pages import example
from program import Cli


@pytest.fixture(params=["explain", "administrator.md", "reader-and-publisher.md"])
def text(request: pytest.FixtureRequest, cli: Cli) -> str:
    """A Terraform text: the one that `explain` prints, or that of a page."""
    if request.param != "explain":
        return example(request.param, "cloudsmith.tf")
    return str(report(cli, "--no-exchange", "--repo", "prod", "--repo", "dev")["provider"]["terraform"])
