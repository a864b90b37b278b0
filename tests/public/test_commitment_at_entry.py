"""A commitment's page as the ledger stood at an entry: what was known then, and nothing of what came later."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from commitments.ledger.append import append_entries, new_entity_entry, new_publication
from commitments.ledger.new_entries import Actor
from commitments.ledger.translations import NewTranslation, record_translations
from commitments.models import Area, Commitment, LedgerHead, Organisation, Release
from tests import factories
from tests.helpers.commitment_page import day_of_story, sources, title, verdict
from tests.helpers.crowds import grow, queries
from tests.helpers.html import Head, find_all, link_texts, main_element, parse_page, visible_text
from tests.helpers.ledger_acts import BY, correct, redact, retract

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
PAGE = "/commitments/TT-01/"


@pytest.fixture
def on_day(time_machine):
    """Puts the clock to noon of a day: what is recorded from then on is recorded on it."""

    def move(day):
        time_machine.move_to(datetime.fromisoformat(f"{day}T04:00").replace(tzinfo=UTC), tick=False)

    move("2019-03-01")
    return move


@pytest.fixture
def pledge(on_day):
    release = factories.ReleaseFactory(slug="talks", title="The Talks")
    area = factories.AreaFactory(slug="gates", name="Gates")
    release.sections.create(position=1, area=area, heading="On gates")
    body = factories.OrganisationFactory(slug="works", name="Works Office")
    return factories.CommitmentFactory(
        reference="TT-01", title="Open the gate", release=release, area=area, owners=[body], deadline="2019-06"
    )


@pytest.fixture
def published(pledge):
    append_entries([new_publication(pledge, BY)])
    return Commitment.objects.get(pk=pledge.pk)


def publish(**fields):
    """A public commitment, on the day of the clock."""
    draft = factories.CommitmentFactory(**fields)
    append_entries([new_publication(draft, BY)])
    return Commitment.objects.get(pk=draft.pk)


def head():
    return LedgerHead.objects.get().sequence


def at(entry, prefix="", page=PAGE):
    answer = Client().get(f"{prefix}{page}?entry={entry}")
    assert answer.status_code == 200
    return answer


def text_at(entry, prefix="", page=PAGE):
    return visible_text(main_element(at(entry, prefix, page)))


def crumbs(answer):
    [way] = find_all(main_element(answer), "nav", _class="crumbs")
    return [visible_text(step) for step in find_all(way, "li")]


def record(kind, commitment, **said):
    """On the day of the clock."""
    entry = factories.new(kind, commitment, **said)
    entry.recorded_at = None
    return append_entries([entry])[0]


def rename(model, slug, reason="It has a new name.", **columns):
    row = model.objects.get(slug=slug)
    for name, value in columns.items():
        setattr(row, name, value)
    return append_entries([new_entity_entry(row, BY, reason)])[0]


def translate(commitment, source, text, language="zh-hant"):
    record_translations([NewTranslation(commitment, language, source, text)], Actor())


def status(code, query, page=PAGE):
    assert Client().get(page + query).status_code == code


# What was known then


def test_names_are_those_of_then(published, on_day):
    before = head()
    on_day("2020-01-01")
    rename(Organisation, "works", name="Office of Public Works")
    rename(Area, "gates", name="Gates and doors")
    rename(Release, "talks", title="The Great Talks")
    then, now = text_at(before), text_at(head())
    for old, new in (("Works Office", "Office of Public Works"), ("The Talks", "The Great Talks")):
        assert (old in then, new in then) == (True, False)
        assert (old in now, new in now) == (False, True)
    assert [crumbs(at(entry)) for entry in (before, head())] == [
        ["The Talks, 24 August 2018", "Gates"],
        ["The Great Talks, 24 August 2018", "Gates and doors"],
    ]


def test_a_correction_names_organisations_as_they_were_called_then(published):
    other = factories.OrganisationFactory(slug="other", name="Other Office")
    correct(published, owners=[other])
    before = head()
    rename(Organisation, "other", name="Office of Others")
    assert "Office of Others" not in text_at(before)
    assert text_at(before).count("Other Office") == text_at(head()).count("Office of Others") == 2


def test_the_heading_is_that_of_then(published):
    before = head()
    release = Release.objects.get(slug="talks")
    release.sections.update(heading="Of gates and doors")
    append_entries([new_entity_entry(release, BY, "Misread.")])
    assert "“On gates”" in text_at(before)
    assert "“Of gates and doors”" in text_at(head())


def test_a_name_that_was_first_recorded_later_stands_for_the_time_before(pledge):
    """As in a ledger that is older than entity entries: an upgrade appended them after the publications."""
    recorded = {"published_at": timezone.now(), "public_from": "2018-08-24"}
    for model in (Organisation, Area, Release):
        model.objects.update(**recorded)
    before = publish(reference="TT-09").entries.get().pk
    append_entries([new_publication(pledge, BY)])
    assert head() == before + 1
    rename(Organisation, "works", name="Office of Works")
    rename(Organisation, "works", name="Office of Public Works")
    for model, slug in ((Release, "talks"), (Area, "gates")):
        rename(model, slug)
    assert "Office of Works" in text_at(before + 1)
    assert crumbs(at(before + 1)) == ["The Talks, 24 August 2018", "Gates"]


def test_an_owner_of_before_of_which_nothing_was_ever_recorded_is_known_by_its_slug(pledge):
    Organisation.objects.update(published_at=timezone.now(), public_from="2018-08-24")
    append_entries([new_publication(pledge, BY)])
    assert link_texts(main_element(at(head())))["/organisations/works/"] == "works"


def test_words_owners_and_corrections_are_those_of_then(published):
    before = head()
    other = factories.OrganisationFactory(slug="other", name="Other Office")
    correct(published, title="Open the western gate", owners=[other])
    then, now = text_at(before), text_at(head())
    assert "Open the gate" in then
    assert "western" not in then
    assert "Other Office" not in then
    assert title(at(head())) == "TT-01 Open the western gate"
    assert "Works Office" in now  # in the correction
    assert link_texts(main_element(at(head())))["/organisations/other/"] == "Other Office"


def test_updates_count_from_the_entry_that_records_them(published):
    before = head()
    record("report", published, date="2018-10", status="in_progress", note="Half open.")
    after = head()
    assert "Half open." not in text_at(before)
    assert verdict(at(before)).startswith("Not searched for yet.")
    assert verdict(at(after)).startswith("In progress, as last reported in October 2018.")
    assert "Half open." in text_at(after)


def test_the_schedule_is_that_of_the_day_of_the_entry(published, on_day):
    on_day("2020-01-01")
    record("check", published, date="2020-01-01")
    coming, unreported = (verdict(at(entry)) for entry in (head() - 1, head()))
    assert "The time that was named, June 2019, has passed: outcome unknown." in unreported
    assert coming.endswith("The time named is June 2019.")


def test_before_the_release_was_issued_the_day_of_its_issue_is_taken(on_day):
    coming = factories.ReleaseFactory(issued_on="2019-06-30")
    on_day("2019-06-01")
    pledge = factories.CommitmentFactory(reference="TT-01", release=coming, deadline="2019-06-30")
    append_entries([new_publication(pledge, BY)])
    on_day("2020-01-01")
    assert verdict(at(head())).endswith("The time named is 30 June 2019.")
    assert day_of_story(at(head())) == "30 June 2019"


def test_a_deadline_is_the_one_that_was_stated_by_then(published):
    before = head()
    correct(published, deadline="2019-07", deadline_as_stated="in July 2019")
    assert "July 2019" not in text_at(before)
    assert "July 2019" in text_at(head())


def test_what_was_retracted_later_is_not_struck_through(published):
    report = record("report", published, date="2018-10", status="completed", note="Opened.")
    retract(report, "Another gate.")
    then, now = (find_all(main_element(at(entry)), "li", id=f"entry-{report.pk}")[0] for entry in (report.pk, head()))
    assert (find_all(then, "del"), len(find_all(now, "del"))) == ([], 1)
    assert verdict(at(report.pk)).startswith("Delivered in October 2018:")
    assert "Another gate." not in text_at(report.pk)
    assert verdict(at(head())).startswith("Not searched for yet.")


def test_translations_are_those_recorded_by_then(published, on_day):
    before = head()
    on_day("2019-04-01")
    translate(published, "Open the gate", "開門")
    record("check", published, date="2019-04-01")
    first = head()
    on_day("2019-05-01")
    translate(published, "Open the gate", "打開大門")
    record("check", published, date="2019-05-01")
    titles = [title(at(entry, "/zh-hant")) for entry in (before, first, head())]
    assert titles == ["TT-01 Open the gate", "TT-01 開門", "TT-01 打開大門"]


def test_a_correction_is_translated_as_far_as_it_was_by_then(published, on_day):
    correct(published, title="Open the western gate")
    before = head()
    on_day("2019-04-01")
    translate(published, "Open the western gate", "打開西門")
    record("check", published, date="2019-04-01")
    corrections = [visible_text(find_all(main_element(at(entry, "/zh-hant")), "ins")[0]) for entry in (before, head())]
    assert corrections == ["Open the western gate", "打開西門"]


def test_a_part_that_was_retracted_is_listed_until_then(published):
    part = publish(reference="TT-02", title="Oil the hinges", part_of=published)
    retract(part.entries.get(), "Promised by nobody.")
    assert "Oil the hinges" in text_at(head() - 1)
    assert "Oil the hinges" not in text_at(head())


def test_parts_are_those_of_then_and_called_as_then(published):
    part = publish(reference="TT-02", title="Oil the hinges", part_of=published)
    before = head()
    correct(part, title="Oil both hinges")
    retitled = head()
    correct(part, part_of=None)
    assert "Its parts" not in text_at(before - 1)
    assert "TT-02 Oil the hinges" in text_at(before)
    assert "TT-02 Oil both hinges" in text_at(retitled)
    assert "Oil both hinges" not in text_at(head())
    assert "Part of TT-01 Open the gate" in text_at(retitled, page="/commitments/TT-02/")
    assert "Part of" not in text_at(head(), page="/commitments/TT-02/")


# What a commitment repeats


@pytest.fixture
def again(published, on_day):
    on_day("2024-04-26")
    later = factories.CommitmentFactory(
        reference="TT-02", title="Open it wide", release=factories.ReleaseFactory(issued_on="2024-04-25")
    )
    append_entries([new_publication(later, BY)])
    later.refresh_from_db()
    correct(later, repeats=[{"reference": "TT-01", "why": "It is the same gate."}])
    return later


def test_both_pages_say_that_a_pledge_was_made_again(again):
    first, second = (visible_text(main_element(Client().get(f"/commitments/TT-0{n}/"))) for n in (1, 2))
    assert "Promised again on 25 April 2024 : TT-02 Open it wide. It is the same gate." in first
    assert "First promised on 24 August 2018 : TT-01 Open the gate. It is the same gate." in second


def test_on_a_day_before_the_later_release_nothing_was_promised_again(again):
    assert "Promised again" not in visible_text(main_element(Client().get(f"{PAGE}?as_of=2024-04-24")))


def test_at_an_entry_stands_what_was_said_to_be_repeated_by_then(again):
    correct(again, title="Open it very wide")
    correct(again, repeats=[])
    said = [(entry, "Promised again" in text_at(entry)) for entry in range(head() - 3, head() + 1)]
    assert [repeated for _entry, repeated in said] == [False, True, True, False]
    assert "TT-02 Open it wide" in text_at(head() - 2)
    assert "TT-02 Open it very wide" in text_at(head() - 1)
    second = "/commitments/TT-02/"
    assert "First promised" not in text_at(head() - 3, page=second)
    assert "First promised on 24 August 2018 : TT-01" in text_at(head() - 2, page=second)


def test_a_correction_of_what_is_repeated_is_told_in_words(again):
    page = visible_text(main_element(Client().get("/commitments/TT-02/")))
    assert "promised before – TT-01: It is the same gate." in page


def test_evidence_that_is_a_copy_is_marked(published):
    rows = [factories.evidence(copy="reprint"), factories.evidence(url="https://example.org/2")]
    record("report", published, date="2018-10", evidence=rows)
    for answer in (at(head()), Client().get(PAGE)):
        lines = sources(answer)["From the parties"]
        assert len(lines) == 2
        assert [line.endswith("; reprint") for line in lines].count(True) == 1


# What was removed or retracted since


def test_what_was_removed_later_is_gone_and_the_page_says_by_which_entry_and_when(published, on_day):
    report = record("context", published, date="2018-10", note="Told by Mr Secret.")
    on_day("2020-02-03")
    redact(report, None, "A name.")
    page = text_at(report.pk)
    assert "Secret" not in page
    line = f"Text of entry {report.pk} stood here, and was removed later, by entry {head()} on 3 February 2020."
    assert f"{line} Reason: A name." in page
    assert "removed later" not in text_at(report.pk - 1)  # it did not stand there yet
    assert "removed later" not in text_at(head())  # nothing was removed after that


def test_a_title_and_a_name_that_were_removed_later_are_gone(published):
    before = head()
    publication = published.entries.get(kind="published")
    redact(publication, publication.data | {"title": "[removed]"})
    organisation = rename(Organisation, "works", name="Works Office of Mr Secret")
    rename(Organisation, "works", name="Works")
    fields = organisation.data["fields"] | {"name": "Works Office of [removed]"}
    redact(organisation, {**organisation.data, "fields": fields})
    assert "Open the gate" not in text_at(before)
    assert f"Text of entry {publication.pk} stood here" in text_at(before)
    assert "retracted later" not in text_at(before)
    page = text_at(organisation.pk)
    assert "Secret" not in page
    assert "Works Office of [removed]" in page
    assert f"Text of entry {organisation.pk} stood here" in page


def test_what_was_removed_of_a_removal_is_gone_at_every_entry(published):
    report = record("context", published, date="2018-10", note="Told by Mr Secret.")
    remaining = report.data | {"note": "Told by Mr S."}
    redaction = redact(report, remaining, "Mr Secret asked.")
    redact(redaction, {"reason": "[removed]", "remaining": remaining | {"note": "Told."}})
    for entry in range(report.pk, head() + 1):
        assert "Secret" not in text_at(entry)
        assert "Mr S." not in text_at(entry)


def test_a_removal_may_be_removed_over_several_steps(published):
    rename(Organisation, "works", name="Office of Mr Secret")
    entry = rename(Organisation, "works", name="Works")
    fields = entry.data["fields"] | {"name": "Works of nobody"}
    left = entry.data | {"fields": fields, "reason": "Mr Secret left."}
    redaction = redact(entry, left)
    redaction = redact(redaction, {"reason": "Mr Secret asked.", "remaining": left | {"reason": "Somebody left."}})
    left = left | {"reason": "[removed]"}
    redact(redaction, {"reason": "[removed]", "remaining": {"reason": "[removed]", "remaining": left}})
    assert "Works of nobody" in text_at(entry.pk)
    assert "Secret" not in text_at(entry.pk)


def test_a_commitment_that_was_retracted_later_stands_as_it_stood_with_a_notice(published, on_day):
    before = head()
    on_day("2020-02-03")
    retraction = retract(published.entries.get(kind="published"), "Promised by nobody.")
    page = text_at(before)
    assert f"retracted later, by entry {retraction.pk} on 3 February 2020. Reason: Promised by nobody." in page
    assert "Works Office" in page
    gone = text_at(retraction.pk)
    assert "retracted" in gone
    assert "Works Office" not in gone


# Wrong questions, and what stands around the page


@pytest.mark.parametrize("wrong", ["0", "-1", "x", "1.5", "99999999999999999999999", "9" * 5000, "1&entry=2"])
def test_what_is_no_entry_is_refused_with_the_reason(published, wrong):
    answer = Client().get(f"{PAGE}?entry={wrong}")
    assert answer.status_code == 400
    assert find_all(main_element(answer), "p", role="alert")


def test_one_beyond_the_last_entry_is_refused_and_the_last_is_shown(published):
    status(400, f"?entry={head() + 1}")
    status(200, f"?entry={head()}")


def test_an_entry_and_a_day_are_not_asked_for_together(published):
    answer = Client().get(f"{PAGE}?entry={head()}&as_of=2019-01-01")
    assert answer.status_code == 400
    assert "Ask for an entry or for a day, not for both." in visible_text(main_element(answer))


def test_there_is_no_page_before_the_publication_of_a_draft_or_of_nothing(pledge):
    publish(reference="TT-09")
    before = head()
    status(404, f"?entry={before}")
    append_entries([new_publication(pledge, BY)])
    status(404, f"?entry={before}")
    status(200, f"?entry={head()}")
    status(404, f"?entry={head()}", "/commitments/XX-99/")


def test_there_is_no_page_while_the_release_is_not_out_today(published, on_day):
    publish(reference="TT-02", release=factories.ReleaseFactory(slug="coming", issued_on="2030-01-01"))
    status(404, f"?entry={head()}", "/commitments/TT-02/")
    on_day("2030-01-01")
    status(200, f"?entry={head()}", "/commitments/TT-02/")


def test_a_part_whose_release_is_not_out_today_is_not_named(published):
    coming = factories.ReleaseFactory(slug="coming", issued_on="2030-01-01")
    publish(reference="TT-02", title="Oil the hinges", release=coming, part_of=published)
    assert "Oil the hinges" not in text_at(head())


def test_the_page_says_what_it_is_and_leads_to_today(published):
    correct(published, note="Of iron.")
    answer = at(head() - 1)
    [banner] = find_all(parse_page(answer), "section", _class="as-of")
    assert f"the ledger stood at entry {head() - 1}, recorded 1 March 2019." in visible_text(banner)
    assert link_texts(banner) == {PAGE: "The page as it is now"}


def test_search_engines_are_shown_the_plain_page(published):
    head_of_page = Head(at(head()))
    assert head_of_page.metas["robots"] == "noindex"
    assert head_of_page.canonical == [f"http://testserver{PAGE}"]
    assert 'hreflang="x-default"' not in at(head()).content.decode()


def test_links_lead_to_today_but_those_to_the_other_languages(published):
    translate(published, "Open the gate", "開門")
    record("check", published, date="2019-03-01")
    links = link_texts(parse_page(at(head(), "/zh-hant")))
    keeping = {link for link in links if re.search(r"entry=\d|as_of=", link)}
    same_page = {f"{prefix}{PAGE}?entry={head()}" for prefix in ("", "/zh-hant", "/zh-hans")}
    offered = {f"/zh-hant{PAGE}?as_of=2018-08-24"}  # the control of days, which leaves the entry behind
    assert keeping == same_page | offered


def test_a_day_is_asked_for_without_the_entry(published):
    [control] = find_all(parse_page(at(head())), "details", _class="day")
    assert not find_all(control, "input", name="entry")
    assert f"At entry {head()}" in visible_text(control)


def test_the_citation_of_today_can_be_seen_again(published):
    cited = visible_text(find_all(main_element(Client().get(PAGE)), "p", _class="cite")[0])
    assert cited.endswith(f"{PAGE}?entry={head()}")
    before = head()
    correct(published, title="Open the western gate")
    again = visible_text(find_all(main_element(at(before)), "p", _class="cite")[0])
    assert again == cited


def test_an_empty_box_asks_for_the_page_of_today(published):
    correct(published, title="Open the western gate")
    assert "western" in visible_text(main_element(Client().get(f"{PAGE}?entry=")))


def test_the_page_takes_few_queries_and_no_more_for_forty_parts_than_for_ten():
    grow(range(1, 3))
    taken = []
    for numbers in (range(3, 13), range(13, 43)):
        grow(numbers)
        taken.append(queries(Client(), f"/commitments/QQ-0001/?entry={head()}"))
    assert taken[0] == taken[1] <= 26
