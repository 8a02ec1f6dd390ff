"""R: https://stat.ethz.ch/R-manual/R-devel/library/base/html/Startup.html (R_PROFILE) and its `?download.file`."""

from cloudsmith_oidc.formats.base import Access, Endpoint, Format, Override, double_quoted, in_directory, kept

PACKAGES = Endpoint("dl.cloudsmith.io", "basic/{org}/{repo}/cran/")
PROFILE = "R/cloudsmith-oidc.R"

_PROFILE = """local({{
  site <- {site}
  if (file.exists(site)) sys.source(site, baseenv())
  netrc <- {netrc}
  extra <- if (identical(getOption("download.file.method"), "curl")) getOption("download.file.extra")
  options(
    repos = c({repos}),
    download.file.method = "curl",
    download.file.extra = c(extra, "--fail", "--location", "--netrc-optional", "--netrc-file", shQuote(netrc))
  )
}})
"""


def _files(access: Access) -> dict[str, str]:
    """Return a profile that runs the one that it overrides, then sets the repositories, and curl with the netrc.

    R's own downloads read only the netrc at home. A login in a URL does not work: R names files after the URL.
    """
    own = _own(access)
    profile = _PROFILE.format(
        site=double_quoted(own) if own else 'file.path(R.home("etc"), "Rprofile.site")',
        netrc=double_quoted(f"{access.directory}/netrc"),
        repos=", ".join(
            f"{double_quoted(f'cloudsmith-{repo}')} = {double_quoted(access.url(PACKAGES, repo))}"
            for repo in access.repos
        ),
    )
    return {PROFILE: profile}


def _own(access: Access) -> str:
    return access.own("R_PROFILE", PROFILE)


FORMAT = Format(
    client="R",
    endpoints=(PACKAGES,),
    files=_files,
    variables={"R_PROFILE": in_directory(PROFILE), kept("R_PROFILE"): lambda access: _own(access) or None},
    needs=("netrc",),
    user_files=(".Rprofile",),
    overrides=(
        # The project's own profile, which R reads without the variable.
        Override(names=("R_PROFILE_USER",), undo=lambda _: ".Rprofile"),
        Override(names=("RENV_CONFIG_REPOS_OVERRIDE",), undo=lambda access: access.url(PACKAGES, access.repos[0])),
        # R_PROFILE may be set in these files.
        Override(names=("R_ENVIRON", "R_ENVIRON_USER")),
    ),
    extends=("R_PROFILE", kept("R_PROFILE")),
    publishes=False,
    hides="The repositories and the download method that the site's Rprofile sets; its other settings are kept.",
    project="The project's or the user's .Rprofile runs later, so its settings take precedence. An R_PROFILE in a "
    ".Renviron or in the machine's Renviron.site overrides the login's.",
    second_index="The highest version of all repositories: give R no other one, but an upstream in Cloudsmith.",
    without_files="fails: R has no repository, unless the site profile of its image names one",
)
