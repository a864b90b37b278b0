"""Invented commitments in any number, for benchmarks and load tests. Never beside real ones."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from commitments.domain.choices import EntryKind, OrganisationKind, Role, Side
from commitments.ledger.append import append_entries, new_publication
from commitments.ledger.contents import Content, update_content
from commitments.ledger.new_entries import Actor, NewEntry
from commitments.models import Area, Commitment, LedgerEntry, Organisation, Ownership, Partnership, Release, Translation

SLUG = "sample"
BATCH_SIZE = 1000
AREAS, ORGANISATIONS, UPDATES = 13, 40, 3
RECORDED_AT, INTERVAL = datetime(2026, 1, 1, tzinfo=UTC), timedelta(seconds=20)  # each entry so long after the last one
DEADLINES = ("", "", "", "2019", "2020-H1", "2021-Q3", "2026-12", "2030-06-30")
STATUSES = ("not_started", "in_progress", "in_progress", "completed", "completed")
WORDS = (  # noqa: SIM905  (thirty lines of list would say no more)
    "harbour bridge museum library port airport school hospital garden theatre market archive station bureau park "
    "training exchange agreement study office review plan network centre programme "
    "文化 合作 培訓 交流 发展 机场 香港 上海"
).split()

# The same in both forms of Chinese, for the translations of titles.
CHINESE_WORDS = {
    "zh-hant": "文化 合作 培訓 交流 發展 機場 香港 上海 博物館 學校 醫院 協議 研究 計劃 網絡".split(),  # noqa: SIM905
    "zh-hans": "文化 合作 培训 交流 发展 机场 香港 上海 博物馆 学校 医院 协议 研究 计划 网络".split(),  # noqa: SIM905
}


class NotEmptyError(Exception):
    """The database holds commitments already."""


def make_sample(number: int) -> Iterator[int]:
    """Publish that many invented commitments, each with three updates; yields how many there are so far.

    Raises NotEmptyError where the database holds any commitment: invented ones must never stand beside
    real ones, and the ledger would keep them.
    """
    if Commitment.objects.exists() or LedgerEntry.objects.exists():
        raise NotEmptyError
    dice = random.Random(SLUG)  # noqa: S311  (the same sample every time, nothing secret)
    release = Release.objects.create(
        slug=SLUG, title="Invented release", issued_on=date(2018, 8, 24), publisher="Nobody", language="en"
    )
    areas = [Area.objects.create(slug=f"sample-{n}", name=f"Sample area {n}", position=n) for n in range(AREAS)]
    organisations = [_make_organisation(n) for n in range(ORGANISATIONS)]
    for start in range(1, number + 1, BATCH_SIZE):
        numbers = range(start, min(start + BATCH_SIZE, number + 1))
        drafts = [_make_commitment(n, release, dice.choice(areas), dice) for n in numbers]
        Commitment.objects.bulk_create(drafts)
        Translation.objects.bulk_create(translation for draft in drafts for translation in _chinese_titles(draft))
        owners = [
            Ownership(commitment=draft, organisation=organisation)
            for draft in drafts
            for organisation in dice.sample(organisations, dice.choice((1, 1, 2)))
        ]
        Ownership.objects.bulk_create(owners)
        Partnership.objects.bulk_create(
            Partnership(commitment=draft, organisation=dice.choice(organisations)) for draft in drafts[::2]
        )
        _publish_drafts(numbers, dice)
        yield numbers[-1]


def _chinese_titles(draft: Commitment) -> Iterator[Translation]:
    """By dice of their own, so that the rest of the sample is the same without them."""
    positions = random.Random(draft.reference).choices(range(len(CHINESE_WORDS["zh-hant"])), k=6)  # noqa: S311
    for language, words in CHINESE_WORDS.items():
        text = "".join(words[position] for position in positions)
        recording = {"recorded_at": RECORDED_AT, "role": Role.PUBLISHER}
        yield Translation(commitment=draft, language=language, source=draft.title, text=text, **recording)


def _publish_drafts(numbers: range, dice: random.Random) -> None:
    references = [_make_reference(n) for n in numbers]
    drafts = Commitment.objects.filter(reference__in=references).select_related("release", "area", "part_of")
    entries: list[NewEntry] = []
    times = (RECORDED_AT + INTERVAL * number for number in count((1 + UPDATES) * (numbers[0] - 1)))
    for draft in drafts.prefetch_related("owners", "partners"):
        entries.append(new_publication(draft, Actor(), recorded_at=next(times)))
        for kind, content in _random_updates(dice):
            entries.append(NewEntry(kind, content, draft, recorded_at=next(times)))
    append_entries(entries)


def _make_organisation(number: int) -> Organisation:
    kind, side = OrganisationKind.values[number % len(OrganisationKind)], Side.values[number % len(Side)]
    return Organisation.objects.create(slug=f"body-{number}", name=f"Invented Body of {number}", kind=kind, side=side)


def _make_reference(number: int) -> str:
    return f"ZZ-{number:06}"


def _random_words(dice: random.Random, number: int) -> str:
    return " ".join(dice.choices(WORDS, k=number))


def _make_commitment(number: int, release: Release, area: Area, dice: random.Random) -> Commitment:
    deadline = dice.choice(DEADLINES)
    target = dice.choice((None, None, 15, 40))
    return Commitment(
        reference=_make_reference(number),
        release=release,
        area=area,
        paragraph=1 + number % 5,
        title=_random_words(dice, 8),
        quote=_random_words(dice, 12),
        kind=dice.choice(("action", "continuing")),
        force="promise",
        deadline=deadline,
        deadline_basis="stated" if deadline else "",
        target=target,
        unit="people" if target else "",
        done_when=_random_words(dice, 10),
        note=_random_words(dice, 30),
    )


def _random_updates(dice: random.Random) -> Iterator[tuple[str, Content]]:
    """A report, then reports or context; dates from 2018 to 2025."""
    for place in range(UPDATES):
        kind = EntryKind.REPORT if place == 0 or dice.random() < 0.5 else EntryKind.CONTEXT  # noqa: PLR2004
        day = date(2018, 9, 1) + timedelta(days=dice.randrange(2600))
        values: dict[str, Any] = {
            "date": day.isoformat(),
            "note": _random_words(dice, 40),
            "status": dice.choice(STATUSES),
        }
        evidence = {
            "title": _random_words(dice, 6),
            "publisher": _random_words(dice, 2),
            "url": f"https://example.org/{dice.randrange(10**12)}/{dice.randrange(10**12)}",
            "date": day.isoformat(),
            "relation": "direct",
            "source": dice.choice(("party", "independent")),
        }
        yield kind, update_content(kind, values, [evidence])
