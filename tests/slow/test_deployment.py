"""A journey through what docs/deploy.md sets up: nginx, two servers, PostgreSQL and Redis, by its very files."""

import csv
import io
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.client import HTTPMessage

import pytest

from tests.helpers import databases, deployed
from tests.helpers.deployed import FILES, Deployed
from tests.helpers.installation import Installation
from tests.helpers.programs import program
from tests.helpers.staff import Staff, add_staff

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]
PROMISED = 5 + 15  # seconds after which no shared cache shows what was before: s-maxage and stale-while-revalidate


@pytest.fixture(scope="module")
def tracker(template: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    if not template.database_url.startswith("postgresql"):
        pytest.skip("deployed with PostgreSQL")
    program("redis-server", "redis-server")
    if shutil.which(deployed.nginx()) is None:
        program("nginx", "nginx-light")
    folder = tmp_path_factory.mktemp("deployed")
    copied = databases.own_copy(template, folder)
    add_staff(copied)
    with pytest.MonkeyPatch.context() as patch, deployed.deploy(folder, copied.database_url) as running:
        patch.setenv("SSL_CERT_FILE", str(folder / "certificate.pem"))  # for whoever asks nginx
        yield running


def get(tracker: Deployed, path: str, **headers: str) -> tuple[int, HTTPMessage, bytes]:
    """Status, headers and content."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(tracker.url + path, headers=named), timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def test_pages_and_files_come_through_and_the_micro_cache_answers_the_second_reader(tracker):
    # No other test asks these, in whatever order they run.
    addresses = (("/?seen=in-print", b"<h1"), ("/commitments/?area=culture&per_page=99", b"CU-06"))
    for path, holds in (*addresses, ("/updates.atom?area=culture", b"<feed")):
        first, second = get(tracker, path), get(tracker, path)
        assert [first[0], second[0]] == [200, 200]
        assert holds in first[2] == second[2]
        assert [first[1]["X-Micro-Cache"], second[1]["X-Micro-Cache"]] == ["MISS", "HIT"]
        assert first[1]["X-Request-ID"] != second[1]["X-Request-ID"]
    status, _headers, content = get(tracker, "/commitments.csv")
    assert status == 200
    assert len(list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))) == 57


def test_who_has_the_page_is_told_so_by_nginx_and_each_encoding_is_kept_apart(tracker):
    _status, headers, plain = get(tracker, "/timeline/")
    assert get(tracker, "/timeline/", If_None_Match=headers["ETag"])[0] == 304
    _status, headers, packed = get(tracker, "/timeline/", Accept_Encoding="gzip, br")
    assert headers["Content-Encoding"] == "gzip"
    assert len(packed) < len(plain) / 2
    assert get(tracker, "/timeline/")[2] == plain


def test_static_files_come_from_nginx_compressed_and_for_ever(tracker):
    page = get(tracker, "/")[2].decode()
    style = re.search(r'href="(/static/[^"]+\.css)"', page)[1]
    _status, headers, _content = get(tracker, style, Accept_Encoding="gzip")
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (headers["Content-Encoding"], headers["Content-Type"]) == ("gzip", "text/css")


def test_staff_are_never_answered_from_the_cache_and_nothing_of_theirs_is_kept(tracker):
    desk = Staff(tracker.server)
    with desk.opener.open(f"{tracker.url}/admin/") as answer:
        assert "X-Micro-Cache" not in answer.headers
    for _time in range(2):
        with desk.opener.open(f"{tracker.url}/about/") as answer:
            assert answer.headers["X-Micro-Cache"] == "BYPASS"
    assert get(tracker, "/about/")[1]["X-Micro-Cache"] == "MISS"


def test_what_staff_publish_is_shown_within_the_promised_seconds(tracker):
    note = "Seen through nginx"
    assert note not in get(tracker, "/commitments/CU-08/")[2].decode()
    number = "from commitments.models import *; print(Commitment.objects.get(reference='CU-08').pk)"
    desk, key = Staff(tracker.server), int(tracker.installation.python(number).stdout)
    assert desk.publish(commitment=key, note=note)
    published = time.monotonic()
    while note not in get(tracker, "/commitments/CU-08/")[2].decode():
        assert time.monotonic() < published + PROMISED
        time.sleep(0.2)
    assert note in get(tracker, "/updates.atom?status=in_progress")[2].decode()


def test_a_reader_reports_an_error_and_is_led_to_the_receipt(tracker):
    form = get(tracker, "/report-an-error/")[2].decode()
    stamp = re.search(r'name="stamp" value="([^"]+)"', form)[1]
    time.sleep(3.1)  # nobody types faster
    body = urllib.parse.urlencode({"stamp": stamp, "what": "A word is missing."}).encode()
    with urllib.request.urlopen(f"{tracker.url}/report-an-error/", body) as answer:
        assert re.fullmatch(rf"{tracker.url}/report-an-error/[\w-]{{32}}/", answer.url)
        assert "A word is missing." in answer.read().decode()


def test_what_a_visitor_claims_of_the_way_is_not_believed(tracker):
    claimed = {"X_Request_ID": "0123456789abcdef", "X_Forwarded_For": "192.0.2.7", "X_Forwarded_Proto": "http"}
    status, headers, _content = get(tracker, "/ledger/?claimed=1", **claimed)
    assert status == 200
    assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-ID"])
    log = (tracker.folder / "servers.log").read_text()
    assert headers["X-Request-ID"] in log
    assert "0123456789abcdef" not in log.replace(headers["X-Request-ID"], "")


# Other names, no name, and what is written down of it


def told(tracker: Deployed, request: bytes, *, name: str | None = None, port: int | None = None) -> bytes | None:
    """All that nginx sends back; None where it breaks off the handshake. `name`: for TLS, as the handshake says it."""
    connection = socket.create_connection(("127.0.0.1", port or tracker.https), timeout=20)
    with connection:
        if name is not None:
            context = ssl.create_default_context(cafile=str(tracker.folder / "certificate.pem"))
            context.check_hostname = False
            try:
                connection = context.wrap_socket(connection, server_hostname=name or None)
            except OSError:
                return None
        answer = b""
        try:
            connection.sendall(request)
            while piece := connection.recv(65536):
                answer += piece
        except OSError:  # reset
            pass
        connection.close()
        return answer


def asking(host: str) -> bytes:
    return f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()


OTHERS = ["other.localhost", "127.0.0.1", "tracker.localhost", ""]


@pytest.mark.parametrize("host", OTHERS)
def test_another_name_gets_no_answer_in_whatever_way_it_is_said(tracker, host):
    assert told(tracker, asking(host), name=host) is None  # in the handshake
    assert told(tracker, asking(host), name="localhost") in (b"", None) or host == ""  # in the request alone
    if host:
        assert told(tracker, asking(host), port=tracker.http) == b""
    assert told(tracker, b"GET / HTTP/1.0\r\n\r\n", port=tracker.http) == b""


NO_REQUESTS = [b"nonsense\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\n\r\n"]


@pytest.mark.parametrize("request_", NO_REQUESTS, ids=range(3))
def test_what_is_no_request_is_answered_without_the_version_of_anything(tracker, request_):
    answers = [told(tracker, request_, port=port) for port in (tracker.http, tracker.https)]
    answers += [told(tracker, request_, name="localhost"), told(tracker, asking("localhost"), port=tracker.http)]
    for answer in answers:
        assert not re.search(rb"nginx/[0-9]|Welcome to nginx", answer or b"")


def test_nothing_that_nginx_writes_holds_a_visitors_address(tracker):
    for host in ["localhost", *OTHERS]:
        told(tracker, asking(host), port=tracker.http)
        told(tracker, asking(host), name="localhost")
        told(tracker, asking(host), name=host)
    for request in NO_REQUESTS:
        for port in (tracker.http, tracker.https):
            told(tracker, request, port=port)
        told(tracker, request, name="localhost")
    get(tracker, "/static/nothing.css")
    get(tracker, "/.well-known/acme-challenge/nothing")
    too_long = urllib.request.Request(f"{tracker.url}/report-an-error/", b"x" * 200_000)
    with pytest.raises((urllib.error.HTTPError, OSError)):
        urllib.request.urlopen(too_long, timeout=20)
    many = b"GET /about/ HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200 + asking("localhost")
    assert b" 429 " in (told(tracker, many, name="localhost") or b"")  # more than the limit allows
    time.sleep(0.5)
    written = {path.name: path.read_text() for path in tracker.folder.glob("*.log") if path.name != "servers.log"}
    assert [name for name, text in written.items() if re.search("client: |^127", text, re.MULTILINE)] == []
    assert "127.0.0.1 -" not in "".join(written.values())
    time.sleep(5)  # until the limit lets others ask again


def ask_on(tracker: Deployed, stop: threading.Event, answers: list[object]) -> None:
    """Asks page after page, none of them in the cache, and notes each status."""
    while not stop.is_set():
        try:
            answers.append(get(tracker, f"/commitments/?q=stage&visit={len(answers)}")[0])
        except OSError as error:
            answers.append(error)
        time.sleep(0.1)


def publish_on(tracker: Deployed, stop: threading.Event, answers: list[object]) -> None:
    """Publishes report after report, by forms that nginx never sends twice, and notes whether each is on record."""
    desk = Staff(tracker.server)
    while not stop.is_set():
        try:
            answers.append(desk.publish(commitment=1 + len(answers), note=f"during the upgrade {len(answers)}"))
        except OSError as error:
            answers.append(error)
        time.sleep(0.5)


def test_an_upgrade_from_server_to_server_is_noticed_by_neither_readers_nor_staff(tracker):
    stop, pages, forms = threading.Event(), [], []
    people = [
        threading.Thread(target=work, args=(tracker, stop, told))
        for work, told in ((ask_on, pages), (publish_on, forms))
    ]
    for one in people:
        one.start()
    for port in tracker.ports:
        tracker.asked(port, asked=False)
        tracker.stop(port)
        tracker.start(port)
        tracker.ready(port)
        tracker.asked(port, asked=True)
    stop.set()
    for one in people:
        one.join()
    assert len(pages) > 20
    assert len(forms) > 3
    assert set(pages) == {200}
    assert set(forms) == {True}


def test_one_server_killed_is_no_failure_and_with_both_nginx_says_so_plainly(tracker):
    first, second = tracker.ports
    tracker.stop(first, signal.SIGKILL)
    assert [get(tracker, f"/nothing-here/?visit={n}")[0] for n in range(6)] == [404] * 6
    assert [get(tracker, f"/updates/?visit={n}")[0] for n in range(6)] == [200] * 6
    tracker.stop(second, signal.SIGKILL)
    status, headers, content = get(tracker, "/updates/?visit=last")
    assert (status, content) == (503, (FILES / "unavailable.html").read_bytes())
    assert (headers["Cache-Control"], headers["Retry-After"]) == ("no-store", "60")
    assert get(tracker, "/updates/?visit=1")[0] == 200  # what nginx has it still shows
    for port in tracker.ports:
        tracker.start(port)
    for port in tracker.ports:
        tracker.ready(port)
    time.sleep(2.1)
    assert get(tracker, "/updates/?visit=after")[0] == 200


@pytest.mark.parametrize("unit", sorted(one.name for one in FILES.iterdir() if one.suffix in (".service", ".timer")))
def test_systemd_understands_the_units(unit, tmp_path):
    """Without the paths that only the installation has."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    for file in FILES.iterdir():
        if file.suffix in (".service", ".timer"):
            (tmp_path / file.name).write_text(
                re.sub(r"/srv/tracker/current/\.venv/bin/\w+", "/bin/true", file.read_text())
            )
    done = subprocess.run(["systemd-analyze", "verify", tmp_path / unit], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
