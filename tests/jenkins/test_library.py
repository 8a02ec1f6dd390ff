"""How the library is loaded: all other tests take the folder's, which runs in Jenkins' sandbox."""

import secrets

import pytest

from jenkins.controller import Controller, JenkinsError
from jenkins.runs import Place, Remains, Runs

DEFINE = """
import jenkins.plugins.git.GitSCMSource
import jenkins.plugins.git.traits.BranchDiscoveryTrait
import org.jenkinsci.plugins.workflow.libs.*

def libraries = GlobalLibraries.get().libraries.findAll {{ it.name != '{name}' }}
if ({wanted}) {{
    def source = new GitSCMSource('{repository}')
    source.traits = [new BranchDiscoveryTrait()]
    def library = new LibraryConfiguration('{name}', new SCMSourceRetriever(source))
    library.defaultVersion = 'main'
    libraries += library
}}
GlobalLibraries.get().libraries = libraries
print 'done'
"""


def test_as_a_global_library_which_is_trusted(runs: Runs, controller: Controller, place: Place) -> None:
    name = f"cloudsmith-oidc-{secrets.token_hex(4)}"
    define = DEFINE.format(name=name, repository=place.repository, wanted="true")
    try:
        assert controller.script(define) == "done"
    except JenkinsError as problem:
        pytest.skip(f"a global library takes an administrator: {problem}")
    try:
        build = runs.pipeline(f"""
            @Library('{name}') _
            node {{
                withEnv(["PATH+TOOLS=$TOOLS"]) {{
                    cloudsmithOidc {{ sh 'ls "$PIP_CONFIG_FILE"' }}
                    cloudsmithOidc()
                    cloudsmithOidc.refresh()
                    cloudsmithOidc.cleanup()
                }}
            }}
        """)
    finally:
        assert controller.script(DEFINE.format(name=name, repository="", wanted="false")) == "done"
    assert build.result == "SUCCESS"
    assert runs.remains(build) == Remains()


def test_by_the_library_step(runs: Runs, place: Place) -> None:
    build = runs.pipeline(f"""
        library identifier: 'of-this-commit@main',
            retriever: modernSCM([$class: 'GitSCMSource', remote: '{place.repository}'])
        node {{
            withEnv(["PATH+TOOLS=$TOOLS"]) {{
                cloudsmithOidc {{ sh 'ls "$PIP_CONFIG_FILE"' }}
            }}
        }}
    """)
    assert build.result == "SUCCESS"
    assert runs.remains(build) == Remains()
