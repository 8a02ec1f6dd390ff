"""CircleCI.

Source: circleci/circleci-docs, "Using OpenID Connect tokens in jobs"
(docs/guides/modules/permissions-authentication/pages/openid-connect-tokens.adoc): the issuer is the organization's;
`sub` is `org/…/project/…/user/…`, in `$CIRCLE_OIDC_TOKEN_V2` followed by `/vcs-origin/…/vcs-ref/…`, so that it names
whoever started the job, and is of little use as a required claim; `aud` is the organization's ID; for builds of forks,
`vcs-origin` must be compared. "OIDC tokens with custom claims" (oidc-tokens-with-custom-claims.adoc): `circleci run
oidc get --claims` sets another audience.
"""

from cloudsmith_oidc.explain.ci_systems.base import CiSystem, choices_of, hints, issuer_url

_PROJECT = "oidc.circleci.com/project-id"
_ORIGIN = "oidc.circleci.com/vcs-origin"
_REF = "oidc.circleci.com/vcs-ref"
_STEP = """\
- run: |
    # V2 says which repository and which ref a job is for.
    export CLOUDSMITH_OIDC_TOKEN="$CIRCLE_OIDC_TOKEN_V2"
    cloudsmith-oidc explain
"""

SYSTEM = CiSystem(
    name="CircleCI",
    issued=lambda claims: issuer_url(claims).startswith("https://oidc.circleci.com/org/"),
    claims={
        "iss": "the CircleCI organization",
        "sub": "organization, project, whoever started the job, and in V2 repository and ref",
        "aud": "the organization's ID",
        _PROJECT: "the project's ID",
        _ORIGIN: "the repository that the change comes from; a fork has its own",
        _REF: "the branch or tag",
        "oidc.circleci.com/context-ids": "the contexts that the job uses",
    },
    choices=choices_of(
        ("this branch or tag", (_PROJECT, _ORIGIN, _REF), "the project's jobs for it, whoever starts them"),
        ("this project, without forks", (_PROJECT, _ORIGIN), "the project's jobs for every branch and tag there"),
        (
            "this project",
            (_PROJECT,),
            "the project's jobs; if it passes secrets to builds of forks, also those of anybody's fork",
        ),
        ("the organization", ("aud",), "every job of every project in the organization"),
    ),
    setup_title="The step in .circleci/config.yml",
    setup=lambda _header, _claims: _STEP,
    hints=hints(
        "CircleCI",
        token="A job has it in CIRCLE_OIDC_TOKEN_V2",  # noqa: S106 - the name of a variable
        audience="The audience is the organization's ID, unless circleci run oidc get --claims sets another.",
    ),
)
