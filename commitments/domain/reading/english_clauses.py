"""The clauses of an English sentence that promise: where each begins and ends, and what is split from it."""

import re
from dataclasses import dataclass, replace

from commitments.domain.reading.english_triggers import AUXILIARIES, Trigger, is_adverb, place
from commitments.domain.reading.english_words import (
    ADVERBS,
    AIM_TAIL,
    CO_OPERATION,
    LISTED_FIELDS,
    LISTED_SCHEMES,
    OPENING,
    SUBORDINATORS,
    TAIL,
)
from commitments.domain.reading.source_text import trim
from commitments.domain.reading.spans import DOUBTFUL, LIKELY, Span
from commitments.domain.reading.tokens import Token, tokenize
from commitments.domain.reading.verbs import ALSO_NOUNS, BASE_FORMS, GERUNDS, LEADING, WITH_PREPOSITION
from commitments.domain.reading.word_lists import words

NO_OBJECT = words("""
to for of in from on with and or , . ; : ) by is are was were will shall that which who as at than into has have had
can may should would
""")
# What stands before a thing, and so tells that the word before is a verb: "support further co-operation".
QUALIFIERS = words("""
the a an our its their all any each new this these those up out that more how further greater stronger better closer
mutual joint continued ongoing increased additional effective sustainable international national regional local
small such other both people young existing key
""")
SHORTEST_CLAUSE, LONGEST_ITEM = 12, 80  # characters
PREPOSITIONS = words("with to on in for at from into towards by through against upon closely together towards")


# "… to encourage firms to …, and to make use of …": purposes that are joined stand apart from what is promised.
TWO_PURPOSES = re.compile(rf"\s+to\s+(?:{'|'.join(sorted(BASE_FORMS))})\s[^.;]{{20,}}?,\s+and\s+to\s+[a-z]")


def cut_clauses(copy: str, tokens: list[Token], triggers: list[Trigger]) -> list[Span]:
    """A span for each trigger, from where its clause begins to where the next one does."""
    spans: list[Span] = []
    begins = [_clause_start(copy, tokens, triggers, number) for number in range(len(triggers))]
    for number, trigger in enumerate(triggers):
        end = begins[number + 1] if number + 1 < len(triggers) else tokens[-1].end
        begin, end = trim(copy, begins[number], end)
        begin, end = _without_conjunctions(copy, begin, end)
        if end <= begin:
            continue
        verb = tokens[trigger.verb]
        subject = trim(copy, begin, trigger.at) if trigger.at > begin else None
        if subject is None and spans:
            subject = spans[-1].subject
        spans.append(
            Span(
                begin,
                end,
                trigger.why,
                trigger.sure,
                trigger.force,
                verb=verb.low,
                verb_start=verb.start,
                subject=subject,
                sentence=(tokens[0].start, tokens[-1].end),
            )
        )
    return spans


def _clause_start(copy: str, tokens: list[Token], triggers: list[Trigger], number: int) -> int:
    trigger = triggers[number]
    if number == 0:
        start = tokens[0].start
        region = copy[start : trigger.at].replace("\n", " ")
        if OPENING.match(region) and "," in region:
            after = start + region.rindex(",") + 1
            if re.search(r"\w", copy[after : trigger.at]):
                return after
        for cut in re.finditer(r"[;:]\s+", region):
            start = tokens[0].start + cut.end()
        return start
    floor = tokens[min(triggers[number - 1].verb, len(tokens) - 1)].end
    region = copy[floor : trigger.at].replace("\n", " ")
    for pattern in (
        r";\s+(?:and\s+)?",
        r",?\s+(?:while|whereas|whilst)\s+",
        r",\s+(?:and|but)\s+",
        r"\s+and(?=,\s)",
        r"\s+and\s+",
        r",\s+",
        r":\s+",
    ):
        cuts = list(re.finditer(pattern, region))
        if cuts:
            return floor + cuts[-1].end()
    return trigger.at


def _without_conjunctions(copy: str, start: int, end: int) -> tuple[int, int]:
    """Without "and" at either end, and a quotation mark that stands alone."""
    while match := re.match(r"(?:and|but|or|while|also|whereas|whilst)\b[\s,]*", copy[start:end], re.IGNORECASE):
        if match.end() >= end - start:
            break
        start += match.end()
    if match := re.search(r"[\s,;]+(?:and|or|but|while)\s*$", copy[start:end]):
        end = start + match.start()
    return trim(copy, start, end)


def cut_tail(copy: str, span: Span) -> tuple[Span, tuple[int, int] | None]:
    """The span without what it is for ("with a view to …"), and that tail."""
    behind = max(span.verb_start, span.start)
    match = TAIL.search(copy, behind, span.end) or TWO_PURPOSES.search(copy, behind, span.end)
    if match is None or match.start() - span.start < SHORTEST_CLAUSE:
        return span, None
    start, end = trim(copy, match.start(), span.end)
    return replace(span, end=trim(copy, span.start, match.start())[1]), (start, end)


def is_aim(copy: str, tail: tuple[int, int]) -> bool:
    """Whether a tail is what somebody is to do ("with a view to enhancing"), not what comes of it ("which …")."""
    return bool(AIM_TAIL.match(" " + copy[tail[0] : tail[1]]))


def split_verbs(copy: str, span: Span, *, splits_to: bool = False, gerunds: bool = False) -> list[Span]:
    """A span for each verb that has an object of its own: "will review each plan, and contact agencies"."""
    tokens = tokenize(copy, max(span.start, span.verb_start), span.end)
    if not tokens:
        return [span]
    cuts = _verb_cuts(tokens, splits_to=splits_to, gerunds=gerunds)
    if not cuts:
        return [span]
    pieces = []
    starts = [(span.start, span.verb_start, span.verb)]
    starts += [(tokens[n].start, tokens[v].start, GERUNDS.get(tokens[v].low, tokens[v].low)) for n, v in cuts]
    for number, (start, verb_start, verb) in enumerate(starts):
        stop = starts[number + 1][0] if number + 1 < len(starts) else span.end
        begin, end = _without_conjunctions(copy, start, stop)
        if end > begin:
            lead = None if number == 0 else (span.start, max(span.verb_start, span.start))
            sure = span.sure if number == 0 else min(span.sure, LIKELY)
            pieces.append(replace(span, start=begin, end=end, verb=verb, verb_start=verb_start, lead=lead, sure=sure))
    return pieces


def _verb_cuts(tokens: list[Token], *, splits_to: bool, gerunds: bool) -> list[tuple[int, int]]:
    """Where a further verb phrase begins: the places of its first word and of its verb."""
    cuts: list[tuple[int, int]] = []
    within = _Within(splits_to=splits_to)
    gerunds = gerunds or _starts_gerund_list(tokens)
    for number in range(1, len(tokens)):
        within.step(tokens, number)
        if within.brackets > 0 or not _is_joined(tokens, number):
            continue
        verb = _verb_at(tokens, number, gerunds=gerunds)
        first = number - 1 if tokens[number - 1].low == "to" else number
        if verb is None or (first < number and not splits_to):
            continue
        if _has_object(tokens[within.verb + 1 : first]) and within.allows(tokens, first, verb):
            cuts.append((first, verb))
            within.begin(verb)
    return cuts


@dataclass(slots=True)
class _Within:
    """What a word of a verb phrase stands within. `closed`: within "which will …", and all that follows is of it."""

    splits_to: bool
    verb: int = 0
    brackets: int = 0
    infinitive: bool = False
    embedded: bool = False
    closed: bool = False

    def step(self, tokens: list[Token], number: int) -> None:
        low = tokens[number].low
        following = tokens[number + 1].low if number + 1 < len(tokens) else ""
        self.brackets += (low in ("(", "[")) - (low in (")", "]"))
        if low in SUBORDINATORS or low == "that":
            self.embedded = True
            relative = low in ("which", "who", "that") and following in ("will", "would", "can", "could", "may")
            self.closed = self.closed or relative
        if low == "to" and following in BASE_FORMS and tokens[number - 1].low not in (",", "and"):
            self.infinitive = tokens[self.verb].low not in LEADING and not self.splits_to

    def allows(self, tokens: list[Token], first: int, verb: int) -> bool:
        """Whether a verb here is joined to the main one, and not to a purpose or a clause within."""
        separator = {token.low for token in tokens[max(0, first - 2) : first]}
        if self.closed and tokens[first - 1].low != ";":
            return False
        if self.embedded and tokens[verb].low in ALSO_NOUNS:
            return False
        apart = bool({",", ";"} & separator) or tokens[verb].low in GERUNDS
        return apart or not (self.infinitive or self.embedded)

    def begin(self, verb: int) -> None:
        self.verb, self.infinitive, self.embedded = verb, False, False


def _is_joined(tokens: list[Token], number: int) -> bool:
    """Whether a comma or "and" stands before a word, or before its "to"."""
    before = tokens[number - 1].low
    if before == "to" and number > 1:
        return tokens[number - 2].low in (",", "and", ";")
    return before in (",", "and", ";", "also")


def _has_object(between: list[Token]) -> bool:
    """Whether a verb has something before the next one: "review each plan", not "encourage and"."""
    things = [token.low for token in between if not is_adverb(token.low) and token.low not in (",", "and", ";", "to")]
    if len(things) == 1 and things[0] in PREPOSITIONS:
        return False
    return any(low not in BASE_FORMS for low in things)


def _starts_gerund_list(tokens: list[Token]) -> bool:
    """Whether ways or parts are listed: "by encouraging … and strengthening …"."""
    return any(
        token.low in ("by", "including", "through", ":") and _next_word(tokens, number + 1) in GERUNDS
        for number, token in enumerate(tokens)
    )


def _next_word(tokens: list[Token], number: int) -> str:
    while number < len(tokens) and (tokens[number].low in ADVERBS or tokens[number].low.endswith("ly")):
        number += 1
    return tokens[number].low if number < len(tokens) else ""


def _verb_at(tokens: list[Token], number: int, *, gerunds: bool) -> int | None:
    """The place of a verb that begins here, adverbs before it apart; None where the word is a thing."""
    at = number
    while at < len(tokens) - 1 and is_adverb(tokens[at].low):
        at += 1
    low = tokens[at].low
    following = tokens[at + 1].low if at + 1 < len(tokens) else ""
    if gerunds and low in GERUNDS:
        return at if following not in NO_OBJECT or GERUNDS[low] in WITH_PREPOSITION or following == "of" else None
    if low not in BASE_FORMS or not tokens[at].text[0].islower():
        return None
    return at if _governs_what_follows(tokens, at, low, following) else None


def _governs_what_follows(tokens: list[Token], at: int, low: str, following: str) -> bool:
    """Whether a word that may be a verb is one here, by the word behind it."""
    if low in WITH_PREPOSITION and following in PREPOSITIONS:
        return low not in ALSO_NOUNS or low in ("work", "report") or following not in ("for", "from", "in")
    if following in NO_OBJECT:
        pair = following in ("and", "or") and _next_word(tokens, at + 2) in BASE_FORMS  # "review and update the list"
        shifted = following in ("to", "with", "for", "into") and tokens[at - 1].low == "," and at > 0
        return (low not in ALSO_NOUNS and (pair or shifted)) or (low == "promote" and shifted)
    if low in ALSO_NOUNS:
        return following in QUALIFIERS or following[:1].isdigit() or following in ("£", "$", "€")
    return True


def split_gerund_parts(copy: str, span: Span) -> list[Span]:
    """A part that is a deed of its own: "…, including delivering a scheme", "with Shanghai providing places"."""
    words = copy[span.start : span.end].replace("\n", " ")
    match = re.search(
        r",\s+(?:including|starting with|beginning with|notably|namely|"
        r"in particular)\s+(?:by\s+)?(?:\w+ly\s+)?(?P<deed>[a-z-]+ing)\b",
        words,
    )
    if match is None or match["deed"] not in GERUNDS:
        match = re.search(
            r",\s+(?:with\s+)(?!a view|the view|the aim|an aim|a focus)(?P<who>[^,;]{2,60}?)\s+(?P<deed>[a-z-]+ing)\b",
            words,
        )
        if match is None or match["deed"] not in GERUNDS or match.start() < SHORTEST_CLAUSE:
            return [span]
        cut, verb = span.start + match.start("who"), span.start + match.start("deed")
    else:
        cut = verb = span.start + match.start("deed")
    if verb <= span.verb_start:
        return [span]
    first = replace(span, end=trim(copy, span.start, span.start + match.start())[1])
    part = replace(
        span,
        start=cut,
        verb=GERUNDS[match["deed"]],
        verb_start=verb,
        sure=min(span.sure, LIKELY),
        why="part",
        subject=(cut, verb) if cut < verb else span.subject,
        lead=(span.start, span.verb_start),
    )
    return [first, *split_verbs(copy, part, gerunds=True)]


def split_listed(copy: str, span: Span) -> list[Span]:
    """A span for each of "co-operation in the areas of listing, products and technology"."""
    words = copy[span.start : span.end].replace("\n", " ")
    match = LISTED_FIELDS.search(words)
    if match and not CO_OPERATION.search(words[: match.start()]):
        match = None
    match = match or LISTED_SCHEMES.search(words)
    if match is None or span.start + match.start() < span.verb_start:
        return [span]
    items = _items(words, match.end())
    if not items[1:]:
        return [span]
    first = replace(span, end=span.start + items[0][1])
    lead = (span.start, span.start + match.end())
    rest = [
        replace(
            span, start=span.start + start, end=span.start + end, lead=lead, sure=min(span.sure, LIKELY), why="list"
        )
        for start, end in items[1:]
    ]
    return [first, *rest]


def _items(words: str, start: int) -> list[tuple[int, int]]:
    """The items of a list that is joined by semicolons or, where it has none, by commas and "and"."""
    pattern = r"\s*;\s*(?:and\s+)?" if ";" in words[start:] else r"\s*,\s*(?:and\s+)?|\s+and\s+(?=(?:the\s+)?\w)"
    items, at = [], start
    for match in re.finditer(pattern, words[start:]):
        items.append((at, start + match.start()))
        at = start + match.end()
    items.append((at, len(words)))
    return [(a, b) for a, b in items if words[a:b].strip()] if all(b - a <= LONGEST_ITEM for a, b in items) else []


def split_parties(copy: str, span: Span) -> list[Span]:
    """An agreement "with A, B and C" is three: a span for each party, the first with the verb."""
    words = copy[span.start : span.end].replace("\n", " ")
    match = re.search(r"\b(?:agreements|memoranda|MoUs|arrangements|protocols|contracts)\s+with\s+", words)
    if match is None:
        return [span]
    plain = re.sub(r"\([^()]*\)", lambda found: "x" * len(found[0]), words)
    items, at = [], match.end()
    for joint in re.finditer(r"\s*,\s*(?:and\s+)?(?=the\s|[A-Z])|\s+and\s+(?=the\s)", plain[match.end() :]):
        items.append((at, match.end() + joint.start()))
        at = match.end() + joint.end()
    items.append((at, len(plain)))
    if not items[1:]:
        return [span]
    lead = (span.start, span.start + match.end())
    return [replace(span, end=span.start + items[0][1])] + [
        replace(span, start=span.start + a, end=span.start + b, lead=lead) for a, b in items[1:] if b > a
    ]


def split_passive_subjects(copy: str, span: Span, trigger: Trigger) -> list[Span]:
    """Such as "Exchanges on X and the development of Y will be launched" is two where each is an act."""
    if not trigger.passive or span.subject is None:
        return [span]
    words = copy[span.subject[0] : span.subject[1]].replace("\n", " ")
    match = re.search(
        r"\s+and\s+(?=the\s+(?:\w+\s+)?(?:development|establishment|creation|introduction|construction|expansion|use|"
        r"implementation|review|publication|provision)\s+of\b)",
        words,
    )
    if match is None or match.start() < SHORTEST_CLAUSE:
        return [span]
    first = replace(span, end=span.subject[0] + match.start(), subject=None, sure=DOUBTFUL, lead=(trigger.at, span.end))
    return [first, replace(span, start=span.subject[0] + match.end())]


def has_finite_verb(tokens: list[Token]) -> bool:
    """Whether an auxiliary stands in it: a sentence, not a title."""
    return any(
        token.low in AUXILIARIES and not (number and tokens[number - 1].low == "to")
        for number, token in enumerate(tokens)
    )


def first_word(tokens: list[Token]) -> int:
    """The place of the first word that is no adverb or sign."""
    number = 0
    while number < len(tokens) and (
        not tokens[number].low[0].isalpha()
        or tokens[number].low in ADVERBS
        or (tokens[number].low.endswith("ly") and tokens[number].low not in BASE_FORMS)
    ):
        number += 1
    return number


__all__ = [
    "cut_clauses",
    "cut_tail",
    "first_word",
    "has_finite_verb",
    "is_aim",
    "place",
    "split_gerund_parts",
    "split_listed",
    "split_parties",
    "split_passive_subjects",
    "split_verbs",
]
