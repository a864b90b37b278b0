"""Marking: the text with its spans, a card for one of them, and one key or button for each decision."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.admin.base import ModelAdmin, parse_key, staff_user, stop_if_refused
from commitments.admin.intake.card import WHOLE, CardForm, card_problems, judge_card, reading_remarks, shown_cells
from commitments.admin.intake.marked_text import (
    likely_split,
    moved,
    part_of_text,
    parts_progress,
    segments,
    split_places,
)
from commitments.admin.intake.pages import MARK, progress, step_address, step_page
from commitments.domain.choices import IntakeDecision, Level
from commitments.domain.reading.reader import WHY_NOT
from commitments.models import Intake, IntakeSection, IntakeSpan
from commitments.workflow.intake import deciding
from commitments.workflow.intake.cells import Cells
from commitments.workflow.intake.deciding import DecidedMeanwhileError, Decider

MOVES = ("start_earlier", "start_later", "end_earlier", "end_later")


class CardProblemError(Exception):
    """What was typed cannot be accepted; `form` says why, beside its boxes."""

    def __init__(self, form: CardForm) -> None:
        super().__init__()
        self.form = form


def mark_view(model_admin: ModelAdmin, request: HttpRequest, intake: Intake) -> HttpResponse:
    """The page, or what was pressed on it."""
    if request.method == "POST" and request.POST.get("act") == "pass_rest":
        return _pass_over_rest(model_admin, request, intake)
    if request.method == "POST":
        return _decide(model_admin, request, intake)
    span = _asked_for(intake, request) or next_undecided(intake, -1)
    return _page(model_admin, request, intake, span)


def decisions_view(model_admin: ModelAdmin, request: HttpRequest, intake: Intake) -> HttpResponse:
    """What was decided after a revision of the intake (`?since=`), for pages that are open."""
    since = parse_key(request.GET.get("since"))
    changed = intake.spans.filter(revision__gt=since).select_related("decided_by")
    decided = [
        {
            "span": span.pk,
            "decision": span.decision,
            "label": span.get_decision_display(),
            "by": str(span.decided_by or ""),
            "own": span.decided_by_id == request.user.pk,
        }
        for span in changed
    ]
    return JsonResponse({"revision": intake.revision, "progress": str(progress(intake)), "decided": decided})


def next_undecided(intake: Intake, place: int) -> IntakeSpan | None:
    """The first proposal behind a place of the text on which nobody decided, else the first of all."""
    undecided = intake.spans.filter(decision=IntakeDecision.UNDECIDED, promises=True).order_by("start", "end")
    return undecided.filter(start__gt=place).first() or undecided.first()


def _asked_for(intake: Intake, request: HttpRequest) -> IntakeSpan | None:
    return intake.spans.filter(pk=parse_key(request.GET.get("span"))).first()


def _page(
    model_admin: ModelAdmin,
    request: HttpRequest,
    intake: Intake,
    span: IntakeSpan | None,
    form: CardForm | None = None,
    *,
    problem: str = "",
) -> HttpResponse:
    spans = list(intake.spans.order_by("start", "end").select_related("decided_by", "commitment"))
    sections = list(intake.sections.select_related("area").order_by("start"))
    passed = [row for row in spans if not row.promises and row.decision == IntakeDecision.UNDECIDED]
    place = span.start if span else passed[0].start if passed else 0
    section = part_of_text(sections, place) if sections else IntakeSection(intake=intake, start=0, end=0)
    context: dict[str, Any] = {
        "span": span,
        "problem": problem,
        "segments": segments(intake, section, spans, span.pk if span else 0) if intake.text else [],
        "parts": parts_progress(sections, spans, section),
        "section": section,
        "passed": [(row, WHY_NOT.get(row.why, "")) for row in passed] if span is None else [],
        "passed_here": sum(section.start <= row.start < section.end for row in passed),
    }
    if span:
        context |= _card_context(request, intake, span, spans, form)
    status = HTTPStatus.CONFLICT if problem or (form and form.errors) else HTTPStatus.OK
    return step_page(model_admin, request, intake, MARK, status, **context)


def _card_context(
    request: HttpRequest, intake: Intake, span: IntakeSpan, spans: list[IntakeSpan], form: CardForm | None
) -> dict[str, Any]:
    places = [row.pk for row in spans if row.promises or row.pk == span.pk]
    at = places.index(span.pk)
    if form is None and span.promises:
        form = CardForm(intake, span, cells=shown_cells(intake, span, staff_user(request)))
    return {
        "form": form,
        "remarks": reading_remarks(span),
        "decided": decided_words(span),
        "previous": places[at - 1] if at else None,
        "following": places[at + 1] if at + 1 < len(places) else None,
        "split_places": split_places(span) if span.promises else [],
        "likely_split": likely_split(span),
    }


def _decide(model_admin: ModelAdmin, request: HttpRequest, intake: Intake) -> HttpResponse:
    """Carry out what was pressed, and go on to the next; what was typed stays where it cannot be."""
    span = intake.spans.select_related("whole").filter(pk=parse_key(request.POST.get("span"))).first()
    form = None
    if span and "card-title" in request.POST:
        form = CardForm(intake, span, request.POST, cells=shown_cells(intake, span, staff_user(request)))
    try:
        stop_if_refused(request)
        going_on = _carry_out(request, intake, span, form)
    except CardProblemError as refused:
        return _page(model_admin, request, intake, span, refused.form)
    except DecidedMeanwhileError as meanwhile:
        return _page(
            model_admin,
            request,
            intake,
            meanwhile.span,
            form if meanwhile.span else None,
            problem=str(meanwhile.message),
        )
    except ValidationError as refusal:
        return _page(model_admin, request, intake, span, form, problem=" ".join(refusal.messages))
    query = f"?span={going_on.pk}" if going_on else ""
    return HttpResponseRedirect(step_address(intake, MARK) + query)


def _carry_out(
    request: HttpRequest, intake: Intake, span: IntakeSpan | None, form: CardForm | None
) -> IntakeSpan | None:
    """Do what was pressed; the span with which to go on."""
    if span is None:
        raise DecidedMeanwhileError(None)
    act = request.POST.get("act", "")
    revision = parse_key(request.POST.get("revision"))
    by = Decider(staff_user(request), span.pk, revision, form.typed() if form else {})
    if act in ("accept", "aim") and form:
        _accept(intake, span, form, by, is_aim=act == "aim")
        return next_undecided(intake, span.start)
    if act == "reject":
        deciding.reject(by)
        return next_undecided(intake, span.start)
    return _change(request, intake, span, by, act)


def _change(request: HttpRequest, intake: Intake, span: IntakeSpan, by: Decider, act: str) -> IntakeSpan:
    """Acts after which the same words are looked at again."""
    if act == "split":
        return deciding.split(by, parse_key(request.POST.get("at")))[0]
    if act in MOVES:
        return deciding.move_ends(by, *moved(intake.text, span.start, span.end, act))
    if act == "choose_words":
        return deciding.move_ends(by, parse_key(request.POST.get("start")), parse_key(request.POST.get("end")))
    simple: dict[str, Callable[[Decider], IntakeSpan]] = {
        "merge": deciding.merge_with_next,
        "take": deciding.take_for_pledge,
        "reopen": deciding.reopen,
    }
    if act not in simple:
        raise ValidationError(_("Press one of the buttons."))
    return simple[act](by)


def _accept(intake: Intake, span: IntakeSpan, form: CardForm, by: Decider, *, is_aim: bool) -> None:
    """Store what the card says, as the record would have it. CardProblemError where the rules refuse it."""
    cells, whole = form.cells(), form.whole()
    if is_aim:
        cells["level"] = Level.AIM.value
        whole = whole or _pledge_before(intake, span)
        if whole is None:
            form.add_error(WHOLE, _("No pledge stands before it. Accept it as a pledge, or choose what it is part of."))
            raise CardProblemError(form)
    span.cells, span.whole = cells, intake.spans.filter(pk=whole).exclude(pk=span.pk).first() if whole else None
    outcome = judge_card(intake, span, by.user)
    problems = card_problems(intake, outcome, cells)
    for name, message in problems.items():
        form.add_error(name or None, message)
    if problems:
        raise CardProblemError(form)
    stored: Cells = {name: outcome.cells.get(name, cell) for name, cell in cells.items()}
    deciding.accept(by, stored, whole)


def _pledge_before(intake: Intake, span: IntakeSpan) -> int | None:
    """The key of the nearest pledge before a span that is no aim itself."""
    before = intake.spans.filter(promises=True, start__lt=span.start).exclude(decision=IntakeDecision.REJECTED)
    return next((row.pk for row in before.order_by("-start") if row.cells.get("level") != Level.AIM), None)


def _pass_over_rest(model_admin: ModelAdmin, request: HttpRequest, intake: Intake) -> HttpResponse:
    """Confirm that what was passed over, in one part or in all, promises nothing."""
    section = intake.sections.filter(pk=parse_key(request.POST.get("section"))).first()
    number = deciding.pass_over_rest(intake, section, staff_user(request))
    message = ngettext("%(number)s sentence promises nothing.", "%(number)s sentences promise nothing.", number)
    messages.success(request, message % {"number": number})
    return HttpResponseRedirect(step_address(intake, MARK))


def decided_words(span: IntakeSpan) -> str:
    """Who decided on a span, what, and when; nothing where nobody did."""
    if span.decision == IntakeDecision.UNDECIDED or span.decided_at is None:
        return ""
    values = {
        "decision": span.get_decision_display(),
        "name": span.decided_by,
        "time": date_format(localtime(span.decided_at), "DATETIME_FORMAT"),
    }
    return _("%(decision)s by %(name)s, %(time)s") % values
