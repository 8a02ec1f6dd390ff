"""The main job, shown on the sandbox: log in, look at the files, install what others are refused."""

import sys
import tempfile
from http import HTTPStatus
from pathlib import Path

from clients.client import Client, clients
from clients.job import Jobs
from cloudsmith_oidc.redaction import redact
from needs import installation, lacking, lacking_engine
from program import Cli
from sandbox import Sandbox

REGISTRIES = {"pip": "python", "npm": "npm", "docker": "docker"}
"""The clients that are shown, and the registry that each asks."""
SETTINGS = ("--org=acme", "--service=ci-reader", "--repo=prod")
LINES_OF_A_REPORT = 30


def say(text: str = "") -> None:
    """Print at once, to stay in order with what other programs print."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def show_login(cli: Cli) -> bool:
    """Log in, print some of the files, and log out. Returns whether it worked."""
    say("Jenkins is a stand-in here, and so is Cloudsmith. It has minted an ID token: CLOUDSMITH_OIDC_TOKEN.\n")
    say(f"$ cloudsmith-oidc login {' '.join(SETTINGS)} --output {cli.directory.name}")
    login = cli.login(*SETTINGS)
    say(login.stderr)
    for name in ("pip.conf", "netrc", "env"):
        say(f"--- {cli.directory.name}/{name}")
        say(redact(cli.file(name)))
    others = [path for path in cli.directory.rglob("*") if path.is_file()]
    say(f"(and {len(others) - 3} more files)\n")
    say(f"$ cloudsmith-oidc logout {cli.directory.name}")
    logout = cli.run("logout", str(cli.directory))
    gone = not cli.directory.exists()
    say("The login is " + ("gone.\n" if gone else "STILL THERE.\n"))
    return login.code == 0 and logout.code == 0 and gone


def show_client(name: str, client: Client, sandbox: Sandbox, folder: Path) -> bool:
    """Run a client with a login of its own, which then ends. Returns whether it is served, then refused."""
    jobs = Jobs(client, Cli(sandbox, folder), folder / name)
    jobs.log_in()
    served = jobs.run(client.read)
    fetched = served.code == 0 and jobs.got()
    say(f"{name:7} with the login:                   {'fetched' if fetched else redact(served.output)}")
    sandbox.cloudsmith.revoke()
    jobs.forget()
    earlier = len(sandbox.answers)
    jobs.run(client.read, "refused")
    refused = HTTPStatus.UNAUTHORIZED in [status for _, status in sandbox.answers[earlier:]] and not jobs.got("refused")
    say(f"{name:7} once its token is no longer good: {'refused (401)' if refused else 'NOT REFUSED'}")
    return fetched and refused


def show_refusal(cli: Cli, job: str) -> bool:
    """Let Cloudsmith refuse a login, and explain it with an API key. Returns whether the cause was found."""
    [provider] = cli.sandbox.cloudsmith.providers[cli.sandbox.org]
    provider.claims["sub"] = job
    say(f"\nNow somebody enters the wrong job in Cloudsmith: sub must be {job}\n")
    say(f"$ cloudsmith-oidc login {' '.join(SETTINGS)} --output {cli.directory.name}")
    say(cli.login(*SETTINGS).stderr)
    say("With an API key, the same can be seen from Cloudsmith's side:\n")
    say(f"$ CLOUDSMITH_API_KEY=… cloudsmith-oidc explain {' '.join(SETTINGS)}")
    explained = cli.run("explain", *SETTINGS, CLOUDSMITH_API_KEY=cli.sandbox.api_key())
    report = explained.stdout.decode()
    say("\n".join(report.splitlines()[:LINES_OF_A_REPORT]) + "\n[…]\n")
    return "provider-claim-mismatch" in report.splitlines()[0]


def main() -> int:
    """Return 0 if all that this machine can show went well."""
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        sandbox.registries.start(*REGISTRIES.values())
        good = show_login(Cli(sandbox, Path(folder) / "login"))
        say("Each client now logs in anew.\n")
        skipped = {}
        for name, registry in REGISTRIES.items():
            client = clients()[name]
            if reason := sandbox.missing.get(registry) or (
                lacking_engine() if client.engine else lacking(client.program)
            ):
                skipped[name] = reason
            else:
                good = show_client(name, client, sandbox, Path(folder)) and good
        good = show_refusal(Cli(sandbox, Path(folder) / "login"), "https://jenkins.example.com/job/other/") and good
        say(f"{len(REGISTRIES) - len(skipped)} of {len(REGISTRIES)} clients were shown.")
        for name, reason in skipped.items():
            say(f"Skipped {name}: {reason}. {installation([reason])}")
    say("\nAll of it worked." if good else "\nSOMETHING FAILED, see above.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
