"""Conan 2: https://docs.conan.io/2/reference/config_files.html , all of which is in one directory, CONAN_HOME."""

import json

from cloudsmith_oidc.formats.base import USER_NAME, Access, Endpoint, Format, in_directory, kept

REMOTE = Endpoint("conan.cloudsmith.io", "{org}/{repo}/")
HOME = "conan/cloudsmith-oidc"
# Conan renders this as a Jinja template when it starts, so `~` is the home of the user who runs it.
_GLOBAL_CONF = """\
{% set own = os.path.expanduser(os.environ["CLOUDSMITH_OWN_CONAN_HOME"]) %}
core.cache:storage_path = {{ own }}/p
{% if os.path.exists(own + "/profiles/default") %}
core:default_profile = {{ own }}/profiles/default
core:default_build_profile = {{ own }}/profiles/default
{% endif %}
"""


def _files(access: Access) -> dict[str, str]:
    names = access.named_repos
    remotes = [{"name": name, "url": access.url(REMOTE, repo), "verify_ssl": True} for name, repo in names.items()]
    credentials = [{"remote": name, "user": USER_NAME, "password": access.token} for name in names]
    return {
        f"{HOME}/remotes.json": json.dumps({"remotes": remotes}, indent=1) + "\n",
        f"{HOME}/credentials.json": json.dumps({"credentials": credentials}, indent=1) + "\n",
        f"{HOME}/global.conf": _GLOBAL_CONF,
    }


FORMAT = Format(
    client="Conan 2",
    endpoints=(REMOTE,),
    files=_files,
    extends=("CONAN_HOME", kept("CONAN_HOME")),
    variables={
        "CONAN_HOME": in_directory(HOME),
        # The job's packages and profiles, which outlive a login.
        kept("CONAN_HOME"): lambda access: access.own("CONAN_HOME", HOME) or "~/.conan2",
    },
    least={"conan": "2.0.10 (before, it reads no credentials.json)"},
    hidden_files=(".conan2/remotes.json",),
    hides="The user's remotes (also Conan Center), global.conf, settings, extensions, and profiles other than the "
    "default one. Packages stay where they are.",
    project="A conan_home in a .conanrc of the project takes precedence: Conan then finds no login. `conan upload -r "
    "cloudsmith` publishes to the first repository, -r cloudsmith-REPOSITORY to a further one.",
    second_index="The first remote that has a version in the range.",
    without_files="public: Conan Center, from an empty Conan home",
)
