"""What makes a day of staff's easier: links that lead where one may go, entries that can be read and put right."""

import re
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import Resolver404, resolve

from commitments.ledger.append import append_entries, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.models import Commitment, DraftUpdate, ErrorReport, KeptForm, LedgerEntry, Occasion, Release
from commitments.workflow.redactions import decide_redaction, request_redaction
from commitments.workflow.removed_words import removed_words
from tests.helpers.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher(world):
    return signed_in(world.publisher)


# From a public page


def test_for_staff_on_a_commitment_s_page_leads_to_its_form_by_a_link_that_is_the_same_for_all(world, publisher):
    page = Client().get("/commitments/CU-06/").text
    [address] = re.findall(r'<a href="([^"]+)">For staff</a>', page)
    assert publisher.get("/commitments/CU-06/").text == page
    key = Commitment.objects.get(reference="CU-06").pk
    form = f"/admin/commitments/draftupdate/add/?commitment={key}"
    assert publisher.get(address).headers["Location"] == form
    assert publisher.get(form).status_code == 200
    administrator = signed_in(world.administrator)
    assert administrator.get(address, follow=True).status_code == 200
    assert Client().get(address).headers["Location"].startswith("/admin/login/?next=")
    assert 'href="/admin/"' in Client().get("/").text


def test_it_keeps_the_language_of_the_page(world):
    page = Client().get("/zh-hant/commitments/CU-06/").text
    assert 'href="/zh-hant/admin/commitments/commitment/at/CU-06/"' in page


# On the form


def test_a_reply_that_the_address_or_a_draft_names_is_not_folded_away(publisher, world):
    commitment = Commitment.objects.get(reference="CU-08")
    party = commitment.owners.first()
    address = f"/admin/commitments/draftupdate/add/?commitment={commitment.pk}"
    assert "An owner replied" in folded(publisher.get(address).text)
    assert "An owner replied" not in folded(publisher.get(f"{address}&reply_of={party.slug}").text)
    assert "An owner replied" not in folded(publisher.post(address, {"reply_of": party.slug, "date": "soon"}).text)
    draft = DraftUpdate.objects.create(commitment=commitment, reply_of=party, author=world.publisher)
    assert "An owner replied" not in folded(publisher.get(f"/admin/commitments/draftupdate/{draft.pk}/change/").text)


def folded(page):
    return " ".join(re.findall(r"(?s)<details><summary>(.*?)</summary>", page))


def retracted_report():
    entry = LedgerEntry.objects.filter(kind="report", commitment="CU-06").last()
    append_entries([new_retraction(entry, "The wrong page.", Actor("publisher"))])
    return entry, LedgerEntry.objects.latest("sequence")


def test_a_retracted_entry_is_struck_through_on_the_list_of_the_form_and_on_the_desk(publisher):
    entry, retraction = retracted_report()
    key = Commitment.objects.get(reference="CU-06").pk
    for address in (f"/admin/commitments/draftupdate/add/?commitment={key}",):
        page = publisher.get(address).text
        assert f"Retracted by entry {retraction.pk}." in page
        assert re.search(rf"(?s)<s>(?:(?!</s>).)*ledgerentry/{entry.pk}/change", page)
        assert not re.search(rf"(?s)<s>(?:(?!</s>).)*ledgerentry/{retraction.pk}/change", page)


# Where a report of an error is read


@pytest.fixture
def report(world):
    return ErrorReport.objects.create(
        token="reported", what="Wrong.", commitment=Commitment.objects.get(reference="CU-06")
    )


def test_beside_a_report_of_an_error_stand_the_entries_to_be_read_corrected_and_retracted(publisher, report):
    entry, retraction = retracted_report()
    standing = (
        LedgerEntry.objects.filter(commitment="CU-06", kind="check").last()
        or LedgerEntry.objects.filter(commitment="CU-06", kind__in=("report", "context")).exclude(pk=entry.pk).last()
    )
    page = publisher.get(f"/admin/commitments/errorreport/{report.pk}/change/").text
    assert f'href="/admin/commitments/commitment/{report.commitment.pk}/change/"' in page
    assert f'href="/admin/commitments/ledgerentry/{standing.pk}/retract/"' in page
    assert f'href="/admin/commitments/ledgerentry/{entry.pk}/retract/"' not in page
    assert f"Retracted by entry {retraction.pk}." in page
    assert unescape(entry.data["note"])[:40] in unescape(page)


def test_whoever_may_not_put_it_right_only_reads_them(world, report):
    page = signed_in(world.editor).get(f"/admin/commitments/errorreport/{report.pk}/change/").text
    assert 'id="record"' in page
    assert "/retract/" not in page
    assert "Correct what is on record" not in page


def test_an_entry_is_a_page_to_be_read_and_leads_to_what_puts_it_right(publisher):
    entry = LedgerEntry.objects.filter(kind="report", commitment="CU-06").last()
    page = publisher.get(f"/admin/commitments/ledgerentry/{entry.pk}/change/").text
    assert "<dt>note</dt>" in page
    assert "Correct what is on record" in page
    assert f'href="/commitments/CU-06/#entry-{entry.pk}"' in page


# Links


@pytest.mark.parametrize("role", ["contributor", "editor", "publisher", "administrator"])
def test_no_link_of_a_page_of_staff_s_leads_to_a_refusal(world, role):
    commitment = Commitment.objects.get(reference="CU-08")
    DraftUpdate.objects.create(commitment=commitment, note="N.", author=world.contributor)
    ErrorReport.objects.create(token="reported", what="Wrong.", commitment=commitment)
    client = signed_in(getattr(world, role))
    seen, opened, waiting, refused = set(), set(), ["/admin/"], []
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        page = answer.text if answer.headers["Content-Type"].startswith("text/html") else ""
        for link in {unescape(found) for found in re.findall(r'<a [^>]*href="(/admin/[^"#]*)', page)}:
            way = (kind_of(address), kind_of(link))
            if way in seen:
                continue
            seen.add(way)
            if client.get(link).status_code == 403:
                refused.append((address, link))
            elif way[1] not in opened:
                opened.add(way[1])
                waiting.append(link)
    assert len(opened) > 8
    assert refused == []


def kind_of(link):
    """What a link leads to: the same for each row of a table."""
    try:
        return resolve(link.partition("?")[0]).view_name
    except Resolver404:
        return None


# What a redaction takes away


def test_a_redaction_empties_the_lines_of_the_log_that_say_the_words_and_no_other(world):
    entry = LedgerEntry.objects.filter(kind="report", commitment="CU-06").last()
    commitment, words = entry.commitment, " ".join(entry.data["note"].split()[:3])
    [said, other] = [
        LogEntry.objects.log_actions(world.editor.pk, [commitment], 2, message, single_object=True)
        for message in (f"Changed: {words}", "Put in order.")
    ]
    other_administrator = type(world.administrator).objects.create_user("second", is_staff=True)
    other_administrator.groups.add(Group.objects.get(name="Administrator"))
    remaining = entry.data | {"note": entry.data["note"].replace(words, "").strip()}
    request = request_redaction(entry, remaining, "A name.", world.administrator)
    KeptForm.objects.create(user=world.editor, path="/admin/", data={"note": [f"And {words}."]})
    kept = KeptForm.objects.create(user=world.editor, path="/admin/x/", data={"note": ["Else."]})
    decide_redaction(request, other_administrator, granted=True)
    said.refresh_from_db()
    other.refresh_from_db()
    assert (said.change_message, said.object_repr) == ("", "CU-06")
    assert other.change_message == "Put in order."
    assert other.object_repr == str(commitment)
    assert [*KeptForm.objects.all()] == [kept]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"note": "Jane Doe came."}, {"note": "came."}, {"Jane Doe", "Jane"}),
        ({"note": "陳大文到場。"}, {"note": "到場。"}, {"陳大文", "陳大", "大文"}),
        ({"note": "She came.", "kind": "report"}, None, {"She came", "came"}),
        ({"url": "https://example.org/jane-doe"}, {"url": ""}, {"https://example.org/jane-doe"}),
        ({"evidence": [{"title": "By Jane"}]}, {"evidence": [{"title": "By"}]}, {"Jane"}),
        ({"note": "Same."}, {"note": "Same."}, set()),
    ],
)
def test_the_removed_words_are_runs_longer_words_and_pairs_of_chinese_characters(before, after, words):
    assert removed_words(before, after) == words


# On public pages


def test_the_menu_of_days_lists_a_day_once_with_all_its_names(world):
    release = Release.objects.get()
    Occasion.objects.create(
        slug="opening",
        day=release.issued_on,
        name="Opening",
        published_at=release.published_at,
        public_from=release.public_from,
    )
    page = Client().get("/").text
    days = re.findall(r'<a class="linked" href="[^"]*as_of=([0-9-]+)"', page)
    assert len(days) == len(set(days))
    assert "Opening" in page
