"""Helm: the user's chart repositories, and the dependencies of charts."""

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["helm"])
DEV = "https://dl.acme.com/basic/dev/helm/charts/"


@pytest.fixture
def own(jobs: Jobs) -> None:
    """The user has the repository dev by two names: `own`, and the one that a login gives prod."""
    jobs.log_in()
    token = jobs.cli.sandbox.issue()
    jobs.succeeds(
        f"""unset HELM_REPOSITORY_CONFIG HELM_REPOSITORY_CACHE
        helm repo add own {DEV} --username token --password {token}
        helm repo add acme-prod {DEV} --username token --password {token}""",
        "own",
    )
    jobs.cli.directory = jobs.folder / "next login"


@pytest.mark.usefixtures("own")
def test_repositories_of_the_user_are_not_inherited(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_INHERIT="true")

    printed = jobs.succeeds("helm repo update; helm repo list; ! helm pull own/acme-tools")
    assert "own" not in printed.partition("URL")[2].partition("Error")[0]


@pytest.mark.parametrize("place", ["https://dl.cloudsmith.io/basic/acme/prod/helm/charts/", "@acme-prod"])
def test_dependency_of_a_chart_authenticates(jobs: Jobs, place: str) -> None:
    jobs.log_in()

    jobs.succeeds(
        f"""mkdir chart
        printf 'apiVersion: v2\\nname: new\\nversion: 1.0.0\\n' >chart/Chart.yaml
        printf 'dependencies:\\n- name: acme-hello\\n  version: 1.0.0\\n  repository: "{place}"\\n' >>chart/Chart.yaml
        helm dependency update chart
        test -f chart/charts/acme-hello-1.0.0.tgz"""
    )
