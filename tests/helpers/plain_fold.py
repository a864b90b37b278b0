"""What a commitment's page must say, worked out from the public download of the ledger and nothing else.

Plain Python over its lines, written for tests: it shares no code with the application.
"""

import calendar
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

Line = dict[str, Any]
ANSWERS = {"not_started": "Not started,", "in_progress": "In progress,", "completed": "Delivered"}


class Shown(NamedTuple):
    """What a page says. `answer`: its first words; `notes`: by entry, the note and whether it is struck through."""

    title: str
    owners: list[str]
    release: str
    answer: str
    deadline: str
    notes: dict[int, tuple[str, bool]]


def day_in_hong_kong(recorded_at: str) -> date:
    """The day of a time in UTC, as the download writes it."""
    return (datetime.fromisoformat(recorded_at) + timedelta(hours=8)).date()


def last_day(text: str) -> date:
    """The last day of a year, a month or a day."""
    numbers = [int(part) for part in text.split("-")]
    year, month = numbers[0], numbers[1] if len(numbers) > 1 else 12
    return date(year, month, numbers[2] if len(numbers) > 2 else calendar.monthrange(year, month)[1])


def first_day(text: str) -> date:
    """The first day of a year, a month or a day."""
    year, month, day = [int(part) for part in text.split("-")] + [1] * (2 - text.count("-"))
    return date(year, month, day)


def in_words(text: str) -> str:
    """A year, month or day as English pages write it."""
    if not text:
        return "none named"
    year, *rest = text.split("-")
    words = [calendar.month_name[int(rest[0])], year] if rest else [year]
    return " ".join([str(int(rest[1])), *words] if len(rest) > 1 else words)


def remaining(lines: list[Line], line: Line) -> Any:
    """What a line says, or what was left of it; None where nothing was."""
    if line["content"] is not None:
        return line["content"]
    redactions = [other for other in lines if other["kind"] == "redaction" and other["target"] == line["sequence"]]
    left = remaining(lines, redactions[0])
    return left and left["remaining"]


def name_of(lines: list[Line], entity: str, field: str, last: int) -> str:
    """What something was called, by the last line about it that is no later than `last`."""
    about = [line for line in lines if line.get("entity") == entity and line["sequence"] <= last]
    return str(remaining(lines, about[-1])["fields"][field])


def counts_from(content: Any, line: Line) -> date:
    """The day from which an update counts; one that was removed whole is dated by its recording."""
    recorded_on = day_in_hong_kong(line["recorded_at"])
    return min(last_day(content["date"]), recorded_on) if content else recorded_on


def page_of(lines: list[Line], reference: str, last: int, day: date, names_until: int) -> Shown:
    """The page by the lines up to `last`, on a day, with names as they were up to another line."""
    own = [line for line in lines if line["commitment"] == reference and line["sequence"] <= last]
    contents = {line["sequence"]: remaining(lines, line) for line in own}
    struck = {line["target"] for line in own if line["kind"] == "retraction"}
    fields = dict(contents[own[0]["sequence"]])
    for line in own:
        if line["kind"] == "correction" and line["sequence"] not in struck:
            fields |= {change["field"]: change["after"] for change in contents[line["sequence"]]["changes"]}
    updates = [
        (counts_from(contents[line["sequence"]], line), line["sequence"], line)
        for line in own
        if line["kind"] in ("report", "context", "check")
    ]
    status, deadline, done, looked, notes = "no_report", fields["deadline"], "", False, {}
    for counted_on, sequence, line in sorted(updates, key=lambda update: update[:2]):
        if counted_on > day:
            continue
        content = contents[sequence]
        notes[sequence] = (content["note"] if content else "", sequence in struck)
        if not content or sequence in struck:
            continue
        looked |= day_in_hong_kong(line["recorded_at"]) <= day
        if line["kind"] == "report":
            status, deadline = content["status"], content["deadline"] or deadline
            done = (done or content["date"]) if status == "completed" else ""
    return Shown(
        title=fields["title"],
        owners=sorted(name_of(lines, f"organisation/{slug}", "name", names_until) for slug in fields["owners"]),
        release=name_of(lines, f"release/{fields['release']}", "title", names_until),
        answer=answer_of(status, deadline, done, looked=looked),
        deadline=in_words(deadline),
        notes=notes,
    )


def answer_of(status: str, deadline: str, done: str, *, looked: bool) -> str:
    """The first words of what became of it. `done`: when, `looked`: whether anybody looked for reports by then."""
    if status == "no_report":
        return "No public report" if looked else "Not searched for yet."
    if done and deadline and first_day(done) > last_day(deadline):
        return "Delivered late,"
    return ANSWERS[status]
