"""Several of the staff who publish at the same time, and what they are told when something fails them."""

import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.error import HTTPError

from tests.helpers.staff import Staff

NOTHING = "Nothing of what you sent was recorded."


def asked(server, address):
    """Status and headers of an answer."""
    try:
        with urllib.request.urlopen(server.url + address, timeout=30) as answer:
            return answer.status, answer.headers
    except HTTPError as problem:
        return problem.code, problem.headers


def said_plainly(problem):
    """What staff read where something could not be recorded."""
    text = problem.read().decode()
    assert problem.code == 503, text
    return text


@dataclass
class Desks:
    """Four of the staff who publish at the same time until the server or its database fails them."""

    desks: list[Staff]
    confirmed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # of which the answer said that nothing was recorded
    busy: threading.Event = field(default_factory=threading.Event)

    def work(self, number):
        for n in range(50):
            note = f"desk {number}, note {n}"
            try:
                if self.desks[number].publish(commitment=1 + n, note=note):
                    self.confirmed.append(note)
            except HTTPError as problem:
                self.refused += [note] * (NOTHING in said_plainly(problem))
                return
            except (OSError, HTTPException):
                return  # the server is gone, perhaps in the middle of its answer
            if len(self.confirmed) >= 12:
                self.busy.set()

    @contextmanager
    def publishing(self):
        """Once they are in the midst of it, until the last of them has given up."""
        with ThreadPoolExecutor(len(self.desks)) as pool:
            jobs = [pool.submit(self.work, number) for number in range(len(self.desks))]
            assert self.busy.wait(timeout=60)
            yield
            for job in jobs:
                job.result()
