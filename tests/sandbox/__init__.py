"""Plays the world of this project: Jenkins, Cloudsmith, package hosts, and a proxy that resolves their names.

    with Sandbox() as sandbox:
        id_token = sandbox.mint()
        subprocess.run([...], env=os.environ | sandbox.environment())

Everything listens on 127.0.0.1. See README.md beside this file.
"""

import secrets
import shlex
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from sandbox.certificates import Certificates
from sandbox.cloudsmith import Cloudsmith
from sandbox.faults import Answer, Fault, Faults
from sandbox.issuer import AUDIENCE, Issuer, Jenkins, Site
from sandbox.network import Handler, Network, Request, Server, Service
from sandbox.proxy import ProxyHandler, Stranger
from sandbox.registries import DEFAULT_HOSTS, PUBLIC_HOST, REPOS, Door, PublicDoor, Registries, labels
from sandbox.verifier import Verifier
from sandbox.workspace import Account, Level, Provider, Repository, Role

__all__ = ["Account", "Answer", "Fault", "Faults", "Issuer", "Provider", "Repository", "Request", "Sandbox", "Site"]

ORG = "acme"
SERVICE = "ci-reader"
REQUEST_SECONDS = 60.0
"""The longest wait for a client's request: the client may be a container on a busy machine."""
CA_VARIABLES = (
    "SSL_CERT_FILE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "PIP_CERT",
    "REQUESTS_CA_BUNDLE",
    "npm_config_cafile",
)


class Sandbox:
    """The world, for the length of a `with` block.

    Without faults it is a healthy one: the workspace `acme` trusts `issuer`, demands its audience, and has the
    service account `ci-reader` linked; there are the repositories `prod` and `dev`.
    """

    org = ORG
    service = SERVICE
    repos = REPOS

    def __init__(self, *, packages: bool = False) -> None:
        """Prepare it. With `packages`, all registries start at once, otherwise on first use."""
        self._folder = tempfile.TemporaryDirectory(prefix="sandbox-")
        self.state = Path(self._folder.name)
        self.network = Network(Certificates(self.state))
        self.jenkins = Jenkins()
        self.verifier = Verifier(self.network)
        self.cloudsmith = Cloudsmith(self.verifier)
        self.registries = Registries(self.state)
        self._start_packages = packages
        self._end = ExitStack()

    def __enter__(self) -> Self:
        with self._end as end:
            end.callback(self._folder.cleanup)
            end.callback(self.registries.stop)
            self._proxy = self._serve(Stranger(), ProxyHandler)
            self._jenkins = self._serve(self.jenkins)
            self._api = self._serve(self.cloudsmith)
            self._doors = {
                label: self._serve(Door(label, self.registries, self.cloudsmith, org=ORG)) for label in labels()
            }
            end.callback(self.network.faults.clear)
            self.verifier.proxy_url = self.proxy_url
            self.reset()
            if self._start_packages:
                self.registries.start()
            self._end = end.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end.close()

    def _serve(self, service: Service, handler: type[Handler] = Handler) -> Server:
        server = Server(self.network, service, handler)
        self._end.callback(server.stop)
        return server

    def reset(self) -> None:
        """Restore the healthy world, without requests. Registries keep running, and issued tokens stay valid."""
        self.faults.clear()
        self.network.requests.clear()
        self.network.answers.clear()
        self.network.tunnels.clear()
        self.network.certificates.flaws.clear()
        self.registries.reset()
        self.cloudsmith.packages = Door("api", self.registries, self.cloudsmith)
        self.network.hosts = {
            PUBLIC_HOST: PublicDoor(self.registries, self.cloudsmith.clock),
            **{
                f"{host}.{domain}": PublicDoor(self.registries, self.cloudsmith.clock, name)
                for host, name in DEFAULT_HOSTS.items()
                for domain in ("org", "com")
            },
        }
        self.network.hosts |= {
            f"{label}{host}": Door(label, self.registries, self.cloudsmith, org, repo)
            for label in labels()
            for host, org, repo in (
                (".cloudsmith.io", None, None),
                (".acme.com", ORG, None),
                *((f"-{repo}.acme.com", ORG, repo) for repo in self.repos),
            )
        }
        self.network.hosts["api.cloudsmith.io"] = self.cloudsmith
        self.jenkins.issuers.clear()
        self.jenkins.clock.ahead = 0.0
        self.issuer = self.add_issuer(Issuer())
        self.cloudsmith.reset()
        self.trust(self.issuer.url, {"aud": AUDIENCE})

    # Settings of the world

    def add_issuer(self, issuer: Issuer) -> Issuer:
        """Make Jenkins serve one more issuer. `trust` makes Cloudsmith accept it."""
        issuer.clock = self.jenkins.clock
        self.jenkins.issuers.append(issuer)
        self.network.hosts[urlsplit(issuer.jenkins_url).netloc] = self.jenkins
        return issuer

    def trust(self, issuer_url: str, claims: dict[str, str] | None = None, *, org: str = ORG) -> Provider:
        """Enter an OIDC provider at Cloudsmith, and return it for further settings."""
        known = self.cloudsmith.providers.setdefault(org, [])
        provider = Provider(issuer_url, dict(claims or {}), name=f"Jenkins {len(known) + 1}")
        known.append(provider)
        return provider

    def add_service(self, slug: str, *, role: Role = "Member", teams: tuple[str, ...] = ()) -> Account:
        """Enter a service account that no provider links. One that a provider links exists anyway."""
        account = self.cloudsmith.workspaces.services[slug] = Account(slug, role, teams)
        return account

    def repository(self, slug: str) -> Repository:
        """Return a repository's access control, for changes."""
        return self.cloudsmith.workspaces.repositories[slug]

    def grant(self, level: Level) -> None:
        """Give the service account `ci-reader` a privilege on every repository, and nobody else one."""
        for repository in self.cloudsmith.workspaces.repositories.values():
            repository.privileges = [{"privilege": level, "service": SERVICE}]

    def api_key(self, role: Role = "Owner", *, org: str = ORG) -> str:
        """Make an API key of a user with that role in a workspace; the user's slug is `jo-` and the role."""
        key = secrets.token_hex(20)
        self.cloudsmith.workspaces.keys[key] = Account(f"jo-{role.lower()}", role, kind="user", org=org)
        return key

    def site(self, host: str, folder: Path | None = None) -> Site:
        """Add a static host."""
        site = self.network.hosts[host] = Site(folder)
        return site

    @property
    def faults(self) -> Faults:
        """The faults of the next answers.

        Endpoints: exchange, user, api; providers, provider, mappings, services, repository, privileges; discovery,
        jwks, admin-discovery, admin-jwks, site; each registry by its name (python, npm, docker ...), public; proxy.
        Bad certificates are in `network.certificates.flaws`, by host.
        """
        return self.network.faults

    @property
    def mint(self) -> Callable[..., str]:
        """Make a fresh ID token of the default issuer; see `Issuer.mint`."""
        return self.issuer.mint

    @property
    def issue(self) -> Callable[..., str]:
        """Make a Cloudsmith token without an exchange; see `Cloudsmith.issue`."""
        return self.cloudsmith.issue

    # Requests and answers

    @property
    def requests(self) -> list[Request]:
        """Every request of a client, in order, without those of Cloudsmith itself."""
        return [request for request in self.network.requests if not request.by_cloudsmith]

    @property
    def answers(self) -> list[tuple[Request, int]]:
        """Every request of a client with the status of its answer, in the order of the answers."""
        return [(request, status) for request, status in self.network.answers if not request.by_cloudsmith]

    @property
    def exchange_requests(self) -> list[Request]:
        """The requests to the exchange."""
        return [request for request in self.requests if request.endpoint == "exchange"]

    def wait_for_request(self, endpoint: str) -> None:
        """Wait until a client has sent a request to this endpoint. Raises `TimeoutError`."""
        with self.network.arrived:
            if not self.network.arrived.wait_for(
                lambda: any(request.endpoint == endpoint for request in self.requests), REQUEST_SECONDS
            ):
                raise TimeoutError(f"nobody asked the endpoint {endpoint} within {REQUEST_SECONDS} s")

    @property
    def missing(self) -> dict[str, str]:
        """The registries (python, npm, docker ...) that this machine cannot run, with the reasons."""
        return self.registries.missing

    # Addresses

    @property
    def proxy_url(self) -> str:
        """The URL of the proxy that resolves the public host names."""
        return f"http://{self._proxy.address}"

    @property
    def jenkins_url(self) -> str:
        """The URL of Jenkins without the proxy, for issuers that use no proxy."""
        return f"http://{self._jenkins.address}"

    @property
    def api_url(self) -> str:
        """The URL of Cloudsmith's API without the proxy."""
        return f"http://{self._api.address}"

    def host(self, label: str) -> str:
        """`127.0.0.1:PORT` of a package host without the proxy, as an account-wide custom domain; see `url`."""
        return self._doors[label].address

    def url(self, label: str) -> str:
        """The URL of a package host, `dl` or `npm` for example, without the proxy, as an account-wide custom domain."""
        return f"http://{self.host(label)}"

    @property
    def ca_file(self) -> Path:
        """The certificate of the sandbox's CA, in PEM."""
        return self.network.certificates.file

    def environment(self) -> dict[str, str]:
        """Return the variables that make programs use the sandbox only."""
        proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), self.proxy_url)
        direct = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")
        authorities = dict.fromkeys(CA_VARIABLES, str(self.ca_file))
        return proxies | direct | authorities | {"PIP_NO_INPUT": "1"}

    def shell_environment(self) -> str:
        """Return `environment` as `export` lines for a POSIX shell."""
        return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in self.environment().items())
