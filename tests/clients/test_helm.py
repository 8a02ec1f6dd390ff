"""What becomes of the user's own chart repositories, and of a chart's dependencies."""

import re

import pytest

from clients.job import Jobs

pytestmark = pytest.mark.parametrize("name", ["helm"])
DEV = "https://dl.acme.com/basic/dev/helm/charts/"


@pytest.fixture
def own(jobs: Jobs) -> None:
    """The user has the repository dev by the name `own`, and by the one that a login gives prod, too."""
    jobs.log_in()
    token = jobs.cli.sandbox.issue()
    done = jobs.run(
        f"""unset HELM_REPOSITORY_CONFIG HELM_REPOSITORY_CACHE
        helm repo add own {DEV} --username token --password {token}
        helm repo add acme-prod {DEV} --username token --password {token}""",
        "own",
    )
    assert done.code == 0, done.output
    jobs.cli.directory = jobs.folder / "next login"


@pytest.mark.usefixtures("own")
def test_the_users_repositories_stay_if_they_are_inherited_but_for_one_of_the_same_name(jobs: Jobs) -> None:
    jobs.log_in(CLOUDSMITH_INHERIT="true")

    done = jobs.run("helm repo list; helm repo update; helm pull own/acme-tools; helm pull acme-prod/acme-hello")

    assert done.code == 0, done.output
    assert len(re.findall("^acme-prod", done.output, re.MULTILINE)) == 1, done.output


@pytest.mark.usefixtures("own")
def test_the_users_repositories_are_not_there_else(jobs: Jobs) -> None:
    jobs.log_in()

    done = jobs.run("helm repo update; helm repo list; ! helm pull own/acme-tools")

    assert done.code == 0, done.output
    assert "own" not in done.output.partition("URL")[2].partition("Error")[0]


@pytest.mark.parametrize("text", ["", "repositories: []\n", 'apiVersion: ""\nrepositories: null\n'])
def test_a_user_can_have_no_repositories(jobs: Jobs, text: str) -> None:
    _write(jobs, text)

    jobs.log_in(CLOUDSMITH_INHERIT="true")

    assert jobs.run(jobs.client.read).code == 0


@pytest.mark.parametrize(
    "text", ['{"repositories": []}', "repositories:\n- name: own", "repositories:\n\t- name: own\n"]
)
def test_a_file_that_helm_did_not_write_is_refused_rather_than_half_read(jobs: Jobs, text: str) -> None:
    _write(jobs, text)

    with pytest.raises(AssertionError, match="not as Helm writes it"):
        jobs.log_in(CLOUDSMITH_INHERIT="true")


@pytest.mark.parametrize("place", ["https://dl.cloudsmith.io/basic/acme/prod/helm/charts/", "@acme-prod"])
def test_a_charts_dependency_is_let_in(jobs: Jobs, place: str) -> None:
    jobs.log_in()

    done = jobs.run(
        f"""mkdir chart
        printf 'apiVersion: v2\\nname: new\\nversion: 1.0.0\\n' >chart/Chart.yaml
        printf 'dependencies:\\n- name: acme-hello\\n  version: 1.0.0\\n  repository: "{place}"\\n' >>chart/Chart.yaml
        helm dependency update chart
        test -f chart/charts/acme-hello-1.0.0.tgz"""
    )

    assert done.code == 0, done.output


def _write(jobs: Jobs, text: str) -> None:
    file = jobs.home / ".config/helm/repositories.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
