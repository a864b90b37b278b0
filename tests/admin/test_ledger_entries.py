"""Correcting, retracting and redacting: looked at as the public will see it, with a reason; redaction takes two."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from commitments.ledger.append import dry_run, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.ledger.verify import verify_ledger
from commitments.models import Commitment, DraftUpdate, LedgerEntry, LedgerHead, RedactionRequest
from tests import factories
from tests.helpers.admin_forms import REPORT, Form, change, fill, record_address
from tests.helpers.ledger_acts import count_entries
from tests.helpers.people import member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]


@pytest.fixture
def commitment(db):
    return factories.published(reference="TT-01", title="Build a bridge")


@pytest.fixture
def publisher(db):
    return signed_in(member("Publisher"))


def preview(answer):
    """The public page that a preview frames."""
    return unescape(re.search(r'srcdoc="([^"]*)"', answer.text)[1])


def head():
    return LedgerHead.objects.values().get()


# Correcting


def test_a_correction_is_looked_at_before_it_is_public(commitment, publisher):
    before = head()
    answer = fill(publisher, change(commitment), "_preview", title="Mend a bridge", reason="It stood already.")
    assert "<h1>Mend a bridge</h1>" in re.sub(r"<h1[^>]*>\s*(<span.*?</span>)?\s*", "<h1>", preview(answer))
    assert "It stood already." in preview(answer)
    assert Form(answer).fields["title"] == "Mend a bridge"
    assert head() == before
    assert Commitment.objects.get().title == "Build a bridge"


def test_what_was_looked_at_is_published_by_the_next_press(commitment, publisher):
    answer = fill(publisher, change(commitment), "_preview", title="Mend a bridge", reason="It stood already.")
    assert Form(answer).send(publisher, change(commitment), "_save").status_code == 302
    assert "Mend a bridge" in Client().get("/commitments/TT-01/").text


def test_a_preview_names_what_the_ledger_would_refuse(commitment, publisher):
    answer = fill(publisher, change(commitment), "_preview", quote="word " * 16, reason="Because.")
    assert "A quote has at most 15 words, or 30 Chinese characters." in answer.text


# Retracting


@pytest.fixture
def entry(commitment):
    return factories.record("report", commitment, note="The wrong page.")


def act(client, name, entry, button, **typed):
    address = reverse(f"admin:commitments_{name}", args=[entry.pk])
    return Form(client.get(address)).send(client, address, button, **typed)


@pytest.mark.postgresql
def test_a_retraction_is_looked_at_and_then_public(commitment, entry, publisher):
    looked = act(publisher, "ledgerentry_retract", entry, "_preview", reason="Of another bridge.")
    assert "Retracted on 29 November 2026" in preview(looked)
    assert count_entries() == 2
    act(publisher, "ledgerentry_retract", entry, "_write", reason="Of another bridge.")
    assert "Of another bridge." in Client().get("/commitments/TT-01/").text
    assert LedgerEntry.objects.last().kind == "retraction"


def test_a_retraction_needs_a_reason_and_is_made_once(commitment, entry, publisher):
    assert "Give the reason." in act(publisher, "ledgerentry_retract", entry, "_write").text
    act(publisher, "ledgerentry_retract", entry, "_write", reason="Wrong.")
    again = act(publisher, "ledgerentry_retract", entry, "_write", reason="Wrong again.")
    assert "has a retraction already" in again.text
    assert count_entries() == 3


def test_the_page_of_an_entry_offers_what_can_be_done_about_it(commitment, entry, publisher):
    published, administrator = LedgerEntry.objects.first(), signed_in(member("Administrator"))
    offers = {
        (who, what): [word for word in ("Retract", "Redact") if f">{word}</a>" in client.get(change(row)).text]
        for who, client in (("publisher", publisher), ("administrator", administrator))
        for what, row in (("report", entry), ("published", published))
    }
    assert offers == {
        ("publisher", "report"): ["Retract"],
        ("publisher", "published"): [],
        ("administrator", "report"): ["Redact"],
        ("administrator", "published"): ["Redact"],
    }


# Redacting


@pytest.fixture
def two(db):
    return [signed_in(member("Administrator")), signed_in(factory_second())]


def factory_second():
    from django.contrib.auth.models import Group, User

    user = User.objects.create_user("second", is_staff=True)
    user.groups.add(Group.objects.get(name="Administrator"))
    return user


@pytest.fixture
def named(commitment):
    """A report whose note names a private person."""
    return factories.record("report", commitment, note="Opened by Jane Doe, of 1 Hidden Street.")


def ask(client, entry, button="_write", **typed):
    cut = {"text-0": "Opened by [removed].", "reason": "A private address."} | typed
    return act(client, "redactionrequest_ask", entry, button, **cut)


def decide(client, button):
    address = reverse("admin:commitments_redactionrequest_decide", args=[RedactionRequest.objects.get().pk])
    return client.post(address, {button: "1"}, follow=True)


def test_one_administrator_asks_and_nothing_is_removed_yet(named, two):
    assert "Opened by [removed]." in preview(ask(two[0], named, "_preview"))
    assert ask(two[0], named).status_code == 302
    assert "Hidden Street" in Client().get("/commitments/TT-01/").text
    assert RedactionRequest.objects.get().asked_by.username == "administrator"


def test_whoever_asked_cannot_carry_it_out(named, two):
    ask(two[0], named)
    assert "_grant" not in Form(two[0].get(change(RedactionRequest.objects.get()))).buttons
    answer = decide(two[0], "_grant")
    assert "A redaction takes a second administrator." in answer.text
    assert "Hidden Street" in Client().get("/commitments/TT-01/").text


@pytest.mark.postgresql
def test_the_second_looks_and_carries_it_out(named, two):
    ask(two[0], named)
    page = two[1].get(change(RedactionRequest.objects.get()))
    assert "Hidden Street" not in preview(page)
    decide(two[1], "_grant")
    page = Client().get("/commitments/TT-01/").text
    assert "Hidden Street" not in page
    assert "A private address." in page
    assert LedgerEntry.objects.last().role == "administrator"
    assert list(verify_ledger()) == []


@pytest.mark.postgresql
def test_the_draft_behind_an_entry_loses_the_words_too(commitment, publisher, two):
    fill(
        publisher,
        record_address(commitment),
        "_publish",
        **REPORT | {"note": "Opened by Jane Doe, of 1 Hidden Street."},
    )
    ask(two[0], LedgerEntry.objects.last())
    decide(two[1], "_grant")
    assert DraftUpdate.objects.get().note == ""


@pytest.mark.postgresql
def test_a_whole_entry_can_be_removed(named, two):
    ask(two[0], named, whole="on")
    decide(two[1], "_grant")
    assert Commitment.objects.as_of(datetime.now(UTC).date()).get().state.status == "no_report"


def test_the_second_may_decline_and_the_first_may_withdraw(named, two):
    for client in (two[1], two[0]):
        ask(two[0], named)
        decide(client, "_decline")
        assert "Hidden Street" in Client().get("/commitments/TT-01/").text
        RedactionRequest.objects.all().delete()


def test_what_is_decided_stays_decided(named, two):
    ask(two[0], named)
    decide(two[1], "_decline")
    assert "Somebody has decided on it already." in decide(two[1], "_grant").text


WRONG = {
    "nothing is taken out": ({"text-0": "Opened by Jane Doe, of 1 Hidden Street."}, "nothing is changed yet"),
    "no reason": ({"reason": ""}, "Give the reason."),
}


@pytest.mark.parametrize(("typed", "message"), WRONG.values(), ids=WRONG)
def test_a_request_that_cannot_be_is_refused_and_keeps_what_was_typed(named, two, typed, message):
    answer = ask(two[0], named, **typed)
    assert message in answer.text
    assert Form(answer).fields["text-0"] == typed.get("text-0", "Opened by [removed].")
    assert not RedactionRequest.objects.exists()


def test_the_same_redaction_is_asked_for_once(named, two):
    ask(two[0], named)
    assert "is asked for already" in ask(two[1], named).text


@pytest.mark.postgresql
def test_the_database_itself_wants_two(named):
    user = member("Administrator")
    redaction_request = RedactionRequest.objects.create(entry=named, reason="R.", asked_by=user)
    with pytest.raises(IntegrityError, match="redaction_takes_two"), transaction.atomic():
        RedactionRequest.objects.filter(pk=redaction_request.pk).update(
            decided_by=user, decided_at="2026-11-29T10:00Z", granted=True
        )


@pytest.mark.postgresql
def test_a_rehearsal_leaves_nothing(named):
    before = head()
    dry_run([new_retraction(named, "Wrong.", Actor())])
    assert head() == before
    assert list(verify_ledger()) == []


@pytest.mark.postgresql
def test_a_rehearsal_of_what_is_refused_says_so(named):
    with pytest.raises(ValidationError, match="Give the reason"):
        dry_run([new_retraction(named, "", Actor())])


def test_what_staff_keep_beside_the_ledger_forgets_the_words_too(commitment, publisher, two):
    evidence = {"evidence-0-title": "Interview with Jane Doe"}
    fill(publisher, record_address(commitment), "_publish", **REPORT | evidence)
    entry = LedgerEntry.objects.last()
    place = [name for name, text in Form(two[0].get(asking(entry))).fields.items() if text == "Interview with Jane Doe"]
    ask(two[0], entry, **{"text-0": REPORT["note"], place[0]: "Interview"})
    decide(two[1], "_grant")
    texts = [*LogEntry.objects.values_list("object_repr", "change_message")]
    texts += [*RedactionRequest.objects.values_list("remaining", "reason")]
    assert "Jane Doe" not in f"{texts}{[*DraftUpdate.objects.values()]}"


def asking(entry):
    return reverse("admin:commitments_redactionrequest_ask", args=[entry.pk])


@pytest.mark.postgresql
def test_words_that_a_first_redaction_left_can_be_removed_by_a_second(commitment, two):
    entry = factories.record("report", commitment, note="Jane Roe and John Doe came.")
    ask(two[0], entry, **{"text-0": "John Doe came."})
    decide(two[1], "_grant")
    RedactionRequest.objects.all().delete()
    first = LedgerEntry.objects.last()
    fields = Form(two[0].get(asking(first))).fields
    place = next(name for name, text in fields.items() if text == "John Doe came.")
    sent = {name: text for name, text in fields.items() if name.startswith("text-")} | {place: "They came."}
    act(two[0], "redactionrequest_ask", first, "_write", reason="Another name.", **sent)
    decide(two[1], "_grant")
    assert "John Doe" not in Client().get("/commitments/TT-01/").text
    assert list(verify_ledger()) == []


def test_pressing_nothing_decides_nothing(named, two):
    ask(two[0], named)
    decide(two[1], "_other")
    assert RedactionRequest.objects.get().decided_at is None
