"""Whether the pages of evidence still answer: asked of a real server on loopback, never of a private network."""

import asyncio
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from commitments.domain.choices import LinkOutcome
from commitments.models import Commitment, LedgerEntry, LinkCheck
from commitments.ops.link_checks import LinkResult, ask_pages, outcome_of_status
from commitments.workflow.link_checks import references_by_url, urls_to_check
from tests import factories
from tests.helpers.ledger_acts import retract
from tests.helpers.postgresql import free_port

# A server


class Pages(BaseHTTPRequestHandler):
    """Answers /404 with a 404, /to/200 with a redirect to /200, and robots.txt with what the test says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.path, self.headers["User-Agent"]))
        if self.path == "/robots.txt":
            self._answer(200 if self.server.robots else 404, self.server.robots)
        elif self.path.startswith("/to/"):
            target = self.path.removeprefix("/to")
            self._answer(302, Location=self.server.elsewhere or target)
        elif self.path == "/hang-up":
            self.close_connection = True
        else:
            self._answer(int(self.path.strip("/")), "A page.")

    def _answer(self, status, text="", **headers):
        self.send_response(status)
        for name, value in (headers | {"Content-Length": len(text)}).items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments):
        """Says nothing."""


@pytest.fixture
def server():
    """On loopback, in a thread; `asked` are the paths and who asked for them."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as pages:
        pages.asked, pages.robots, pages.elsewhere = [], "", ""
        pages.daemon_threads = True
        pages.url = f"http://127.0.0.1:{pages.server_port}"
        thread = threading.Thread(target=pages.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield pages
        pages.shutdown()
        thread.join()


def ask(*urls, **options):
    """What came of asking for pages, by address; without a pause."""

    async def results():
        return {result.url: result async for result in ask_pages(urls, **{"pause": 0} | options)}

    return asyncio.run(results())


def ask_anywhere(*urls, **options):
    """The same, and loopback may be asked, too."""
    return ask(*urls, **{"is_allowed": lambda _address: True} | options)


def outcomes(results):
    return {url.rpartition("/")[2]: (result.outcome, result.http_status) for url, result in results.items()}


def test_what_an_answer_says_of_a_page(server):
    statuses = (200, 404, 410, 401, 403, 429, 503, 500)
    assert outcomes(ask_anywhere(*(f"{server.url}/{status}" for status in statuses))) == {
        "200": ("answers", 200),
        "404": ("gone", 404),
        "410": ("gone", 410),
        "401": ("unclear", 401),
        "403": ("unclear", 403),
        "429": ("unclear", 429),
        "503": ("unclear", 503),
        "500": ("unreachable", 500),
    }


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(204, "answers"), (304, "answers"), (400, "unreachable"), (451, "unclear"), (502, "unreachable")],
)
def test_what_other_answers_say(status, outcome):
    assert outcome_of_status(status) == outcome


def test_a_redirect_is_followed_and_where_it_led_is_kept(server):
    [there, straight, gone] = ask_anywhere(f"{server.url}/to/200", f"{server.url}/200", f"{server.url}/to/404").values()
    assert (there.outcome, there.http_status, there.final_url) == ("answers", 200, f"{server.url}/200")
    assert (straight.outcome, straight.final_url) == ("answers", "")
    assert (gone.outcome, gone.http_status, gone.final_url) == ("gone", 404, f"{server.url}/404")


def test_a_redirect_in_a_circle_does_not_answer(server):
    server.elsewhere = "/to/200"
    [result] = ask_anywhere(f"{server.url}/to/200").values()
    assert (result.outcome, result.http_status) == ("unreachable", None)
    assert len(server.asked) < 20


def test_what_robots_txt_forbids_is_not_asked(server):
    server.robots = "User-agent: *\nDisallow: /403\n\nUser-agent: commitment-tracker\nDisallow: /410\n"
    results = ask_anywhere(f"{server.url}/410", f"{server.url}/200")
    assert outcomes(results) == {"410": ("unclear", None), "200": ("answers", 200)}
    assert results[f"{server.url}/410"].detail == "robots.txt"
    assert [path for path, _agent in server.asked] == ["/robots.txt", "/200"]


def test_a_robots_txt_that_cannot_be_read_forbids_nothing(server):
    server.robots = "User-agent: *\nDisallow: //[\n"
    assert outcomes(ask_anywhere(f"{server.url}/200")) == {"200": ("answers", 200)}


def test_what_nobody_foresaw_ends_the_run_instead_of_being_waited_for(server):
    def fail(_address):
        raise RuntimeError("Unforeseen.")

    with pytest.raises(RuntimeError, match="Unforeseen"):
        ask(f"{server.url}/200", is_allowed=fail)


def test_each_page_is_asked_once_by_name_and_robots_txt_once_a_host(server):
    ask_anywhere(f"{server.url}/200", f"{server.url}/404", page="https://tracker.example")
    assert Counter(path for path, _agent in server.asked) == {"/robots.txt": 1, "/200": 1, "/404": 1}
    assert {agent for _path, agent in server.asked} == {"commitment-tracker (+https://tracker.example)"}


def test_a_host_is_not_asked_two_pages_at_once(server):
    """The second waits for the pause after the first."""
    urls = [f"{server.url}/{status}" for status in (200, 404)]
    before = datetime.now(UTC)
    ask_anywhere(*urls, pause=0.2)
    assert datetime.now(UTC) - before >= timedelta(seconds=0.4)


def test_a_host_that_does_not_answer_is_unreachable_in_the_network_s_words_and_holds_nobody_up(server):
    dead = f"http://127.0.0.1:{free_port()}/page"
    results = ask_anywhere(dead, f"{server.url}/hang-up", f"{server.url}/200")
    assert outcomes(results) == {
        "page": ("unreachable", None),
        "hang-up": ("unreachable", None),
        "200": ("answers", 200),
    }
    assert "Connect call failed" in results[dead].detail
    assert all(0 < len(results[url].detail) <= 200 for url in (dead, f"{server.url}/hang-up"))


def test_a_host_without_a_name_in_the_network_is_unreachable():
    [result] = ask("http://nowhere.invalid/page").values()
    assert (result.outcome, result.http_status) == ("unreachable", None)
    assert result.detail


# Private networks


def test_loopback_is_refused_without_a_request(server):
    results = ask(f"{server.url}/200", f"http://localhost:{server.server_port}/404")
    assert {result.outcome for result in results.values()} == {"private"}
    assert "127.0.0.1 lies in a private network" in results[f"{server.url}/200"].detail
    assert server.asked == []


def test_a_redirect_into_a_private_network_is_refused_without_a_request(server):
    """The page may be asked for; where it leads, another address of loopback, may not."""
    with ThreadingHTTPServer(("127.0.0.2", 0), Pages) as inside:
        inside.asked = []
        server.elsewhere = f"http://127.0.0.2:{inside.server_port}/200"
        [result] = ask(f"{server.url}/to/200", is_allowed=lambda address: address == "127.0.0.1").values()
    assert (result.outcome, result.http_status) == ("private", None)
    assert ([path for path, _agent in server.asked], inside.asked) == (["/robots.txt", "/to/200"], [])


# What is asked, and what is kept

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
SOUND, DEAD, GONE = (f"https://example.org/{name}" for name in ("sound", "dead", "gone"))


class Network:
    """In place of the network: what each page answers now, and which were asked for."""

    def __init__(self):
        self.answers, self.asked = {}, []

    async def ask_pages(self, urls, _page=""):
        for url in urls:
            self.asked.append(url)
            outcome, status = self.answers.get(url, ("answers", 200))
            detail = "" if status else "no route to host"
            yield LinkResult(url, LinkOutcome(outcome), status, detail)


@pytest.fixture
def network(monkeypatch):
    replaced = Network()
    monkeypatch.setattr("commitments.management.commands.check_links.ask_pages", replaced.ask_pages)
    return replaced


@pytest.fixture
def pages(time_machine, db):
    """Evidence of two commitments at three addresses, on an evening that goes on as the test says."""
    time_machine.move_to(NOW, tick=False)
    first, second = factories.published(reference="TT-01"), factories.published(reference="TT-02")
    rows = [factories.evidence(url=url, relation="context") for url in (SOUND, DEAD, GONE)]
    factories.record("context", first, evidence=rows)
    factories.record("context", second, evidence=rows[:2])
    return time_machine


def check_links(*arguments):
    """What the command prints, line by line."""
    printed = StringIO()
    call_command("check_links", *arguments, stdout=printed)
    return printed.getvalue().splitlines()


def kept():
    return {check.url: (check.outcome, check.http_status, check.failing_since) for check in LinkCheck.objects.all()}


@pytest.mark.postgresql
def test_answers_are_kept_and_what_answers_no_more_is_named_with_its_commitments(pages, network):
    network.answers = {DEAD: ("unreachable", None), GONE: ("gone", 404)}
    assert check_links() == [
        "3 pages asked. 2 pages of evidence answer no more.",
        f"{DEAD} (TT-01, TT-02): no route to host, since 2026-11-29",
        f"{GONE} (TT-01): 404, since 2026-11-29",
    ]
    assert kept() == {
        SOUND: ("answers", 200, None),
        DEAD: ("unreachable", None, NOW),
        GONE: ("gone", 404, NOW),
    }


def test_a_page_that_is_closed_to_programs_is_kept_and_not_named(pages, network):
    network.answers = {SOUND: ("unclear", 403), GONE: ("private", None)}
    assert check_links() == ["3 pages asked. 0 pages of evidence answer no more."]
    assert kept()[SOUND] == ("unclear", 403, None)


@pytest.mark.postgresql
def test_what_was_asked_within_the_days_is_left_out(pages, network):
    check_links()
    pages.shift(timedelta(days=6))
    assert check_links() == ["0 pages asked. 0 pages of evidence answer no more."]
    assert check_links("--days", "5")[0].startswith("3 pages asked.")
    pages.shift(timedelta(days=8))
    assert check_links()[0].startswith("3 pages asked.")
    assert Counter(network.asked) == {SOUND: 3, DEAD: 3, GONE: 3}


def test_what_answers_no_more_is_named_in_a_run_that_asks_nothing(pages, network):
    network.answers = {GONE: ("gone", 410)}
    named = check_links()[1:]
    assert check_links() == ["0 pages asked. 1 pages of evidence answer no more.", *named]


@pytest.mark.postgresql
def test_since_when_a_page_fails_is_kept_over_runs_and_forgotten_when_it_answers_again(pages, network):
    network.answers = {GONE: ("gone", 404)}
    check_links()
    pages.shift(timedelta(days=8))
    network.answers = {GONE: ("unreachable", 500)}
    assert check_links()[1] == f"{GONE} (TT-01): 500, since 2026-11-29"
    assert kept()[GONE] == ("unreachable", 500, NOW)
    pages.shift(timedelta(days=8))
    network.answers = {}
    assert check_links() == ["3 pages asked. 0 pages of evidence answer no more."]
    assert kept()[GONE] == ("answers", 200, None)
    pages.shift(timedelta(days=8))
    network.answers = {GONE: ("gone", 404)}
    check_links()
    assert kept()[GONE] == ("gone", 404, NOW + timedelta(days=24))
    assert LinkCheck.objects.count() == 3


@pytest.mark.postgresql
def test_where_failures_outnumber_answers_none_is_kept_and_the_run_is_an_error(pages, network):
    network.answers = {DEAD: ("unreachable", None), GONE: ("unreachable", None)}
    with pytest.raises(CommandError, match=r"2 of 3 pages could not be reached \(no route to host\).*Run again"):
        check_links()
    assert kept() == {SOUND: ("answers", 200, None)}
    network.answers = {}
    assert check_links()[0].startswith("2 pages asked.")


def test_a_server_that_answers_with_an_error_is_an_answer(pages, network):
    """It shows that there is a way to the internet."""
    network.answers = {SOUND: ("unreachable", 500), DEAD: ("unreachable", None), GONE: ("gone", 404)}
    assert check_links()[0] == "3 pages asked. 3 pages of evidence answer no more."


@pytest.mark.parametrize("kind", ["context", "published"])
def test_evidence_of_what_was_retracted_is_neither_asked_for_nor_named(pages, network, kind):
    url, commitment = "https://example.org/of-a-mistake", factories.published()
    factories.record("context", commitment, evidence=[factories.evidence(url=url)])
    network.answers = {url: ("gone", 404)}
    assert len(check_links()) == 2
    retract(commitment.entries.get(kind=kind))
    assert check_links("--days", "0") == ["3 pages asked. 0 pages of evidence answer no more."]
    assert url not in urls_to_check(NOW + timedelta(days=99), timedelta(days=7))
    assert references_by_url([url]) == {}


@pytest.mark.usefixtures("pages")
def test_a_run_without_a_way_to_the_internet_keeps_nothing():
    """With nothing replaced, and no page that there could be."""
    for entry in LedgerEntry.objects.filter(kind="context"):
        retract(entry)
    row = factories.evidence(url="https://nowhere.invalid/page")
    factories.record("context", Commitment.objects.first(), evidence=[row])
    with pytest.raises(CommandError, match=r"1 of 1 pages could not be reached \(.*nowhere\.invalid.*\)"):
        check_links()
    assert kept() == {}


def test_a_record_without_evidence_has_nothing_to_ask_for(db, network):
    assert check_links() == ["0 pages asked. 0 pages of evidence answer no more."]
    assert network.asked == []
