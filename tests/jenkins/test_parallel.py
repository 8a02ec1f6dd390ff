"""Many logins at once on one node, which share a workspace."""

from hashlib import sha256

from jenkins.runs import Remains, Runs
from sandbox import Sandbox

BRANCHES = 20


def test_no_branch_disturbs_another(runs: Runs, sandbox: Sandbox) -> None:
    services = {f"ci-{number}" for number in range(BRANCHES)}
    sandbox.cloudsmith.providers["acme"][-1].services |= services
    build = runs.on_node(f"""
        def branches = [failFast: false]
        for (int number = 0; number < {BRANCHES}; number++) {{
            String service = "ci-$number"
            branches[service] = {{
                cloudsmithOidc(service: service) {{
                    sh '''#!/bin/sh
                    ls "$PIP_CONFIG_FILE" "$DOCKER_CONFIG/config.json" >/dev/null || exit
                    hash=$(sed -n 's/.*:_authToken=//p' "$NPM_CONFIG_USERCONFIG" | sort -u | tr -d '\\n' | sha256sum)
                    echo "found: $(echo "$CLOUDSMITH_OIDC_LOGIN" | sed -n s/^service=//p) $hash"
                    '''
                }}
            }}
        }}
        parallel branches
    """)
    assert build.result == "SUCCESS"
    issued = {
        sandbox.cloudsmith.service_of(token): sha256(token.encode()).hexdigest() for token in sandbox.cloudsmith.issued
    }
    assert issued.keys() == services
    found = [line for line in build.console.splitlines() if "found: " in line]
    assert len(found) == BRANCHES
    for service, digest in issued.items():
        assert any(f"found: {service} {digest}" in line for line in found), service
    assert runs.remains(build) == Remains()
