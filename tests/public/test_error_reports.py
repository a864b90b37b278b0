"""A reader answers back: what is kept, what is refused without losing a word, and what staff make of it."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commitments.models import Commitment, DraftUpdate, ErrorReport, Update
from commitments.public import error_reports
from commitments.web.rate_limits import client_network
from tests.factories import CommitmentFactory, OrganisationFactory, published
from tests.helpers.admin_forms import Form, clerk, errors, fill
from tests.helpers.days import NOW
from tests.helpers.html import main_element, visible_text

pytestmark = pytest.mark.django_db
ADDRESS = "/report-an-error/"
QUEUE = "/admin/commitments/errorreport/"

WHAT = "It opened in 2019, not in 2020.\nSee the notice."
SAID = {
    "commitment": "TT-01",
    "what": WHAT,
    "source": "https://example.org/notice",
    "email": "reader@example.org",
    "organisation": "harbour",
}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def client():
    """A client that answers with a 500 where the application fails, and is asked for the token of a form."""
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


@pytest.fixture(scope="module", autouse=True)
def bridge(module_db):
    """A pledge with an owner and a partner, and a body that has nothing to do with it."""
    with time_machine.travel(NOW, tick=False):
        owner = OrganisationFactory(slug="harbour", name="Harbour Office")
        partner = OrganisationFactory(slug="ferry", name="Ferry Company")
        OrganisationFactory(slug="stranger", name="Somebody Else")
        return published(reference="TT-01", title="Build a bridge", owners=[owner], partners=[partner])


@pytest.fixture
def commitment(bridge):
    return Commitment.objects.get(pk=bridge.pk)


@pytest.fixture
def desk(client):
    signed_in = Client()
    signed_in.force_login(User.objects.create_superuser("boss"))
    return signed_in


def stamp(answer):
    return re.search(r'name="stamp" value="([^"]+)"', answer.text)[1]


def send(client, clock, *, after=10, address=ADDRESS, network="192.0.2.1", **fields):
    """Open the form, wait so many seconds, and send it."""
    opened = stamp(client.get(address))
    clock.shift(timedelta(seconds=after))
    return client.post(address, SAID | {"stamp": opened} | fields, REMOTE_ADDR=network)


def typed(answer):
    """What stands in the boxes of the form that came back."""
    return {name: value for name, value in Form(answer).fields.items() if name in SAID}


def report(**fields):
    return ErrorReport.objects.create(**{"token": error_reports.new_token(), "what": WHAT} | fields)


def page_of(error_report):
    return f"{ADDRESS}{error_report.token}/"


def change(error_report):
    return f"{QUEUE}{error_report.pk}/change/"


# Sending


def test_the_form_of_a_commitment_says_which_and_who_may_reply(client, commitment):
    answer = client.get(f"{ADDRESS}?commitment=TT-01")
    assert answer.status_code == 200
    assert '<a href="/commitments/TT-01/">TT-01 Build a bridge</a>' in answer.text
    assert Form(answer).fields["commitment"] == "TT-01"
    offered = re.findall(r'<option value="([^"]*)"', answer.text)
    assert offered == ["", "harbour", "ferry"]


def test_the_form_of_no_commitment_asks_for_none(client):
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert Form(answer).fields["commitment"] == ""
    assert "<select" not in answer.text


@pytest.mark.postgresql
def test_what_is_sent_is_kept_and_its_page_says_so(client, clock, commitment):
    answer = send(client, clock)
    error_report = ErrorReport.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, page_of(error_report))
    assert (error_report.commitment, error_report.organisation.slug, error_report.what) == (commitment, "harbour", WHAT)
    assert (error_report.source, error_report.email, error_report.state) == (SAID["source"], SAID["email"], "new")
    page = visible_text(main_element(client.get(page_of(error_report))))
    assert "received sent 29 November 2026, 18:00" in page
    assert "It opened in 2019, not in 2020." in page
    assert f"http://testserver{page_of(error_report)}" in page


def test_only_what_is_wrong_must_be_said(client, clock):
    answer = send(client, clock, commitment="", source="", email="", organisation="")
    assert answer.status_code == 303
    error_report = ErrorReport.objects.get()
    assert (error_report.commitment, error_report.organisation, error_report.source, error_report.email) == (
        None,
        None,
        "",
        "",
    )
    assert client.get(page_of(error_report)).status_code == 200


def test_it_takes_no_cookie_and_no_account(client, clock):
    answers = [client.get(ADDRESS), send(client, clock), client.get(page_of(ErrorReport.objects.get()))]
    assert [answer.status_code for answer in answers] == [200, 303, 200]
    assert not client.cookies
    assert not any("Cookie" in answer.headers.get("Vary", "") for answer in answers)


def test_the_page_is_found_by_nobody_else(client, clock):
    send(client, clock)
    answer = client.get(page_of(ErrorReport.objects.get()))
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(ErrorReport.objects.get().token) == 32
    assert client.get(f"{ADDRESS}{'x' * 32}/").status_code == 404


def test_the_e_mail_address_is_shown_nowhere(client, clock):
    send(client, clock)
    page = client.get(page_of(ErrorReport.objects.get())).text
    assert "reader@" not in page
    assert "example.org/notice" in page


def test_what_somebody_writes_is_never_markup_and_never_a_link(client, clock):
    send(client, clock, what="<script>alert(1)</script>", source="https://example.org/?a=<b>")
    page = client.get(page_of(ErrorReport.objects.get())).text
    assert "<script>alert" not in page
    assert 'href="https://example.org' not in page


def test_the_form_is_kept_by_nobody(client, clock):
    assert client.get(ADDRESS).headers["Cache-Control"] == "no-store"
    assert send(client, clock, what="").headers["Cache-Control"] == "no-store"


def test_a_reference_is_read_in_small_letters_too(client, clock, commitment):
    send(client, clock, commitment=" tt-01 ")
    assert ErrorReport.objects.get().commitment == commitment


def test_a_line_counts_its_end_once(client, clock):
    answer = send(client, clock, what="ab\r\n" * 1666 + "ab")
    assert (answer.status_code, len(ErrorReport.objects.get().what)) == (303, 5000)


# What is refused, and comes back


WRONG = {
    "what": {
        " \n ": "Say what is wrong.",
        "x" * 5001: "at most 5000 characters",
        "a\0b": "Null characters",
    },
    "source": {
        "https://example.org/\0": "Null characters",
        "javascript:alert(1)": "it begins with https:// or http://",
        "ftp://example.org/x": "it begins with https:// or http://",
        f"https://example.org/{'x' * 1000}": "at most 1000 characters",
        "https://me:secret@example.org/": "user name or password",
        "https://example.org/a」": "Write: https://example.org/a",
        "https://example.org/\u202ea": "a character that nobody sees",
    },
    "email": {
        "reader": "an e-mail address such as",
        "a@example.org\nbcc: b@example.org": "an e-mail address such as",
        f"{'x' * 400}@example.org": "an e-mail address such as",
    },
    "commitment": {"TT-99": "There is no commitment “TT-99”", "bridge\0": "Null characters"},
    "organisation": {
        "stranger": "is not one of the available choices",
        "\0": "is not one of the available choices",
    },
}


@pytest.mark.postgresql
@pytest.mark.parametrize("field", WRONG)
def test_what_cannot_be_read_is_refused_with_what_is_wrong(field):
    for value, message in WRONG[field].items():
        messages = error_reports.ErrorReportForm(SAID | {field: value}, NOW.date()).errors
        assert set(messages) - {"__all__"} == {field}, value
        assert message in " ".join(messages[field]), value


def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(client, clock):
    wrong = {"source": "javascript:alert(1)", "email": "reader"}
    answer = send(client, clock, **wrong)
    assert (answer.status_code, ErrorReport.objects.count()) == (400, 0)
    for field, message in {"source": "Write the address of a page", "email": "Write an e-mail address"}.items():
        assert message in answer.text.partition(f'id="id_{field}_error"')[2][:200]
    assert typed(answer) == SAID | wrong


def test_a_draft_is_named_no_more_than_what_does_not_exist(client, clock):
    CommitmentFactory(reference="TT-02", title="Sell the harbour secretly")
    draft, nothing = (send(client, clock, commitment=reference).text for reference in ("TT-02", "TT-77"))
    pages = [re.sub(r'name="stamp" value="[^"]+"', "", text) for text in (draft, nothing.replace("TT-77", "TT-02"))]
    assert pages[0] == pages[1]
    assert "secretly" not in client.get(f"{ADDRESS}?commitment=TT-02").text
    assert not ErrorReport.objects.exists()


@pytest.mark.postgresql
@pytest.mark.parametrize("reference", ["x" * 5000, "%00", "<script>"])
def test_a_link_to_what_does_not_exist_says_so_and_leaves_the_form(client, reference):
    answer = client.get(f"{ADDRESS}?commitment={reference}")
    assert answer.status_code == 400
    assert "There is no commitment" in answer.text
    assert "<script>" not in answer.text
    assert stamp(answer)


def test_after_a_mistake_the_form_can_be_put_right_and_sent_at_once(client, clock):
    refused = send(client, clock, email="reader")
    answer = client.post(ADDRESS, SAID | {"stamp": stamp(refused)})
    assert answer.status_code == 303


def test_whom_one_writes_for_survives_a_wrong_reference(client, clock):
    refused = send(client, clock, commitment="TT-99")
    answer = client.post(ADDRESS, Form(refused).fields | {"commitment": "TT-01"})
    assert answer.status_code == 303
    assert ErrorReport.objects.get().organisation.slug == "harbour"


def test_without_a_commitment_nobody_writes_for_its_owner(client, clock):
    assert send(client, clock, commitment="").status_code == 303
    assert ErrorReport.objects.get().organisation is None


FORM = "application/x-www-form-urlencoded"


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, b""),
        (FORM, b"what=%FF%FE&stamp=%00"),
        (FORM, b"\xff\xfe\x00"),
        ("application/json", b"{}"),
        ("multipart/form-data", b"&&&"),
        ("x", b"what"),
    ],
)
def test_a_body_of_any_other_kind_is_refused_and_no_failure(client, body, kind):
    assert client.post(ADDRESS, body, content_type=kind).status_code == 400
    assert not ErrorReport.objects.exists()


def test_a_huge_body_is_refused(client, clock):
    assert send(client, clock, what="x" * 3_000_000).status_code == 413
    assert client.post(ADDRESS, {f"a{number}": "1" for number in range(1100)}).status_code == 400


def test_only_reading_and_sending_is_answered_and_of_a_report_only_reading(client):
    page = page_of(report())
    for method in ("put", "patch", "delete", "options"):
        assert getattr(client, method)(ADDRESS).status_code == 405, method
    for method in ("put", "delete", "post"):
        assert getattr(client, method)(page, {"state": "upheld", "answer": "Yes."}).status_code == 405, method
    assert ErrorReport.objects.get().state == "new"


def test_what_nobody_asked_for_is_passed_over(client, clock):
    send(client, clock, state="upheld", answer="Yes.", token="mine", sender="me", received_at="2001-01-01")
    error_report = ErrorReport.objects.get()
    assert (error_report.state, error_report.answer, error_report.received_at) == ("new", "", timezone.now())
    assert error_report.token != "mine"


# Robots


@pytest.mark.parametrize("after", [1, 86_401])
def test_a_form_sent_too_soon_or_too_late_comes_back_whole_and_can_be_sent_again(client, clock, after):
    answer = send(client, clock, after=after)
    assert (answer.status_code, typed(answer)) == (400, SAID)
    assert "Nothing you typed is lost" in answer.text
    assert "send it again" in answer.text
    clock.shift(timedelta(seconds=5))
    assert client.post(ADDRESS, SAID | {"stamp": stamp(answer)}).status_code == 303


def test_a_forged_stamp_is_none_and_is_replaced():
    own = error_reports.signer.sign(error_reports.new_token())
    for forged in ("", "x", "x:y:z", "é:1:2", "\0", "a" * 5000, own[:-1] + ("A" if own[-1] != "A" else "B")):
        token, stamp, in_time = error_reports.read_stamp(forged)
        assert (len(token), stamp != forged, in_time) == (32, True, False), forged


def test_no_stamp_at_all_is_no_stamp(client):
    answer = client.post(ADDRESS, SAID)
    assert (answer.status_code, typed(answer)) == (400, SAID)
    assert error_reports.read_stamp(stamp(answer))[1] == stamp(answer)


def test_a_filled_trap_comes_back_empty_and_a_person_can_send_again(client, clock):
    answer = send(client, clock, subject="Buy now")
    assert (answer.status_code, typed(answer)) == (400, SAID)
    assert "A box that people do not see was filled in, perhaps by your browser." in answer.text
    assert "Buy now" not in answer.text
    assert client.post(ADDRESS, Form(answer).fields).status_code == 303


def test_the_trap_is_out_of_sight_and_out_of_reach(client):
    text = client.get(ADDRESS).text
    assert '<div class="trap" aria-hidden="true">' in text
    assert 'name="subject" id="id_subject" tabindex="-1" autocomplete="off"' in text


@pytest.mark.postgresql
def test_a_button_pressed_twice_sends_once(client, clock):
    opened = stamp(client.get(ADDRESS))
    clock.shift(timedelta(seconds=10))
    first, second = (client.post(ADDRESS, SAID | {"stamp": opened}) for _press in range(2))
    assert (first.status_code, first.headers["Location"]) == (303, second.headers["Location"])
    assert ErrorReport.objects.count() == 1


@pytest.mark.postgresql
def test_two_that_come_in_at_the_same_moment_are_one(client, clock):
    opened = stamp(client.get(ADDRESS))
    clock.shift(timedelta(seconds=10))
    forms = [error_reports.ErrorReportForm(SAID | {"stamp": opened}, NOW.date()) for _press in range(2)]
    assert [form.is_valid() for form in forms] == [True, True]
    assert len({form.store("", timezone.now()) for form in forms}) == 1


def test_going_back_and_sending_something_else_is_another_report(client, clock):
    opened = stamp(client.get(ADDRESS))
    clock.shift(timedelta(seconds=10))
    first = client.post(ADDRESS, SAID | {"stamp": opened})
    second = client.post(ADDRESS, SAID | {"stamp": opened, "what": "Something else."})
    assert first.headers["Location"] != second.headers["Location"]
    assert ErrorReport.objects.count() == 2


# The limit


@pytest.mark.postgresql
def test_the_sixth_of_an_hour_from_one_address_waits_and_loses_nothing(client, clock):
    assert [send(client, clock, what=str(number)).status_code for number in range(5)] == [303] * 5
    answer = send(client, clock)
    assert (answer.status_code, typed(answer)) == (429, SAID)
    assert answer.headers["Retry-After"] == str(3600 - 50)
    assert "send it again in 60 minutes" in answer.text
    assert send(client, clock, network="192.0.2.2").status_code == 303
    clock.shift(timedelta(seconds=3600 - 60))
    assert client.post(ADDRESS, SAID | {"stamp": stamp(answer)}).status_code == 303


def test_a_form_that_waited_for_the_limit_can_be_sent_as_it_is(client, clock):
    for number in range(5):
        send(client, clock, what=str(number))
    waiting = Form(send(client, clock)).fields
    clock.shift(timedelta(hours=1))
    assert client.post(ADDRESS, waiting).status_code == 303


@pytest.mark.postgresql
def test_a_hundred_of_an_hour_from_everywhere_is_all(client, clock):
    ErrorReport.objects.bulk_create(
        ErrorReport(token=str(number), what="x", sender=str(number), received_at=timezone.now())
        for number in range(100)
    )
    answer = send(client, clock, network="198.51.100.7")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3590")
    clock.shift(timedelta(hours=1))
    assert send(client, clock, network="198.51.100.7").status_code == 303


def test_midnight_forgets_nobody(client, clock):
    clock.move_to(datetime(2026, 11, 29, 23, 58, tzinfo=UTC), tick=False)
    for number in range(5):
        send(client, clock, what=str(number))
    clock.move_to(datetime(2026, 11, 30, 0, 30, tzinfo=UTC), tick=False)
    assert send(client, clock).status_code == 429


def test_the_address_itself_is_never_kept_and_its_digest_only_while_it_counts(client, clock):
    send(client, clock, network="192.0.2.1")
    send(client, clock, network="192.0.2.1", what="More.")
    first, second = ErrorReport.objects.values_list("sender", flat=True)
    assert first == second
    assert re.fullmatch("[0-9a-f]{64}", first)
    assert "192.0.2.1" not in str(list(ErrorReport.objects.values()))
    clock.shift(timedelta(hours=2))
    send(client, clock, network="192.0.2.9")
    assert sorted(map(bool, ErrorReport.objects.values_list("sender", flat=True))) == [False, False, True]


def test_the_digest_of_an_address_is_another_the_next_day(client, clock, settings, rf):
    request = rf.get("/", REMOTE_ADDR="192.0.2.1")
    [today], [later] = (
        error_reports.sender_digests(request, NOW),
        error_reports.sender_digests(request, NOW + timedelta(days=1)),
    )
    assert today != later


def test_only_a_trusted_proxy_says_where_a_request_comes_from(rf, settings):
    networks = {
        "203.0.113.5": "203.0.113.5",
        "10.0.0.1, 203.0.113.5": "203.0.113.5",
        "203.0.113.5, ": "192.0.2.1",
        "": "192.0.2.1",
        "unknown": "unknown",
        "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
        "::ffff:203.0.113.5": "::ffff:cb00:7105",
    }
    requests = {
        header: rf.get("/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": header}) for header in networks
    }
    settings.TRUST_PROXY = True
    assert {header: client_network(request) for header, request in requests.items()} == networks
    settings.TRUST_PROXY = False
    assert {client_network(request) for request in requests.values()} == {"192.0.2.1"}


# As of a day


def test_the_day_is_kept_from_the_form_to_the_page(client, clock):
    address = f"{ADDRESS}?as_of=2019-06-01&commitment=TT-01"
    assert "As of 1 June 2019." in client.get(address).text
    assert f'action="{ADDRESS}?as_of=2019-06-01"' in client.get(address).text
    answer = send(client, clock, address=f"{ADDRESS}?as_of=2019-06-01")
    assert answer.headers["Location"] == f"{page_of(ErrorReport.objects.get())}?as_of=2019-06-01"
    assert 'href="/commitments/TT-01/?as_of=2019-06-01"' in client.get(answer.headers["Location"]).text


def test_before_its_release_a_commitment_is_not_named(client, clock):
    assert client.get(f"{ADDRESS}?as_of=2018-01-01&commitment=TT-01").status_code == 400
    send(client, clock)
    answer = client.get(f"{page_of(ErrorReport.objects.get())}?as_of=2018-01-01")
    assert answer.status_code == 200
    assert "Build a bridge" not in answer.text


def test_an_impossible_day_is_refused_and_never_costs_what_was_typed(client, clock):
    assert client.get(f"{ADDRESS}?as_of=2030-01-01").status_code == 400
    opened = stamp(client.get(ADDRESS))
    clock.shift(timedelta(seconds=10))
    assert client.post(f"{ADDRESS}?as_of=2030-01-01", SAID | {"stamp": opened}).status_code == 303


# The desk


def test_staff_answer_and_the_sender_reads_it(desk, client, clock):
    send(client, clock)
    error_report = ErrorReport.objects.get()
    fill(desk, change(error_report), state="in_hand")
    assert "in hand" in visible_text(main_element(client.get(page_of(error_report))))
    fill(desk, change(error_report), state="upheld", answer="Corrected: see entry 9.")
    page = visible_text(main_element(client.get(page_of(error_report))))
    assert "put right" in page
    assert "Corrected: see entry 9." in page
    assert "answered 29 November 2026" in page


@pytest.mark.parametrize(("state", "answer"), [("upheld", ""), ("declined", "  \n")])
def test_nothing_is_closed_without_an_answer(desk, commitment, state, answer):
    error_report = report(commitment=commitment, email="reader@example.org")
    messages = errors(fill(desk, change(error_report), state=state, answer=answer))
    assert "Say what was put right, or why nothing was changed." in messages["answer"]
    assert ErrorReport.objects.get().email == "reader@example.org"


def test_closing_deletes_the_e_mail_address_and_keeps_the_day(desk, clock):
    error_report = report(email="reader@example.org")
    assert "write before you close it" in desk.get(change(error_report)).text
    fill(desk, change(error_report), state="in_hand", answer="We are looking.")
    assert ErrorReport.objects.get().email == "reader@example.org"
    fill(desk, change(error_report), state="declined", answer="The notice says 2020.")
    closed = ErrorReport.objects.get()
    assert (closed.email, closed.closed_at) == ("", timezone.now())
    clock.shift(timedelta(minutes=30))  # within the session
    fill(desk, change(error_report), answer="The notice says 2020, on page 2.")
    assert ErrorReport.objects.get().answer.endswith("page 2.")
    assert ErrorReport.objects.get().closed_at == closed.closed_at
    fill(desk, change(error_report), state="in_hand")
    assert ErrorReport.objects.get().closed_at is None


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "columns",
    [
        {"state": "lost"},
        {"state": "upheld", "answer": "Yes."},
        {"state": "upheld", "answer": "", "closed_at": NOW},
        {"state": "upheld", "answer": "Yes.", "closed_at": NOW, "email": "reader@example.org"},
        {"state": "new", "closed_at": NOW},
    ],
)
def test_the_database_holds_state_answer_and_closing_together(columns):
    with pytest.raises(IntegrityError), transaction.atomic():
        report(**columns)


def test_staff_see_that_the_host_of_an_address_may_pass_for_another_before_they_open_it(desk):
    error_report = report(source="https://xn--80ak6aa92e.com/a")
    assert "“аррӏе.com” is written in letters of several scripts" in desk.get(change(error_report)).text


def test_what_was_sent_cannot_be_typed_over(desk, commitment):
    error_report = report(commitment=commitment, source="https://example.org/a")
    assert (
        not {"what", "source", "email", "commitment", "organisation"}
        & Form(desk.get(change(error_report))).fields.keys()
    )
    fill(desk, change(error_report), what="Else.", source="https://example.org/b", email="x@example.org", token="mine")
    assert ErrorReport.objects.values("what", "source", "email", "token").get() == {
        "what": WHAT,
        "source": "https://example.org/a",
        "email": "",
        "token": error_report.token,
    }


def test_the_second_of_two_who_answer_is_told_and_loses_nothing(desk):
    error_report = report()
    stale = Form(desk.get(change(error_report)))
    fill(desk, change(error_report), state="upheld", answer="Put right.")
    answer = stale.send(desk, change(error_report), "_save", state="declined", answer="Nothing to change.")
    assert "boss (29 November 2026, 18:00) saved this after you had opened it" in errors(answer)["__all__"]
    assert "It says now: “put right”" in errors(answer)["state"]
    assert "It says now: “Put right.”" in errors(answer)["answer"]
    assert (Form(answer).fields["answer"], ErrorReport.objects.get().state) == ("Nothing to change.", "upheld")
    Form(answer).send(desk, change(error_report), "_save")
    assert ErrorReport.objects.get().state == "declined"


@pytest.mark.postgresql
def test_the_queue_has_open_ones_first_and_the_longest_waiting_on_top(desk):
    closed = {"state": "upheld", "answer": "Yes."}
    reports = {
        "closed lately": report(**closed, closed_at=NOW),
        "new": report(received_at=NOW - timedelta(hours=1)),
        "closed long ago": report(**closed, closed_at=NOW - timedelta(days=9)),
        "waiting": report(received_at=NOW - timedelta(days=5), state="in_hand"),
    }
    order = [row.pk for row in desk.get(QUEUE).context["cl"].result_list]
    assert order == [reports[name].pk for name in ("waiting", "new", "closed lately", "closed long ago")]


@pytest.mark.postgresql
def test_the_queue_is_filtered_and_searched(desk, commitment):
    report(what="The bridge has two spans."), report(state="in_hand", commitment=commitment)

    def result_count(question):
        return desk.get(f"{QUEUE}?{question}").context["cl"].result_count

    assert [result_count(q) for q in ("", "state__exact=new", "q=spans", "q=TT-01", "q=nothing")] == [2, 1, 1, 1, 0]


@pytest.mark.postgresql
def test_the_queue_takes_no_more_queries_for_many(desk, commitment):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(QUEUE).status_code == 200
        return len(captured)

    body = commitment.owners.first()
    report(commitment=commitment, organisation=body)
    of_one = queries()
    for _more in range(20):
        report(commitment=commitment, organisation=body)
    assert queries() == of_one


def test_nobody_adds_a_report_and_only_a_superuser_removes_one(desk):
    error_report = report()
    assert desk.get(f"{QUEUE}add/").status_code == 403
    editor = clerk("view_errorreport", "change_errorreport", "delete_errorreport", "add_errorreport")
    assert editor.get(change(error_report)).status_code == 200
    for answer in (editor.get(f"{QUEUE}add/"), editor.post(f"{QUEUE}{error_report.pk}/delete/", {"post": "yes"})):
        assert answer.status_code == 403
    editor.post(QUEUE, {"action": "delete_selected", "_selected_action": [error_report.pk], "post": "yes"})
    assert ErrorReport.objects.exists()
    desk.post(f"{QUEUE}{error_report.pk}/delete/", {"post": "yes"})
    assert not ErrorReport.objects.exists()


def test_whoever_may_only_look_cannot_answer(commitment):
    error_report, reader = report(commitment=commitment), clerk("view_errorreport")
    assert reader.get(change(error_report)).status_code == 200
    assert reader.post(change(error_report), {"state": "declined", "answer": "No.", "_save": "1"}).status_code == 403
    assert clerk_without_rights().get(QUEUE).status_code == 403


def clerk_without_rights():
    user = User.objects.create_user("nobody", is_staff=True)
    client = Client()
    client.force_login(user)
    return client


def link_to_draft(answer):
    link = re.search(r'href="(/admin/commitments/draftupdate/add/[^"]+)">Draft an entry', answer.text)
    return link[1].replace("&amp;", "&")


def test_a_report_leads_to_its_commitment_and_to_a_draft_that_is_filled_in(desk, commitment):
    error_report = report(commitment=commitment, organisation=commitment.owners.first(), received_at=NOW)
    answer = desk.get(change(error_report))
    assert '<a href="/commitments/TT-01/">TT-01 Build a bridge</a>' in answer.text
    fill(desk, link_to_draft(answer), "_publish")
    update = Update.objects.get()
    assert (update.commitment, update.kind, str(update.date)) == (commitment, "context", "2026-11-29")
    assert (update.reply_of_id, update.note) == ("harbour", WHAT)


def test_a_report_of_anybody_else_leads_to_a_draft_that_is_no_reply(desk, commitment):
    fill(desk, link_to_draft(desk.get(change(report(commitment=commitment)))))
    assert DraftUpdate.objects.get().reply_of is None


def test_a_text_too_long_for_an_address_is_left_out_whole(desk, commitment):
    error_report = report(commitment=commitment, what="維" * 500)
    answer = desk.get(change(error_report))
    assert "note" not in parse_qs(urlsplit(link_to_draft(answer)).query)
    assert "The text is too long to be filled in: copy it from above." in answer.text


def test_a_report_of_no_commitment_leads_to_no_draft(desk):
    assert "Draft an entry" not in desk.get(change(report())).text
