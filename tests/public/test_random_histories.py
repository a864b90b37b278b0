"""Random histories: every page of then and of past days says what the public download of the ledger comes to.

`EXAMPLES=200` before the command tries more of them.
"""

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from commitments.ledger.append import append_entries, new_correction, new_entity_entry, new_publication
from commitments.ledger.new_entries import Actor
from commitments.ledger.translations import NewTranslation, record_translations
from commitments.models import Commitment, LedgerEntry, Organisation, Release
from tests import factories
from tests.helpers import commitment_page
from tests.helpers.days import NOW
from tests.helpers.html import find_all, link_texts, main_element, visible_text
from tests.helpers.ledger_acts import BY, redact, retract
from tests.helpers.plain_fold import Shown, day_in_hong_kong, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
# What pages make of entries is the same code on both databases, and SQLite is the quicker one.
EXAMPLES = int(os.environ.get("EXAMPLES", "12" if connection.vendor == "sqlite" else "4"))
PAGE, ISSUED, START = "/commitments/TT-01/", date(2018, 8, 24), datetime(2019, 7, 1, 4, tzinfo=UTC)
WORD = re.compile(r"word[0-9]+x|字[0-9]+字")  # every text that is typed has one of its own

DATES = st.sampled_from(["2018-10", "2018-12-05", "2019", "2019-02", "2019-06-30", "2020"])
DEADLINES = st.sampled_from(["", "", "2019-12", "2021", "2022-03-31"])
STATUSES = st.sampled_from(["not_started", "in_progress", "completed"])
PICK = st.integers(0, 11)
ACTS = st.one_of(
    st.tuples(st.just("report"), DATES, STATUSES, DEADLINES),
    st.tuples(st.just("context"), DATES),
    st.tuples(st.just("check")),
    st.tuples(st.just("title")),
    st.tuples(st.just("owners"), st.sampled_from([(0,), (1,), (0, 1)])),
    st.tuples(st.just("deadline"), st.sampled_from([("2019", "in 2019"), ("2020-06", "in June 2020")])),
    st.tuples(st.just("rename"), PICK),
    st.tuples(st.just("translate"), PICK, st.sampled_from([False, False, True])),
    st.tuples(st.just("translate"), PICK, st.sampled_from([False, False, True])),
    st.tuples(st.just("retract"), PICK),
    st.tuples(st.just("redact"), PICK),
    st.tuples(st.just("redact"), PICK),
)
HISTORIES = st.lists(st.tuples(ACTS, st.sampled_from([0, 0, 1, 40, 300])), min_size=4, max_size=10)


class Story:
    """One commitment, what is done to it, and what of that the download does not tell: the translations."""

    def __init__(self) -> None:
        self.words = count(1)
        self.bodies = [factories.OrganisationFactory(name=self.text()) for _n in range(2)]
        self.release = factories.ReleaseFactory(title=self.text())
        self.translations: list[tuple[datetime, str, str]] = []
        draft = factories.CommitmentFactory(
            reference="TT-01", title=self.text(), release=self.release, owners=self.bodies, deadline="2019-06"
        )
        append_entries([new_publication(draft, BY)])

    def text(self) -> str:
        return f"Say word{next(self.words)}x"

    @property
    def commitment(self) -> Commitment:
        return Commitment.objects.get(reference="TT-01")

    def do(self, now: datetime, name: str, *details) -> None:
        getattr(self, name)(now, *details)

    def report(self, _now, dated, status, deadline) -> None:
        reason = self.text() if deadline else ""
        said = {"date": dated, "status": status, "deadline": deadline, "deadline_reason": reason, "note": self.text()}
        self._update("report", said)

    def context(self, _now, dated) -> None:
        self._update("context", {"date": dated, "note": self.text()})

    def check(self, now) -> None:
        self._update("check", {"date": f"{now:%Y-%m-%d}", "note": self.text()})

    def _update(self, kind, said) -> None:
        entry = factories.new(kind, self.commitment, **said)
        entry.recorded_at = None
        append_entries([entry])

    def title(self, _now) -> None:
        self._correct(title=self.text())

    def owners(self, _now, picked) -> None:
        self._correct(owners=[self.bodies[number] for number in picked])

    def deadline(self, _now, stated) -> None:
        self._correct(deadline=stated[0], deadline_as_stated=stated[1], deadline_basis="stated")

    def _correct(self, **values) -> None:
        append_entries([new_correction(self.commitment, values, self.text(), BY)])

    def rename(self, _now, pick) -> None:
        model, slug = (
            [(Organisation, body.slug) for body in self.bodies][pick % 2]
            if pick % 3
            else (
                Release,
                self.release.slug,
            )
        )
        row = model.objects.get(slug=slug)
        setattr(row, model.title_field, self.text())
        append_entries([new_entity_entry(row, Actor(), self.text())])

    def translate(self, now, pick, taken_back) -> None:
        source = self.commitment.title if pick % 3 else f"nothing {pick}"
        text = "" if taken_back else f"說字{next(self.words)}字"
        record_translations([NewTranslation(self.commitment, "zh-hant", source, text)], Actor())
        self.translations.append((now, source, text))

    def retract(self, _now, pick) -> None:
        kinds = ("report", "context", "check", "correction") if pick else ("published",)
        retracted = LedgerEntry.objects.filter(kind="retraction").values("target")
        retract(self._pick(pick, LedgerEntry.objects.filter(kind__in=kinds).exclude(pk__in=retracted)), self.text())

    def redact(self, _now, pick) -> None:
        entry = self._pick(pick, LedgerEntry.objects.exclude(content=""))
        whole = entry.kind in ("report", "context", "check") and pick % 2 == 0
        remaining = None if whole else without_words(entry.data, f"removed {next(self.words)}")
        redact(entry, remaining, self.text())

    def _pick(self, pick, entries) -> LedgerEntry:
        if not entries:
            raise ValidationError("There is none.")
        return entries.order_by("-sequence")[pick % len(entries)]

    def translation(self, source: str, by: datetime) -> str:
        """The latest of a text that was recorded by a time; the text itself where there is none."""
        texts = [text for when, of, text in self.translations if of == source and when <= by]
        return texts[-1] if texts and texts[-1] else source


def without_words(data, instead):
    """The same with something else in place of every word that was typed."""
    return json.loads(WORD.sub(instead, json.dumps(data, ensure_ascii=False)))


def shown(answer, entries) -> Shown:
    main = main_element(answer)
    [facts] = find_all(main, "aside", _class="facts")
    [owners] = [row for row in find_all(facts, "div") if visible_text(row).startswith("Who must deliver ")]
    rows = {number: find_all(main, "li", id=f"entry-{number}") for number in entries}
    return Shown(
        title=commitment_page.title(answer).removeprefix("TT-01 "),
        owners=sorted(link_texts(owners).values()),
        release=visible_text(find_all(find_all(main, "nav", _class="crumbs")[0], "a")[0]).rpartition(",")[0],
        answer=visible_text(find_all(find_all(main, "p", _class="says")[0], "strong")[0]),
        deadline=commitment_page.facts(answer)["By when"],
        notes={number: note_of(row[0]) for number, row in rows.items() if row},
    )


def note_of(row) -> tuple[str, bool]:
    """The words of an update's own, and whether they are struck through."""
    return visible_text(row), bool(find_all(row, "del"))


def same(page: Shown, wanted: Shown) -> None:
    assert page.notes.keys() == wanted.notes.keys()
    for number, (note, struck) in wanted.notes.items():
        text, page_struck = page.notes[number]
        assert (note in text, page_struck) == (True, struck), number
    assert page.deadline.startswith(wanted.deadline)
    assert page._replace(notes={}, deadline="") == wanted._replace(notes={}, deadline="")


def typed_and_removed(story: Story, download: str) -> set[str]:
    """Every word that was typed and is no longer in the download, with those of translations that went with them."""
    removed = {f"word{number}x" for number in range(1, next(story.words))} - set(WORD.findall(download))
    gone_with_them = [text for _when, source, text in story.translations if removed.intersection(WORD.findall(source))]
    return removed.union(*map(WORD.findall, gone_with_them))


def happen(history) -> Story:
    """The history, each act so many days after the one before it; what the rules refuse does not happen."""
    now = START
    with time_machine.travel(now, tick=False):
        story = Story()
    for (name, *details), days in history:
        now += timedelta(days=days)
        with time_machine.travel(now, tick=False), suppress(ValidationError):
            story.do(now, name, *details)
    return story


def pages(lines) -> Iterator[tuple[str, int, date, int]]:
    """Each page at an entry: what is asked, up to which line, on which day, and up to which line names count."""
    for line in lines:
        sequence, recorded_on = line["sequence"], day_in_hong_kong(line["recorded_at"])
        yield f"entry={sequence}", sequence, max(recorded_on, ISSUED), sequence


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=(Phase.generate,),  # to shrink a history takes minutes, and it is short as it is
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=HISTORIES, days=st.lists(st.dates(ISSUED, date(2023, 1, 1)), min_size=1, max_size=2))
def test_every_page_says_what_the_download_comes_to(history, days):
    with transaction.atomic():
        story = happen(history)
        with time_machine.travel(NOW, tick=False):
            compare(story, days)
        transaction.set_rollback(True)


def compare(story, days) -> None:
    client = Client()
    download = b"".join(client.get("/ledger.jsonl")).decode()
    lines = [json.loads(line) for line in download.splitlines()]
    removed = typed_and_removed(story, download)
    [publication] = [line for line in lines if line["kind"] == "published"]
    retractions = [line for line in lines if line["kind"] == "retraction" and line["target"] == publication["sequence"]]
    retracted_by = retractions[0]["sequence"] if retractions else len(lines) + 1
    numbers = [line["sequence"] for line in lines if line["kind"] in ("report", "context", "check")]
    asked = [*pages(lines)]
    if not retractions:
        asked += [(f"as_of={day}", len(lines), day, len(lines)) for day in days]
    for query, last, day, names_until in asked:
        answer, chinese = client.get(f"{PAGE}?{query}"), client.get(f"/zh-hant{PAGE}?{query}")
        assert answer.status_code == (200 if last >= publication["sequence"] else 404), query
        for page in (answer, chinese):
            assert not set(WORD.findall(page.content.decode())) & removed, query
        if publication["sequence"] <= last < retracted_by:
            wanted = page_of(lines, "TT-01", last, day, names_until)
            same(shown(answer, numbers), wanted)
            by = datetime.fromisoformat(lines[last - 1]["recorded_at"]) if "entry" in query else NOW
            assert commitment_page.title(chinese) == f"TT-01 {story.translation(wanted.title, by)}", query
        elif last >= retracted_by:
            assert "It is retracted" in visible_text(main_element(answer))
