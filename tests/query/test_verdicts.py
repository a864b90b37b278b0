"""The verdict on a pledge: whole sentences over all that can occur together, in three languages, and exact texts."""

import re
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from django.utils.translation import override

from commitments.domain.assessment import assess_schedule
from commitments.domain.choices import (
    ANNOUNCED,
    DeadlineBasis,
    EvidenceLevel,
    Kind,
    Schedule,
    Status,
    StopReason,
)
from commitments.domain.partial_dates import parse_partial_date
from commitments.i18n.phrases import duration
from commitments.query.verdicts import VerdictFacts, compose_verdict, verdict_of
from tests import factories

DAY = date(2026, 11, 29)
BASE = VerdictFacts(
    kind=Kind.ACTION,
    status=Status.NO_REPORT,
    stop_reason="",
    status_on=None,
    completed_on=None,
    deadline=None,
    original_deadline=None,
    stated_deadline=None,
    deadline_basis="",
    schedule=Schedule.NO_DEADLINE,
    evidence=EvidenceLevel.NONE,
    last_news_on=None,
    last_checked_on=date(2026, 11, 22),
    done_when="the gate is open",
    background_note="",
    day=DAY,
)
DONE_WHEN = {
    "en-gb": {Kind.CONTINUING: "care of the gate"},
    "zh-hant": {Kind.CONTINUING: "大門的維修"},
    "zh-hans": {Kind.CONTINUING: "大门的维修"},
}
OPENED = {"en-gb": "The gate is open.", "zh-hant": "大門已開啟。", "zh-hans": "大门已开启。"}
NOTES = {
    "en-gb": "The Office bought a gate. It is green.",
    "zh-hant": "該處購置了一道門。門是綠色的。",
    "zh-hans": "该处购置了一道门。门是绿色的。",
}
DATES = [None, "2018", "2018-H1", "2026-11-28", "2026", "2027-02-03", "2030"]  # of deadlines
SOURCES = [EvidenceLevel.NONE, EvidenceLevel.PARTY, EvidenceLevel.STATE_MEDIA, EvidenceLevel.INDEPENDENT]
# Each date with two of the sources: these stand in a sentence of their own, which no date is in.
REPORTED = [
    (on, source)
    for number, on in enumerate(["2019", "2019-Q2", "2024-04", "2026-11-28"])
    for source in (SOURCES[number], SOURCES[(number + 1) % len(SOURCES)])
]


def partial(text):
    return parse_partial_date(text) if text else None


def with_deadline(facts, stated, first, current, basis):
    """The same with a deadline, and with the schedule that follows."""
    deadline = partial(current)
    return replace(
        facts,
        deadline=deadline,
        original_deadline=partial(first),
        stated_deadline=partial(stated),
        deadline_basis=basis if deadline else "",
        schedule=assess_schedule(facts.status, deadline, facts.completed_on, facts.day),
    )


def deadlines(facts):
    """With none, with one that the release named, with one that came later, and with one that was moved."""
    yield with_deadline(facts, None, None, None, "")
    for text, basis in product(DATES[1:], DeadlineBasis):
        yield with_deadline(facts, text, text, text, basis)
    yield with_deadline(facts, None, "2019", "2019", DeadlineBasis.STATED)
    yield with_deadline(facts, "2018-H1", "2018-H1", "2027-Q1", DeadlineBasis.STATED)
    yield with_deadline(facts, "2030", "2030", "2019-07", DeadlineBasis.STATED)


def nothing_reported(language):
    for kind, checked, note in product(Kind, (None, date(2026, 11, 22)), ("", NOTES[language])):
        level = EvidenceLevel.BACKGROUND if note else EvidenceLevel.NONE
        yield replace(BASE, kind=kind, last_checked_on=checked, background_note=note, evidence=level)


def reported(language):
    ages = [None, date(2026, 11, 28), date(2025, 11, 29), date(2025, 11, 28), date(2020, 2, 29)]
    for kind, status, (on, source) in product(Kind, list(Status)[1:], REPORTED):
        report = partial(on)
        settled = status in (Status.COMPLETED, Status.STOPPED)
        facts = replace(BASE, kind=kind, status=status, status_on=report, evidence=source)
        facts = replace(facts, completed_on=report if status == Status.COMPLETED else None)
        for reason in StopReason if status == Status.STOPPED else [""]:
            for news in [report.last] if settled else [day or report.last for day in ages]:
                yield replace(facts, stop_reason=reason, last_news_on=max(news, report.last))


def everything(language):
    """All that can occur together, with what stands in it in that language."""
    for facts in (*nothing_reported(language), *reported(language)):
        for one in deadlines(facts):
            yield replace(one, done_when=DONE_WHEN[language].get(one.kind, OPENED[language]))


WRONG_ANYWHERE = re.compile(r"None|[{}<>%]|&[a-z]+;|\s{2}|\n|^\s|\s$|[,:;]\s*[.。]|\.\.|。。|[（(]\s*[）)]|，。|：。")
WRONG_IN_ENGLISH = re.compile(
    r"\b1 (?:years|months|days)\b|\b(?:0|[2-9]|\d\d+) (?:year|month|day)\b|\b0 days\b|the 1 year\b|\bin on\b|\bin in\b"
    r"|(?<!the )\b(?:first|second|third|fourth) (?:half|quarter)\b|[^.]$|\.[A-Z]|[a-z] \.|\bThe gate"
)
WRONG_IN_CHINESE = re.compile(r"[A-Za-z]|\s|[.,:;?!()]|[^。]$|0天")


def wrong_in(language, facts):
    """What is wrong with the verdict on these facts, if anything."""
    verdict = compose_verdict(facts)
    text = verdict.text
    looked_for = [WRONG_ANYWHERE, WRONG_IN_ENGLISH if language == "en-gb" else WRONG_IN_CHINESE]
    found = [match.group() for pattern in looked_for if (match := pattern.search(text))]
    html = f"{verdict.says.html} {verdict.rests_html}"
    if html.count("<strong>") != 1 or re.search(r"[{}]|<(?!/?strong>)", html):
        found.append(html)
    return [*found, text] if found else []


@pytest.mark.parametrize("language", OPENED)
def test_whatever_can_occur_gives_whole_sentences(language):
    with override(language):
        wrong = [problem for facts in everything(language) if (problem := wrong_in(language, facts))]
    assert wrong[:5] == []


def tells_time(facts):
    """Whether the day may change what is said: of what is settled nothing changes."""
    return facts.status in (Status.NO_REPORT, Status.NOT_STARTED, Status.IN_PROGRESS)


@pytest.mark.parametrize("language", OPENED)
def test_without_ages_a_verdict_is_whole_and_the_same_on_every_day(language):
    day = date(2031, 3, 1)
    with override(language):
        for facts in (replace(facts, timeless=True) for facts in everything(language) if tells_time(facts)):
            schedule = assess_schedule(facts.status, facts.deadline, facts.completed_on, day)
            later = replace(facts, day=day, schedule=schedule)
            assert compose_verdict(later).text == compose_verdict(facts).text
            assert wrong_in(language, facts) == []


def test_the_table_holds_every_value_that_a_verdict_speaks_of():
    table = list(everything("en-gb"))
    assert len(table) > 5000
    seen = {(facts.kind, facts.status, facts.schedule, facts.evidence) for facts in table}
    for values in (Kind, Status, set(Schedule), EvidenceLevel):
        assert {value for row in seen for value in row} >= set(values)


def test_what_was_done_when_announced_is_never_called_delivered():
    for facts in everything("en-gb"):
        if facts.kind in ANNOUNCED and facts.status == Status.COMPLETED:
            assert "elivered" not in compose_verdict(facts).text


def of(**fields):
    """The verdict on these facts, as text: `deadline` as the release named it, if nothing else is said of it."""
    dates = ("status_on", "completed_on", "deadline", "original_deadline", "stated_deadline")
    fields |= {name: partial(fields.get(name)) for name in dates}
    facts = replace(BASE, **fields)
    if facts.deadline:
        named = facts.original_deadline is None
        facts = replace(
            facts,
            original_deadline=facts.original_deadline or facts.deadline,
            stated_deadline=facts.deadline if named else facts.stated_deadline,
            deadline_basis=facts.deadline_basis or DeadlineBasis.STATED,
        )
    schedule = assess_schedule(facts.status, facts.deadline, facts.completed_on, facts.day)
    return compose_verdict(replace(facts, schedule=schedule)).text


STOCK_CONNECT = {
    "kind": Kind.CONTINUING,
    "status": Status.IN_PROGRESS,
    "status_on": "2022-06-28",
    "last_news_on": date(2022, 6, 28),
    "done_when": "improvements to the Stock Connect",
    "evidence": EvidenceLevel.INDEPENDENT,
}
HONG_KONG_WEEK = {
    "status": Status.COMPLETED,
    "status_on": "2019-11-01",
    "completed_on": "2019-11-01",
    "deadline": "2019",
    "evidence": EvidenceLevel.PARTY,
    "done_when": "a Hong Kong Week has opened in Shanghai",
}
SHANGHAI_WEEK = {
    "status": Status.COMPLETED,
    "status_on": "2024-04",
    "completed_on": "2024-04",
    "deadline": "2020",
    "evidence": EvidenceLevel.STATE_MEDIA,
    "done_when": "A Shanghai Week has opened in Hong Kong.",
}
BEGUN = {"status": Status.IN_PROGRESS, "status_on": "2024", "evidence": EvidenceLevel.PARTY}
NO_ACCUSATION = "This is no accusation: it may have been done without a public report."
TYPICAL = [
    (
        HONG_KONG_WEEK,
        [
            "Delivered on 1 November 2019: a Hong Kong Week has opened in Shanghai.",
            "In time: the release named 2019.",
            "Rests on the parties’ own word.",
        ],
    ),
    (
        SHANGHAI_WEEK,
        [
            "Delivered late, in April 2024: a Shanghai Week has opened in Hong Kong.",
            "At least 3 years 3 months after the time that was named, 2020.",
            "Rests on state media, not on any independent source.",
        ],
    ),
    (
        {"kind": Kind.TARGET, "deadline": "2018", "done_when": "about 40 employees have taken the courses"},
        [
            "No public report says that about 40 employees have taken the courses.",
            "The time that was named, 2018, has passed: outcome unknown.",
            "Last checked on 22 November 2026.",
            NO_ACCUSATION,
        ],
    ),
    (
        STOCK_CONNECT,
        [
            "In progress, as last reported on 28 June 2022: improvements to the Stock Connect.",
            "Nothing newer was found in the 4 years 5 months since.",
            "Rests on at least one independent source.",
        ],
    ),
    (
        STOCK_CONNECT | {"last_news_on": date(2025, 11, 1)},
        [
            "In progress, as last reported on 28 June 2022: improvements to the Stock Connect.",
            "Background news came since, last on 1 November 2025.",
            "Nothing was found in the year after that.",
            "Rests on at least one independent source.",
        ],
    ),
    (
        {"kind": Kind.CONTINUING, "done_when": "care of the gate", "background_note": "Mr. Li saw it. It was open."},
        [
            "No evidence was found of care of the gate.",
            "Background: Mr. Li saw it.",
            "Last checked on 22 November 2026.",
            NO_ACCUSATION,
        ],
    ),
    (
        {"last_checked_on": None, "deadline": "2018-H1", "deadline_basis": DeadlineBasis.EVENT},
        [
            "Not searched for yet.",
            "What would count as done: the gate is open.",
            "The date of the event, the first half of 2018, has passed: outcome unknown.",
        ],
    ),
    (
        {"kind": Kind.AGREEMENT, "status": Status.COMPLETED, "status_on": "2018-08-24", "completed_on": "2018-08-24"}
        | {"done_when": "the agreement has been signed", "evidence": EvidenceLevel.PARTY},
        ["Already done when it was announced: the agreement has been signed.", "Rests on the parties’ own word."],
    ),
    (
        BEGUN | {"deadline": "2026-11-28", "last_news_on": date(2026, 11, 1)},
        [
            "In progress, as last reported in 2024.",
            "What would count as done: the gate is open.",
            "It is 1 day past the time that was named, 28 November 2026.",
            "Background news came since, last on 1 November 2026.",
            "Rests on the parties’ own word.",
        ],
    ),
    (
        BEGUN
        | {"status": Status.NOT_STARTED, "deadline": "2027", "original_deadline": "2019-Q3"}
        | {"last_news_on": date(2024, 12, 31)},
        [
            "Not started, as last reported in 2024.",
            "What would count as done: the gate is open.",
            "The time named is 2027.",
            "The time named first was the third quarter of 2019.",
            "Nothing newer was found in the 1 year 10 months since.",
            "Rests on the parties’ own word.",
        ],
    ),
    (
        HONG_KONG_WEEK | {"stated_deadline": None, "original_deadline": "2019"},
        [
            "Delivered on 1 November 2019: a Hong Kong Week has opened in Shanghai.",
            "In time: the time named is 2019.",
            "Rests on the parties’ own word.",
        ],
    ),
    (
        HONG_KONG_WEEK | {"status_on": "2019", "completed_on": "2019", "deadline": "2019-Q2"},
        [
            "Delivered in 2019: a Hong Kong Week has opened in Shanghai.",
            "Not certainly late: the time named is the second quarter of 2019.",
            "Rests on the parties’ own word.",
        ],
    ),
    (
        {"status": Status.STOPPED, "stop_reason": StopReason.WITHDRAWN, "status_on": "2021-H2", "deadline": "2020"}
        | {"evidence": EvidenceLevel.NONE},
        [
            "Stopped, as reported in the second half of 2021: whoever gave the pledge took it back.",
            "No page on record supports this.",
        ],
    ),
]


@pytest.mark.parametrize(("fields", "sentences"), TYPICAL)
def test_typical_verdicts_word_for_word(fields, sentences):
    assert of(**fields) == " ".join(sentences)


def test_a_verdict_in_chinese_has_the_order_of_its_words():
    with override("zh-hant"):
        assert of(**SHANGHAI_WEEK | {"done_when": "「上海周」已在香港開幕。"}) == (
            "逾期落實：「上海周」已在香港開幕（2024年4月）。較所訂的2020年遲至少3年3個月。"
            "依據為官方媒體報道，並非獨立來源。"
        )
    with override("zh-hans"):
        assert of(**HONG_KONG_WEEK | {"done_when": "“香港周”已在上海开幕"}) == (
            "已兑现：“香港周”已在上海开幕（2019年11月1日）。按期完成：公报写明2019年。依据为当事方自己的说法。"
        )


@pytest.mark.parametrize(
    ("done_when", "clause"),
    [
        ("The Office said “yes.”", "the Office said “yes”"),
        ("an {odd} 100% <b>gate</b> & door", "an {odd} 100% <b>gate</b> & door"),
        ("Is it open?", "Is it open"),
        ("the gate\nis open …", "the gate is open …"),
        ("Continuing: reports show care of it; it has no end of its own.", "care of it"),  # from before
    ],
)
def test_what_counts_as_done_stands_in_a_sentence_whatever_it_holds(done_when, clause):
    assert of(done_when=done_when).startswith(f"No public report says that {clause}. Last checked")


@pytest.mark.parametrize(
    ("note", "first"),
    [
        ("No full stop", "No full stop."),
        ("The U.S. Mint wrote of No. 5. Nobody read it.", "The U.S. Mint wrote of No. 5."),
        ("He said “Open it.” Nobody did.", "He said “Open it.”"),
        ("A first line\nand a second", "A first line."),
        ("他說：「開門。」門開了。", "他說：「開門。」"),
        ("他在「你好，香港！」活動上說話。其後離去。", "他在「你好，香港！」活動上說話。"),
        ("沒有句號", "沒有句號。"),
    ],
)
def test_of_background_the_first_sentence_is_told_whole(note, first):
    assert f"Background: {first} Last checked" in of(background_note=note)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2020, 12, 31), date(2024, 4, 1), "3 years 3 months"),
        (date(2020, 12, 31), date(2021, 12, 31), "1 year"),
        (date(2020, 1, 31), date(2020, 3, 1), "1 month"),
        (date(2020, 2, 28), date(2020, 3, 1), "2 days"),
    ],
)
def test_a_duration_is_told_in_whole_years_and_months_at_least(first, last, words):
    assert duration(first, last) == words


@pytest.mark.django_db
@pytest.mark.usefixtures("the_day_is_fixed")
def test_the_verdict_on_a_commitment_is_of_the_day_that_is_asked_for():
    commitment = factories.published(deadline="2019", done_when="The gate is open.")
    factories.record("report", commitment, date="2020-02", status="completed")
    asked = type(commitment).objects
    before, after = (verdict_of(asked.as_of(date(2020, month, 1)).get()).text for month in (1, 4))
    assert before.startswith("Not searched for yet.")
    assert after.startswith("Delivered late, in February 2020: the gate is open. At least 1 month after")
