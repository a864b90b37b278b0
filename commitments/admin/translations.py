"""Translating a commitment: each text of its record beside the same in Chinese, saved together.

Each box carries what it held when the page was opened (R7): where somebody recorded another translation meanwhile,
nothing is saved, the page says who and what, and a second try is let through.
"""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.admin import way_back
from commitments.admin.base import refusal_so_far, staff_page, staff_user
from commitments.admin.concurrency import SNAPSHOT_FIELD, LedgerAdmin
from commitments.admin.form_snapshot import FormSnapshot, merge_forms, submitted_values, typed_values
from commitments.domain.choices import UPDATE_KINDS
from commitments.i18n.languages import CHINESE, LANGUAGE_TAGS, language_names
from commitments.i18n.phrases import join_list, join_sentences
from commitments.ledger.append import lock_head
from commitments.ledger.translations import NewTranslation, TextPlace, check_translation, text_places
from commitments.models import Commitment, DraftUpdate, Organisation, Translation
from commitments.query.localized import localize
from commitments.workflow.draft_edits import note_translations
from commitments.workflow.entry_proposals import bring_translations

MAX_TEXTS = 200  # texts on a page: with two boxes each, fewer than a form may have
PLACE_LABELS = {
    "evidence.title": gettext_lazy("title of a page of evidence"),
    "evidence.publisher": gettext_lazy("publisher of a page of evidence"),
    "reason": gettext_lazy("reason"),
}


@dataclass(frozen=True, slots=True)
class RecordedTranslation:
    """A translation that was recorded: by whom, when, and what it says; nothing where it took one back."""

    who: str
    when: str
    text: str


@dataclass(frozen=True, slots=True)
class TranslationBox:
    """A text in one language: what stands in the box, what was recorded (latest first), what is wrong."""

    name: str
    language: str
    text: str
    history: list[RecordedTranslation]
    problem: str

    @property
    def missing(self) -> bool:
        """Whether there is no translation on record."""
        return not (self.history and self.history[0].text)

    @property
    def label(self) -> str:
        """What the language calls itself."""
        return language_names()[self.language]

    @property
    def tag(self) -> str:
        """The language, for browsers."""
        return LANGUAGE_TAGS[self.language]


@dataclass(frozen=True, slots=True)
class TranslationRow:
    """A text on record, where it stands, and a box for each other language."""

    text: str
    place: str
    boxes: list[TranslationBox]

    @property
    def missing(self) -> bool:
        """Whether a translation is missing."""
        return any(box.missing for box in self.boxes)


class TranslatableTexts:
    """The texts of a commitment as they stand now, with their translations."""

    def __init__(self, commitment: Commitment) -> None:
        self.commitment = commitment
        self.places = text_places(commitment)
        self.boxes = {box_name(text, language): (text, language) for text in self.places for language in CHINESE}
        self.history: dict[tuple[str, str], list[Translation]] = defaultdict(list)
        for translation in Translation.objects.filter(commitment=commitment).order_by("-pk"):
            self.history[translation.source, translation.language].append(translation)
        slugs = {translation.organisation for translations in self.history.values() for translation in translations}
        self.organisations = {
            organisation.slug: organisation for organisation in Organisation.objects.filter(slug__in=slugs)
        }

    def latest(self, name: str) -> str:
        """What a box holds now."""
        history = self.history.get(self.boxes[name])
        return history[0].text if history else ""

    def recorded(self, name: str) -> list[RecordedTranslation]:
        """Everything that was recorded for a box, latest first."""
        return [self._recorded_translation(translation) for translation in self.history.get(self.boxes[name], ())]

    def _recorded_translation(self, translation: Translation) -> RecordedTranslation:
        organisation = self.organisations.get(translation.organisation)
        who = [
            str(translation.get_role_display()),
            localize(organisation, "name").text if organisation else translation.organisation,
        ]
        when = date_format(timezone.localtime(translation.recorded_at), "DATETIME_FORMAT")
        return RecordedTranslation(join_list(filter(None, who)), when, translation.text)

    def rows(self, typed_texts: dict[str, str], problems: dict[str, str]) -> list[TranslationRow]:
        """All of them, with what was sent and what is wrong with it."""
        boxes = {
            name: TranslationBox(
                name, language, typed_texts.get(name, self.latest(name)), self.recorded(name), problems.get(name, "")
            )
            for name, (_text, language) in self.boxes.items()
        }
        return [
            TranslationRow(text, place_label(place), [boxes[box_name(text, language)] for language in CHINESE])
            for text, place in self.places.items()
        ]


def translate(model_admin: LedgerAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Look, and for whoever may change what is public of it, translate."""
    commitment = model_admin.get_object(request, str(pk))
    if not model_admin.has_view_permission(request, commitment):
        raise PermissionDenied
    if request.method == "POST":
        with transaction.atomic():
            lock_head()
            commitment = model_admin.get_object(request, str(pk))
            if commitment is None or not model_admin.has_change_permission(request, commitment):
                return model_admin.unsaved_input(request, commitment)
            return save_translations(model_admin, request, TranslatableTexts(commitment))
    if commitment is None:
        return model_admin._get_obj_does_not_exist_redirect(request, model_admin.opts, str(pk))
    texts = TranslatableTexts(commitment)
    rows = texts.rows({}, {})
    shown_rows = [row for row in rows if row.missing] if request.GET.get("missing") == "1" else rows
    page = Paginator(shown_rows, MAX_TEXTS).get_page(request.GET.get("p"))
    return translation_page(model_admin, request, texts, list(page), summary=texts_summary(rows), page=page)


def save_translations(model_admin: LedgerAdmin, request: HttpRequest, texts: TranslatableTexts) -> HttpResponse:
    """Record what was typed, all of it, or say what stops it. The caller's transaction holds the ledger."""
    stored_snapshot = boxes_snapshot(texts, list(texts.boxes))
    opened_snapshot = FormSnapshot.loads(request.POST.get(SNAPSHOT_FIELD, ""))
    if opened_snapshot is None:
        message = _("The form did not say what was on the page when you opened it. Check it and send it again.")
        typed_texts = {name: box_text(typed_values(request.POST, name)) for name in texts.boxes if name in request.POST}
        return sent_back(model_admin, request, texts, typed_texts, problem=message)
    merged = merge_forms(request.POST, opened_snapshot, stored_snapshot)
    typed_texts = {
        name: box_text(typed_values(merged.data, name))
        for name in opened_snapshot.values
        if name in texts.boxes and name in request.POST
    }
    translations = {
        name: NewTranslation(texts.commitment, language, text, typed_texts[name])
        for name, (text, language) in texts.boxes.items()
        if name in typed_texts and typed_texts[name] != texts.latest(name)
    }
    problems = {name: overtaken_message(texts.recorded(name)) for name in merged.conflicts if texts.recorded(name)}
    for name, translation in translations.items():
        try:
            check_translation(translation)
        except ValidationError as problem:
            problems[name] = join_sentences(problem.messages)
    lost_texts = [box_text(typed_values(request.POST, name)) for name, before in opened_snapshot.values.items()
            if name not in texts.boxes and typed_values(request.POST, name) != before]  # fmt: skip
    refusal = refusal_so_far(request)
    if problems or lost_texts or refusal:
        marked = [_("Nothing was saved yet. See the boxes that are marked.")] if problems else []
        message = join_sentences([*(refusal.messages if refusal else []), *marked])
        return sent_back(model_admin, request, texts, typed_texts, problem=message, problems=problems, lost=lost_texts)
    user, sources = staff_user(request), {translation.source for translation in translations.values()}
    number, waiting = bring_translations(list(translations.values()), user)
    note_translations(user, texts.commitment, sources)
    log(request, list(translations.values()))
    message = ngettext("%(number)s translation is recorded.", "%(number)s translations are recorded.", number)
    if number or not waiting:
        model_admin.message_user(request, message % {"number": number}, messages.SUCCESS)
    if waiting:
        message = ngettext(
            "%(number)s translation waits for another publisher.",
            "%(number)s translations wait for another publisher.",
            waiting,
        )
        model_admin.message_user(request, message % {"number": waiting}, messages.SUCCESS)
    return HttpResponseRedirect(request.get_full_path())


def sent_back(
    model_admin: LedgerAdmin,
    request: HttpRequest,
    texts: TranslatableTexts,
    typed_texts: dict[str, str],
    **context: Any,
) -> HttpResponse:
    """The same page as it was typed, with what stops it."""
    rows = texts.rows(typed_texts, context.pop("problems", {}))
    shown_rows = [row for row in rows if {box.name for box in row.boxes} & typed_texts.keys()]
    return translation_page(model_admin, request, texts, shown_rows, summary=texts_summary(rows), **context)


def translation_page(
    model_admin: LedgerAdmin, request: HttpRequest, texts: TranslatableTexts, rows: list[TranslationRow], **context: Any
) -> HttpResponse:
    """The page. What it says that it shows is what was read for it: nothing is recorded in between unseen."""
    context |= {
        "subtitle": str(texts.commitment),
        **way_back.place_in_list(model_admin, request, texts.commitment),
        "original": texts.commitment,
        "rows": rows,
        "seen": boxes_snapshot(texts, [box.name for row in rows for box in row.boxes]).dumps(),
        "may": model_admin.has_change_permission(request, texts.commitment),
        "alone": request.GET.get("missing") == "1",
    }
    template = "admin/commitments/commitment/translations.html"
    return staff_page(model_admin, request, template, _("Translations"), **context)


def texts_summary(rows: list[TranslationRow]) -> str:
    """How many texts there are, and how many lack a translation."""
    missing = sum(row.missing for row in rows)
    counts = [_("Texts: %(number)s.") % {"number": len(rows)}]
    return join_sentences([*counts, _("Without a translation: %(number)s.") % {"number": missing}])


def box_name(text: str, language: str) -> str:
    """The name of a text's box: the same whatever else is on the page."""
    return f"{language}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def boxes_snapshot(texts: TranslatableTexts, names: list[str]) -> FormSnapshot:
    """What some boxes hold now."""
    return FormSnapshot({name: submitted_values(texts.latest(name)) for name in names}, {}, timezone.now().isoformat())


def box_text(value: list[str]) -> str:
    """What was typed into a box."""
    return "\n".join(value).strip()


def overtaken_message(history: list[RecordedTranslation]) -> str:
    """The message that somebody recorded another translation: who, when, and what it says now."""
    latest = history[0]
    if latest.text:
        message = _(
            "%(who)s recorded this translation after you had opened the page (%(when)s): “%(now)s”. You typed "
            "something else: save again to replace it."
        )
    else:
        message = _(
            "%(who)s took the translation back after you had opened the page (%(when)s). Save again to record yours."
        )
    return message % {"who": capfirst(latest.who), "when": latest.when, "now": latest.text}


def place_label(place: TextPlace) -> str:
    """Where a text stands: its field, and the entry or the draft."""
    of_update = place.draft or (place.entry and place.entry.kind in UPDATE_KINDS)
    model = DraftUpdate if of_update else Commitment
    column: Any = None if place.name in PLACE_LABELS else model._meta.get_field(place.name)
    field = capfirst(str(column.verbose_name if column else PLACE_LABELS[place.name]))
    if place.entry:
        values = {"field": field, "entry": place.entry.sequence, "kind": place.entry.get_kind_display()}
        return _("%(field)s, entry %(entry)s (%(kind)s)") % values
    if place.draft:
        return _("%(field)s, draft of an update (%(kind)s)") % {"field": field, "kind": place.draft.get_kind_display()}
    return field


def log(request: HttpRequest, translations: list[NewTranslation]) -> None:
    """Note whose account it was, which the record does not say. Without the words, which may be redacted one day."""
    if translations:
        languages = [
            language_names()[language]
            for language in CHINESE
            if any(translation.language == language for translation in translations)
        ]
        LogEntry.objects.create(
            user=staff_user(request),
            content_type=ContentType.objects.get_for_model(Translation),
            object_repr=translations[0].commitment.reference,
            action_flag=CHANGE,
            change_message=json.dumps([{"changed": {"fields": languages}}]),
        )
