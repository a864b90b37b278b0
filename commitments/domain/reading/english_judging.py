"""Whether "… will …" is promised, or only foreseen: by who is named, and by what the verb means."""

import re

from commitments.domain.reading.english_words import (
    ADVERBS,
    AGENTS,
    BEGINNINGS,
    DEMONSTRATIVES,
    EFFECTS,
    GAINS,
    IN_PLACE,
    MOVEMENTS,
    ONLY_EFFECTS,
    POSSIBLE,
    PROGRAMMES,
    STATES,
    STATES_OF_BEING,
)
from commitments.domain.reading.spans import DOUBTFUL, LIKELY, SURE
from commitments.domain.reading.tokens import Token
from commitments.domain.reading.verbs import BASE_FORMS, GERUNDS, PARTICIPLES
from commitments.domain.reading.word_lists import words

TIMES = words("year month week spring summer autumn winter parliament term session decade government")

STATES_OF_AGENTS = ("note", "find", "look", "include", "cover", "reflect", "matter")
INCLUDES_MONEY = re.compile(r"\W*(?:\w+\s+)?include\s+(?:an?\s+\w*\s*)?[£$€]")
BY_YEAR = re.compile(r"\b(?:by|in) (?:the end of )?(?:19|20)\d\d\b", re.IGNORECASE)
TO_NUMBER = re.compile(r"\bto \D{0,8}\d")
THERE_WILL_BE = re.compile(
    r"\W*(?:also )?be (?:an?|new|more|another|additional|no|at least|two|three|four|five|six|ten|\d)", re.IGNORECASE
)
SHORTEST_NAME = 2


def judge_modal(rest: str, tokens: list[Token], verb: int, subject: list[str], *, being: bool) -> float:
    """How sure it is that "… will VERB" is promised; 0 where it foresees or says what comes of something."""
    if verb >= len(tokens):
        return LIKELY  # "We will:"
    low = tokens[verb].low
    demonstrative = is_demonstrative(subject)
    agent = is_agent(subject)
    if being:
        if subject and subject[-1].lower() == "there":
            return DOUBTFUL if THERE_WILL_BE.match(rest) else 0
        return _judge_being(rest, tokens, verb, demonstrative=demonstrative, agent=agent)
    if low == "have":
        follows = tokens[verb + 1].low if verb + 1 < len(tokens) else ""
        done = agent and follows in PARTICIPLES and follows != "been"
        return LIKELY if done or (follows in ("a", "the", "access", "until", "to") and not demonstrative) else 0
    if low in STATES and not (agent and low in STATES_OF_AGENTS):
        return DOUBTFUL if low == "include" and INCLUDES_MONEY.match(rest) else 0
    if low == "take" and re.match(r"\W*(?:\w+ )?take place", rest.lower()):
        return 0 if demonstrative else LIKELY
    if demonstrative:
        return DOUBTFUL if low in BEGINNINGS - {"come", "take", "run", "end"} else 0
    if agent:
        return SURE if low in BASE_FORMS else LIKELY
    return _judge_thing(rest, low, programme=bool(PROGRAMMES & set(subject)))


def _judge_thing(rest: str, low: str, *, programme: bool) -> float:
    """The same of a thing that is named before "will": a scheme may promise, the weather foresees."""
    if low in ONLY_EFFECTS:
        return 0
    if low in MOVEMENTS and low not in BEGINNINGS:
        return DOUBTFUL if BY_YEAR.search(rest) and TO_NUMBER.search(rest) else 0
    if low in GAINS or low in BEGINNINGS:
        return LIKELY
    if low in EFFECTS:
        return DOUBTFUL if programme else 0
    return LIKELY if low in BASE_FORMS else DOUBTFUL


def _judge_being(rest: str, tokens: list[Token], verb: int, *, demonstrative: bool, agent: bool) -> float:
    low = tokens[verb].low
    behind = re.sub(r"^.*?\bbe(?:en)?\s+", "", rest.lower().strip(), count=1)
    behind = re.sub(r"^(?:\w+ly|also|now|further|then|soon)\s+", "", behind)
    if low in STATES_OF_BEING:
        return 0
    if low in PARTICIPLES:
        return DOUBTFUL if demonstrative and not re.search(r"\b(?:by|in|from)\b.*\d{4}", rest) else SURE
    if low in GERUNDS:
        return LIKELY if agent else DOUBTFUL
    if POSSIBLE.match(behind) or IN_PLACE.match(behind):
        return 0 if demonstrative else LIKELY
    if re.match(r"responsible\b|committed\b|tasked\b", behind):
        return LIKELY
    whole = " ".join(token.text for token in tokens)
    if BY_YEAR.search(whole) and not demonstrative:
        return LIKELY  # "By 2030, all homes will be …"
    return LIKELY if re.search(r"(?:ed|ought|aught|ilt|ept|eld|wn|ozen|osen)$", low) and not demonstrative else 0


def is_agent(words: list[str]) -> bool:
    """Whether those who can promise are named: "the two governments", "we", or names alone."""
    lows = {word.lower() for word in words}
    if AGENTS & lows:
        return True
    names = [
        word
        for word in words
        if word[0].isalpha() and word.lower() not in ("the", "and", "of", "for", "in", "with", "both", "or")
    ]
    return bool(names) and all(word[0].isupper() for word in names) and not (PROGRAMMES & lows)


def is_demonstrative(subject: list[str]) -> bool:
    """Such as "This", "These measures": what comes of something, not who promises."""
    words = [word.lower() for word in subject if word not in (",", "and")]
    while words and words[0] in ADVERBS:
        words.pop(0)
    return (
        bool(words)
        and words[0] in DEMONSTRATIVES
        and (len(words) == 1 or words[1] not in TIMES)
        and not ({"agency", "government", "ministry", "department", "office"} & set(words[:4]))
    )
