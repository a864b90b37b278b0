"""What the readers of English and Chinese hand on: spans that promise, and sentences that were passed over."""

from dataclasses import dataclass

SURE, LIKELY, DOUBTFUL = 0.9, 0.7, 0.4
LONGEST_SENTENCE = 3000  # characters; a list without an end is not taken apart


@dataclass(slots=True)
class Span:
    """A clause that promises. `why` names the rule (`reader.WHY` has its words), `sure` is from 0 to 1.

    `subject`: the span of whoever promises, where it is written; `verb`: the main verb's base form, or the Chinese
    word. `lead`: the span of the verb that a bare item of a list shares. `aim_of`: the place of the pledge it hangs on.
    """

    start: int
    end: int
    why: str
    sure: float
    force: str = "promise"
    kind: str = ""
    verb: str = ""
    verb_start: int = -1
    subject: tuple[int, int] | None = None
    lead: tuple[int, int] | None = None
    level: str = "primary"
    aim_of: int | None = None
    sentence: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Passed:
    """A sentence that was read and taken for no pledge, with the rule that said so."""

    start: int
    end: int
    why: str
