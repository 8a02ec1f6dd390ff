"""A flood in simulated time, by the program's own code: nothing of how it tries again is written here.

`cloudsmith_oidc.exchange` runs as it is. Only its clock, its sleep and its HTTP client are others: each login runs in
a greenlet, which waits in simulated time while the others run.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from heapq import heappop, heappush
from itertools import count
from types import SimpleNamespace
from typing import Self, cast
from unittest.mock import patch

import httpx
import jwt
from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

from cloudsmith_oidc import http, log
from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import CloudsmithOidcError, UnreachableError
from cloudsmith_oidc.exchange import ServiceAccount, exchange
from cloudsmith_oidc.id_token import IdToken
from cloudsmith_oidc.redaction import Secret
from flood.flood import Flood, Login, Outcome
from sandbox import faults
from sandbox.limit import HOUR, RateLimit

ACCOUNT = ServiceAccount("https://api.cloudsmith.io", "acme", "ci-reader")
EPOCH = 1_800_000_000
"""The start of simulated time, in seconds since 1970."""
ANSWER_SECONDS = 0.2
"""How long Cloudsmith takes to answer."""


class Timeline:
    """Simulated time. What runs in it may wait, and meanwhile all runs that comes earlier."""

    def __init__(self) -> None:
        self.now = 0.0
        self._events: list[tuple[float, int, Callable[[], object]]] = []
        self._number = count()
        self._hub = getcurrent()

    def at(self, moment: float, call: Callable[[], object]) -> None:
        """Call then. Calls at the same moment are in the order in which they were given."""
        heappush(self._events, (moment, next(self._number), call))

    def start(self, moment: float, call: Callable[[], object]) -> None:
        """Call then something that waits."""
        self.at(moment, greenlet(call, self._hub).switch)

    def wait(self, seconds: float) -> None:
        """Wait, in something that was started."""
        self.at(self.now + seconds, getcurrent().switch)
        self._hub.switch()

    def run(self) -> None:
        """Run until nothing is left."""
        while self._events:
            self.now, _, call = heappop(self._events)
            call()


class Cloudsmith:
    """The exchange in simulated time: it answers, is down for a while, and keeps one rate limit for each address."""

    def __init__(self, timeline: Timeline, flood: Flood) -> None:
        self.timeline = timeline
        self.flood = flood
        self.faults = faults.Faults()
        flood.plan(self.faults, timeline.at)
        self.limits = [RateLimit(flood.limit, now=lambda: timeline.now) for _ in range(flood.addresses)]
        for limit in self.limits:
            limit.earlier.extend(flood.earlier)
        token = {"exp": EPOCH + 10 * HOUR, "service_slug": ACCOUNT.slug}
        self.granted = faults.json_answer({"token": jwt.encode(token, b"k" * 32)}, 201)

    def answer(self, limit: RateLimit) -> faults.Answer | None:
        """Return the answer of this moment, None for silence."""
        fault = self.faults.take("exchange")
        answer = fault.answer if fault else self.granted
        if answer and (fault is None or self.flood.outage_counts):
            true_answer = answer
            answer = limit.answer(lambda: true_answer)
        return answer


@dataclass
class Client:
    """Asks the simulated Cloudsmith, in the place of the program's HTTP client."""

    cloudsmith: Cloudsmith
    limit: RateLimit
    answers: list[tuple[float, int]]

    def request(self, _method: str, _url: str, *, deadline: Deadline, json: Mapping[str, str]) -> http.Answer:
        """Return the answer, or raise `UnreachableError` if there is none."""
        assert json["service_slug"] == ACCOUNT.slug
        timeline = self.cloudsmith.timeline
        timeline.wait(ANSWER_SECONDS)
        answer = self.cloudsmith.answer(self.limit)
        self.answers.append((timeline.now, int(answer.status) if answer else 0))
        if answer is None:
            timeline.wait(deadline.remaining())
            raise UnreachableError("no answer in time", hint="")
        return http.Answer(answer.status, httpx.Headers(dict(answer.headers)), answer.body)


def simulate(flood: Flood, seed: int = 1) -> Outcome:
    """Let a flood happen. The same seed gives the same outcome."""
    random.seed(seed)
    timeline = Timeline()
    cloudsmith = Cloudsmith(timeline, flood)
    outcome = Outcome()

    def branch(build: int) -> None:
        """Log in once for each stage, until a login fails."""
        for stage in range(flood.stages):
            if stage:
                timeline.wait(flood.stage)
            login = log_in(build)
            outcome.logins.append(login)
            if login.code:
                return

    def log_in(build: int) -> Login:
        id_token = IdToken("id token", {}, {"exp": EPOCH + timeline.now + HOUR})
        client = Client(cloudsmith, cloudsmith.limits[build % flood.addresses], outcome.answers)
        lines = getcurrent().lines = []
        code = 0
        try:
            exchange(cast("http.HttpClient", client), ACCOUNT, id_token, timeout=flood.timeout)
        except CloudsmithOidcError as error:
            code = error.exit_code
        return Login.from_log(build, lines, code)

    for build in range(flood.builds):
        for _ in range(flood.branches):
            timeline.start(build * flood.within / flood.builds, partial(branch, build))
    with _in_simulated_time(timeline):
        timeline.run()
    return outcome


def log_in_once(answers: Iterable[faults.Answer | None], timeout: float) -> tuple[str, list[float]]:
    """Log in once, with these answers in turn; None is silence. Return the error's message, and when they came."""
    random.seed(1)
    timeline, rest, said = Timeline(), iter(answers), [""]
    cloudsmith = SimpleNamespace(timeline=timeline, answer=lambda _: next(rest))
    client = Client(cast("Cloudsmith", cloudsmith), cast("RateLimit", None), [])

    def login() -> None:
        getcurrent().lines = []
        try:
            exchange(cast("http.HttpClient", client), ACCOUNT, IdToken("", {}, {"exp": EPOCH + HOUR}), timeout=timeout)
        except CloudsmithOidcError as error:
            said[0] = error.message

    timeline.start(0, login)
    with _in_simulated_time(timeline):
        timeline.run()
    return said[0], [moment for moment, _ in client.answers]


@contextmanager
def _in_simulated_time(timeline: Timeline) -> Iterator[None]:
    """Let the program live in that time. Its log is kept in memory, and no secret is masked: there is none."""

    class Calendar(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(EPOCH + timeline.now, tz)

    def record(_level: str, event: str, _details: object) -> None:
        getcurrent().lines.append((timeline.now, event))

    clock = SimpleNamespace(monotonic=lambda: timeline.now, sleep=timeline.wait)
    with (
        patch("cloudsmith_oidc.deadline.time", clock),
        patch("tenacity.nap.time", clock),
        patch("cloudsmith_oidc.exchange.datetime", Calendar),
        patch.object(log, "_log", record),
        patch("cloudsmith_oidc.errors.redact", str),
        patch("cloudsmith_oidc.exchange.one_line", str),
        patch("cloudsmith_oidc.exchange.protect", Secret),
    ):
        yield
