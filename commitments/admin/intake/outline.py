"""The step “outline”: the parts of the text, each under its area; areas and organisations are added in place."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.admin.base import ModelAdmin, parse_key, refusal_so_far, staff_user
from commitments.admin.concurrency import SNAPSHOT_FIELD, display_value
from commitments.admin.form_snapshot import FormSnapshot, MergeResult, merge_forms
from commitments.admin.intake.outline_form import OutlineForm, box_name
from commitments.admin.intake.pages import OUTLINE, step_address, step_page
from commitments.admin.intake.start import counted_sentences
from commitments.i18n.phrases import join_sentences
from commitments.models import Area, Intake, IntakeSection, Organisation
from commitments.workflow.intake.outline import begin_part, file_parts, held_intake, join_with_above, paragraphs
from commitments.workflow.intake.rereading import read_owners_again

BEGIN, JOIN, READ_OWNERS = "_begin", "_join", "_read_owners"  # the names of buttons
FIRST_CHARACTERS = 80  # of a part without a heading


@dataclass(frozen=True, slots=True)
class OutlinePart:
    """A part of the text as the page shows it. `reason`: why it stands under its area."""

    section: IntakeSection
    number: int
    name: str
    counts: str
    reason: str
    box: forms.BoundField
    paragraphs: list[tuple[int, str]]

    @property
    def may_join(self) -> bool:
        """Whether it can be made one with the part above: somebody began it, it has no heading."""
        return self.number > 1 and not self.section.heading


def outline_view(model_admin: ModelAdmin, request: HttpRequest, intake: Intake) -> HttpResponse:
    """The page; what is sent is stored, all of it, or comes back with what stops it."""
    if request.method != "POST":
        return outline_page(model_admin, request, intake, OutlineForm(request, sections_of(intake)))
    with held_intake(intake.pk) as held:
        form = sent_form(request, sections_of(held))
        if not form.is_valid():
            return outline_page(model_admin, request, held, form)
        changed = file_parts(held, form.choices(), staff_user(request))
        try:
            words, place = _press(request, held, changed)
        except ValidationError as problem:
            model_admin.message_user(request, join_sentences(problem.messages), messages.WARNING)
            return HttpResponseRedirect(step_address(held, OUTLINE))
        model_admin.log_change(request, held, words)
        model_admin.message_user(request, words, messages.SUCCESS)
        return HttpResponseRedirect(step_address(held, OUTLINE) + place)


def sections_of(intake: Intake) -> list[IntakeSection]:
    """The parts, in the order of the text."""
    return list(intake.sections.select_related("area").order_by("start"))


def _press(request: HttpRequest, intake: Intake, changed: int) -> tuple[str, str]:
    """What the pressed button does besides saving: what to say of it, and the place of the page to go to."""
    if BEGIN in request.POST:
        begin_part(intake, parse_key(request.POST[BEGIN]))
        words = _("A part begins there. It goes with the part above until you choose an area for it.")
        return words, f"#part-{request.POST[BEGIN]}"
    if JOIN in request.POST:
        join_with_above(intake, parse_key(request.POST[JOIN]), staff_user(request))
        return _("The part is one with the part above."), ""
    if READ_OWNERS in request.POST:
        number = read_owners_again(intake, staff_user(request))
        text = ngettext(
            "The owners are read again: %(number)s proposal has other owners or partners now.",
            "The owners are read again: %(number)s proposals have other owners or partners now.",
            number,
        )
        return text % {"number": f"{number:,}"}, ""
    text = ngettext(
        "The outline is saved. %(number)s proposal stands under another area than before.",
        "The outline is saved. %(number)s proposals stand under another area than before.",
        changed,
    )
    return text % {"number": f"{changed:,}"}, ""


def sent_form(request: HttpRequest, sections: Sequence[IntakeSection]) -> OutlineForm:
    """What was sent, brought up to date; refused where somebody else has changed the outline meanwhile."""
    stored_form = OutlineForm(request, sections)
    opened = FormSnapshot.loads(request.POST.get(SNAPSHOT_FIELD, ""))
    if opened is None:
        form = OutlineForm(request, sections, with_stored(request.POST.copy(), stored_form))
        message = _("The form did not say what was on the page when you opened it. Check it and send it again.")
        form.refusal = refusal_so_far(request) or ValidationError(message)
        return form
    merged = merge_forms(request.POST, opened, stored_form.snapshot())
    form = OutlineForm(request, sections, with_stored(merged.data, stored_form))
    others = opened.values.keys() != stored_form.fields.keys()
    form.refusal = overtaken(stored_form, merged, others=others) or refusal_so_far(request)
    return form


def with_stored(data: QueryDict, stored_form: OutlineForm) -> QueryDict:
    """What was sent, and what is stored of parts that were not on the page."""
    for name, value in stored_form.snapshot().values.items():
        if name not in data:
            data.setlist(name, value)
    return data


def overtaken(stored_form: OutlineForm, merged: MergeResult, *, others: bool) -> ValidationError | None:
    """The refusal where the outline is another than the page showed. `others`: its parts are others."""
    if not merged.changed and not others:
        return None
    message = _(
        "Somebody else has changed this outline after you had opened it, so nothing was stored. What you did not touch "
        "says what is stored now, and what you chose is kept: check it and save again."
    )
    conflict = _("It says now: “%(now)s”. You chose something else: save again to replace that.")
    values = stored_form.snapshot().values
    return ValidationError(
        {NON_FIELD_ERRORS: [message]}
        | {name: [conflict % {"now": display_value(stored_form, name, values[name])}] for name in merged.conflicts}
    )


def outline_page(model_admin: ModelAdmin, request: HttpRequest, intake: Intake, form: OutlineForm) -> HttpResponse:
    """The page. What it says that it shows is what is stored now."""
    sections = sections_of(intake)
    context: dict[str, Any] = {
        "form": form,
        "seen": OutlineForm(request, sections).snapshot().dumps(),
        "parts": outline_parts(intake, sections, form),
        "media": model_admin.media + form.media,
        "release_address": with_outline("release_change", intake, intake.release_id),
        "area_address": _add_address(request, intake, Area),
        "organisation_address": _add_address(request, intake, Organisation),
    }
    return step_page(model_admin, request, intake, OUTLINE, **context)


def with_outline(page: str, intake: Intake, *args: int) -> str:
    """The address of a form that leads back to the outline."""
    return f"{reverse(f'admin:commitments_{page}', args=args)}?outline={intake.pk}"


def _add_address(request: HttpRequest, intake: Intake, model: type[Area] | type[Organisation]) -> str:
    """Where one is added; empty for whoever may not."""
    may = admin.site.get_model_admin(model).has_add_permission(request)
    return with_outline(f"{model._meta.model_name}_add", intake) if may else ""


def outline_parts(intake: Intake, sections: Sequence[IntakeSection], form: OutlineForm) -> list[OutlinePart]:
    """Each part with its box, what is counted in it and the reason for its area."""
    starts = [section.start for section in sections]
    counts: Counter[tuple[int, bool]] = Counter()
    reasons: dict[int, tuple[str | None, str]] = {}
    for start, promises, reading in intake.spans.values_list("start", "promises", "reading"):
        place = max(0, bisect_right(starts, start) - 1)
        counts[place, promises] += 1
        if reading:
            reasons.setdefault(place, (reading["area"], reading["area_reason"]))
    return [
        OutlinePart(
            section=section,
            number=place + 1,
            name=part_name(intake, section, place + 1),
            counts=counted_sentences(counts[place, True], counts[place, False]),
            reason=_reason(section, *reasons.get(place, (None, ""))),
            box=form[box_name(section)],
            paragraphs=paragraphs(intake, section)[1:],
        )
        for place, section in enumerate(sections)
    ]


def part_name(intake: Intake, section: IntakeSection, number: int) -> str:
    """Its heading, or the words that it begins with."""
    if section.heading:
        return section.heading
    words = " ".join(intake.text[section.start : section.end][: 4 * FIRST_CHARACTERS].split())
    return Truncator(words).chars(FIRST_CHARACTERS) or _("Part %(number)s") % {"number": number}


def _reason(section: IntakeSection, guessed: str | None, reason: str) -> str:
    """Why the area was guessed, where it still is the guess. Stored in the record's language, which catalogues know."""
    area = section.area.slug if section.area else None
    return _(reason) if reason and area == guessed and not section.joins_above else ""
