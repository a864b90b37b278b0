"""The Atom feeds, read back by feedparser and by an XML parser: what they tell, of which commitments, and when again.

`KINDS`, `WRONG` and the tests of caching and refusals hold the calendar too, which answers in the same way.
"""

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from xml.etree import ElementTree as ET

import feedparser
import pytest

from commitments.ledger.append import append_entries, new_correction, new_redaction, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.models import Commitment, LedgerEntry, Organisation
from commitments.web.page_cache import CACHE_CONTROL
from tests import factories
from tests.helpers.crowds import crowd, grow, queries
from tests.helpers.exports import read as exported
from tests.helpers.feeds import HOSTILE, legible
from tests.helpers.html import REFERENCE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
BY = Actor()
FEED, CALENDAR = "/updates.atom", "/deadlines.ics"
ATOM = "{http://www.w3.org/2005/Atom}"
KINDS = [FEED, "/commitments/CU-06.atom", "/organisations/lcsd.atom", CALENDAR, "/commitments/CU-06.ics"]


@pytest.fixture
def pledge(db):
    """One commitment with one report, where the addresses look for them."""
    area = factories.AreaFactory(slug="culture", name="Culture")
    owner = factories.OrganisationFactory(slug="lcsd")
    fields = {"reference": "CU-06", "title": "Hold a week", "deadline": "2019"}
    commitment = factories.published(area=area, owners=[owner], **fields)
    factories.record("report", commitment, date="2018", recorded_at=factories.WHEN)
    return commitment


def parsed(client, address=FEED):
    """The feed as feedparser reads it."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    assert ET.fromstring(answer.content).tag == f"{ATOM}feed"
    feed = feedparser.parse(answer.content)
    assert not feed.bozo, feed.bozo_exception
    return feed


def titles(client, address=FEED):
    return [entry.title for entry in parsed(client, address).entries]


def summary(client, what, address=FEED):
    """The text of the one entry whose title ends so."""
    [entry] = [entry for entry in parsed(client, address).entries if entry.title.endswith(what)]
    return entry.summary


# What a feed tells


def test_an_entry_says_of_which_commitment_and_what_happened(release, client):
    entry_titles = titles(client, "/commitments/CU-06.atom")
    what = ["background", "delivered", "in progress", "published"]
    assert entry_titles == [f"CU-06 Hold a Hong Kong Week in Shanghai: {change}" for change in what]


def test_a_report_tells_date_change_note_and_evidence(release, client):
    text = summary(client, ": delivered", "/commitments/CU-06.atom")
    assert "1 November 2019: in progress → delivered" in text
    assert "This festival is taken to be the Hong Kong Week" in text
    evidence = "news.gov.hk (HKSAR Government), 1 November 2019 (direct; party): http://www.news.gov.hk/eng/"
    assert evidence in re.sub(r"<[^>]+>", "", text)


def test_a_publication_tells_the_release_s_words(release, client):
    text = summary(client, ": published", "/commitments/CU-06.atom")
    assert "<blockquote>…\xa0will hold a Hong Kong Week in Shanghai in 2019\xa0…</blockquote>" in text


def test_a_check_tells_what_was_searched(client):
    factories.record("check", factories.published(), searched="The Gazette of 2026.")
    assert "Searched: The Gazette of 2026." in summary(client, ": check")


def test_a_reply_is_told_as_the_words_of_whose_it_is(client):
    body = factories.OrganisationFactory(slug="arts", name="Office of Arts")
    commitment = factories.published(owners=[body])
    factories.record("context", commitment, note="We did it.", reply_of="arts")
    assert "<p>Reply of Office of Arts:</p>\n<p>We did it.</p>" in summary(client, ": background")


def test_a_stop_tells_its_reason_and_a_slip_tells_its_own(client):
    commitment = factories.published(deadline="2019")
    slip = {"deadline": "2020-H1", "deadline_reason": "The site was flooded."}
    factories.record("report", commitment, date="2019-10", status="in_progress", **slip)
    factories.record("report", commitment, date="2020-03", status="stopped", stop_reason="overtaken")
    assert "New deadline: first half of 2020. The site was flooded." in summary(client, ": in progress")
    assert "March 2020: in progress → stopped (overtaken by events)" in summary(client, ": stopped")


@pytest.mark.postgresql
def test_a_correction_names_its_fields_and_tells_before_after_and_why(client):
    before, after = (factories.OrganisationFactory(name=name) for name in ("Body of before", "Office of Arts"))
    commitment = factories.published(reference="TT-01", title="Do the thing", owners=[before])
    append_entries([new_correction(commitment, {"title": "Do it", "owners": [after]}, "A slip of the pen.", BY)])
    [entry, _published] = parsed(client).entries
    assert entry.title == "TT-01 Do it: correction: title, owners"
    assert "title: <del>Do the thing</del> → <ins>Do it</ins>" in entry.summary
    assert "owners: <del>Body of before</del> → <ins>Office of Arts</ins>" in entry.summary
    assert "Reason: A slip of the pen." in entry.summary


@pytest.mark.postgresql
def test_a_retracted_report_says_so_and_is_as_new_as_its_retraction(client, time_machine):
    commitment = factories.published(reference="TT-01", title="Do the thing")
    entry = factories.record("report", commitment, note="It was done.")
    time_machine.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    append_entries([new_retraction(entry, "It was another thing.", BY)])
    retraction, report, _published = parsed(client).entries
    assert retraction.title == f"TT-01 Do the thing: retraction of entry {entry.sequence}"
    assert retraction.link == report.link == f"http://testserver/commitments/TT-01/#entry-{entry.sequence}"
    assert report.title == "TT-01 Do the thing: in progress (retracted)"
    assert "Retracted on 2 December 2026, and counted nowhere. Reason: It was another thing." in report.summary
    assert (report.published, report.updated) == ("2026-11-29T10:00:00+00:00", "2026-12-02T09:00:00+00:00")


@pytest.mark.postgresql
def test_a_redacted_report_holds_nothing_of_what_was_removed(client, time_machine):
    commitment = factories.published(reference="TT-01", title="Do the thing")
    evidence = [factories.evidence(title="Mr Chan at home")]
    entry = factories.record("report", commitment, note="Mr Chan of 4 Some Street said so.", evidence=evidence)
    time_machine.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    append_entries([new_redaction(entry, None, "It named a person.", BY)])
    redaction, report, _published = parsed(client).entries
    assert redaction.title == f"TT-01 Do the thing: redaction of entry {entry.sequence}"
    assert "Text of this entry was removed on 2 December 2026. Reason: It named a person." in report.summary
    assert report.updated == "2026-12-02T09:00:00+00:00"
    assert b"Chan" not in client.get(FEED).content


@pytest.mark.postgresql
def test_a_redacted_correction_holds_nothing_of_what_was_removed(client):
    commitment = factories.published(note="Nobody.")
    [entry] = append_entries([new_correction(commitment, {"note": "Mr Chan."}, "Mr Chan asked for it.", BY)])
    changes = [{"field": "note", "before": "Nobody.", "after": "[removed]"}]
    append_entries([new_redaction(entry, {"changes": changes, "reason": "[removed]"}, "It named a person.", BY)])
    assert titles(client)[1].endswith(": correction")
    assert b"Chan" not in client.get(FEED).content


@pytest.mark.postgresql
def test_the_redaction_of_a_redaction_is_about_the_same_commitment(client, time_machine):
    commitment = factories.published(reference="TT-01", title="Do the thing")
    entry = factories.record("report", commitment)
    time_machine.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    [first] = append_entries([new_redaction(entry, None, "Mr Chan asked for it.", BY)])
    append_entries([new_redaction(first, {"reason": "[removed]", "remaining": None}, "It named a person.", BY)])
    entries = parsed(client, "/commitments/TT-01.atom").entries
    assert entries[0].title == f"TT-01 Do the thing: redaction of entry {first.sequence}"
    assert entries[0].link.endswith(f"#entry-{entry.sequence}")
    assert b"Chan" not in client.get(FEED).content


def test_a_report_that_changes_no_status_shows_no_change(client):
    commitment = factories.published()
    factories.record("report", commitment, date="2019")
    factories.record("report", commitment, date="2020")
    summaries = [entry.summary for entry in parsed(client).entries[:2]]
    assert "2020: in progress" in summaries[0]
    assert "2019: no evidence found → in progress" in summaries[1]


@pytest.mark.postgresql
def test_the_latest_fifty_entries_are_told_the_latest_first(release, client):
    page = "".join(client.get(f"/updates/?page={number}").text for number in (1, 2))
    numbers = [re.search(r"Ledger entry (\d+),", entry.summary)[1] for entry in parsed(client).entries]
    assert len(numbers) == 50
    assert numbers == re.findall(r"Ledger entry (\d+),", page)


def test_a_feed_names_its_author_and_itself_and_its_page(pledge, client, settings):
    settings.PUBLISHER = "Office of Records"
    feed = parsed(client, f"{FEED}?status=completed&area=culture&page=3&per_page=10&sort=-title").feed
    assert feed.author == "Office of Records"
    assert feed.title == "Hong Kong–Shanghai Pledge Record: updates – Status: delivered; Area: Culture"
    links = {link.rel: link.href for link in feed.links}
    query = "?status=completed&area=culture"
    assert links == {"self": f"http://testserver{FEED}{query}", "alternate": f"http://testserver/commitments/{query}"}
    settings.PUBLISHER = ""
    assert parsed(client).feed.author == "Hong Kong–Shanghai Pledge Record"


# Names


@pytest.mark.postgresql
def test_entries_have_the_same_names_in_every_feed_and_on_every_installation(release, client):
    """The digests of the first release are the same everywhere, and the names are made from these."""
    everything = [*parsed(client).entries, *parsed(client, "/organisations/hksarg.atom").entries]
    numbers = {entry.id: re.search(r"Ledger entry (\d+)", entry.summary)[1] for entry in everything}
    assert len(set(numbers.values())) == len(numbers) < len(everything)
    completed = parsed(client, "/commitments/CU-06.atom").entries[1]
    assert completed.id == "urn:uuid:30c8c267-f420-5918-a956-18791bd50ae2"


def test_a_feed_has_one_name_whatever_the_host_and_the_order_of_the_question(pledge, client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    feed_id = parsed(client, f"{FEED}?area=culture&status=completed").feed.id
    other = client.get(f"{FEED}?status=completed&q=&page=2&area=culture", headers={"host": "elsewhere.example"})
    assert feedparser.parse(other.content).feed.id == feed_id
    others = [FEED, f"{FEED}?area=culture", f"{FEED}?as_of=2021-08-30", *KINDS[1:3]]
    assert len({feed_id, *(parsed(client, address).feed.id for address in others)}) == 6


# Which commitments


QUESTIONS = ["status=completed", "owner=wkcda", "q=week", "deadline_to=2018"]


@pytest.mark.postgresql
def test_each_filter_narrows_the_feed_to_the_commitments_that_the_list_shows(release, client):
    wrong = {}
    for question in QUESTIONS:
        listed = {row["reference"] for row in exported(client, f"/commitments.csv?{question}")}
        about = LedgerEntry.objects.filter(commitment__reference__in=listed)
        entries = parsed(client, f"{FEED}?{question}").entries
        references = {REFERENCE.search(entry.title).group() for entry in entries}
        if not (0 < len(listed) < 57 and references <= listed and len(entries) == min(50, about.count())):
            wrong[question] = listed ^ references
    assert wrong == {}


@pytest.mark.postgresql
def test_the_release_is_a_filter_too(client):
    commitment, other = factories.published(), factories.published()
    assert references_of(client, f"{FEED}?release={commitment.release.slug}") == {commitment.reference}
    assert references_of(client, FEED) == {commitment.reference, other.reference}


def references_of(client, address):
    return {title.split(" ")[0] for title in titles(client, address)}


def test_a_commitment_s_feed_is_of_that_one_alone(pledge, client):
    factories.published()
    assert references_of(client, "/commitments/CU-06.atom") == {"CU-06"}


@pytest.mark.postgresql
def test_an_organisation_s_feed_is_of_what_it_owns_and_of_what_it_takes_part_in(client):
    body, other = factories.OrganisationFactory(slug="body"), factories.OrganisationFactory()
    owned = factories.published(owners=[body])
    joined = factories.published(owners=[other], partners=[body])
    both = factories.published(owners=[body, other], partners=[body])
    factories.published(owners=[other])
    references = [title.split(" ")[0] for title in titles(client, "/organisations/body.atom")]
    assert sorted(references) == sorted(commitment.reference for commitment in (owned, joined, both))


# As of a day


@pytest.mark.postgresql
def test_a_feed_of_a_past_day_tells_nothing_that_came_later_and_keeps_the_day(pledge, client):
    entry = factories.record("report", pledge, date="2019-10-31", status="completed")
    address = "/commitments/CU-06.atom?as_of=2019-10-30"
    feed = parsed(client, address)
    assert [entry.title for entry in feed.entries] == ["CU-06 Hold a week: in progress"]
    assert feed.feed.title == "Hong Kong–Shanghai Pledge Record: updates – CU-06 Hold a week – as of 30 October 2019"
    assert feed.entries[0].link.startswith("http://testserver/commitments/CU-06/?as_of=2019-10-30#entry-")
    assert {link.href.partition("?")[2] for link in feed.feed.links} == {"as_of=2019-10-30"}
    assert f"entry-{entry.sequence}" in client.get(address.replace("30", "31")).text


# Entries of the file whose date had ended by that day; four of them were before the release was out. Of the 62 of the
# last day a feed holds fifty.
DATED = {"2018-08-23": 0, "2018-08-24": 15, "2018-11-05": 24, "2019-10-31": 38, "2019-11-01": 43, "2021-08-30": 50}


@pytest.mark.postgresql
def test_a_feed_of_a_past_day_has_as_many_entries_as_the_file_has_until_then(release, client):
    assert {day: len(parsed(client, f"{FEED}?as_of={day}").entries) for day in DATED} == DATED


@pytest.mark.postgresql
def test_a_retraction_that_is_known_today_counts_on_a_past_day_too(client):
    commitment = factories.published()
    factories.record("report", commitment, date="2019", status="in_progress")
    entry = factories.record("report", commitment, date="2020", status="completed")
    append_entries([new_retraction(entry, "It was another thing.", BY)])
    entry_titles = titles(client, f"{FEED}?as_of=2021-01-01")
    assert [title.split(": ")[1] for title in entry_titles] == ["delivered (retracted)", "in progress"]


@pytest.mark.parametrize("address", ["/commitments/CU-06.atom", "/commitments/CU-06.ics"])
def test_before_the_release_there_is_no_feed_or_calendar_of_its_commitments(pledge, client, address):
    assert client.get(f"{address}?as_of=2018-08-23").status_code == 404
    assert client.get(f"{address}?as_of=2018-08-24").status_code == 200


@pytest.mark.postgresql
def test_before_the_release_a_feed_is_empty_and_still_a_feed(pledge, client):
    for address in (FEED, "/organisations/lcsd.atom"):
        feed = parsed(client, f"{address}?as_of=2018-08-23")
        assert feed.entries == []
        assert feed.feed.updated == "2026-11-29T08:00:00+00:00"


@pytest.mark.postgresql
def test_a_feed_without_any_record_is_a_feed(client):
    assert parsed(client).feed.updated == "1970-01-01T00:00:00+00:00"


# Words


def test_anybody_s_words_are_told_whole_and_are_never_markup(client):
    texts = {f"TT-0{number}": text for number, text in enumerate(HOSTILE)}
    for reference, text in texts.items():
        commitment = factories.published(reference=reference, title=text, quote=text)
        evidence = [factories.evidence(title=text, publisher=text)]
        factories.record("report", commitment, note=text, evidence=evidence)
    entries = ET.fromstring(client.get(FEED).content).findall(f"{ATOM}entry")
    summaries = {entry.find(f"{ATOM}title").text: entry.find(f"{ATOM}summary").text for entry in entries}
    assert not any("<b>" in html or "<![" in html for html in summaries.values())
    legibly = {legible(title): legible(unescape(html)) for title, html in summaries.items()}
    for reference, text in texts.items():
        assert legible(text) in legibly[legible(f"{reference} {text}: in progress")]
    assert not bare(parsed(client))


def bare(feed):
    """Control characters anywhere in what was read."""
    return re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\ufffe\uffff]", str([feed.feed, *feed.entries]))


def test_words_that_are_searched_for_may_be_strange(client):
    assert parsed(client, f"{FEED}?q=%0Bx%EF%BF%BE%3Cb%3E").feed.title.endswith("“x<b>”")


# Questions that make no sense


WRONG = {
    "status=finished": "no_report, not_started, in_progress, completed, stopped",
    "as_of=2026-11-30": "lies in the future",
    "deadline_to=soon": "“soon” is not a date that exists",
    "page=0": "greater than or equal to 1",
    "sort=size": "reference, title, deadline",
    "state=completed": "“state” is not a name known here. The names are: q, status",
}


@pytest.mark.parametrize("address", [FEED, CALENDAR])
def test_a_wrong_question_is_refused_in_plain_text_with_all_that_is_wrong(pledge, client, address):
    answer = client.get(f"{address}?{'&'.join(WRONG)}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert [message for message in WRONG.values() if message not in answer.text] == []
    assert not REFERENCE.search(answer.text)
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("address", ["/commitments/CU-06.atom", "/organisations/lcsd.atom", "/commitments/CU-06.ics"])
def test_of_one_thing_nothing_but_the_day_can_be_asked(pledge, client, address):
    answer = client.get(f"{address}?q=week")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")


def test_of_one_thing_no_day_can_be_asked_that_is_none_or_two(pledge, client):
    questions = ["as_of=soon", "as_of=2026-11-30", "as_of=2019-01-01&as_of=2020-01-01"]
    assert [client.get(f"/commitments/CU-06.atom?{query}").status_code for query in questions] == [400] * 3


@pytest.mark.parametrize(
    "address", ["/commitments/XX-99.atom", "/commitments/XX-99.ics", "/organisations/nobody.atom", "/updates.atom/"]
)
def test_what_is_not_there_is_not_found(pledge, client, address):
    assert client.get(address).status_code == 404


def test_a_draft_has_neither_feed_nor_calendar(client):
    owner = factories.OrganisationFactory(slug="owner")
    factories.CommitmentFactory(reference="DR-01", title="Secret", owners=[owner], deadline="2030")
    assert [client.get(f"/commitments/DR-01.{kind}").status_code for kind in ("atom", "ics")] == [404, 404]
    for address in (FEED, CALENDAR, "/organisations/owner.atom"):
        assert b"Secret" not in client.get(address).content


def test_feeds_and_calendars_can_only_be_read(pledge, client):
    requests = [(method, FEED) for method in ("post", "put", "patch", "delete")]
    requests += [("post", address) for address in KINDS]
    assert [pair for pair in requests if getattr(client, pair[0])(pair[1]).status_code != 405] == []


# Not twice the same


TYPES = {"atom": "application/atom+xml; charset=utf-8", "ics": "text/calendar; charset=utf-8"}


@pytest.mark.parametrize("address", KINDS)
def test_the_type_is_told_and_the_answer_may_be_kept_for_a_while(pledge, client, address):
    answer = client.get(address)
    assert answer.headers["Content-Type"] == TYPES[address.rpartition(".")[2]]
    assert answer.headers["Cache-Control"] == CACHE_CONTROL
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert not answer.cookies


def conditions(answer):
    """The headers by which somebody asks whether an answer has changed."""
    return [("if-none-match", answer.headers["ETag"]), ("if-modified-since", answer.headers["Last-Modified"])]


@pytest.mark.parametrize(
    ("address", "encoding"), [(address, ["gzip", "identity"][n % 2]) for n, address in enumerate(KINDS)]
)
def test_whoever_has_the_answer_is_not_sent_it_again(pledge, client, address, encoding):
    asks = {"accept-encoding": encoding}
    first = client.get(address, headers=asks)
    assert first.headers.get("Content-Encoding", "identity") == encoding
    for ask, (name, value) in zip((client.get, client.head), conditions(first), strict=True):
        again = ask(address, headers=asks | {name: value})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["Last-Modified"] == first.headers["Last-Modified"]


def test_the_clock_alone_changes_nothing(pledge, client, time_machine):
    def contents():
        answers = {address: client.get(address) for address in KINDS}
        return {address: (answer.content, answer.headers["ETag"]) for address, answer in answers.items()}

    factories.published(owners=[Organisation.objects.get(slug="lcsd")], deadline="2027")
    before = contents()
    # The next day, and when a deadline has passed and all news is years older.
    for day in (datetime(2026, 12, 1, 3, tzinfo=UTC), datetime(2029, 6, 1, 3, tzinfo=UTC)):
        time_machine.move_to(day)
        assert contents() == before


@pytest.mark.postgresql
def test_a_new_entry_is_sent_at_once(pledge, client, time_machine):
    before = {address: client.get(address) for address in KINDS}
    time_machine.move_to(datetime(2026, 11, 29, 12, tzinfo=UTC))
    factories.record("report", Commitment.objects.get(reference="CU-06"), date="2026", status="completed")
    for address, first in before.items():
        for name, value in conditions(first):
            assert client.get(address, headers={name: value}).status_code == 200
        modified = client.get(address).headers["Last-Modified"]
        assert parsedate_to_datetime(modified) == datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.postgresql
def test_what_changes_with_the_day_is_newer_than_midnight(client, time_machine):
    """An entry is not all that changes an answer: on the next day a deadline has passed."""
    commitment = factories.published(deadline="2026-11-29")
    factories.record("report", commitment, date="2026-11", status="in_progress")
    address = f"{FEED}?schedule=overdue"
    first = client.get(address)
    time_machine.move_to(datetime(2026, 11, 29, 16, 30, tzinfo=UTC))  # half past midnight in Hong Kong
    again = client.get(address, headers={"if-modified-since": first.headers["Last-Modified"]})
    assert again.status_code == 200
    assert len(feedparser.parse(again.content).entries) == 2


# How much work it is


FAR = date(2027, 1, 1)
MOST_QUERIES = {
    FEED: 13,
    f"{FEED}?q=thing&status=in_progress&owner=body-of-all&as_of=2020-01-01": 12,
    "/commitments/QQ-0001.atom": 11,
    "/organisations/body-of-all.atom": 11,
    CALENDAR: 10,
    "/commitments/QQ-0001.ics": 10,
}


@pytest.mark.postgresql
def test_neither_feed_nor_calendar_takes_more_queries_for_ten_commitments_than_for_two(client):
    """Ten have fifty entries of every kind: more would push some kinds out of the feed."""
    due = {"parties_as_stated": "everyone", "deadline": "2030", "deadline_basis": "stated", "review_on": FAR}
    grow(range(1, 3))
    crowd(range(501, 503), **due)
    of_two = {address: queries(client, address) for address in MOST_QUERIES}
    grow(range(3, 11))
    crowd(range(503, 561), **due)
    of_ten = {address: queries(client, address) for address in MOST_QUERIES}
    assert {address: count for address, count in of_ten.items() if count > of_two[address]} == {}
    assert all(of_two[address] <= MOST_QUERIES[address] for address in MOST_QUERIES), of_two


def test_each_entry_links_to_its_place_on_a_page(pledge, client):
    for entry in parsed(client, "/commitments/CU-06.atom").entries:
        page, _hash, place = entry.link.removeprefix("http://testserver").partition("#")
        assert f'id="{place}"' in client.get(page).text
