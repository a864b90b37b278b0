"""Where an English sentence promises: the verb that does, its force, and who is said to do it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from commitments.domain.reading.english_judging import is_agent, is_demonstrative, judge_modal
from commitments.domain.reading.english_words import (
    ADVERBS,
    DELIVERED,
    ESTIMATED,
    OPINIONS,
    REPORTED,
    STATES,
    STATES_OF_BEING,
    SUBORDINATORS,
)
from commitments.domain.reading.spans import DOUBTFUL, LIKELY
from commitments.domain.reading.tokens import Token
from commitments.domain.reading.verbs import BASE_FORMS, GERUNDS, PARTICIPLES
from commitments.domain.reading.word_lists import words

AUXILIARIES = words("is are was were has have had will shall can may must should would could do does did 's been")
_TO = r"(?:also\s+|now\s+|currently\s+|further\s+|\w+ly\s+){0,2}"
# "is planning to", "agreed to", "our aim is to": the verb stands behind "to".
LEXICAL = re.compile(
    rf"\b(?:(?:is|are|am|'re|'m|remain|remains|will be)\s+{_TO}(?P<going>planning|aiming|intending|proposing|seeking|"
    rf"looking|going|"
    rf"determined|committed|set|due|working|preparing|pledged|resolved|minded)\s+(?:on\s+)?"
    rf"(?:with\s+[^.;]{{1,200}}?\s+|together\s+|closely\s+|hard\s+)?to|"
    rf"(?:(?:have|has)\s+{_TO})?(?P<plan>plans?|planned|intends?|aims?|seeks?|proposes?|endeavou?rs?|strives?|"
    rf"hopes?)\s+{_TO}to|"
    rf"(?:(?:have|has|hereby)\s+{_TO})?(?P<promise>commits?|committed|pledge[sd]?|undertakes?|undertook|undertaken|"
    rf"agrees?|agreed|"
    rf"resolves?|resolved|decides?|decided|vow(?:s|ed)?|promise[sd]?)\s+(?:\w+ly\s+|\w+ themselves\s+|themselves\s+|"
    rf"ourselves\s+)?"
    rf"(?:on\s+)?to|"
    rf"(?:our|the|its|their|this|overall|main|key)\s+(?:\w+\s+){{0,2}}(?P<goal>aim|goal|objective|target|intention|"
    rf"ambition|plan|"
    rf"commitment|priority|purpose)\s+(?:is|are|will be)\s+to|"
    rf"(?P<again>reaffirm|reiterate|renew|confirm|restate|underline|underscore|maintain)(?:s|ed)?\s+(?:its|our|their|"
    rf"the)\s+"
    rf"(?:\w+\s+){{0,2}}(?:commitments?|determination|resolve|pledges?|readiness|willingness|intention)\s+to|"
    rf"(?P<order>directs?|instructs?|instructed|tasks?|tasked|mandates?|mandated|asks?|asked|requests?|requested|"
    rf"invites?|invited|"
    rf"directed|requires?|order|orders|ordered)\s+(?:[^.;,]{{1,160}}?)\s+to)\s+(?=[a-z])",
    re.IGNORECASE,
)
MODAL = re.compile(r"\b(?:will|shall)\b|(?<=\w)'ll\b", re.IGNORECASE)
MUST = re.compile(
    r"\b(?:must|(?:is|are)\s+(?:hereby\s+)?(?:required|directed|mandated|obliged)\s+to|(?:is|are)\s+to)\s+"
    r"(?:also\s+|\w+ly\s+)?(?=[a-z])",
    re.IGNORECASE,
)
WOULD = re.compile(r"\b(?:we|government)\s+would\s+(?:also\s+|\w+ly\s+)?(?=[a-z])", re.IGNORECASE)
WISHES = words("like welcome expect hope prefer be have appreciate note recommend stress")
CONDITION = re.compile(r"\b(?:if|were|had)\b", re.IGNORECASE)
MEASURE = re.compile(r"\b(?:should|would)\b", re.IGNORECASE)
PROGRESS = re.compile(
    r"\b(?:(?:we|government|i|ministers)\s+(?:are|is|am)|we're|i'm)\s+(?:also\s+|now\s+|currently\s+|today\s+|"
    r"further\s+|\w+ly\s+){0,3}"
    r"(?=(?P<gerund>[a-z-]+ing)\b)",
    re.IGNORECASE,
)
ANNOUNCED = re.compile(
    r"\b(?:i|we|the government)\s+(?:(?:am|are)\s+(?:pleased|delighted|proud)\s+to\s+|(?:can|hereby|today)\s+|"
    r"will\s+today\s+)*"
    r"(?:also\s+)?(?:announce|commit|pledge|propose|plan)\s+(?!to\b)(?=(?:that\s+)?(?:a|an|the|new|further|another|£|\$|"
    r"\d|increased))",
    re.IGNORECASE,
)
CIRCUMSTANCES = words("before after as once while since until when if where because")
NESTED_WITHIN = 3  # words from one promise to another that only carries it on
FURTHEST = 45  # words that are looked back over from a modal
ONGOING = words(
    "planning aiming intending seeking proposing preparing working being doing having going looking seeing facing "
    "living making asking saying thinking"
)


@dataclass(slots=True)
class Trigger:
    """`at`: where the promising words begin. `verb`: place of the main verb's token, or of the last promising word."""

    at: int
    verb: int
    why: str
    force: str
    sure: float
    passive: bool = False
    splits_to: bool = False  # "agreed to …, to … and to …"


def place(tokens: list[Token], offset: int) -> int:
    """The place of the first token that begins at or behind an offset."""
    return next((number for number, token in enumerate(tokens) if token.start >= offset), len(tokens))


def find_triggers(copy: str, tokens: list[Token], *, demands: bool) -> list[Trigger]:
    """The promises of a sentence in order. `demands`: what must be done is promised, too (a directive's actions)."""
    if not tokens:
        return []
    start, end = tokens[0].start, tokens[-1].end
    words = copy[start:end].replace("\n", " ")
    found: list[Trigger] = []
    for maker in (_modal, _lexical, _must, _would, _progress, _announced):
        for trigger in maker(words, start, tokens, demands=demands):
            if all(abs(trigger.verb - other.verb) > 1 and trigger.at != other.at for other in found):
                found.append(trigger)
    found.sort(key=lambda trigger: trigger.at)
    return _drop_nested(found, tokens)


def _drop_nested(found: list[Trigger], tokens: list[Token]) -> list[Trigger]:
    """Such as "We will seek to …" and "agreed that … will …" promise once."""
    kept: list[Trigger] = []
    for trigger in found:
        if kept:
            between = [token.low for token in tokens[kept[-1].verb : place(tokens, trigger.at)]]
            if len(between) <= NESTED_WITHIN and not {",", "and", ";"} & set(between):
                continue
        kept.append(trigger)
    return kept


def is_adverb(low: str) -> bool:
    """Whether a word only says how: "actively". "rely" and "apply" are verbs."""
    return low in ADVERBS or (low.endswith("ly") and low not in BASE_FORMS)


def main_verb(tokens: list[Token], at: int) -> tuple[int, bool]:
    """The place of the verb behind a modal, and whether "be" stands before it. Adverbs and insertions are jumped."""
    being = False
    number = at
    while number < len(tokens):
        low = tokens[number].low
        if low == ",":
            closing = next((n for n in range(number + 1, min(number + 25, len(tokens))) if tokens[n].low == ","), None)
            if closing is None:
                return number, being
            number = closing + 1
            continue
        if low in ("be", "been"):
            being = True
        elif low == "have" and number + 1 < len(tokens) and tokens[number + 1].low == "been":
            pass
        elif low == "continue" and number + 1 < len(tokens) and tokens[number + 1].low == "to":
            number += 1
        elif low in BASE_FORMS or being:
            if not is_adverb(low):
                return number, being
        elif not (is_adverb(low) or low == "-"):
            return number, being
        number += 1
    return len(tokens), being


def _modal(words: str, start: int, tokens: list[Token], *, demands: bool) -> Iterator[Trigger]:
    for match in MODAL.finditer(words):
        at = place(tokens, start + match.start())
        if _is_embedded(tokens, at):
            continue
        verb, being = main_verb(tokens, at + 1)
        subject = _subject_words(tokens, at)
        estimated = ESTIMATED.search(words[: match.start()] + "")
        if estimated or re.search(
            r"\b(?:estimated|expected|anticipated) that\b", words[: match.start()], re.IGNORECASE
        ):
            if re.search(r"\d|\b(?:dozen|hundred|thousand)", " ".join(subject)) and verb < len(tokens):
                yield Trigger(tokens[at].start, verb, "estimate", "estimate", LIKELY)
            continue
        sure = judge_modal(words[match.end() :], tokens, verb, subject, being=being)
        if sure:
            yield Trigger(tokens[at].start, min(verb, len(tokens) - 1), "modal", "promise", sure, passive=being)
    for match in ESTIMATED.finditer(words):
        if " that" in match[0][:24]:
            continue
        at = place(tokens, start + match.start())
        if DELIVERED.match(match["rest"]) and not _is_embedded(tokens, at):
            verb = place(tokens, start + match.start("rest"))
            yield Trigger(tokens[at].start, min(verb, len(tokens) - 1), "estimate", "estimate", DOUBTFUL)


def _lexical(words: str, start: int, tokens: list[Token], *, demands: bool) -> Iterator[Trigger]:
    for match in LEXICAL.finditer(words):
        at = place(tokens, start + match.start())
        subject = _subject_words(tokens, at)
        before = tokens[at - 1].low if at else ""
        if before != "and" and (_is_embedded(tokens, at) or before in ("to", "will", "shall", "not", "who")):
            continue
        verb, _being = main_verb(tokens, place(tokens, start + match.end()))
        if verb >= len(tokens) or (tokens[verb].low in STATES and not match["goal"]):
            continue
        group = next(name for name, found in match.groupdict().items() if found)
        if group == "order" and not re.search(
            r"\b(?:we|i|ministers|leaders|hereby|president|committee|council)\b", words[: match.end()], re.I
        ):
            continue
        if group in ("plan", "going", "promise") and not (
            is_agent(subject) or group == "promise" or match["going"] in ("due", "set")
        ):
            continue
        if group == "going" and is_demonstrative(subject):
            continue
        if match["going"] in ("looking", "set") and tokens[verb].low not in BASE_FORMS | {"be"}:
            continue
        force = (
            "plan"
            if group in ("plan", "goal")
            or match["going"] in ("planning", "aiming", "intending", "proposing", "seeking", "looking", "minded")
            else "promise"
        )
        yield Trigger(tokens[at].start, verb, "lexical", force, LIKELY, splits_to=True)


def _must(words: str, start: int, tokens: list[Token], *, demands: bool) -> Iterator[Trigger]:
    dated = re.compile(
        r"\b(?:by|within|before|no later than|until)\b[^.;]{0,60}(?:\d|year|month|week|day)", re.IGNORECASE
    )
    for match in MUST.finditer(words):
        at = place(tokens, start + match.start())
        passive = match[0].lower().split()[-1] == "to" and match[0].lower().split()[0] in ("is", "are")
        if _is_embedded(tokens, at) or re.search(
            r"\b(?:aim|goal|objective|target|intention|ambition|plan|commitment|priority|purpose|"
            r"role|task|challenge|way|point|idea|hope)s?\s*$",
            words[: match.start()],
            re.I,
        ):
            continue
        verb, being = main_verb(tokens, place(tokens, start + match.end()))
        if verb >= len(tokens):
            continue
        low = tokens[verb].low
        action = low in (PARTICIPLES if being else BASE_FORMS)
        if action and (demands or dated.search(words) or (passive and (being or is_agent(_subject_words(tokens, at))))):
            yield Trigger(tokens[at].start, verb, "demand", "promise", LIKELY if demands else DOUBTFUL, passive=being)


def _would(words: str, start: int, tokens: list[Token], *, demands: bool) -> Iterator[Trigger]:
    for match in WOULD.finditer(words):
        verb = place(tokens, start + match.end())
        if verb < len(tokens) and tokens[verb].low in BASE_FORMS - WISHES and not CONDITION.search(words):
            at = place(tokens, start + match.start()) + 1
            yield Trigger(tokens[at].start, verb, "would", "plan", DOUBTFUL)


def find_measures(copy: str, tokens: list[Token]) -> list[Trigger]:
    """What a manifesto says should or would be done; other texts give advice with these words."""
    if not tokens:
        return []
    start = tokens[0].start
    words = copy[start : tokens[-1].end].replace("\n", " ")
    found: list[Trigger] = []
    for match in MEASURE.finditer(words):
        at = place(tokens, start + match.start())
        verb, being = main_verb(tokens, at + 1)
        if verb >= len(tokens) or _is_embedded(tokens, at) or CONDITION.search(words):
            continue
        acts = tokens[verb].low in (PARTICIPLES if being else BASE_FORMS) and tokens[verb].low not in STATES_OF_BEING
        if (
            acts
            and not is_demonstrative(_subject_words(tokens, at))
            and (being or is_agent(_subject_words(tokens, at)))
        ):
            found.append(Trigger(tokens[at].start, verb, "measure", "plan", DOUBTFUL, passive=being))
    return _drop_nested(found, tokens)


def _progress(words: str, start: int, tokens: list[Token], *, demands: bool) -> Iterator[Trigger]:
    for match in PROGRESS.finditer(words):
        gerund = match["gerund"].lower()
        at = place(tokens, start + match.start())
        if gerund in GERUNDS and gerund not in ONGOING and not _is_embedded(tokens, at + 1):
            yield Trigger(
                tokens[at].start, place(tokens, start + match.start("gerund")), "progress", "promise", DOUBTFUL
            )


def _announced(words: str, start: int, tokens: list[Token], *, demands: bool) -> Iterator[Trigger]:
    for match in ANNOUNCED.finditer(words):
        if re.match(r"that\b", words[match.end() :]):
            continue
        at = place(tokens, start + match.start())
        yield Trigger(tokens[at].start, max(at, place(tokens, start + match.end()) - 1), "announced", "promise", LIKELY)


def _subject_words(tokens: list[Token], at: int) -> list[str]:
    """The words before a modal, back to where its clause begins."""
    number = at - 1
    words: list[str] = []
    while number >= 0 and len(words) < FURTHEST:
        low = tokens[number].low
        if low in (";", ":") or (low == "," and words and number and _opens_clause(tokens, number + 1)):
            break
        words.append(tokens[number].text)
        number -= 1
    words.reverse()
    return words


def _opens_clause(tokens: list[Token], number: int) -> bool:
    return tokens[number].low in (
        "and",
        "but",
        "while",
        "whereas",
        "we",
        "the",
        "it",
        "this",
        "these",
        "i",
        "they",
        "so",
    )


def _is_embedded(tokens: list[Token], at: int) -> bool:
    """Whether a modal stands in a clause that another governs: "which will", "so that it will", "if … will"."""
    finite = False
    for number in range(at - 1, max(-1, at - FURTHEST), -1):
        low = tokens[number].low
        if low in (";", ":", "(", "."):
            return False
        if low == "that":
            verdict = _governed(tokens, number, finite=finite)
        elif low in SUBORDINATORS:
            verdict = _subordinate(tokens, number, at, finite=finite)
        else:
            verdict = True if low in ("believe", "hope", "expect", "think") and number + 1 < at else None
        if verdict is not None:
            return verdict
        finite = finite or low in AUXILIARIES
    return False


def _governed(tokens: list[Token], number: int, *, finite: bool) -> bool | None:
    """Whether "that" makes what follows another's: "we believe that". None where it does not tell."""
    before = (tokens[n].low for n in range(number - 1, max(-1, number - 4), -1))
    governor = next((low for low in before if low not in (",", "also")), "")
    if finite or governor in REPORTED - {"ensure"} or governor == "":
        return True if governor in OPINIONS else None
    return governor not in ("estimated", "expected", "anticipated")


def _subordinate(tokens: list[Token], number: int, at: int, *, finite: bool) -> bool | None:
    """The same of "which", "if", "when"; a clause before a comma, with a verb of its own, governs nothing."""
    low = tokens[number].low
    if low == "why" and number and tokens[number - 1].low in ("is", "'s"):
        return None  # "That is why we are …"
    closed = finite or any(token.low == "," for token in tokens[number:at])
    if low in CIRCUMSTANCES and closed:
        return low == "if" and not is_agent([token.text for token in tokens[number:at][-4:]])
    return None if finite and low not in ("if", "unless") else True
