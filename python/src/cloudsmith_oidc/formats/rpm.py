"""dnf: https://dnf.readthedocs.io/en/latest/conf_ref.html . It has no variable for the place of its repositories."""

from cloudsmith_oidc.formats.base import USER_NAME, Access, Endpoint, Format, FormatOption, in_directory, matching

PACKAGES = Endpoint("dl.cloudsmith.io", "basic/{org}/{repo}/rpm/")
KEY = Endpoint("dl.cloudsmith.io", "basic/{org}/{repo}/gpg.key")


def _files(access: Access) -> dict[str, str]:
    """Return the repositories, with a priority before all others: dnf looks no further for a package that it finds.

    The machine's dnf.conf says whether signatures are checked. If they are, dnf needs a key: without one it prints the
    whole description, with the token.
    """
    distribution = (access.option("distribution") or ("el/$releasever",))[-1]
    sections = [
        f"[cloudsmith-{repo}:{kind}]\nname=Cloudsmith {access.org}/{repo} {kind}\npriority=1\n"
        f"baseurl={access.url(PACKAGES, repo)}{distribution}/{architecture}\ngpgkey={access.url(KEY, repo)}\n"
        f"username={USER_NAME}\npassword={access.token}\n"
        for repo in access.repos
        for kind, architecture in (("binary", "$basearch"), ("noarch", "noarch"))
    ]
    return {"dnf/cloudsmith.repo": "\n".join(sections)}


FORMAT = Format(
    client='dnf, as `dnf --setopt=reposdir=/etc/yum.repos.d,"$CLOUDSMITH_DNF_REPOSDIR"`',
    endpoints=(PACKAGES, KEY),
    files=_files,
    # It is for the command above; dnf itself does not read it.
    variables={"CLOUDSMITH_DNF_REPOSDIR": in_directory("dnf")},
    options={
        "distribution": FormatOption(
            takes="NAME/VERSION",
            help="The distribution whose packages are read. Default: el/$releasever.",
            check=matching(
                r"[A-Za-z0-9][A-Za-z0-9._-]*/(?:[A-Za-z0-9][A-Za-z0-9._-]*|\$releasever)",
                "a distribution and its version such as 'el/9' or 'el/$releasever'",
            ),
        )
    },
    not_in_path=r"[\s,=*?[]",
    publishes=False,
    hides="With the option, the repositories in directories that it does not name.",
    project="A repository of the same name in a directory that is named earlier takes precedence.",
    second_index="Cloudsmith's, whatever the version, unless another repository also has the priority 1.",
    without_files="fails: there is no such repository; dnf asks the machine's others, if it has any",
)
