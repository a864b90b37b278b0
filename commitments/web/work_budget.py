"""How much of the processor newly made answers to one network may take, so that there is enough for all.

What was made once is kept and given to anybody for nothing (`web.page_cache`); only what must be made is counted, by
the processor time of the thread that makes it, whether it ends as an answer or as an error, and its stream as well.
Each worker counts in its own memory, as it does with requests (`web.rate_limits`). Time that was used is forgiven
evenly, a minute's worth in a minute.

A network that asks for much at once would still take every thread before the first answer is counted. So of what is
expected to take long only two are made for it at the same time: each kind of page is expected to take what it took
lately.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from commitments.web.rate_limits import RateLimitedError, client_network

MINUTE = 60
MAX_NETWORKS = 10_000  # counted at once; beyond, those that owe least are forgotten
COSTLY = 0.02  # of a minute's budget: what is expected to take more takes long
AT_ONCE = 2  # answers that take long in the making for one network
WEIGHT = 0.5  # of what an answer took in what is expected of the next of its kind


class WorkBudgetError(RateLimitedError):
    """What was asked for would have to be made, and enough was made for this network."""

    def __init__(self, wait: float) -> None:
        super().__init__(0, wait)

    def message(self) -> str:
        """What the refusal says."""
        return _(
            "Your network asked for many pages in the last minute that had to be made, and others are waiting. Pages "
            "that somebody has opened since the record last changed are still there for you. Try this one again in "
            "%(wait)s seconds."
        ) % {"wait": self.seconds}


@dataclass(slots=True)
class NetworkWork:
    """What a network owes at a moment, in seconds of processor time, and what its answers in the making may take."""

    owed: float = 0.0
    moment: float = 0.0
    expected: list[float] = field(default_factory=list)

    def settle(self, now: float, budget: float) -> None:
        """Forgive what the time since has made good."""
        self.owed = max(0.0, self.owed - max(0.0, now - self.moment) * budget / MINUTE)
        self.moment = now


class WorkBudget:
    """What all networks owe, in one process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.networks: dict[str, NetworkWork] = {}
        self.seconds_by_kind: dict[str, float] = {}
        self.swept = 0.0

    def clear(self) -> None:
        with self.lock:
            self.networks.clear()
            self.seconds_by_kind.clear()

    @contextmanager
    def making(self, network: str, kind: str) -> Iterator[None]:
        """Make an answer of a kind within this; WorkBudgetError where the network must wait. Counts what it took."""
        expected = self._begin(network, kind)
        started = time.thread_time()
        try:
            yield
        finally:
            self._end(network, kind, expected, time.thread_time() - started)

    def add(self, network: str, seconds: float) -> None:
        """So much was done for a network besides, such as sending a stream that is made while it is sent."""
        with self.lock:
            self._network(network).owed += seconds

    def _begin(self, network: str, kind: str) -> float:
        budget = settings.WORK_SECONDS_PER_MINUTE
        with self.lock:
            work, expected = self._network(network), self.seconds_by_kind.get(kind, 0.0)
            if work.owed >= budget:
                # Until there is room for what it is expected to take, so that whoever waits is answered.
                over = work.owed - budget + min(expected, budget / 2)
                raise WorkBudgetError(over * MINUTE / budget if budget else MINUTE)
            long_ones = [seconds for seconds in work.expected if seconds > COSTLY * budget]
            if expected > COSTLY * budget and len(long_ones) >= AT_ONCE:
                raise WorkBudgetError(max(long_ones))
            work.expected.append(expected)
        return expected

    def _end(self, network: str, kind: str, expected: float, seconds: float) -> None:
        with self.lock:
            work = self._network(network)
            if expected in work.expected:  # not where it was forgotten meanwhile
                work.expected.remove(expected)
            work.owed += seconds
            before = self.seconds_by_kind.get(kind, seconds)
            self.seconds_by_kind[kind] = before + WEIGHT * (seconds - before)

    def _network(self, network: str) -> NetworkWork:
        """What is counted of a network, as of now."""
        now, budget = time.monotonic(), settings.WORK_SECONDS_PER_MINUTE
        crowded = network not in self.networks and len(self.networks) >= MAX_NETWORKS
        if crowded or now - self.swept >= MINUTE:
            self._forget(now, budget, half=crowded)
        work = self.networks.setdefault(network, NetworkWork(moment=now))
        work.settle(now, budget)
        return work

    def _forget(self, now: float, budget: float, *, half: bool) -> None:
        """Drop those that owe nothing any more, so that no address is kept for longer than it counts.

        `half`: of those that are left, also the half that owes least.
        """
        self.swept = now
        for work in self.networks.values():
            work.settle(now, budget)
        left = {network: work for network, work in self.networks.items() if work.owed or work.expected}
        by_debt = sorted(left, key=lambda network: (len(left[network].expected), left[network].owed))
        self.networks = {network: left[network] for network in by_debt[ceil(len(by_debt) / 2) if half else 0 :]}


BUDGET = WorkBudget()


@contextmanager
def making_answer(request: Any) -> Iterator[None]:
    """Make the answer to a request within this; WorkBudgetError where enough was made for its network.

    Answers of one kind have the name of their address in common, which says what view makes them.
    """
    with BUDGET.making(client_network(request), request.resolver_match.view_name):
        yield


def counted_stream(request: Any, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """A stream's pieces, what each takes counted as it is made."""
    network = client_network(request)
    while True:
        started = time.thread_time()
        piece = next(pieces, None)
        BUDGET.add(network, time.thread_time() - started)
        if piece is None:
            return
        yield piece
