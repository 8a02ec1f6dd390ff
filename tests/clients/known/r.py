"""R."""

from clients.client import Client

INSTALL = 'Rscript -e \'install.packages("acme.hello", lib = ".")\''
PUBLIC = 'repos = c(getOption("repos"), "https://public.example.com/cran/")'

CLIENT = Client(
    format="cran",
    program="Rscript",
    version="R --version",
    read=f"{INSTALL} && test -d acme.hello",
    got="acme.hello/DESCRIPTION",
    loud="Rscript --verbose -e 'print(options())' -e 'print(Sys.getenv())' "
    f'-e \'options(download.file.extra = c(getOption("download.file.extra"), "-v"))\' {INSTALL[8:]}; '
    'cat "$R_PROFILE" "$NETRC"',
    several='Rscript -e \'install.packages("acme.tools", lib = ".")\' && test -d acme.tools',
    second_index=f"""Rscript -e 'install.packages("acme.hello", lib = ".", {PUBLIC})'""",
    taken="grep Version: acme.hello/DESCRIPTION",
    takes="9.9.0",
)
