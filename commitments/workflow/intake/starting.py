"""Beginning with a release's text: its parts, and every sentence of it, taken for a pledge or passed over."""

from datetime import date
from itertools import chain, count

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from commitments.domain.reading.reader import Proposal, Reading, read_text
from commitments.domain.reading.source_text import ReadingError, is_chinese, plain_text, readable_copy
from commitments.domain.reading.spans import Passed
from commitments.i18n.languages import RECORD_LANGUAGE
from commitments.models import Area, Intake, IntakeSection, IntakeSpan, Release
from commitments.workflow.intake.cells import plain_values, proposal_cells
from commitments.workflow.intake.record import read_record

MAX_HEADING = IntakeSection._meta.get_field("heading").max_length
BATCH_SIZE = 500
LONGEST_STEM = 32  # characters of a suggested slug, without the year


def start_intake(release: Release, text: str, chinese_text: str, prefix: str, user: User) -> Intake:
    """Read a release's text, plain or HTML, and keep what was found. ValidationError, by field, where it cannot be.

    A release that is new is stored with it. `chinese_text`: the same release in Chinese, where there is one, from which
    translations are proposed.
    """
    text, reading = _read(text, release)
    try:
        chinese_text = chinese_text_as_kept(chinese_text) if chinese_text.strip() else ""
    except ReadingError as error:
        raise ValidationError({"chinese_text": str(error)}) from error
    with transaction.atomic():
        if not release.pk:
            release.save()
        elif Intake.objects.filter(release=release).exists():
            raise ValidationError({"release": _("The text of this release is being read already.")})
        intake = Intake.objects.create(
            release=release, text=text, chinese_text=chinese_text.strip(), prefix=prefix, started_by=user
        )
        _store_parts(intake, reading)
        _store_spans(intake, reading)
    return intake


def text_as_kept(text: str) -> str:
    """A text, plain or HTML, as it is kept, which all offsets refer to. ReadingError where it cannot be read."""
    kept = plain_text(text.replace("\r\n", "\n").replace("\r", "\n"))
    readable_copy(kept)
    return kept


def chinese_text_as_kept(text: str) -> str:
    """The same of a text that must be Chinese."""
    kept = text_as_kept(text)
    if not is_chinese(kept):
        raise ReadingError(_("This text is not in Chinese."))
    return kept


def suggested_slug(title: str, issued_on: date) -> str:
    """The first words of a title and its year, as no other release has it."""
    stem = ""
    for word in slugify(title).split("-"):
        if len(stem) + len(word) > LONGEST_STEM:
            break
        stem = f"{stem}-{word}".strip("-")
    stem = f"{stem or 'release'}-{issued_on.year}"
    taken = set(Release.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in chain([stem], (f"{stem}-{number}" for number in count(2))) if slug not in taken)


def _read(text: str, release: Release) -> tuple[str, Reading]:
    """The text as it is kept, and what was read from it, in the language of the record."""
    try:
        kept = text_as_kept(text)  # a refusal is in the language of whoever reads it
    except ReadingError as error:
        raise ValidationError({"text": str(error)}) from error
    with override(RECORD_LANGUAGE):
        return kept, read_text(kept, read_record(release.issued_on))


def _store_parts(intake: Intake, reading: Reading) -> None:
    areas = {area.slug: area for area in _areas(reading)}
    IntakeSection.objects.bulk_create(
        (
            IntakeSection(
                intake=intake,
                start=part.start,
                end=part.end,
                heading=part.heading[:MAX_HEADING],
                area=None if part.joins_above else areas.get(part.area.slug or ""),
                joins_above=part.joins_above,
            )
            for part in reading.parts
        ),
        batch_size=BATCH_SIZE,
    )


def _areas(reading: Reading) -> list[Area]:
    return list(Area.objects.filter(slug__in={part.area.slug for part in reading.parts if part.area.slug}))


def _store_spans(intake: Intake, reading: Reading) -> None:
    """Proposals first, so that an aim can name what it hangs on. What is passed over twice is kept once."""
    proposed = IntakeSpan.objects.bulk_create(
        [_proposed(intake, proposal) for proposal in reading.proposals], batch_size=BATCH_SIZE
    )
    hanging = []
    for span, proposal in zip(proposed, reading.proposals, strict=True):
        if proposal.aim_of is not None and proposed[proposal.aim_of] is not span:
            span.whole = proposed[proposal.aim_of]
            hanging.append(span)
    IntakeSpan.objects.bulk_update(hanging, ["whole"], batch_size=BATCH_SIZE)
    places = {(span.start, span.end) for span in proposed}
    passed = {(row.start, row.end): row for row in reading.passed if row.end > row.start}
    IntakeSpan.objects.bulk_create(
        (_passed_over(intake, row) for place, row in passed.items() if place not in places), batch_size=BATCH_SIZE
    )


def _proposed(intake: Intake, proposal: Proposal) -> IntakeSpan:
    span = IntakeSpan(intake=intake, promises=True, start=proposal.start, end=proposal.end)
    fill_span(span, proposal)
    return span


def fill_span(span: IntakeSpan, proposal: Proposal) -> None:
    """What was read of its words, in place of what it said before."""
    with override(RECORD_LANGUAGE):
        span.words, span.why = proposal.words, proposal.why
        span.cells, span.reading = proposal_cells(proposal), plain_values(proposal)


def _passed_over(intake: Intake, row: Passed) -> IntakeSpan:
    words = intake.text[row.start : row.end]
    return IntakeSpan(intake=intake, promises=False, start=row.start, end=row.end, words=words, why=row.why)
