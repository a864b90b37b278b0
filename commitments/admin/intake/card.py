"""The card of a span: what it would say as a pledge, with only those boxes open on which somebody must decide."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.imports.base import RowOutcome
from commitments.admin.imports.cells import ExpectedColumn
from commitments.admin.imports.commitments import CommitmentResource
from commitments.admin.imports.export_columns import COMMITMENT_EXPORT_COLUMNS, REPEATS_COLUMN
from commitments.admin.intake.rows import judge_spans, problems_by_cell, quote_problem
from commitments.domain.choices import Level
from commitments.domain.reading.reader import WHY, WHY_NOT
from commitments.exports.columns import ColumnType
from commitments.models import Area, Commitment, Intake, IntakeSpan
from commitments.query.localized import display_title
from commitments.workflow.intake.cells import DOUBTFUL_BELOW, Cells
from commitments.workflow.intake.likeness import EarlierPledge, LikenessIndex

ALWAYS_OPEN = ("title", "done_when")  # drafts, that somebody must read
FIELDS = (
    "title", "done_when", "short_title", "quote", "area", "owners", "owner_inferred", "owner_note", "partners",
    "parties_as_stated", "deadline", "deadline_as_stated", "deadline_basis", "kind", "force", "level", "target", "unit",
    "measure", "target_approximate", "paragraph", "review_on", "commitment_note", REPEATS_COLUMN,
)  # fmt: skip
LONG_TEXTS = ("title", "done_when", "quote", "owner_note", "commitment_note", REPEATS_COLUMN)
# By a number of the reading the boxes that are opened where it is low, and the reason that is shown beside the first.
GUESSES = {
    "kind_sure": (("kind",), ""),
    "area_sure": (("area",), "area_reason"),
    "owner_sure": (("owners", "parties_as_stated"), "owner_reason"),
    "deadline_sure": (("deadline", "deadline_as_stated", "deadline_basis"), "deadline_reason"),
    "target_sure": (("target", "unit"), ""),
}
EXPECTED = {column.name: column for column in CommitmentResource.expected}
LABELS = {column.name: column.label for column in COMMITMENT_EXPORT_COLUMNS}
LIKE_PREFIX = "repeats-"  # of the boxes that say why an earlier pledge is repeated
WHOLE = "whole"


class CardForm(forms.Form):
    """The cells of an import as boxes. The import's own rules say what is wrong with them."""

    def __init__(self, intake: Intake, span: IntakeSpan, data: Any = None, cells: Cells | None = None) -> None:
        self.intake, self.span = intake, span
        cells = span.cells if cells is None else cells
        initial = {name: cells.get(name, "") for name in FIELDS} | {WHOLE: span.whole_id or ""}
        for name in FIELDS:
            if EXPECTED[name].type == ColumnType.YES_NO:
                initial[name] = cells.get(name) == "true"
        super().__init__(data, initial=initial, prefix="card")
        for name in FIELDS:
            self.fields[name] = _field(EXPECTED[name])
        self.fields[WHOLE] = forms.ChoiceField(
            label=gettext_lazy("Part of"), required=False, choices=[("", "–"), *self._wholes()]
        )
        self.earlier = LikenessIndex(intake.release.issued_on).nearest(
            f"{span.cells.get('title', '')} {span.words}", span.cells.get("area", "")
        )

    def _wholes(self) -> list[tuple[str, str]]:
        """What it may hang on: the other pledges of the text, the nearest before it first."""
        others = self.intake.spans.filter(promises=True).exclude(pk=self.span.pk).exclude(decision="rejected")
        rows = sorted(others.order_by("start"), key=lambda row: (row.start > self.span.start, -row.start))
        return [(str(row.pk), row.cells.get("title", row.words)[:100]) for row in rows]

    def cells(self) -> Cells:
        """What the boxes say, as cells."""
        cells = {}
        for name in FIELDS:
            value = self[name].data
            is_yes_no = EXPECTED[name].type == ColumnType.YES_NO
            cells[name] = str(bool(value)).lower() if is_yes_no else (value or "").replace("\r\n", "\n").strip()
        lines = [cells[REPEATS_COLUMN]] if cells[REPEATS_COLUMN] else []
        for pledge in self.earlier:
            why = self.data.get(LIKE_PREFIX + pledge.reference, "").strip()
            lines += [f"{pledge.reference}: {why}"] if why else []
        return cells | {REPEATS_COLUMN: "\n".join(lines)}

    def typed(self) -> Cells:
        """What was typed: the cells that say something else than what the page showed."""
        shown = {name: str(self[name].initial or "") for name in FIELDS}
        cells = self.cells()
        for name in FIELDS:
            if EXPECTED[name].type == ColumnType.YES_NO:
                shown[name] = str(bool(self[name].initial)).lower()
        return {name: cell for name, cell in cells.items() if cell != shown[name].replace("\r\n", "\n").strip()}

    def whole(self) -> int | None:
        """The key of the span that it is to hang on."""
        value = self[WHOLE].data or ""
        return int(value) if value.isdecimal() else None

    def likely_earlier(self) -> list[tuple[str, EarlierPledge, str, str]]:
        """Earlier pledges that it may repeat, but for those noted: what it is called, name and content of its box."""
        noted = str(self[REPEATS_COLUMN].value() or "")
        references = [pledge.reference for pledge in self.earlier]
        commitments = Commitment.objects.in_bulk(references, field_name="reference")
        return [
            (
                display_title(commitments[pledge.reference]),
                pledge,
                LIKE_PREFIX + pledge.reference,
                self.data.get(LIKE_PREFIX + pledge.reference, ""),
            )
            for pledge in self.earlier
            if f"{pledge.reference}:" not in noted
        ]

    def open_fields(self) -> list[forms.BoundField]:
        """Those on which somebody must decide."""
        names = self._open_names()
        return [self[name] for name in self.fields if name in names]

    def settled_fields(self) -> list[forms.BoundField]:
        """The rest."""
        names = self._open_names()
        return [self[name] for name in self.fields if name not in names]

    def settled_values(self) -> Iterator[tuple[str, str]]:
        """What the rest says, by its labels, without what is empty."""
        for field in self.settled_fields():
            value = field.value()
            choices = dict(getattr(field.field, "choices", ()))
            text = str(choices.get(value, value)) if not isinstance(value, bool) else str(_("yes"))
            if value and not (field.name == "level" and value == Level.PRIMARY):
                yield str(field.label), text

    def _open_names(self) -> set[str]:
        reading, names = self.span.reading, {*ALWAYS_OPEN, *self.errors}
        for sure, (columns, _reason) in GUESSES.items():
            number = reading.get(sure)
            if number is not None and number < DOUBTFUL_BELOW:
                names |= set(columns)
        if reading.get("deadline_doubt"):
            names |= set(GUESSES["deadline_sure"][0])
        if not self["area"].value():
            names.add("area")
        if self["level"].value() == Level.AIM:
            names |= {WHOLE, "level"}
        return names


def _field(column: ExpectedColumn) -> forms.Field:
    """A box for a cell."""
    label, hint = str(LABELS[column.name]), column.description
    if column.type == ColumnType.YES_NO:
        return forms.BooleanField(label=label, required=False)
    if column.name == "area":
        areas = [("", "–"), *((area.slug, area.in_language("name")) for area in Area.objects.all())]
        return forms.ChoiceField(label=label, choices=areas, required=False)
    if column.members:
        choices = [("", "–"), *((member.value, member.label) for member in column.members)]
        return forms.ChoiceField(label=label, choices=choices, required=False)
    widget = forms.Textarea(attrs={"rows": 2}) if column.name in LONG_TEXTS else forms.TextInput()
    return forms.CharField(label=label, help_text=hint, required=False, widget=widget)


def shown_cells(intake: Intake, span: IntakeSpan, user: User) -> Cells:
    """The cells of a span as the record would have them: names in full, dates in our notation."""
    outcome = judge_card(intake, span, user)
    cells: Cells = span.cells
    return cells | {name: cell for name, cell in outcome.cells.items() if name in span.cells and cell}


def judge_card(intake: Intake, span: IntakeSpan, user: User) -> RowOutcome:
    """What an import would say of a span, with what it hangs on."""
    spans = [span.whole, span] if span.whole and span.whole.commitment_id is None else [span]
    return judge_spans(intake, spans, user)[span.pk]


def card_problems(intake: Intake, outcome: RowOutcome, cells: Cells) -> dict[str, str]:
    """What is wrong with a card, by its boxes; with it as a whole under an empty name."""
    problems = {name if name in FIELDS else "": text for name, text in problems_by_cell(outcome).items()}
    if problem := quote_problem(intake, cells["quote"]):
        problems.setdefault("quote", problem)
    if cells["level"] == Level.AIM and "part_of" in problems_by_cell(outcome):
        problems[WHOLE] = problems.pop("")
    return problems


def reading_remarks(span: IntakeSpan) -> list[str]:
    """Why it was proposed, and what is doubtful, in the language of the page."""
    remarks = [str(WHY.get(span.why) or WHY_NOT.get(span.why, ""))]
    reading = span.reading
    if reading.get("deadline_doubt"):
        words = {"words": reading["deadline_words"], "doubt": _(reading["deadline_doubt"])}
        remarks.append(_("Deadline “%(words)s”: %(doubt)s.") % words)
    for sure, (_columns, reason) in GUESSES.items():
        number = reading.get(sure)
        settled = reason == "area_reason" and span.cells.get("area")  # its part of the text was given one
        if reason and not settled and number is not None and number < DOUBTFUL_BELOW and reading.get(reason):
            remarks.append(_(reading[reason]))
    return [remark for remark in remarks if remark]
