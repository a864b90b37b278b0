"""The columns of the files that staff take out of lists and import again.

Commitments have the public export's columns first and in its order, then those that only staff work on,
so that a file that is exported, edited and imported again holds everything of a draft.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Any

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commitments.admin.base import STAFF_EVIDENCE_FIELDS
from commitments.exports.columns import Column, ColumnType, RowContext
from commitments.exports.list_columns import FURTHER_COLUMNS, LIST_COLUMNS
from commitments.exports.table_columns import EVIDENCE_COLUMNS, ORGANISATION_COLUMNS, UPDATE_COLUMNS
from commitments.i18n.languages import CHINESE, column_suffix, language_names
from commitments.ledger.contents import FREE_TEXT_FIELDS, format_decimal, to_text
from commitments.models import DraftUpdate, Repetition, Translation
from commitments.query.expressions import CURRENT_DEADLINE, JoinedLines

# A draft has no state: its deadline is its own.
DEADLINE = Coalesce(CURRENT_DEADLINE, Cast("deadline", CharField()))
PUBLIC_COLUMNS = tuple(
    replace(column, sources=(DEADLINE,)) if column.name == "deadline" else column for column in LIST_COLUMNS
)
# A commitment's own texts, by the columns of its file: `note` is the last report's there.
FREE_TEXT_COLUMNS = {"commitment_note" if name == "note" else name: name for name in FREE_TEXT_FIELDS}


def latest_own_translation(column_name: str) -> Subquery:
    """The latest translation of a commitment's own text, as the language in the column's name says."""
    column, language = next(
        (column_name.removesuffix(column_suffix(language)), language)
        for language in CHINESE
        if column_name.endswith(column_suffix(language))
    )
    translations = Translation.objects.filter(
        commitment=OuterRef("pk"), language=language, source=OuterRef(FREE_TEXT_COLUMNS[column])
    )
    return Subquery(translations.order_by("-pk").values("text")[:1])


def with_translations(column: Column, source: Callable[[str], Any] = str) -> tuple[Column, ...]:
    """A column of texts, and one for each other language."""
    form = pgettext_lazy("a text, and its language", "{text} ({language})")
    translated = [column]
    for language in CHINESE:
        name, language_name = column.name + column_suffix(language), language_names()[language]
        label = format_lazy(form, text=column.label, language=language_name)
        meaning = format_lazy(_("Its translation into {language}."), language=language_name)
        translated.append(
            replace(column, name=name, label=label, description=meaning, sources=(source(name),), required=False)
        )
    return tuple(translated)


def with_translation_columns(
    columns: Iterable[Column], texts: Collection[str], source: Callable[[str], Any] = str
) -> tuple[Column, ...]:
    """Columns, those of texts with their translations right after them."""
    translated: list[Column] = []
    for column in columns:
        translated += with_translations(column, source) if column.name in texts else [column]
    return tuple(translated)


def read_repeats(_context: RowContext, lines: str | None) -> str:
    """What a commitment repeats, line by line, as the box on its form holds it."""
    return "\n".join(sorted((lines or "").splitlines()))


REPEATS_COLUMN = "repeats_with_why"  # its public column, if there is one, gives references alone
REPEATED = Repetition.objects.filter(commitment=OuterRef("pk")).values(
    item=Concat("repeated__reference", Value(": "), "why")
)
# What staff edit and the public's files leave out.
REPEATS = Column(
    REPEATS_COLUMN,
    _("Promised before"),
    ColumnType.TEXT,
    _("Earlier commitments that it promises again, one on each line, with why: “CU-06: the same week.”"),
    sources=(JoinedLines(REPEATED),),
    read=read_repeats,
)
ALIASES = Column(
    "aliases", _("Other names"), ColumnType.TEXT, _("As releases and reports call it, too; one on each line.")
)
COMMITMENT_EXPORT_COLUMNS = with_translation_columns(
    (*PUBLIC_COLUMNS, REPEATS, *FURTHER_COLUMNS), FREE_TEXT_COLUMNS, latest_own_translation
)
# Each column of a translation, with that of the text which it translates.
TRANSLATION_SOURCES = {
    name + column_suffix(language): (name, language) for name in FREE_TEXT_COLUMNS for language in CHINESE
}
ORGANISATION_EXPORT_COLUMNS = with_translation_columns(
    (*ORGANISATION_COLUMNS, ALIASES), ("name", "short_name", "aliases", "note")
)
NOTE_COLUMNS = {f"note{column_suffix(language)}": language for language in CHINESE}  # of a draft of an update
EVIDENCE_PLACES = (1, 2, 3)
UPDATE_COLUMNS_BY_NAME = {column.name: column for column in UPDATE_COLUMNS}
DRAFT_FIELDS = (
    "kind", "date", "status", "stop_reason", "basis", "achieved", "deadline", "deadline_reason", "note", "searched",
    "reply_of",
)  # fmt: skip
DRAFT_EXPORT_COLUMNS = (
    Column(
        "draft",
        _("Draft"),
        ColumnType.WHOLE,
        _("Number of a draft that is there already; empty for a new one."),
        sources=("pk",),
    ),
    *with_translation_columns((UPDATE_COLUMNS_BY_NAME[name] for name in ("reference", *DRAFT_FIELDS)), ("note",)),
    *(
        replace(column, name=f"evidence_{place}_{column.name}")
        for place in EVIDENCE_PLACES
        for column in EVIDENCE_COLUMNS
        if column.name in STAFF_EVIDENCE_FIELDS
    ),
)

TranslationsByText = dict[tuple[int, str, str], str]  # as `ledger.translations.latest_translations` gives it


def draft_export_cells(draft: DraftUpdate, latest: TranslationsByText) -> dict[str, str]:
    """What a draft says, by the columns of its file, as text that nothing was done to. Evidence beyond three is not."""
    values = vars(draft) | {"achieved": format_decimal(draft.achieved), "reply_of": draft.reply_of_id}
    values["date"], values["deadline"] = draft.date, draft.deadline
    texts = {name: to_text(values[name]) for name in DRAFT_FIELDS}
    texts |= {
        name: latest.get((draft.commitment_id, language, draft.note), "") for name, language in NOTE_COLUMNS.items()
    }
    cells = {column.name: texts[column.name] for column in DRAFT_EXPORT_COLUMNS if column.name in texts}
    cells |= {column.name: "" for column in DRAFT_EXPORT_COLUMNS if column.name.startswith("evidence_")}
    for place, row in zip(EVIDENCE_PLACES, draft.evidence.all(), strict=False):
        cells |= {f"evidence_{place}_{name}": to_text(getattr(row, name)) for name in STAFF_EVIDENCE_FIELDS}
    return {"draft": str(draft.pk), "reference": draft.commitment.reference} | cells
