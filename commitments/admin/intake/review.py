"""The step “review”: one table of what becomes drafts; deadlines are ticked one by one; all of it becomes drafts.

The page carries the revision of the intake and a digest of its rows (R7): what somebody else decided meanwhile stops
the drafts, and the ticks of those rows, and is said.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.admin.base import ModelAdmin, parse_key, staff_user, stop_if_refused
from commitments.admin.intake.pages import PUBLISH, REVIEW, step_address, step_page
from commitments.admin.intake.review_rows import ReviewRow, RowMaker, shown_digest, to_do
from commitments.admin.intake.rows import accepted_spans, judge_spans, write_drafts
from commitments.domain.text_lengths import length_problem
from commitments.i18n.phrases import join_sentences
from commitments.ledger.append import lock_head
from commitments.models import Intake, IntakeSpan
from commitments.workflow.intake.deciding import DecidedMeanwhileError, Decider, reopen
from commitments.workflow.intake.drafting import look_at_deadline, make_reports, make_sections, note_hands

LOOKED_AT, SHOWN_REVISION = "looked-at-", "seen-"  # begin the names of the boxes of a row
RETURN_BUTTON, DRAFTS_BUTTON = "_return", "_drafts"


@dataclass(frozen=True, slots=True)
class Table:
    """What the page shows now."""

    rows: list[ReviewRow]
    digest: str


class ChangedMeanwhileError(ValidationError):
    """What the page showed is no longer so. `spans`: those that somebody decided on since."""

    def __init__(self, message: str, spans: list[IntakeSpan]) -> None:
        super().__init__(message)
        self.spans = spans


def read_table(intake: Intake, request: HttpRequest) -> Table:
    """The accepted spans that are no drafts yet, judged as an import would."""
    spans = accepted_spans(intake)
    outcomes = judge_spans(intake, spans, staff_user(request)) if spans else {}
    return Table(RowMaker(intake, spans, outcomes).rows(), shown_digest(spans, outcomes))


def review_view(model_admin: ModelAdmin, request: HttpRequest, intake: Intake) -> HttpResponse:
    """The page, a form to return a row of it, or what was sent from either."""
    if not request.user.has_perm("commitments.add_commitment"):
        raise PermissionDenied
    if "return" in request.GET:
        return return_view(model_admin, request, intake, parse_key(request.GET["return"]))
    if request.method != "POST":
        return review_page(model_admin, request, intake)
    try:
        stop_if_refused(request)
        overtaken = store_ticks(request, intake)  # kept whatever becomes of the drafts
        if DRAFTS_BUTTON in request.POST:
            number = make_drafts(request, intake, overtaken)
    except ValidationError as problem:
        return review_page(model_admin, request, intake, problem)
    if DRAFTS_BUTTON in request.POST:
        text = ngettext("%(number)s draft is made.", "%(number)s drafts are made.", number)
        messages.success(request, text % {"number": number})
        return HttpResponseRedirect(step_address(intake, PUBLISH))
    if overtaken:
        words = _("Somebody else has decided on some of these rows meanwhile. Their ticks were not stored.")
        return review_page(model_admin, request, intake, ChangedMeanwhileError(words, overtaken))
    if key := parse_key(request.POST.get(RETURN_BUTTON)):
        return HttpResponseRedirect(f"{step_address(intake, REVIEW)}?return={key}")
    messages.success(request, _("The ticks are stored."))
    return HttpResponseRedirect(step_address(intake, REVIEW))


def review_page(
    model_admin: ModelAdmin, request: HttpRequest, intake: Intake, problem: ValidationError | None = None
) -> HttpResponse:
    """The table, with what was sent and what stopped it."""
    intake = Intake.objects.select_related("release").get(pk=intake.pk)
    table = read_table(intake, request)
    left, number = to_do(intake, table.rows), len(table.rows)
    if problem and not isinstance(problem, ChangedMeanwhileError):
        show_sent_ticks(request, table)
    button = ngettext("Make %(number)s draft", "Make %(number)s drafts", number) % {"number": number}
    changed = list(problem.spans) if isinstance(problem, ChangedMeanwhileError) else []
    context: dict[str, Any] = {
        "rows": table.rows,
        "to_do": left,
        "may_make": number and not any(one.stops and not one.on_page for one in left),
        "button": button,
        "revision": intake.revision,
        "digest": table.digest,
        "drafted": intake.spans.filter(commitment__isnull=False).count(),
        "publish_address": step_address(intake, PUBLISH),
        "problem": join_sentences(problem.messages) if problem else "",
        "changed": changed,
    }
    return step_page(model_admin, request, intake, REVIEW, HTTPStatus.CONFLICT if problem else HTTPStatus.OK, **context)


# Ticks


def sent_ticks(request: HttpRequest) -> Iterator[tuple[int, int, bool]]:
    """Of each row that was sent: the key of its span, the revision that was looked at, and whether it is ticked."""
    for name, value in request.POST.items():
        if name.startswith(SHOWN_REVISION):
            key = name.removeprefix(SHOWN_REVISION)
            yield parse_key(key), parse_key(value), f"{LOOKED_AT}{key}" in request.POST


def store_ticks(request: HttpRequest, intake: Intake) -> list[IntakeSpan]:
    """Store each tick that was set or taken away; the spans that somebody else has changed are given back."""
    stored = dict(intake.spans.values_list("pk", "deadline_confirmed"))
    overtaken: list[IntakeSpan] = []
    for key, revision, ticked in sent_ticks(request):
        if key not in stored or stored[key] == ticked:
            continue
        try:
            look_at_deadline(Decider(staff_user(request), key, revision), looked_at=ticked)
        except DecidedMeanwhileError as refusal:
            overtaken += [refusal.span] if refusal.span else []
    return overtaken


def show_sent_ticks(request: HttpRequest, table: Table) -> None:
    """Tick the rows of a page that is shown again as they were sent, stored or not."""
    sent = {key: ticked for key, _revision, ticked in sent_ticks(request)}
    for row in table.rows:
        row.span.deadline_confirmed = sent.get(row.span.pk, row.span.deadline_confirmed)


# Drafts


def make_drafts(request: HttpRequest, intake: Intake, overtaken: list[IntakeSpan]) -> int:
    """Drafts of all accepted spans, all or none; how many. ValidationError where the page was not what it would be.

    `overtaken`: spans of which this page's ticks could not be stored.
    """
    user = staff_user(request)
    with transaction.atomic():
        lock_head()
        held = Intake.objects.select_for_update(of=("self",)).select_related("release").get(pk=intake.pk)
        table = read_table(held, request)
        refuse_changed(request, held, table, overtaken)
        left = [one.words for one in to_do(held, table.rows) if one.stops]
        if left or not table.rows:
            raise ValidationError([_("No draft was made."), *left])
        drafts = write_drafts(held, user)
        note_hands(drafts, [row.span for row in table.rows], user)
        make_sections(held, user)
        make_reports(held.release, drafts.values(), user)
    return len(drafts)


def refuse_changed(request: HttpRequest, intake: Intake, table: Table, overtaken: list[IntakeSpan]) -> None:
    """Raise ChangedMeanwhileError where what would become drafts is not what the page showed."""
    shown, ticked = parse_key(request.POST.get("revision")), {key for key, _seen, _tick in sent_ticks(request)}
    changed = intake.spans.filter(revision__gt=shown).select_related("decided_by")
    others = [span for span in changed if span.pk not in ticked or span.decided_by_id != request.user.pk]
    if others or overtaken:
        message = _("Somebody else has decided on sentences of this text meanwhile. Look again: no draft was made.")
        raise ChangedMeanwhileError(message, others or overtaken)
    if table.digest != request.POST.get("shown"):
        message = _(
            "What is on record has changed meanwhile: a reference was used by somebody else, or something is called "
            "otherwise. Look again: no draft was made."
        )
        raise ChangedMeanwhileError(message, [])


# Returning


def return_view(model_admin: ModelAdmin, request: HttpRequest, intake: Intake, key: int) -> HttpResponse:
    """A row goes back to be decided anew, with the reason, which stands on its card."""
    table = read_table(intake, request)
    row = next((one for one in table.rows if one.span.pk == key), None)
    if row is None:
        messages.warning(request, _("This row is not here any more: somebody else has returned it, or it is a draft."))
        return HttpResponseRedirect(step_address(intake, REVIEW))
    note, problem = request.POST.get("note", ""), ""
    if request.method == "POST":
        try:
            stop_if_refused(request)
            refuse_unusable_note(note)
            reopen(Decider(staff_user(request), key, parse_key(request.POST.get("revision"))), note)
        except ValidationError as refusal:
            problem = join_sentences(refusal.messages)
        else:
            messages.success(request, _("“%(title)s” is undecided again.") % {"title": row.title})
            return HttpResponseRedirect(step_address(intake, REVIEW))
    status = HTTPStatus.CONFLICT if problem else HTTPStatus.OK
    context = {"returning": row, "note": note, "problem": problem, "back": step_address(intake, REVIEW)}
    return step_page(model_admin, request, intake, REVIEW, status, **context)


def refuse_unusable_note(note: str) -> None:
    """Raise ValidationError for a reason that nobody can act on."""
    if not note.strip():
        raise ValidationError(_("Say what is to be changed. Whoever decides on it reads it."))
    if problem := length_problem(note):
        raise ValidationError(problem)
