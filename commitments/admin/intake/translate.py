"""The step “translate”: each distinct text of the accepted pledges once, beside the same in Chinese.

Each box carries what it held when the page was opened (R7). What somebody else has saved in another way meanwhile is
not overwritten: the page says which and shows both, and a second try is let through. All other boxes are saved.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.admin.base import ModelAdmin, refusal_so_far, staff_user
from commitments.admin.concurrency import SNAPSHOT_FIELD
from commitments.admin.form_snapshot import FormSnapshot, submitted_values, typed_values
from commitments.admin.imports.export_columns import FREE_TEXT_COLUMNS
from commitments.admin.intake.pages import MARK, TRANSLATE, step_address, step_page
from commitments.admin.intake.rows import accepted_spans, references_of
from commitments.admin.translations import MAX_TEXTS, box_name, box_text
from commitments.i18n.languages import CHINESE, LANGUAGE_TAGS, column_suffix, language_names
from commitments.i18n.phrases import join_clauses, join_list, join_sentences, with_label
from commitments.ledger.translations import NewTranslation, check_translation
from commitments.models import Commitment, Intake, IntakeSpan, Release
from commitments.workflow.intake.aligning import AlignedWords, form_of
from commitments.workflow.intake.deciding import log_hands
from commitments.workflow.intake.suggesting import Suggestion, Suggestions

SUGGESTED_FIELD = "_suggested"  # a hidden box: what stood in boxes without being saved
OF_THE_TEXT = {*FREE_TEXT_COLUMNS} - {"owner_note", "commitment_note"}  # columns that speak with the release's words
RELEASE_TEXTS = ("title", "publisher", "place", "known_through", "note", "agreements_note")
MOST_REFERENCES = 8  # that a row names
LONG_PAGE = 6  # texts from which on there is a button above them, too
CHINESE_FORMS = {CHINESE[0]: gettext_lazy("Traditional Chinese"), CHINESE[1]: gettext_lazy("Simplified Chinese")}


@dataclass(frozen=True, slots=True)
class TextBox:
    """A box for one form of Chinese. `source`: where a suggestion in it comes from; "" where there is none."""

    name: str
    language: str
    text: str
    source: str
    missing: bool
    problem: str

    @property
    def label(self) -> str:
        """What the language calls itself."""
        return language_names()[self.language]

    @property
    def tag(self) -> str:
        """The language, for browsers."""
        return LANGUAGE_TAGS[self.language]


@dataclass(frozen=True, slots=True)
class TextRow:
    """A text, where it stands, what the Chinese text says there, and a box for each form of Chinese."""

    text: str
    places: str
    chinese: AlignedWords | None
    boxes: list[TextBox]

    @property
    def missing(self) -> bool:
        """Whether a translation is missing."""
        return any(box.missing for box in self.boxes)


class IntakeTexts:
    """The texts of the accepted spans that are no drafts yet, each once, with every span and column that holds it."""

    def __init__(self, intake: Intake) -> None:
        self.intake, self.spans = intake, accepted_spans(intake)
        self.places: dict[str, list[tuple[IntakeSpan, str]]] = {}
        for span in self.spans:
            for column in FREE_TEXT_COLUMNS:
                if text := span.cells.get(column, "").strip():
                    self.places.setdefault(text, []).append((span, column))
        self.boxes = {box_name(text, language): (text, language) for text in self.places for language in CHINESE}

    def held(self, name: str) -> list[str]:
        """What each place of a box's text has for a translation."""
        text, language = self.boxes[name]
        return [span.cells.get(column + column_suffix(language), "") for span, column in self.places[text]]

    def saved(self, name: str) -> str:
        """The translation that is saved, be it for some of its places alone."""
        return next(filter(None, self.held(name)), "")

    def missing(self, name: str) -> bool:
        """Whether one of its places has no translation."""
        return not all(self.held(name))

    def write(self, translations: Mapping[str, str], user: User) -> None:
        """Into the cells of every span that holds the text, in the caller's transaction, which holds the intake."""
        changed: dict[int, IntakeSpan] = {}
        for name, translation in translations.items():
            text, language = self.boxes[name]
            for span, column in self.places[text]:
                span.cells[column + column_suffix(language)] = translation
                changed[span.pk] = span
        IntakeSpan.objects.bulk_update(changed.values(), ["cells"], batch_size=MAX_TEXTS)
        log_hands(list(changed.values()), user)

    def snapshot(self, names: Iterable[str]) -> FormSnapshot:
        """What some boxes hold now."""
        values = {name: submitted_values(self.saved(name)) for name in names}
        return FormSnapshot(values, {}, timezone.now().isoformat())


class RowMaker:
    """Rows of the page: what stands in each box, what is suggested, and what is wrong."""

    def __init__(self, texts: IntakeTexts, typed_texts: Mapping[str, str], problems: Mapping[str, str]) -> None:
        self.texts, self.typed_texts, self.problems = texts, typed_texts, problems
        self.suggestions = Suggestions(texts.intake, texts.spans, texts.places)
        self.references = references_of(texts.intake, texts.spans)

    def rows(self) -> list[TextRow]:
        """All of them, in the order of the text and of a commitment's fields."""
        return [
            TextRow(text, self._places(text), self._chinese(text), [self._box(text, language) for language in CHINESE])
            for text in self.texts.places
        ]

    def _box(self, text: str, language: str) -> TextBox:
        name = box_name(text, language)
        saved, missing = self.texts.saved(name), self.texts.missing(name)
        suggestion = self._suggestion(text, language) if not saved else None
        if saved and missing:
            suggestion = Suggestion(saved, _("Saved for some of its pledges alone, not for all of them yet."))
        shown = self.typed_texts.get(name, suggestion.text if suggestion else saved)
        source = suggestion.source if suggestion and shown == suggestion.text else ""
        return TextBox(name, language, shown, source, missing, self.problems.get(name, ""))

    def _suggestion(self, text: str, language: str) -> Suggestion | None:
        places = self.texts.places[text]
        return next(filter(None, (self.suggestions.suggest(span, column, language) for span, column in places)), None)

    def _chinese(self, text: str) -> AlignedWords | None:
        found = [
            words
            for span, column in self.texts.places[text]
            if column in OF_THE_TEXT and (words := self.suggestions.chinese_of(span))
        ]
        return max(found, key=lambda words: words.sure, default=None)

    def _places(self, text: str) -> str:
        """As what it stands in which pledges: "Title: CU-07, CU-08; Unit: CU-09"."""
        by_column: dict[str, list[str]] = {}
        for span, column in self.texts.places[text]:
            by_column.setdefault(column, []).append(self.references[span.pk])
        return join_clauses(
            with_label(column_label(column), shortened_list(references)) for column, references in by_column.items()
        )


def column_label(column: str) -> str:
    """What a column of a commitment's texts is called."""
    return capfirst(field_label(Commitment, FREE_TEXT_COLUMNS[column]))


def field_label(model: type[Model], name: str) -> str:
    """What a field is called."""
    model_field: Any = model._meta.get_field(name)
    return str(model_field.verbose_name)


def shortened_list(references: list[str]) -> str:
    """The first of them, and how many more there are."""
    more = len(references) - MOST_REFERENCES
    if more <= 0:
        return join_list(references)
    message = ngettext("%(list)s and %(number)s more", "%(list)s and %(number)s more", more)
    return message % {"list": join_list(references[:MOST_REFERENCES]), "number": more}


def translate_view(model_admin: ModelAdmin, request: HttpRequest, intake: Intake) -> HttpResponse:
    """The page, and what is sent from it."""
    if request.method == "POST":
        with transaction.atomic():
            intake = Intake.objects.select_for_update(of=("self",)).select_related("release").get(pk=intake.pk)
            return save_texts(model_admin, request, IntakeTexts(intake))
    texts = IntakeTexts(intake)
    rows = RowMaker(texts, {}, {}).rows()
    shown = [row for row in rows if row.missing] if only_missing(request) else rows
    page = Paginator(shown, MAX_TEXTS).get_page(request.GET.get("p"))
    return texts_page(model_admin, request, texts, rows, list(page), page=page)


def only_missing(request: HttpRequest) -> bool:
    """Whether the texts that lack a translation are shown alone."""
    return request.GET.get("missing") == "1"


@dataclass(slots=True)
class SentTexts:
    """What was sent: what is to be saved, what is wrong with the rest, and what was typed for texts that are gone."""

    typed: dict[str, str] = field(default_factory=dict)
    to_save: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


def save_texts(model_admin: ModelAdmin, request: HttpRequest, texts: IntakeTexts) -> HttpResponse:
    """Save what can be, and show the rest again as it was typed. The caller's transaction holds the intake."""
    opened, refusal = FormSnapshot.loads(request.POST.get(SNAPSHOT_FIELD, "")), refusal_so_far(request)
    if opened is None or refusal:
        typed = {name: box_text(typed_values(request.POST, name)) for name in texts.boxes if name in request.POST}
        unsure = _("The form did not say what was on the page when you opened it. Check it and send it again.")
        problem = join_sentences(refusal.messages) if refusal else unsure
        return sent_back(model_admin, request, texts, SentTexts(typed), problem)
    sent = read_sent(request, texts, opened)
    texts.write(sent.to_save, staff_user(request))
    number = len(sent.to_save)
    if number or not (sent.problems or sent.lost):
        message = ngettext("%(number)s translation is saved.", "%(number)s translations are saved.", number)
        model_admin.message_user(request, message % {"number": f"{number:,}"}, messages.SUCCESS)
    if not (sent.problems or sent.lost):
        return HttpResponseRedirect(request.get_full_path())
    number = len(sent.problems)
    marked = ngettext(
        "%(number)s translation was not saved: see the box that is marked.",
        "%(number)s translations were not saved: see the boxes that are marked.",
        number,
    )
    return sent_back(model_admin, request, texts, sent, marked % {"number": f"{number:,}"} if number else "")


def read_sent(request: HttpRequest, texts: IntakeTexts, opened: FormSnapshot) -> SentTexts:
    """What was sent, box by box, against what is saved now."""
    suggested, sent = suggested_texts(request), SentTexts()
    for name in texts.boxes.keys() & request.POST.keys():
        typed, now = box_text(typed_values(request.POST, name)), texts.saved(name)
        before = box_text(opened.values.get(name, []))
        if now != before and typed in (before, suggested.get(name)):
            continue  # somebody else's is newer, and of ours nothing was typed
        problem = overtaken_message(now) if now not in (before, typed) else problem_of(texts, name, typed)
        if problem and typed != now:
            sent.typed[name], sent.problems[name] = typed, problem
        elif any(held != typed for held in texts.held(name)):
            sent.to_save[name] = typed
    for name, values in opened.values.items():
        typed = box_text(typed_values(request.POST, name))
        if name not in texts.boxes and typed and typed not in (box_text(values), suggested.get(name)):
            sent.lost.append(typed)
    return sent


def suggested_texts(request: HttpRequest) -> dict[str, str]:
    """What stood in boxes without being saved when the page was opened."""
    try:
        given = json.loads(request.POST.get(SUGGESTED_FIELD, ""))
    except ValueError:
        return {}
    return {str(name): str(text) for name, text in given.items()} if isinstance(given, dict) else {}


def overtaken_message(now: str) -> str:
    """The message that somebody else saved another translation, and what it says."""
    if not now:
        return _("Somebody else has removed this translation since you opened the page. Save again to put yours back.")
    message = _(
        "Somebody else has saved this translation since you opened the page: “%(now)s”. You typed something else: "
        "save again to replace it."
    )
    return message % {"now": now}


def problem_of(texts: IntakeTexts, name: str, typed: str) -> str:
    """Why a translation cannot be kept; nothing where it can."""
    text, language = texts.boxes[name]
    try:
        check_translation(NewTranslation(Commitment(), language, text, typed))
    except ValidationError as problem:
        return join_sentences(problem.messages)
    return ""


def sent_back(
    model_admin: ModelAdmin, request: HttpRequest, texts: IntakeTexts, sent: SentTexts, problem: str
) -> HttpResponse:
    """The same texts as they were typed, with what stops them."""
    rows = RowMaker(texts, sent.typed, sent.problems).rows()
    shown = [row for row in rows if any(box.name in request.POST for box in row.boxes)]
    return texts_page(model_admin, request, texts, rows, shown, problem=problem, lost=sent.lost)


def texts_page(
    model_admin: ModelAdmin,
    request: HttpRequest,
    texts: IntakeTexts,
    rows: list[TextRow],
    shown: list[TextRow],
    **context: Any,
) -> HttpResponse:
    """The page. What it says that it shows is what was read for it: nothing is saved in between unseen."""
    boxes = [box for row in shown for box in row.boxes]
    release = texts.intake.release
    context |= {
        "rows": shown,
        "summary": summary(texts, rows),
        "gaps": release_gaps(release),
        "release_address": reverse("admin:commitments_release_change", args=[release.pk]),
        "chinese_tag": LANGUAGE_TAGS.get(form_of(texts.intake.chinese_text), "zh"),
        "mark_address": step_address(texts.intake, MARK),
        "seen": texts.snapshot(box.name for box in boxes).dumps(),
        "suggested": json.dumps({box.name: box.text for box in boxes if box.source}, ensure_ascii=False),
        "alone": only_missing(request),
        "is_long": len(shown) > LONG_PAGE,
    }
    return step_page(model_admin, request, texts.intake, TRANSLATE, **context)


def summary(texts: IntakeTexts, rows: list[TextRow]) -> list[str]:
    """How many texts are left in each form of Chinese, how many are filled beforehand, how many pledges are drafts."""
    sentences = [missing_sentence(rows, language) for language in CHINESE] if rows else []
    if suggested := sum(bool(box.source) for row in rows for box in row.boxes):
        message = ngettext(
            "%(number)s box is filled with a suggestion. It is saved when you press Save.",
            "%(number)s boxes are filled with suggestions. They are saved when you press Save.",
            suggested,
        )
        sentences.append(message % {"number": f"{suggested:,}"})
    if drafts := texts.intake.spans.filter(commitment__isnull=False).count():
        message = ngettext(
            "%(number)s pledge is a draft already: it is translated on its own page.",
            "%(number)s pledges are drafts already: they are translated on their own pages.",
            drafts,
        )
        sentences.append(message % {"number": f"{drafts:,}"})
    return sentences


def missing_sentence(rows: list[TextRow], language: str) -> str:
    """How many texts are without one form of Chinese."""
    missing = sum(box.missing for row in rows for box in row.boxes if box.language == language)
    message = ngettext(
        "%(missing)s of %(total)s texts is still without %(language)s.",
        "%(missing)s of %(total)s texts are still without %(language)s.",
        missing,
    )
    return message % {"missing": f"{missing:,}", "total": f"{len(rows):,}", "language": CHINESE_FORMS[language]}


def release_gaps(release: Release) -> list[str]:
    """What of the release itself has no Chinese yet, a sentence for each form."""
    sentences = []
    for language in CHINESE:
        names = [
            field_label(Release, name)
            for name in RELEASE_TEXTS
            if getattr(release, name) and not release.translation(name, language)
        ]
        headings = [section.heading for section in release.sections.all()
                    if section.heading and not section.translation("heading", language)]  # fmt: skip
        if headings:
            message = _("headings of its sections (%(headings)s)")
            names.append(message % {"headings": join_list(headings)})
        if names:
            message = _("Of the release itself, these have no %(language)s yet: %(what)s.")
            sentences.append(message % {"language": CHINESE_FORMS[language], "what": join_list(names)})
    return sentences
