"""Reminders: who is told what, by mails that really arrive, once a day at most."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from time_machine import travel

from commitments.models import Affiliation, DraftUpdate, Ownership, Reminder
from commitments.workflow import reminders
from commitments.workflow.outbox import deliver_waiting
from tests import factories
from tests.helpers.crowds import crowd
from tests.helpers.days import NOW
from tests.helpers.ledger_acts import retract
from tests.helpers.mail import mail_server
from tests.helpers.postgresql import free_port
from tests.helpers.reminders import send

TODAY = date(2026, 11, 29)
YEAR_AND_A_DAY_AGO = datetime(2025, 11, 28, 8, tzinfo=UTC)

SMTP, OUTBOX = "django.core.mail.backends.smtp.EmailBackend", "commitments.workflow.outbox.OutboxBackend"


@pytest.fixture
def day(time_machine, db):
    time_machine.move_to(NOW)
    return time_machine


@pytest.fixture
def smtp(settings):
    settings.EMAIL_BACKEND, settings.MAIL_DELIVERY_BACKEND = OUTBOX, SMTP
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 2
    return settings


@pytest.fixture
def server(smtp):
    """A mail server that takes everything."""
    with mail_server(smtp.EMAIL_PORT) as running:
        yield running


@pytest.fixture
def body(day):
    return factories.OrganisationFactory(name="Harbour Office")


def account(name, body=None, role="Contributor", **fields):
    """A member of staff that works for an organisation."""
    user = User.objects.create_user(name, **{"email": f"{name}@body.example", "is_staff": True} | fields)
    if role:
        user.groups.add(Group.objects.get(name=role))
    if body:
        Affiliation.objects.create(user=user, organisation=body)
    return user


def overdue(body, reference="AA-01", **fields):
    commitment = factories.published(reference=reference, owners=[body], **{"deadline": "2025"} | fields)
    factories.record("report", commitment, date="2026-03-05", status="in_progress")
    return commitment


# Who.


STAFF = {
    "contributor": ("Contributor", {}),
    "editor": ("Editor", {}),
    "publisher": ("Publisher", {}),
    "superuser": (None, {"is_superuser": True}),
    "administrator": ("Administrator", {}),
    "no role": (None, {}),
    "not active": ("Contributor", {"is_active": False}),
    "no staff": ("Contributor", {"is_staff": False}),
    "no address": ("Contributor", {"email": ""}),
}


@pytest.mark.postgresql
def test_told_are_those_who_work_for_an_owner_and_may_draft(body):
    overdue(body)
    for name, (role, fields) in STAFF.items():
        account(name, body, role, **fields)
    usernames = {letter.user.username for letter in reminders.reminder_letters(TODAY)}
    assert usernames == {"contributor", "editor", "publisher", "superuser"}


def test_who_works_for_nobody_is_told_nothing(body):
    overdue(body)
    account("clerk", role="Publisher")
    assert reminders.reminder_letters(TODAY) == []


@pytest.mark.postgresql
def test_everybody_is_told_of_what_their_own_organisation_must_deliver(body):
    other = factories.OrganisationFactory()
    overdue(body, "AA-01")
    overdue(other, "BB-01")
    shared = overdue(body, "CC-01")
    Ownership.objects.create(commitment=shared, organisation=other)
    account("ann", body)
    account("bob", other)
    references = {letter.user.username: letter.references for letter in reminders.reminder_letters(TODAY)}
    assert references == {"ann": ["AA-01", "CC-01"], "bob": ["BB-01", "CC-01"]}


def test_a_partner_is_not_reminded_of_what_others_must_deliver(body):
    factories.published(deadline="2025", owners=[factories.OrganisationFactory()], partners=[body])
    account("clerk", body)
    assert reminders.reminder_letters(TODAY) == []


# What.


LONG_ON_RECORD = {"recorded_at": YEAR_AND_A_DAY_AGO}
STANDS = [
    ("past_deadline", LONG_ON_RECORD | {"deadline": "2019"}, [("report", "2019-03", "in_progress")]),  # and unchecked
    ("due_soon", LONG_ON_RECORD | {"deadline": "2026"}, [("report", "2019-03", "in_progress")]),  # and unchecked
    ("for_review", LONG_ON_RECORD, []),  # never checked
    ("for_review", LONG_ON_RECORD, [("report", "2019-03", "in_progress")]),  # not since it was recorded
    ("for_review", LONG_ON_RECORD | {"deadline": "2030"}, [("check", "2025-11-20", "")]),
    (None, LONG_ON_RECORD | {"deadline": "2019"}, [("report", "2020", "completed")]),
    (None, LONG_ON_RECORD | {"deadline": "2019"}, [("report", "2020", "stopped")]),
    ("past_deadline", {"deadline": "2025"}, []),  # not reported
    ("past_deadline", {"deadline": "2025"}, [("report", "2026-10", "in_progress")]),  # overdue
    ("due_soon", {"deadline": "2027-02-27"}, []),
    ("for_review", {}, [("check", "2025-11-28", "")]),
    ("for_review", {"review_on": "2026-11-29"}, []),
    ("for_review", {"review_on": "2026-11-29"}, [("check", "2026-11-28", "")]),
    (None, {"review_on": "2026-11-29"}, [("check", "2026-11-29", "")]),
    (None, {"review_on": "2026-11-30"}, []),
    (None, {}, []),
    (None, {}, [("check", "2025-11-29", "")]),
    (None, {}, [("report", "2019-03", "in_progress")]),  # stale, and looked at when it was recorded
    (None, {"deadline": "2027-02-28"}, []),
]


@pytest.mark.postgresql
def test_a_commitment_stands_in_the_most_urgent_of_its_groups_and_in_no_other(body):
    groups = ("past_deadline", "due_soon", "for_review")
    wanted = {group: set() for group in groups}
    for number, (group, fields, updates) in enumerate(STANDS):
        commitment = factories.published(reference=f"AA-{number:02}", owners=[body], **fields)
        recorded = {name: value for name, value in fields.items() if name == "recorded_at"}
        for kind, when, status in updates:
            reason = {"stop_reason": "cancelled"} if status == "stopped" else {}
            said = {"date": when} | ({"status": status} if status else {}) | reason
            factories.record(kind, commitment, **said, **recorded)
        if group:
            wanted[group].add(commitment.reference)
    account("clerk", body)
    [letter] = reminders.reminder_letters(TODAY)
    assert {name: {commitment.reference for commitment in getattr(letter, name)} for name in groups} == wanted
    assert len(letter.references) == sum(map(len, wanted.values()))


def test_nobody_is_reminded_of_an_unpublished_commitment(body):
    factories.CommitmentFactory(deadline="2019", owners=[body])
    account("clerk", body)
    assert reminders.reminder_letters(TODAY) == []


@pytest.mark.postgresql
def test_a_draft_that_was_returned_is_told_to_its_author_alone(body):
    commitment = factories.published(owners=[body])
    author, _colleague = account("ann", body), account("bob", body)
    draft = DraftUpdate.objects.create(
        commitment=commitment, author=author, state="returned", returned_because="No date."
    )
    DraftUpdate.objects.create(commitment=commitment, author=author, state="waiting")
    [letter] = reminders.reminder_letters(TODAY)
    assert (letter.user, [(one.page, one.key) for one in letter.returned]) == (author, [("draftupdate", draft.pk)])


def test_an_author_who_works_for_somebody_else_by_now_is_not_sent_where_they_may_not_go(body):
    commitment = factories.published(owners=[factories.OrganisationFactory()])
    author = account("ann", body)
    DraftUpdate.objects.create(commitment=commitment, author=author, state="returned", returned_because="No date.")
    assert reminders.reminder_letters(TODAY) == []


def test_no_letter_asks_for_a_draft_of_what_was_retracted(body):
    commitment = factories.published(owners=[body])
    author = account("ann", body)
    DraftUpdate.objects.create(commitment=commitment, author=author, state="returned", returned_because="No date.")
    retract(commitment.entries.get())
    assert reminders.reminder_letters(TODAY) == []


@pytest.mark.postgresql
def test_letters_take_as_many_queries_for_many_people_and_commitments_as_for_few(day):
    def letters_and_queries():
        with CaptureQueriesContext(connection) as captured:
            written = reminders.reminder_letters(TODAY)
        return len(written), len(captured)

    def grow(numbers):
        for number in numbers:
            body = factories.OrganisationFactory()
            account(f"clerk-{number}", body)
            crowd([number], owners=[body], deadline="2025", deadline_basis="stated")

    grow(range(1, 4))
    assert letters_and_queries() == (3, 8)
    grow(range(4, 31))
    assert letters_and_queries() == (30, 8)


# The mail.


@pytest.fixture(scope="module")
def sent(django_db_setup, django_db_blocker):
    """A mail with something in each group, sent once, and the addresses of the forms that it should lead to."""
    port = free_port()
    server = {
        "EMAIL_BACKEND": OUTBOX,
        "MAIL_DELIVERY_BACKEND": SMTP,
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": port,
        "EMAIL_TIMEOUT": 2,
    }
    server |= {"SITE_URL": "https://tracker.example", "DEFAULT_FROM_EMAIL": "tracker@tracker.example"}
    with django_db_blocker.unblock(), transaction.atomic(), mail_server(port) as running:
        with travel(NOW, tick=False), override_settings(**server):
            forms = written_for_a_clerk()
            assert send() == (0, "Reminders put into the outbox: 1.\n")
        transaction.set_rollback(True)
    return SimpleNamespace(mail=running.arrived[0], forms=forms)


def written_for_a_clerk():
    """Something in each group for one clerk; the addresses of its forms, without the host."""
    body = factories.OrganisationFactory(name="Harbour Office")
    third = factories.published(reference="AA-03", owners=[body], title="Meet", recorded_at=YEAR_AND_A_DAY_AGO)
    factories.record("report", third, date="2019-H1", recorded_at=YEAR_AND_A_DAY_AGO)
    first = overdue(body, "AA-01", title="Open <b>& close</b> the gate")
    second = factories.published(reference="AA-02", owners=[body], deadline="2026", title="Train staff")
    returned = factories.published(reference="AA-04", owners=[body], title="Sign")
    fields = {"state": "returned", "returned_because": "No\nSubject: x"}
    draft = DraftUpdate.objects.create(commitment=returned, author=account("clerk", body), **fields)
    forms = [f"/admin/commitments/draftupdate/add/?commitment={commitment.pk}" for commitment in (first, second, third)]
    return [*forms, f"/admin/commitments/draftupdate/{draft.pk}/change/"]


@pytest.fixture
def mail(sent):
    return sent.mail


def parts(mail):
    """Its plain text and its HTML."""
    return [mail.get_body([kind]).get_content().replace("\r\n", "\n") for kind in ("plain", "html")]


def test_a_mail_says_how_much_there_is_and_that_a_machine_wrote_it(mail):
    counts = "1 past its deadline, 1 due soon, 1 due for review, 1 draft returned"
    # What is not ASCII starts on a line of its own, whose indent programs that show mails take away.
    assert mail["Subject"].strip() == f"Hong Kong–Shanghai Pledge Record: {counts}"
    assert (mail["From"], mail["To"]) == ("tracker@tracker.example", "clerk@body.example")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/alternative"


def test_a_mail_says_how_each_commitment_stands_in_plain_text(mail):
    assert parts(mail)[0].startswith(
        "This is what Harbour Office should look at.\n\nPAST THE DEADLINE\n\nAA-01 Open <b>& "
    )
    standing = "Deadline: 2025. Status: in progress, last reported 5 March 2026. Last checked: 29 November 2026."
    text = parts(mail)[0]
    assert standing in text
    assert "Deadline: 2026. Status: no evidence found. Not checked yet." in text
    assert "No deadline. Status: in progress, last reported first half of 2019. Last checked: 28 November 2025." in text
    assert "A publisher sent your draft back: No\nSubject: x" in text


def test_a_mail_leads_to_the_form_for_each_commitment(sent):
    for text in parts(sent.mail):
        assert [form for form in sent.forms if f"https://tracker.example{form}" not in text] == []


def test_what_staff_typed_is_text_in_the_html_of_a_mail(mail):
    assert "Open &lt;b&gt;&amp; close&lt;/b&gt; the gate" in parts(mail)[1]


def test_the_html_of_a_mail_loads_nothing_and_runs_nothing(mail):
    html = parts(mail)[1].lower()
    assert [word for word in ("<script", "<img", "<link", "<style", "src=", "style=", "onclick") if word in html] == []


def test_the_link_of_a_mail_opens_the_form_with_its_commitment(body, server):
    commitment = overdue(body)
    user = account("clerk", body)
    send()
    link = next(line for line in parts(server.arrived[0])[0].splitlines() if line.startswith("Record progress: "))
    client = Client()
    client.force_login(user)
    address = urlsplit(link.removeprefix("Record progress: "))
    assert str(commitment) in client.get(f"{address.path}?{address.query}").text


# Once a day.


@pytest.mark.postgresql
def test_a_second_run_of_the_day_sends_nothing_and_the_next_day_sends_again(body, server, day):
    overdue(body)
    account("clerk", body)
    assert [send(), send()] == [(0, "Reminders put into the outbox: 1.\n"), (0, "Reminders put into the outbox: 0.\n")]
    day.shift(timedelta(days=1))
    assert send() == (0, "Reminders put into the outbox: 1.\n")
    assert server.counts == {"clerk@body.example": 2}


def test_the_day_is_that_of_the_deadlines_not_that_of_greenwich(body, server, day):
    overdue(body)
    account("clerk", body)
    day.move_to(datetime(2026, 11, 29, 17, tzinfo=UTC))
    send()
    assert Reminder.objects.get().day == date(2026, 11, 30)


def test_a_dry_run_says_who_would_be_sent_what_and_sends_and_stores_nothing(body, server):
    overdue(body, "AA-01")
    factories.published(reference="AA-02", owners=[body], deadline="2026")
    account("clerk", body)
    printed = "clerk: 1 past its deadline, 1 due soon (AA-01, AA-02)\n1 to be sent for 2026-11-29. Nothing was sent.\n"
    assert send("--dry-run") == (0, printed)
    assert (server.arrived, Reminder.objects.count()) == ([], 0)


def test_all_mails_go_over_one_connection(body, server):
    overdue(body)
    for name in ("ann", "bob", "cyd"):
        account(name, body)
    send()
    assert (len(server.arrived), len(server.connections)) == (3, 1)


# Failures.


def test_a_letter_and_the_note_that_it_is_written_are_there_together_or_not_at_all(body, server, settings):
    overdue(body)
    account("clerk", body)
    settings.EMAIL_BACKEND = "there.is.none"
    with pytest.raises(ImportError):
        reminders.queue_letters(reminders.reminder_letters(TODAY), TODAY)
    assert not Reminder.objects.exists()
    settings.EMAIL_BACKEND = OUTBOX
    assert send() == (0, "Reminders put into the outbox: 1.\n")
    assert server.counts == {"clerk@body.example": 1}


def test_an_address_that_is_none_holds_nobody_up(body, server):
    overdue(body)
    for name in ("ann", "bea", "bob", "ben", "bud", "cyd"):
        account(name, body)
    wrong = {"bea": "no\nbody@body.example", "bob": "nobody@body..example", "ben": "@", "bud": "no,body@body.example"}
    for name, address in wrong.items():
        User.objects.filter(username=name).update(email=address)
    code, printed = send()
    assert (code, server.counts) == (1, {"ann@body.example": 1, "cyd@body.example": 1})
    assert "Not written: 4 (" in printed
    assert [name for name in wrong if f"{name}: mail cannot be sent to this address" not in printed] == []


@pytest.mark.postgresql
def test_what_another_run_has_written_since_we_looked_is_not_written_again(body, server):
    overdue(body)
    account("clerk", body)
    written = reminders.reminder_letters(TODAY)
    outcomes = [reminders.queue_letters(written, TODAY) for _run in range(2)]
    assert [(outcome.queued, outcome.elsewhere) for outcome in outcomes] == [(1, 0), (0, 1)]
    deliver_waiting()
    assert len(server.arrived) == 1
