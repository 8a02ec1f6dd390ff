"""Measure what a block costs on a real Jenkins, beside the vendor's own shell step and `sh 'true'`. See README.md."""

import os
import statistics
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from jenkins.controller import Controller  # noqa: E402 - found by the line above
from jenkins.runs import AUDIENCE, CREDENTIAL, Runs  # noqa: E402
from jenkins.surroundings import agent_settings, folder_with_library, shared_folder  # noqa: E402
from sandbox import Sandbox  # noqa: E402

ROUNDS = 15
MAX_REST = 80.0

# The middle step is the one of Cloudsmith's guide for Jenkins.
PIPELINE = """
@Library('cloudsmith-oidc') _
node {
    withEnv(["PATH+TOOLS=$TOOLS"]) {
        for (int round = 0; round < ROUNDS; round++) {
            stage('block') { cloudsmithOidc { } }
            stage('guide') {
                withCredentials([string(credentialsId: 'CREDENTIAL', variable: 'OIDC_TOKEN')]) {
                    sh '''#!/bin/sh
                    curl --silent --fail --header 'Content-Type: application/json' --data \\
                        "{\\"oidc_token\\":\\"$OIDC_TOKEN\\",\\"service_slug\\":\\"$CLOUDSMITH_SERVICE_SLUG\\"}" \\
                        "$CLOUDSMITH_API_HOST/openid/$CLOUDSMITH_ORG/" | jq --raw-output --exit-status .token >/dev/null
                    '''
                }
            }
            stage('sh') { sh 'true' }
        }
    }
}
"""

# When each node of the pipeline's graph began, what it is, and in which stage.
TIMES = """
import org.jenkinsci.plugins.workflow.actions.TimingAction
import org.jenkinsci.plugins.workflow.graph.FlowGraphWalker
def execution = Jenkins.get().getItemByFullName('JOB').getLastBuild().execution
new FlowGraphWalker(execution).toList().sort { it.id as int }.each { node ->
    def stage = ([node] + node.enclosingBlocks).find { it.displayName in ['block', 'guide', 'sh'] }
    def of = stage ? "$stage.id|$stage.displayName" : '-|-'
    println "${TimingAction.getStartTime(node)}|$node.displayFunctionName|$of"
}
null
"""


def main() -> None:
    """Run the build and print medians of one round, in milliseconds."""
    url = os.environ.get("JENKINS_URL")
    if not url:
        sys.exit(
            "Set JENKINS_URL, JENKINS_USER and JENKINS_API_TOKEN (an administrator's): see tests/jenkins/README.md"
        )
    controller = Controller(url, os.environ.get("JENKINS_USER"), os.environ.get("JENKINS_API_TOKEN"))
    with Sandbox() as sandbox, shared_folder() as shared, folder_with_library(controller, shared, ROOT) as place:
        settings = agent_settings(controller, place, shared, ROOT)
        sandbox.trust(place.issuer, {"aud": AUDIENCE})
        runs = Runs(
            controller, place, "bench", sandbox, {name: settings[name] for name in settings if name != "engine"}
        )
        build = runs.pipeline(PIPELINE.replace("ROUNDS", str(ROUNDS)).replace("CREDENTIAL", CREDENTIAL))
        if build.result != "SUCCESS":
            sys.exit(build.story())
        job = build.job.removeprefix("job/").replace("/job/", "/")
        rounds = list(_rounds(controller.script(TIMES.replace("JOB", job))))
    controller.close()
    for name, meaning in (
        ("block", "cloudsmithOidc { }"),
        ("rest", "of it, all steps but the two sh"),
        ("guide", "the vendor's step with curl and jq"),
        ("sh", "sh 'true'"),
    ):
        took = [round_[name] for round_ in rounds if name in round_]
        sys.stdout.write(
            f"{name:6} {statistics.median(took):7.0f} ms ({min(took):.0f} to {max(took):.0f})  {meaning}\n"
        )
    rest = statistics.median(round_["rest"] for round_ in rounds if "rest" in round_)
    sys.stdout.write(f"aim: rest under {MAX_REST:.0f} ms: {'met' if rest < MAX_REST else 'missed'}\n")


def _rounds(listing: str) -> Iterator[dict[str, float]]:
    """Return how long each stage took, and of a block what is left without its `sh`."""
    nodes = [line.split("|") for line in listing.splitlines()]
    # The steps come one after the other: each takes until the next one begins.
    spans = [(float(later[0]) - float(start), step, of, name) for (start, step, of, name), later in pairwise(nodes)]
    for stage in dict.fromkeys(stage for _, _, stage, name in spans if name != "-"):
        inside = [(took, step, name) for took, step, of, name in spans if of == stage]
        total = {inside[0][2]: sum(took for took, _, _ in inside)}
        shells = sum(took for took, step, _ in inside if step.startswith("sh"))
        yield total | ({"rest": total["block"] - shells} if "block" in total else {})


if __name__ == "__main__":
    main()
