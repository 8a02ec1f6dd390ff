"""GitLab, the service and servers of one's own.

Source: GitLab documentation, "OpenID Connect (OIDC) Authentication Using ID Tokens"
(doc/ci/secrets/id_token_authentication.md): `iss` is the server's URL, so that only GitLab's own claims show a server
of one's own; `sub` is `project_path:GROUP/PROJECT:ref_type:TYPE:ref:NAME`, unless the project changes that;
`aud` is what the job names under `id_tokens`; "true" and "false" are texts.
"""

from cloudsmith_oidc.explain.ci_systems.base import CiSystem, Claims, audience, choices_of, hints, issuer_url, yaml_text


def _job(_header: Claims, claims: Claims) -> str:
    return f"""\
job:
  id_tokens:
    CLOUDSMITH_OIDC_TOKEN:
      aud: {yaml_text(audience(claims) or "https://cloudsmith.io")}
"""


SYSTEM = CiSystem(
    name="GitLab",
    issued=lambda claims: (
        issuer_url(claims) == "https://gitlab.com" or {"project_path", "namespace_path"} <= set(claims)
    ),
    claims={
        "iss": "the GitLab server",
        "sub": "project and ref, unless the project changes that",
        "aud": "what the job names under id_tokens",
        "project_path": "the project; for a merge request from a fork, the fork",
        "namespace_path": "the group or the user that has the project",
        "ref": "the branch or tag",
        "ref_type": "branch or tag",
        "ref_protected": "whether that branch or tag is protected",
        "environment": "the environment that the job names",
    },
    choices=choices_of(
        (
            "this protected branch or tag",
            ("project_path", "ref_type", "ref", "ref_protected"),
            "jobs for it, as long as it is protected",
        ),
        (
            "this branch or tag",
            ("project_path", "ref_type", "ref"),
            "jobs for it; anybody who may push there can change them",
        ),
        ("protected branches and tags", ("project_path", "ref_protected"), "jobs for each of them in the project"),
        ("this project", ("project_path",), "every branch, tag and merge request of the project"),
        ("the group", ("namespace_path",), "every project in this group, also those made later"),
    ),
    setup_title="The job in .gitlab-ci.yml",
    setup=_job,
    hints=hints(
        "GitLab",
        token="A job has it in the variable that it names under id_tokens",  # noqa: S106 - no token
        audience="The audience is aud under id_tokens in the job.",
    ),
)
