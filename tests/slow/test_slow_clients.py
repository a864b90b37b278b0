"""Clients that send or read a byte now and then: behind nginx nobody notices them, the bare server cuts them off."""

import http.client
import shutil
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest

from tests.helpers import databases, deployed
from tests.helpers.deployed import Deployed
from tests.helpers.programs import program

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]

HEADER = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
BODY = (
    b"POST /report-an-error/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 5000\r\n\r\nwhat=half-a-report-"
)
# A page that is longer than what sockets and nginx take in advance, for who asks and does not read.
ASKED = b"GET /ledger.jsonl HTTP/1.1\r\nHost: localhost\r\n\r\n"
EACH = 1.0  # seconds between two bytes of a slow sender


class SlowClients:
    """So many connections, each begun with some bytes, and with another byte every second until `stop()`.

    Those that begin with a whole request read nothing. `cut`: how many the server has closed.
    """

    def __init__(self, connect: Callable[[], socket.socket], beginnings: list[bytes]) -> None:
        self.sockets = [connect() for _beginning in beginnings]
        self.cut = 0
        self._stopped = threading.Event()
        for one, beginning in zip(self.sockets, beginnings, strict=True):
            one.sendall(beginning)
        self.sending = [one for one, beginning in zip(self.sockets, beginnings, strict=True) if beginning != ASKED]
        self._thread = threading.Thread(target=self._go_on)
        self._thread.start()

    def _go_on(self) -> None:
        while not self._stopped.wait(EACH):
            for one in list(self.sending):
                try:
                    one.send(b"x")
                except OSError:
                    self.sending.remove(one)
                    self.cut += 1

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        for one in self.sockets:
            with suppress(OSError):
                one.close()


@contextmanager
def slow(connect: Callable[[], socket.socket], beginnings: list[bytes]) -> Iterator[SlowClients]:
    clients = SlowClients(connect, beginnings)
    try:
        yield clients
    finally:
        clients.stop()


# Behind nginx


@pytest.fixture(scope="module")
def tracker(template, tmp_path_factory) -> Iterator[Deployed]:
    program("redis-server", "redis-server")
    if shutil.which(deployed.nginx()) is None:
        program("nginx", "nginx-light")
    folder = tmp_path_factory.mktemp("deployed")
    with deployed.deploy(folder, databases.own_copy(template, folder).database_url) as running:
        yield running


def trusting(tracker):
    return ssl.create_default_context(cafile=str(tracker.folder / "certificate.pem"))


def connector(tracker, source):
    """A connection with TLS from a loopback address, with a small buffer for those who do not read."""

    def connect():
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.bind((source, 0))
        plain.connect(("127.0.0.1", tracker.https))
        return trusting(tracker).wrap_socket(plain, server_hostname="localhost")

    return connect


def read_page(tracker, source, path):
    """Status, and the seconds that it took."""
    begun = time.monotonic()
    connection = http.client.HTTPSConnection(
        "localhost", tracker.https, timeout=20, source_address=(source, 0), context=trusting(tracker)
    )
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, time.monotonic() - begun


KINDS = {"who send a header": [HEADER] * 50, "who send a body": [BODY] * 50, "who do not read": [ASKED] * 50}
KINDS["of all kinds"] = [HEADER] * 20 + [BODY] * 15 + [ASKED] * 15


@pytest.mark.parametrize("kind", KINDS)
def test_behind_nginx_fifty_slow_clients_keep_no_reader_waiting(tracker, kind):
    with slow(connector(tracker, "127.0.0.2"), KINDS[kind]), ThreadPoolExecutor(4) as pool:
        until, answers = time.monotonic() + 12, []
        while time.monotonic() < until:
            pages = [f"/updates/?visit={time.monotonic_ns()}-{n}" for n in range(4)]  # none of them in the cache
            answers += pool.map(lambda page: read_page(tracker, "127.0.0.3", page), pages)
            time.sleep(0.2)
    assert {status for status, _seconds in answers} == {200}
    assert len(answers) > 40
    assert max(seconds for _status, seconds in answers) < 3


def test_nginx_cuts_off_who_sends_no_header_in_time_also_before_it_knows_whom_they_ask(tracker):
    def silent(port):
        return socket.create_connection(("127.0.0.1", port))

    begun = time.monotonic()
    asking = [connector(tracker, "127.0.0.2")(), silent(tracker.https), silent(tracker.http)]
    asking[0].sendall(HEADER)
    for one in asking:
        one.settimeout(20)
        with suppress(OSError):  # reset
            assert one.recv(1) == b""
        one.close()
    assert 8 < time.monotonic() - begun < 15


def test_nginx_answers_no_more_than_fifty_at_once_of_one_address(tracker):
    with slow(connector(tracker, "127.0.0.4"), [BODY] * 50):
        time.sleep(1)
        assert read_page(tracker, "127.0.0.4", "/about/?visit=limit")[0] == 429
        assert read_page(tracker, "127.0.0.5", "/about/?visit=limit")[0] == 200


# The bare server


def test_the_bare_server_cuts_off_slow_senders_of_headers_and_bodies_and_answers_again(installation):
    with installation.serve(workers=1) as server:
        address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        with slow(lambda: socket.create_connection(address), [HEADER] * 4 + [BODY] * 4) as clients:
            time.sleep(1)
            begun = time.monotonic()
            with urllib.request.urlopen(f"{server.url}/healthz", timeout=90) as answer:
                assert answer.status == 200
            assert time.monotonic() - begun > 5  # the threads were all taken
            while clients.cut < 8:
                assert time.monotonic() - begun < 90
                time.sleep(1)
    count = "from commitments.models import ErrorReport; print(ErrorReport.objects.count())"
    assert installation.python(count).stdout.strip() == "0"  # half a form is none
