"""Helm: the user's chart repositories, and the dependencies of charts."""

import re

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
def test_inherited_repositories_are_kept_except_one_of_the_same_name(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_INHERIT="true")

    printed = jobs.succeeds(
        "helm repo list; helm repo update; helm pull own/acme-tools; helm pull acme-prod/acme-hello"
    )
    assert len(re.findall("^acme-prod", printed, re.MULTILINE)) == 1, printed


@pytest.mark.usefixtures("own")
def test_repositories_of_the_user_are_overridden(jobs: Jobs) -> None:
    jobs.log_in()

    printed = jobs.succeeds("helm repo update; helm repo list; ! helm pull own/acme-tools")
    assert "own" not in printed.partition("URL")[2].partition("Error")[0]


@pytest.mark.parametrize("text", ["", "repositories: []\n", 'apiVersion: ""\nrepositories: null\n'])
def test_user_may_have_no_repositories(jobs: Jobs, text: str) -> None:
    _write(jobs, text)

    jobs.log_in(CLOUDSMITH_INHERIT="true")

    assert jobs.run(jobs.client.read).code == 0


@pytest.mark.parametrize(
    "text", ['{"repositories": []}', "repositories:\n- name: own", "repositories:\n\t- name: own\n"]
)
def test_file_that_helm_did_not_write_is_rejected(jobs: Jobs, text: str) -> None:
    _write(jobs, text)

    with pytest.raises(AssertionError, match="not as Helm writes it"):
        jobs.log_in(CLOUDSMITH_INHERIT="true")


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


def _write(jobs: Jobs, text: str) -> None:
    file = jobs.home / ".config/helm/repositories.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
