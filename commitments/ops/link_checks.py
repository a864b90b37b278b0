"""Asking the pages of evidence whether they still answer: in parallel, a host at a time, and never in private networks.

A host is asked for one page after another with a pause between them, under a name that says who asks, and not for what
its robots.txt asks programs to stay away from. No more of a page is read than its headers.
"""

import asyncio
import socket
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, TCPConnector

from commitments.domain.choices import LinkOutcome
from commitments.domain.public_addresses import is_public_ip

MAX_HOSTS = 10  # that are asked at the same time
PAUSE = 1.0  # seconds between two requests to one host
TIMEOUT = ClientTimeout(total=30, connect=15)
MAX_ROBOTS_BYTES = 500_000
AGENT = "commitment-tracker"
# To say so to a program is no word on whether people can read the page.
CLOSED_TO_PROGRAMS = (401, 403, 405, 406, 429, 451, 503)
GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class LinkResult:
    """What came of asking for a page. `detail`: in the network's words; `final_url`: where it led, if elsewhere."""

    url: str
    outcome: LinkOutcome
    http_status: int | None = None
    detail: str = ""
    final_url: str = ""


class PrivateNetworkError(OSError):
    """The host lies in a private network: whoever typed the address must not reach it through this machine."""


async def ask_pages(
    urls: Iterable[str], page: str = "", *, is_allowed: Callable[[str], bool] = is_public_ip, pause: float = PAUSE
) -> AsyncIterator[LinkResult]:
    """Ask for each page once; results come as they are there. `page`: an address that says who asks."""
    by_host: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        by_host[urlsplit(url).netloc].append(url)
    results: asyncio.Queue[LinkResult | BaseException] = asyncio.Queue()
    turns = asyncio.Semaphore(MAX_HOSTS)
    headers = {"User-Agent": f"{AGENT} (+{page})" if page else AGENT, "Accept": "*/*"}
    connector = TCPConnector(socket_factory=_socket_factory(is_allowed), limit=0)
    async with ClientSession(connector=connector, headers=headers, timeout=TIMEOUT) as session:
        hosts = [
            asyncio.create_task(_ask_host(session, pages, pause, turns, results.put)) for pages in by_host.values()
        ]
        for host in hosts:
            host.add_done_callback(lambda task: _put_failure(task, results))
        try:
            for _number in range(sum(map(len, by_host.values()))):
                result = await results.get()
                if isinstance(result, BaseException):
                    raise result
                yield result
        finally:
            for host in hosts:
                host.cancel()
            await asyncio.gather(*hosts, return_exceptions=True)


def _put_failure(host: asyncio.Task[None], results: asyncio.Queue[LinkResult | BaseException]) -> None:
    """Tell what ended a host's turn before its time, or its pages would be waited for without end."""
    if not host.cancelled() and (error := host.exception()):
        results.put_nowait(error)


def _socket_factory(is_allowed: Callable[[str], bool]) -> Callable[[Any], socket.socket]:
    def make_socket(address: Any) -> socket.socket:
        family, kind, protocol, _name, place = address
        if not is_allowed(str(place[0])):
            raise PrivateNetworkError(f"{place[0]} lies in a private network")
        connection = socket.socket(family, kind, protocol)
        connection.setblocking(False)  # noqa: FBT003  (that is how it is called)
        return connection

    return make_socket


async def _ask_host(
    session: ClientSession,
    urls: list[str],
    pause: float,
    turns: asyncio.Semaphore,
    put: Callable[[LinkResult], Awaitable[None]],
) -> None:
    async with turns:
        robots = await _read_robots(session, urls[0])
        for url in urls:
            if robots and not robots.can_fetch(AGENT, url):
                await put(LinkResult(url, LinkOutcome.UNCLEAR, detail="robots.txt"))
                continue
            await asyncio.sleep(pause)
            await put(await _ask(session, url))


async def _read_robots(session: ClientSession, url: str) -> RobotFileParser | None:
    """The host's rules for programs; None where it has none, or none that can be read."""
    place = urlsplit(url)
    robots = RobotFileParser()
    try:
        async with session.get(f"{place.scheme}://{place.netloc}/robots.txt") as answer:
            if answer.status != HTTPStatus.OK:
                return None
            text = (await answer.content.read(MAX_ROBOTS_BYTES)).decode("utf-8", "replace")
        robots.parse(text.splitlines())
    except (ClientError, OSError, ValueError):
        return None
    return robots


async def _ask(session: ClientSession, url: str) -> LinkResult:
    try:
        async with session.get(url) as answer:
            final_url = str(answer.url) if answer.history else ""
            return LinkResult(url, outcome_of_status(answer.status), answer.status, final_url=final_url)
    except ClientConnectorError as error:
        if isinstance(error.os_error, PrivateNetworkError):
            return LinkResult(url, LinkOutcome.PRIVATE, detail=_words(error.os_error))
        return LinkResult(url, LinkOutcome.UNREACHABLE, detail=_words(error))
    except (ClientError, OSError, ValueError) as error:
        return LinkResult(url, LinkOutcome.UNREACHABLE, detail=_words(error))


def outcome_of_status(status: int) -> LinkOutcome:
    """What an answer's status says of the page."""
    if status < HTTPStatus.BAD_REQUEST:
        return LinkOutcome.ANSWERS
    if status in GONE:
        return LinkOutcome.GONE
    return LinkOutcome.UNCLEAR if status in CLOSED_TO_PROGRAMS else LinkOutcome.UNREACHABLE


def _words(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:200]
