"""The calendars, read back by vobject: which events there are, when, under which name, and what they say.

That they can be kept, are refused and hold no draft is tested with the feeds.
"""

import re
from datetime import UTC, date, datetime

import pytest
import vobject

from commitments.ledger.append import append_entries, new_correction, new_redaction, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.public import calendar
from tests import factories
from tests.helpers.exports import read as exported
from tests.helpers.feeds import HOSTILE, legible

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
BY = Actor()
CALENDAR = "/deadlines.ics"
TITLE = "4th Plenary Session of the Hong Kong/Shanghai Co-operation Conference"


def parsed(client, address=CALENDAR):
    """The calendar as vobject reads it."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return vobject.readOne(answer.content.decode())


def events(client, address=CALENDAR):
    return list(getattr(parsed(client, address), "vevent_list", []))


def deadlines(client, address=CALENDAR):
    return [event for event in events(client, address) if "next review" not in event.summary.value]


def deadline(client, address=CALENDAR):
    [event] = deadlines(client, address)
    return event


def review(client, address=CALENDAR):
    [event] = [event for event in events(client, address) if "next review" in event.summary.value]
    return event


def summaries(client, address=CALENDAR):
    return [event.summary.value for event in events(client, address)]


def pledge(**fields):
    return factories.published(reference="TT-01", title="Build a bridge", **fields)


def slip(deadline, **fields):
    """A report that moves the deadline."""
    return {"status": "in_progress", "deadline": deadline, "deadline_reason": "The site was flooded."} | fields


# Events


def test_a_deadline_is_a_whole_day_the_last_of_its_interval(client):
    pledge(deadline="2018-H1")
    event = deadline(client)
    assert event.summary.value == "TT-01 Build a bridge: deadline (first half of 2018)"
    assert (event.dtstart.value, event.dtend.value) == (date(2018, 6, 30), date(2018, 7, 1))
    assert type(event.dtstart.value) is date
    assert event.transp.value == "TRANSPARENT"


def test_the_last_days_that_can_be_written_have_events(client):
    pledge(deadline="2199", review_on=date(9999, 12, 31))
    assert deadline(client).dtstart.value == date(2199, 12, 31)
    assert review(client).dtstart.value == date(2027, 11, 30)  # nobody is left to wait for longer than a year


def test_the_date_of_an_event_is_not_called_a_deadline(release, client):
    [event] = events(client, "/commitments/PR-01.ics")[:1]
    assert event.summary.value.endswith(": date of the event (2021)")
    assert "This is the date of the event, not a day on which the pledge falls due." in event.description.value


def test_a_review_is_an_event_of_its_own_until_the_pledge_is_settled(client):
    commitment = pledge(deadline="2027", review_on=date(2027, 5, 22))
    assert review(client).summary.value == "TT-01 Build a bridge: next review"
    assert review(client).dtstart.value == date(2027, 5, 22)
    assert review(client).uid.value != deadline(client).uid.value
    factories.record("report", commitment, date="2026-11", status="completed")
    assert summaries(client) == ["TT-01 Build a bridge: deadline (2027)"]
    assert len(events(client, f"{CALENDAR}?as_of=2026-11-28")) == 2


def test_what_nobody_has_looked_at_is_to_be_looked_at_when_a_year_has_passed(client, time_machine):
    commitment = pledge()
    assert review(client).dtstart.value == date(2027, 11, 30)
    assert review(client, "/commitments/TT-01.ics").dtstart.value == date(2027, 11, 30)
    time_machine.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    factories.record("check", commitment, date="2026-12-01")
    assert review(client).dtstart.value == date(2027, 12, 2)


def test_a_settled_pledge_without_deadline_has_no_event(client):
    factories.record("report", pledge(), status="completed")
    assert events(client) == events(client, "/commitments/TT-01.ics") == []


def test_the_deadline_of_a_stopped_pledge_is_cancelled_and_says_so(client):
    commitment = pledge(deadline="2027")
    assert deadline(client).status.value == "CONFIRMED"
    factories.record("report", commitment, status="stopped", stop_reason="overtaken")
    event = deadline(client)
    assert event.status.value == "CANCELLED"
    assert event.summary.value == "TT-01 Build a bridge: deadline (2027), stopped"
    assert "\nStopped, as reported in 2019: events made it pointless." in event.description.value


def test_the_deadline_of_a_completed_pledge_stays(client):
    factories.record("report", pledge(deadline="2020"), status="completed")
    assert deadline(client).status.value == "CONFIRMED"


def test_the_description_tells_what_a_reader_needs(release, client):
    assert deadline(client, "/commitments/CU-06.ics").description.value.split("\n") == [
        f"“…\xa0will hold a Hong Kong Week in Shanghai in 2019\xa0…” ({TITLE}, 24 August 2018)",
        "Deadline: 2019",
        "The deadline is an interval: 2019 ends on 31 December 2019.",
        "In the release’s words: “in 2019”",
        (
            "Delivered on 1 November 2019: a Hong Kong Week has opened in Shanghai. In time: the release named 2019. "
            "Rests on state media, not on any independent source."
        ),
        "Counts as done when: A Hong Kong Week has opened in Shanghai.",
        "http://testserver/commitments/CU-06/",
    ]


def test_what_was_never_reported_says_when_somebody_last_looked(client):
    commitment = pledge(deadline="2018-11-05")
    before = deadline(client).description.value
    assert "\nNot searched for yet. " in before
    assert "ast checked on" not in before
    factories.record("check", commitment)
    description = deadline(client).description.value
    assert "\nNo public report says that the thing is done. " in description
    assert "Last checked on 29 November 2026. " in description
    assert "interval" not in description


# One event for ever


@pytest.mark.postgresql
def test_a_revised_deadline_moves_the_same_event(client, time_machine):
    commitment = pledge(deadline="2019")
    before = deadline(client)
    time_machine.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    factories.record("report", commitment, date="2019-10-05", **slip("2020-H1"))
    after = deadline(client)
    assert after.uid.value == before.uid.value
    assert (before.sequence.value, after.sequence.value) == ("0", "1")
    assert (before.dtstart.value, after.dtstart.value) == (date(2019, 12, 31), date(2020, 6, 30))
    assert after.last_modified.value == after.dtstamp.value == datetime(2026, 12, 2, 9, tzinfo=UTC)
    description = after.description.value
    assert (
        "First deadline: 2019\n5 October 2019: new deadline first half of 2020. The site was flooded.\n" in description
    )


@pytest.mark.postgresql
def test_a_revision_that_is_taken_back_is_one_more_version(client, time_machine):
    """A calendar passes over an event whose sequence is lower than the one it has."""
    entry = factories.record("report", pledge(deadline="2019"), **slip("2020"))
    time_machine.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    append_entries([new_retraction(entry, "Nobody said so.", BY)])
    event = deadline(client)
    assert event.dtstart.value == date(2019, 12, 31)
    assert (event.sequence.value, event.dtstamp.value.day) == ("2", 2)
    assert "flooded" not in event.description.value


@pytest.mark.parametrize("act", ["stop", "correct", "redact"])
def test_whatever_may_change_an_event_raises_its_sequence_and_its_stamp(client, act, time_machine):
    commitment = pledge(deadline="2027", review_on=date(2027, 5, 22))
    entry = factories.record("report", commitment, **slip("2028"))
    time_machine.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    if act == "stop":
        factories.record("report", commitment, status="stopped", stop_reason="cancelled", date="2020")
    elif act == "correct":
        append_entries([new_correction(commitment, {"review_on": date(2027, 6, 1)}, "Later.", BY)])
    else:
        append_entries([new_redaction(entry, None, "It named a person.", BY)])
    assert {(event.sequence.value, event.dtstamp.value.day) for event in events(client)} == {("2", 2)}


@pytest.mark.postgresql
@pytest.mark.parametrize("kind", ["check", "context"])
def test_a_look_changes_no_version_of_the_deadline_but_the_stamp(client, kind, time_machine):
    commitment = pledge(deadline="2027")
    time_machine.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    factories.record(kind, commitment)
    event = deadline(client)
    assert (event.sequence.value, event.dtstamp.value.day) == ("0", 2)


@pytest.mark.postgresql
@pytest.mark.parametrize("kind", ["check", "context"])
def test_a_look_moves_the_review_and_is_one_more_version_of_it(client, kind, time_machine):
    commitment = pledge()
    before = review(client)
    time_machine.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    entry = factories.record(kind, commitment, date="2026-12-02")
    looked = review(client)
    append_entries([new_retraction(entry, "Nobody looked.", BY)])
    after = review(client)
    assert before.dtstart.value == after.dtstart.value != looked.dtstart.value
    assert [event.sequence.value for event in (before, looked, after)] == ["0", "1", "2"]


def test_names_are_the_same_on_every_host_and_installation(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    pledge(deadline="2019")
    elsewhere = vobject.readOne(client.get(CALENDAR, headers={"host": "elsewhere.example"}).text)
    assert elsewhere.vevent.uid.value == deadline(client).uid.value == "96db528d-cafa-5bb8-acd9-b9e0b789bc9b"
    assert elsewhere.uid.value == parsed(client).uid.value
    assert elsewhere.vevent.url.value == "http://elsewhere.example/commitments/TT-01/"


@pytest.mark.postgresql
def test_no_two_events_have_one_name(release, client):
    names = [event.uid.value for event in events(client)]
    assert len(set(names)) == len(names) > 30


# As of a day


@pytest.mark.postgresql
def test_a_later_slip_does_not_show_on_a_past_day(client):
    factories.record("report", pledge(deadline="2019"), date="2019-10-05", **slip("2020-H1"))
    event = deadline(client, f"{CALENDAR}?as_of=2019-10-04")
    assert (event.dtstart.value, event.sequence.value) == (date(2019, 12, 31), "0")
    assert "2020" not in event.description.value
    assert "http://testserver/commitments/TT-01/?as_of=2019-10-04" in event.description.value


def test_a_calendar_of_a_past_day_says_so_in_its_name(client):
    name = parsed(client, f"{CALENDAR}?as_of=2019-10-04&status=completed").x_wr_calname.value
    assert name == "Hong Kong–Shanghai Pledge Record: deadlines – Status: delivered – as of 4 October 2019"


# Which commitments


QUESTIONS = ["", "schedule=unreported", "owner=wkcda", "as_of=2018-12-31&schedule=met", "as_of=2018-08-23"]


@pytest.mark.postgresql
def test_each_filter_narrows_the_calendar_to_the_deadlines_that_the_list_shows(release, client):
    wrong = {}
    for question in QUESTIONS:
        listed = exported(client, f"/commitments.csv?{question}")
        due = {row["reference"]: row["deadline_last_day"] for row in listed if row["deadline_last_day"]}
        events_of = deadlines(client, f"{CALENDAR}?{question}")
        days = {event.summary.value[:5]: event.dtstart.value.isoformat() for event in events_of}
        wrong |= {question: (due, days)} if due != days else {}
    assert wrong == {}


def test_how_the_list_is_shown_means_nothing_to_a_calendar(release, client):
    plain = client.get(f"{CALENDAR}?area=culture")
    shown = client.get(f"{CALENDAR}?area=culture&page=2&per_page=1&sort=-title")
    assert shown.content == plain.content


@pytest.mark.parametrize("most", [3, 4])
def test_more_events_than_a_calendar_can_hold_are_refused_with_their_number(client, monkeypatch, most):
    monkeypatch.setattr(calendar, "MAX_EVENTS", most)
    for _time in range(2):
        factories.published(deadline="2030", review_on=date(2029, 1, 1))
    answer = client.get(CALENDAR)
    assert answer.status_code == (400 if most == 3 else 200)
    assert ("The calendar would have 4 events, more than 3. Ask for fewer" in answer.text) == (most == 3)


# The format


STRANGE = [*HOSTILE, "a; b, c\\n d: e", "\nBEGIN:VEVENT\r\nEND:VCALENDAR"]


def test_anybody_s_words_are_told_whole_in_lines_that_calendars_can_read(client):
    for number, text in enumerate(STRANGE):
        words = f"It says {text}."
        factories.published(reference=f"TT-0{number}", title=text, quote=words, deadline="2019", done_when=text)
    content = client.get(CALENDAR).content
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n", content)
    for (number, text), event in zip(enumerate(STRANGE), deadlines(client), strict=True):
        assert "\n" not in event.summary.value
        assert legible(event.summary.value) == legible(f"TT-0{number} {text}: deadline (2019)")
        assert legible(f"“It says {text}.”") in legible(event.description.value)


def test_the_name_is_written_so_that_it_ends_no_line_and_no_value(client):
    content = client.get(f"{CALENDAR}?q=a%3Bb,c%0D%0ABEGIN:VEVENT").content.replace(b"\r\n ", b"")
    name = "Hong Kong–Shanghai Pledge Record: deadlines – Search: “a\\;b\\,c BEGIN:VEVENT”"
    assert f"\r\nNAME:{name}\r\nX-WR-CALNAME:{name}\r\n".encode() in content


def test_a_calendar_says_what_made_it_and_when_to_ask_again(client):
    read = parsed(client)
    assert (read.version.value, read.prodid.value) == ("2.0", "-//Commitment tracker//Deadlines//EN")
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:P1D\r\n" in client.get(CALENDAR).content
