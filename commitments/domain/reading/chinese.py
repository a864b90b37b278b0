"""The spans of a Chinese block that promise, and the sentences that were passed over."""

import re
from dataclasses import dataclass, field
from functools import cache

import icu

from commitments.domain.reading.chinese_words import (
    ACTS,
    ADVERBS,
    COMPANION,
    COPULA,
    DELIVERED,
    DONE_WELL,
    FACT,
    FORECAST,
    GENERAL,
    GOAL_DATE,
    JOINT,
    MANNER,
    MODAL,
    NO_AIM,
    ORDERS,
    PARTY,
    PAST,
    PAST_OPENING,
    PERMISSION,
    PRELUDE,
    PURPOSE,
    REMARK,
    RESPONSIBLE,
    RESULTS,
    SELF,
    SIGNED,
)
from commitments.domain.reading.outline import ITEM, Block
from commitments.domain.reading.sections import BACKGROUND, GOALS, PRINCIPLES
from commitments.domain.reading.source_text import trim
from commitments.domain.reading.spans import DOUBTFUL, LIKELY, LONGEST_SENTENCE, SURE, Passed, Span
from commitments.domain.reading.tokens import split_sentences

NUMBERED = ("一、", "（一）", "1.", "1.1", "(1)", "章", "条", "①")
YEAR = re.compile(r"((?:19|20)\d\d)年(?![底末前起])")
OPENING = 40  # characters in which a paragraph on the past says so
OUTCOMES = ("这", "该", "此", "上述", "有关措施", "预计")
QUESTION = re.compile(r"[？?]\s*$")
SPEAKER = re.compile(
    r"(?:会议|会上|双方|各方|主席|全会|他|她|\S{2,12}(?:部长|局长|司长|主任|市长|省长|总理|特首|长官))\S{0,6}?"
    r"(指出|认为|强调|要求|决定|表示|回顾)"
)
PLACED = re.compile(r"(?:在|于|从|对|到|\d{4}年|今年|明年|年内|未来|有条件)")
ENDS_OF_PRELUDES = ("方面", "中", "上", "下", "前", "内", "后", "时", "里", "的", "为", "年")
WITHIN = re.compile(r"积极|有序|全面|重点|加快|大力|逐步|共同|统一|依法|定期|及时|继续|进一步|负责|牵头")
LONGEST_SUBJECT = 24
LONGEST_REMARK = 12  # characters of a clause that only adds how
FURTHEST_MODAL = 40  # characters of a subject
BEFORE_MODALS = "还都也将亦均仍就更不必只便则又既"
SHORTEST = 4  # characters of a clause that can be a pledge
LONGEST_ACT = max(map(len, ACTS))
ACT, RESULT, PRELUDES, PLAIN, SKIPPED = "act", "result", "prelude", "plain", "skipped"


@dataclass(slots=True)
class Clause:
    """A clause between two commas. `verb`: where its main verb begins; `modal`: whether 将, 会, 要 … stands before."""

    start: int
    end: int
    sort: str
    verb: int = -1
    modal: bool = False
    subject: tuple[int, int] | None = None
    word: str = ""
    estimate: bool = False


def read_block(
    copy: str, block: Block, kind: str, quoted: tuple[tuple[int, int], ...], *, year: int | None = None
) -> tuple[list[Span], list[Passed]]:
    """The spans of a paragraph or an item. `kind`: what its section is for (`sections`); `year`: that of the text."""
    if kind in (BACKGROUND, PRINCIPLES):
        return [], [Passed(start, end, kind) for start, end in split_sentences(copy, block.start, block.end)]
    orders = block.kind == ITEM or any(heading.marker in NUMBERED for heading in block.path)
    orders = orders or (bool(block.path) and not PAST.search(copy[block.start : block.start + OPENING]))
    spans: list[Span] = []
    passed: list[Passed] = []
    goals = kind == GOALS
    sentences = list(split_sentences(copy, block.start, block.end))
    for number, (start, end) in enumerate(sentences):
        words = copy[start:end]
        if len(words) > LONGEST_SENTENCE:
            passed.append(Passed(start, end, "endless"))
            continue
        if RESPONSIBLE.match(words.strip()):
            passed.append(Passed(start, end, "responsible"))
            continue
        if year and (past := YEAR.match(words.strip())) and int(past[1]) < year:
            passed.append(Passed(start, end, "past"))
            continue
        if any(a <= start and end <= b + 1 for a, b in quoted):
            passed.append(Passed(start, end, "quoted"))
            continue
        opening = re.match(r"(?:到|至)\s*(?:19|20)\d\d年", words.strip("“ 　"))
        goals = goals or (bool(opening) and orders)
        found = _goals(copy, start, end) if goals else _acts(copy, start, end, orders=orders)
        if not goals and number == 0 and _opens_chapter(words, block):
            found = []
        spans += found
        if not found:
            passed.append(Passed(start, end, "nothing_promised"))
    return spans, passed


def _opens_chapter(words: str, block: Block) -> bool:
    """The exhortation right under a chapter's heading (必须坚持…) is no measure."""
    return (
        words.startswith(("必须", "要坚持", "要始终")) and bool(block.path) and block.path[-1].marker in ("一、", "章")
    )


def _goals(copy: str, start: int, end: int) -> list[Span]:
    """Each clause of what is to be reached by a year."""
    spans = []
    pending: int | None = None
    for a, b in _clauses(copy, start, end):
        words = copy[a:b]
        bare = GOAL_DATE.sub("", words).strip("，、：: ")
        if b - a < SHORTEST or re.search(r"(?:如下|是|为)$|[:：]$|^按照|^根据|^围绕", words):
            continue
        if len(bare) < SHORTEST:
            pending = a
            continue
        if PAST.search(words) or NO_AIM.search(words) or COPULA.search(words):
            pending = None
            continue
        spans.append(
            Span(
                a if pending is None else pending,
                b,
                "goal",
                LIKELY,
                kind="continuing",
                verb=first_act(copy, a, b)[1],
                verb_start=a,
                sentence=(start, end),
            )
        )
        pending = None
    return spans


def _acts(copy: str, start: int, end: int, *, orders: bool) -> list[Span]:
    """The acts of a sentence: those with a modal, those after them and, among orders, those that stand alone."""
    words = copy[start:end]
    if PAST_OPENING.search(words) or QUESTION.search(words):
        return []
    signed = SIGNED.search(words)
    if signed and not MODAL.search(words, 0, signed.start()):
        return [_whole(copy, start, end)]
    speaker = SPEAKER.match(words)
    if speaker and GENERAL.search(speaker[1]) and not MODAL.search(words):
        return []
    return _Acts(copy, (start, end), live=orders or bool(speaker and ORDERS.search(speaker[1]))).read()


@dataclass(slots=True)
class _Acts:
    """Puts the clauses of a sentence together. `live`: an act needs no modal. `pending`: where a prelude began."""

    copy: str
    sentence: tuple[int, int]
    live: bool
    found: list[Span] = field(default_factory=list)
    pending: int | None = None
    subject: tuple[int, int] | None = None

    def read(self) -> list[Span]:
        clauses = _clauses(self.copy, *self.sentence)
        for number, (start, end) in enumerate(clauses):
            self._add(read_clause(self.copy, start, end, first=not self.found, last=number == len(clauses) - 1))
        if self.pending is not None and self.found:
            self.found[-1].end = self.sentence[1]  # a prelude at the end belongs to the act before it
        for span in self.found:
            span.start, span.end = trim(self.copy, span.start, span.end)
        return self.found

    def _add(self, clause: Clause) -> None:
        if clause.sort == PRELUDES:
            self.live = self.live or clause.modal
            self.subject = clause.subject or self.subject
            self.pending = clause.start if self.pending is None else self.pending
            return
        if clause.sort == RESULT and self.found and self.pending is None:
            self.found[-1].end = clause.end
            return
        if clause.modal or (clause.sort in (ACT, RESULT) and (self.live or self.found)):
            self._append(clause)
        elif clause.sort == PLAIN and self.found and clause.end - clause.start <= LONGEST_REMARK:
            self.found[-1].end = clause.end
        self.pending = None

    def _append(self, clause: Clause) -> None:
        self.subject = clause.subject or self.subject
        sure = SURE if clause.modal and clause.subject else LIKELY if clause.sort == ACT else DOUBTFUL
        self.found.append(
            Span(
                start=clause.start if self.pending is None else self.pending,
                end=clause.end,
                why="estimate" if clause.estimate else "modal" if clause.modal else "order",
                sure=DOUBTFUL if clause.estimate else sure,
                force="estimate" if clause.estimate else "promise",
                verb=clause.word,
                verb_start=clause.verb if clause.verb >= 0 else clause.start,
                subject=self.subject,
                sentence=self.sentence,
            )
        )


def _whole(copy: str, start: int, end: int) -> Span:
    """A sentence that reports a signing."""
    a, b = trim(copy, start, end)
    return Span(a, b, "signed", SURE, "statement", "agreement", verb="sign", verb_start=a, sentence=(start, end))


def _clauses(copy: str, start: int, end: int) -> list[tuple[int, int]]:
    """The clauses between commas; one within brackets or quotation marks separates none."""
    clauses, at, depth = [], start, 0
    for place in range(start, end):
        sign = copy[place]
        depth += (sign in "（(《“「") - (sign in "）)》”」")
        if sign in "，," and depth <= 0 and not (sign == "," and copy[place + 1 : place + 2].isdigit()):
            clauses.append(trim(copy, at, place))
            at = place + 1
    clauses.append(trim(copy, at, end, " \t\n,，、;；.。:：!！?？"))
    return [(a, b) for a, b in clauses if b > a]


def read_clause(copy: str, start: int, end: int, *, first: bool, last: bool) -> Clause:
    """What a clause is: an act, what comes of one, a prelude to the next, or none of these."""
    words = copy[start:end]
    if _promises_nothing(words):
        return Clause(start, end, SKIPPED)
    if FORECAST.search(words):
        return Clause(start, end, ACT, first_act(copy, start, end)[0], modal=True, estimate=True)
    if MANNER.match(words) and not last:
        return Clause(start, end, PRELUDES)
    begin = start + _adverbs(words)
    word = starting_act(copy, begin, end)
    if not first and (word in RESULTS or (words.startswith("为") and not word)):
        return Clause(start, end, RESULT, begin, word=word)
    if clause := _with_modal(copy, start, end):
        return clause
    if word and end - start >= SHORTEST:
        return Clause(start, end, ACT, begin, word=word)
    return _without_modal(copy, start, end)


def _promises_nothing(words: str) -> bool:
    if PERMISSION.search(words) or PURPOSE.match(words) or COPULA.search(words) or SELF.search(words):
        return True
    if FORECAST.search(words) and not DELIVERED.search(words):
        return True
    return bool(PAST.search(words)) and not MODAL.search(words)


def _with_modal(copy: str, start: int, end: int) -> Clause | None:
    """`政府会成立…`: a subject, a modal and an act."""
    modal = _modal(copy, start, end)
    if modal is None:
        return None
    at, stop = modal
    verb = stop + _adverbs(copy[stop:end])
    act = starting_act(copy, verb, end)
    if not act:
        verb, act = first_act(copy, stop, end)
    subject = trim(copy, start, at) if at > start + 1 else None
    if subject and act in RESULTS and copy.startswith(OUTCOMES, start):
        return Clause(start, end, SKIPPED)
    if verb < 0 and at != start:  # `教育局会由2021年起, 增加…`
        return Clause(start, end, PRELUDES, modal=True, subject=subject) if subject else None
    return Clause(start, end, ACT, verb, modal=True, subject=subject, word=act)


def _without_modal(copy: str, start: int, end: int) -> Clause:
    """A clause that begins with neither act nor modal: with a party, a companion, a place, a circumstance."""
    words = copy[start:end]
    joint = JOINT.match(words)
    shift = joint.end() if joint else 0
    verb, word = first_act(copy, start + shift + 1, end)
    if PARTY.match(words) and REMARK.search(words):
        return Clause(start, end, SKIPPED)
    if verb >= 0 and PARTY.match(words) and not FACT.search(words):
        return Clause(start, end, ACT, verb, modal=True, subject=trim(copy, start, verb), word=word)
    if verb >= 0 and COMPANION.match(words[shift:]):
        return Clause(start, end, ACT, verb, word=word)
    if PRELUDE.match(words[shift:]):
        verb, word = first_act(copy, start + shift + 2, end)
        if verb > start + SHORTEST - 1 and not words.endswith(ENDS_OF_PRELUDES) and PLACED.match(words[shift:]):
            return Clause(start, end, ACT, verb, word=word)
        return Clause(start, end, PRELUDES)
    if FACT.search(words):
        return Clause(start, end, SKIPPED)
    verb, word = _after_adverb(copy, start, end)
    return Clause(start, end, ACT, verb, word=word, subject=(start, verb)) if word else Clause(start, end, PLAIN)


def _modal(copy: str, start: int, end: int) -> tuple[int, int] | None:
    """The first modal that is a word of its own and before which no act stands."""
    for match in MODAL.finditer(copy, start, end):
        if match.start() - start <= FURTHEST_MODAL and _is_word(copy, start, end, match):
            return match.span()
    return None


def _is_word(copy: str, start: int, end: int, match: re.Match[str]) -> bool:
    """Whether a modal of one character is no end of another word, as 会 in 委员会."""
    if len(match[0]) > 1 or match.start() == start:
        return True
    at = start
    for word in words_of(copy[start:end]):
        if at < match.start() < at + len(word) and word[match.start() - at :] == match[0]:
            return word[0] in BEFORE_MODALS
        at += len(word)
    return True


def _after_adverb(copy: str, start: int, end: int) -> tuple[int, str]:
    """`有条件的地方有序推进…`: a subject, an adverb, an act."""
    match = WITHIN.search(copy, start, min(end, start + LONGEST_SUBJECT))
    if match is None or match.start() < start + 2:
        return -1, ""
    at = match.start() + _adverbs(copy[match.start() : end])
    word = starting_act(copy, at, end)
    return (at, word) if word else (-1, "")


def _adverbs(words: str) -> int:
    """How many characters of adverbs and joints stand at the beginning, before an act."""
    at = 0
    while match := ADVERBS.match(words, at):
        at = match.end()
    return at


def starting_act(copy: str, start: int, end: int) -> str:
    """The act that a span begins with; empty where it begins with none. An adverb may be one itself (加快, 统筹)."""
    if DONE_WELL.match(copy, start, end):
        return copy[start : start + 2]
    for begin in (start, *_before(copy, start)):
        for length in range(LONGEST_ACT, 0, -1):
            word = copy[begin : min(begin + length, end)]
            if len(word) == length and word in ACTS:
                return word
    return ""


def _before(copy: str, start: int) -> list[int]:
    return [start - LONGEST_ACT] if copy[max(0, start - LONGEST_ACT) : start] in ACTS else []


def first_act(copy: str, start: int, end: int) -> tuple[int, str]:
    """The first act in a span, by words: its place, -1 where there is none."""
    at = start
    for word in words_of(copy[start:end]):
        if word in ACTS and len(word) > 1:
            return at, word
        at += len(word)
    return -1, ""


@cache
def _breaks() -> icu.BreakIterator:
    return icu.BreakIterator.createWordInstance(icu.Locale("zh"))


def words_of(text: str) -> list[str]:
    """A Chinese text in words, by ICU's dictionary."""
    breaks = _breaks()
    breaks.setText(text)
    words, at = [], 0
    for stop in breaks:
        words.append(text[at:stop])
        at = stop
    return words
