"""Visitors who ask for all kinds of addresses, many at the same time."""

import asyncio
import gzip
import json
import random
import time
import urllib.request
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tests.helpers.installation import Installation, Server
from tests.helpers.networks import network

T = TypeVar("T")
PATIENCE = 60  # seconds after which a visitor has gone
# How often in a hundred each kind is asked for: pages most, then programs, then files.
SHARES = {"commitment": 25, "list": 20, "overview": 10, "page": 10, "day": 10, "api": 10, "feed": 7, "file": 5, "no": 3}
PAGES = ("/timeline/", "/releases/4th-plenary-2018/", "/areas/culture/", "/about/", "/data/", "/ledger/")
FEEDS = ("/updates.atom", "/deadlines.ics", "/updates/", "/sitemap.xml", "/healthz")
FILES = ("/commitments.csv", "/commitments.json", "/commitments.xlsx", "/data/updates.csv", "/ledger.jsonl")
FILTERS = (
    "status=completed",
    "schedule=overdue",
    "area=culture",
    "side=hong_kong",
    "sort=-deadline",
    "q=youth",
    "per_page=25&page=2",
)
WRONG = {"/nothing/": 404, "/commitments/?status=perhaps": 400, "/commitments.csv?as_of=2018-02-30": 400}


@dataclass(frozen=True)
class Question:
    """An address, the commitment that it is about ("" if about none), and how it must be answered."""

    address: str
    about: str = ""
    status: int = 200


@dataclass(frozen=True)
class Answer:
    """What came, after how many seconds. A status of 0: nothing came, and `body` says why."""

    status: int
    body: str
    seconds: float


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """What the visitors bring back. In a thread of its own: where a browser was tested, this one has a loop already."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, work).result()


def questions(references: list[str], seed: int) -> Iterator[Question]:
    """Without end, and the same ones for the same seed."""
    chance = random.Random(seed)
    while True:
        [kind] = chance.choices(list(SHARES), list(SHARES.values()))
        one, day = chance.choice(references), date(2018, 8, 24) + timedelta(chance.randrange(2900))
        made = {
            "commitment": Question(f"/commitments/{one}/", one),
            "list": Question(f"/commitments/?{chance.choice(FILTERS)}"),
            "overview": Question("/"),
            "page": Question(chance.choice(PAGES)),
            "day": Question(f"{chance.choice(('/', '/commitments/', '/timeline/'))}?as_of={day}"),
            "api": Question(f"/api/v1/commitments/{one}/", one),
            "feed": Question(chance.choice(FEEDS)),
            "file": Question(chance.choice(FILES)),
        }
        wrong = chance.choice(list(WRONG))
        yield made.get(kind) or Question(wrong, status=WRONG[wrong])


def references(server: Server) -> list[str]:
    """Of all commitments."""
    with urllib.request.urlopen(f"{server.url}/api/v1/commitments/?per_page=100") as answer:
        return [row["reference"] for row in json.load(answer)["results"]]


def behind_a_proxy(installation: Installation) -> Installation:
    """The same with all limits as they come, for visitors from networks of their own (`ask`)."""
    return replace(installation, limited=True, settings=installation.settings | {"TRUST_PROXY": "1"})


async def ask(server: Server, question: Question, visitor: int) -> Answer:
    """As a browser would, over a connection of its own and from the network of that visitor."""
    begun = time.perf_counter()
    try:
        raw = await asyncio.wait_for(_exchange(server, question.address, network(visitor)), PATIENCE)
    except (OSError, TimeoutError) as problem:
        return Answer(0, repr(problem), time.perf_counter() - begun)
    seconds = time.perf_counter() - begun
    head, _empty, body = raw.partition(b"\r\n\r\n")
    if b"\r\ntransfer-encoding: chunked" in head.lower():
        body = _joined(body)
    if b"\r\ncontent-encoding: gzip" in head.lower():
        body = gzip.decompress(body)
    return Answer(int(head.split()[1]) if head else 0, body.decode(errors="replace"), seconds)


async def _exchange(server: Server, address: str, sender: str) -> bytes:
    where = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        asked = (
            f"GET {address} HTTP/1.1\r\nHost: {where.netloc}\r\nX-Forwarded-For: {sender}\r\n"
            "Accept-Encoding: gzip\r\nConnection: close\r\n\r\n"
        )
        writer.write(asked.encode())
        return await reader.read()
    finally:
        writer.close()


def _joined(body: bytes) -> bytes:
    """The pieces of a streamed answer; ValueError where the last one is missing."""
    pieces, rest = [], body
    while True:
        size, _line, rest = rest.partition(b"\r\n")
        if int(size, 16) == 0:
            return b"".join(pieces)
        pieces.append(rest[: int(size, 16)])
        rest = rest[int(size, 16) + 2 :]
