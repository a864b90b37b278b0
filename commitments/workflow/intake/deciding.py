"""Deciding on the spans of a release's text, one at a time and by two people at once.

Each act holds the intake until it is stored, and counts it up. Whoever looked at a span that somebody else has changed
meanwhile is told, and nothing is done (R7).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.domain.choices import IntakeDecision
from commitments.domain.reading.reader import read_spans
from commitments.domain.reading.source_text import trim
from commitments.models import Intake, IntakeSection, IntakeSpan
from commitments.workflow.intake.cells import Cells, carry_translations
from commitments.workflow.intake.record import read_record
from commitments.workflow.intake.starting import BATCH_SIZE, fill_span

TYPED = "typed"  # in what was read of a span: the cells that people typed, which no reading anew takes away


class DecidedMeanwhileError(ValidationError):
    """Somebody else has changed the span, which `span` is now; None where it is gone."""

    def __init__(self, span: IntakeSpan | None) -> None:
        if span is None:
            message = _("Somebody else has split or merged this sentence meanwhile. Nothing of yours was stored.")
        elif span.intake.text_deleted_at and not span.words:
            message = _("The text was deleted meanwhile. Nothing of yours was stored.")
        else:
            message = _(
                "%(name)s has changed this sentence meanwhile (now: %(decision)s, with the title “%(title)s”). Nothing "
                "of yours was stored. Press the button again to store yours instead."
            )
            message %= {
                "name": span.decided_by or _("Somebody else"),
                "decision": span.get_decision_display(),
                "title": span.cells.get("title", ""),
            }
        super().__init__(message)
        self.span = span


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides on a span, the revision of it that was looked at, and cells that were typed beside and are kept."""

    user: User
    span: int
    revision: int
    typed: Cells = field(default_factory=dict)


@contextmanager
def held_span(by: Decider) -> Iterator[IntakeSpan]:
    """The span as it is now, held with its intake, whose count goes up. DecidedMeanwhileError where it was changed."""
    with transaction.atomic():
        span = _held(by)
        refuse_drafted(span)
        intake = span.intake
        intake.revision += 1
        intake.save(update_fields=["revision"])
        span.revision, span.decided_by, span.decided_at = intake.revision, by.user, timezone.now()
        typed = span.reading.get(TYPED, {}) | by.typed
        if typed:
            span.reading[TYPED] = typed
            span.cells |= typed
        log_hands([span], by.user)
        yield span


def log_hands(spans: Sequence[IntakeSpan], user: User) -> None:
    """Whoever decides on a span, translates it or files it under an area writes a part of its draft: `hands_in_spans`.

    The log does not repeat the text's words.
    """
    about = ContentType.objects.get_for_model(IntakeSpan)
    LogEntry.objects.bulk_create(
        (
            LogEntry(
                user=user,
                content_type=about,
                object_id=str(span.pk),
                object_repr=str(span.intake)[:200],
                action_flag=CHANGE,
            )
            for span in spans
        ),
        batch_size=BATCH_SIZE,
    )


def hands_in_spans(spans: Sequence[IntakeSpan]) -> dict[int, set[int]]:
    """By the key of each span the keys of all who had a hand in it, whoever was the last to decide."""
    hands = {span.pk: {span.decided_by_id} if span.decided_by_id else set() for span in spans}
    about = ContentType.objects.get_for_model(IntakeSpan)
    logged = LogEntry.objects.filter(content_type=about, object_id__in=[str(key) for key in hands])
    for key, user in logged.values_list("object_id", "user"):
        hands[int(key or 0)].add(user)
    return hands


def _held(by: Decider) -> IntakeSpan:
    intake = Intake.objects.filter(spans=by.span).select_for_update().first()
    span = IntakeSpan.objects.filter(pk=by.span).select_related("decided_by").first()
    if intake is None or span is None:
        raise DecidedMeanwhileError(None)
    span.intake = intake
    if span.revision != by.revision:
        raise DecidedMeanwhileError(span)
    return span


def refuse_drafted(span: IntakeSpan) -> None:
    """Raise ValidationError for a span that became a draft, which is changed on its own page."""
    if span.commitment_id:
        message = _("It is a draft already, %(draft)s: change it there.") % {"draft": span.commitment}
        raise ValidationError(message)


def accept(by: Decider, cells: Cells, whole: int | None) -> IntakeSpan:
    """Take it for a pledge that says this. `whole`: the key of the span that it hangs on."""
    with held_span(by) as span:
        if span.cells.get("deadline") != cells.get("deadline"):
            span.deadline_confirmed = False
        span.decision, span.promises, span.note = IntakeDecision.ACCEPTED, True, ""
        span.cells = carry_translations(span.cells, cells)
        span.whole = span.intake.spans.filter(pk=whole).exclude(pk=span.pk).first() if whole else None
        span.save()
        return span


def reject(by: Decider) -> IntakeSpan:
    """Take it for no pledge. What hangs on it hangs on nothing any more."""
    with held_span(by) as span:
        span.decision, span.note = IntakeDecision.REJECTED, ""
        span.parts.update(whole=None)
        span.save()
        return span


def reopen(by: Decider, note: str = "") -> IntakeSpan:
    """Leave it undecided again. `note`: why whoever reviewed it sent it back."""
    with held_span(by) as span:
        span.decision, span.note = IntakeDecision.UNDECIDED, note
        span.save()
        return span


def take_for_pledge(by: Decider) -> IntakeSpan:
    """Read what was passed over as if it promised; undecided."""
    with held_span(by) as span:
        _read_anew([span])
        span.save()
        return span


def move_ends(by: Decider, start: int, end: int) -> IntakeSpan:
    """Give it other ends, and read it anew; undecided. ValidationError where there are no words between them."""
    with held_span(by) as span:
        span.start, span.end = _ends(span.intake, start, end)
        _refuse_doubled([span])
        _read_anew([span])
        span.save()
        return span


def split(by: Decider, at: int) -> tuple[IntakeSpan, IntakeSpan]:
    """Make two of it, the second from `at` on, and read both anew; undecided."""
    with held_span(by) as span:
        intake, end = span.intake, span.end
        second = IntakeSpan(intake=intake, revision=span.revision, decided_by=by.user, decided_at=span.decided_at)
        second.start, second.end = _ends(intake, at, end)
        span.start, span.end = _ends(intake, span.start, at)
        _refuse_doubled([span, second])
        _read_anew([span, second])
        span.save()
        second.save()
        log_hands([second], by.user)
        return span, second


def merge_with_next(by: Decider) -> IntakeSpan:
    """Make one of it and the next that is taken for a pledge, and read it anew; undecided."""
    with held_span(by) as span:
        following = span.intake.spans.filter(promises=True, start__gte=span.end).order_by("start", "end").first()
        if following is None:
            raise ValidationError(_("No pledge stands behind it to merge it with."))
        refuse_drafted(following)
        if following.decision == IntakeDecision.ACCEPTED:
            raise ValidationError(_("The next pledge is accepted already: make it undecided first, then merge."))
        following.parts.update(whole=span)
        following.delete()
        span.end = following.end
        _refuse_doubled([span])
        _read_anew([span])
        span.save()
        return span


def pass_over_rest(intake: Intake, section: IntakeSection | None, user: User) -> int:
    """Confirm that the sentences passed over, of one part or of all, promise nothing; how many these were."""
    with transaction.atomic():
        held = Intake.objects.select_for_update().get(pk=intake.pk)
        rest = held.spans.filter(promises=False, decision=IntakeDecision.UNDECIDED)
        if section:
            rest = rest.filter(start__gte=section.start, start__lt=section.end)
        held.revision += 1
        held.save(update_fields=["revision"])
        return rest.update(
            decision=IntakeDecision.REJECTED, decided_by=user, decided_at=timezone.now(), revision=held.revision
        )


def _ends(intake: Intake, start: int, end: int) -> tuple[int, int]:
    """Within the text, and without white space and stops at the ends. ValidationError where no words are left."""
    start, end = trim(intake.text, max(0, start), min(len(intake.text), end))
    if start >= end:
        raise ValidationError(_("No words would be left in it. Choose other ends."))
    return start, end


def _refuse_doubled(spans: Sequence[IntakeSpan]) -> None:
    """Raise ValidationError where another span has the same ends."""
    for span in spans:
        if span.intake.spans.filter(start=span.start, end=span.end).exclude(pk=span.pk).exists():
            raise ValidationError(_("These words are marked already. Choose other ends."))


def _read_anew(spans: Sequence[IntakeSpan]) -> None:
    """What the rules make of the words that they have now, and what people typed. Its area is that of its part."""
    intake = spans[0].intake
    if not intake.text:
        raise ValidationError(_("The text of this release was deleted, so nothing can be read from it any more."))
    record = read_record(intake.release.issued_on)
    proposals = read_spans(intake.text, record, [(span.start, span.end) for span in spans])
    areas = section_areas(intake)
    for span, proposal in zip(spans, proposals, strict=True):
        before, typed = span.cells, span.reading.get(TYPED, {})
        fill_span(span, proposal)
        span.reading |= {TYPED: typed} if typed else {}
        span.cells = carry_translations(before, span.cells | {"area": area_at(areas, span.start)} | typed)
        span.promises, span.decision, span.deadline_confirmed = True, IntakeDecision.UNDECIDED, False


def section_areas(intake: Intake) -> list[tuple[IntakeSection, str]]:
    """Each part of the text with the slug of its area, which may be that of the part above; "" where it has none."""
    areas: list[tuple[IntakeSection, str]] = []
    for section in intake.sections.select_related("area"):
        above = areas[-1][1] if areas and section.joins_above else ""
        areas.append((section, section.area.slug if section.area else above))
    return areas


def area_at(areas: Sequence[tuple[IntakeSection, str]], place: int) -> str:
    """The slug of the area in whose part a place of the text is."""
    return next((slug for section, slug in reversed(areas) if section.start <= place), "")


def file_under_areas(intake: Intake, user: User) -> int:
    """After the parts of the text were given other areas: let the spans that are no drafts follow; how many did."""
    areas, changed = section_areas(intake), []
    for span in intake.spans.filter(promises=True, commitment=None).select_related("intake__release"):
        if span.cells.get("area") != (slug := area_at(areas, span.start)):
            span.cells["area"], span.revision = slug, intake.revision
            changed.append(span)
    IntakeSpan.objects.bulk_update(changed, ["cells", "revision"], batch_size=BATCH_SIZE)
    log_hands(changed, user)
    return len(changed)
