"""From decisions to drafts: deadlines looked at, the release's sections, reports of what it says is done already."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from commitments.domain.choices import (
    ANNOUNCED,
    EntryKind,
    IntakeDecision,
    Kind,
    Relation,
    ReportBasis,
    Source,
    Status,
)
from commitments.i18n.collation import fold
from commitments.i18n.languages import CHINESE, RECORD_LANGUAGE, column_suffix
from commitments.ledger.translations import NewTranslation
from commitments.models import Commitment, DraftUpdate, Intake, IntakeSection, IntakeSpan, Release, Section
from commitments.workflow.draft_edits import note_edits
from commitments.workflow.entry_proposals import bring_translations
from commitments.workflow.intake.deciding import Decider, hands_in_spans, held_span
from commitments.workflow.news_sources import NewsSourceLookup

REPORTED_AS = {
    Kind.AGREEMENT: gettext_lazy("The release reports it as signed. Its statement is the only source."),
    Kind.DONE_AT_RELEASE: gettext_lazy("The release reports it as already in place. Its statement is the only source."),
}
LONGEST_PUBLISHER = 120


def look_at_deadline(by: Decider, *, looked_at: bool) -> IntakeSpan:
    """Say that somebody has compared a deadline with the text's words, or that nobody has."""
    with held_span(by) as span:
        span.deadline_confirmed = looked_at
        span.save()
        return span


def note_hands(drafts: Mapping[int, Commitment], spans: Sequence[IntakeSpan], user: User) -> None:
    """Whoever decided on a span wrote a part of its draft: with four eyes none of them publishes it.

    `drafts`: by the key of the span. `user`: who made the drafts, and so their author.
    """
    by_user: dict[int, set[int]] = defaultdict(set)
    for key, users in hands_in_spans(spans).items():
        for hand in users:
            by_user[hand].add(drafts[key].pk)
    for other in User.objects.filter(pk__in=by_user.keys() - {user.pk}):
        note_edits(other, commitments=by_user[other.pk])
    note_edits(user, commitments=[draft.pk for draft in drafts.values()])  # the last to have changed them, too


def make_sections(intake: Intake, user: User) -> int:
    """Sections of the release from the parts of its text, where it has none and is not public; how many.

    An area is one section, where its first part stands. What is no area is one only where a pledge stands in it: the
    text's title is a heading, too.
    """
    release = intake.release
    if release.published_at or release.sections.exists():
        return 0
    parts = [part for part in intake.sections.select_related("area") if not part.joins_above]
    bare = _parts_of_bare_pledges(intake, parts)
    first: dict[int | None, IntakeSection] = {}
    for part in parts:
        if part.area_id or part.pk in bare:
            first.setdefault(part.area_id, part)
    Section.objects.bulk_create(
        Section(release=release, position=position, area=part.area, **_headings(part))
        for position, part in enumerate(first.values(), 1)
    )
    if first:  # whoever made them had a hand in the release
        LogEntry.objects.log_actions(user.pk, [release], CHANGE, _("Made its sections from its text."))
    return len(first)


def _parts_of_bare_pledges(intake: Intake, parts: Sequence[IntakeSection]) -> set[int]:
    """The keys of the parts in which accepted pledges stand that have no area."""
    accepted = intake.spans.filter(decision=IntakeDecision.ACCEPTED)
    starts = [span.start for span in accepted if not span.cells.get("area")]
    return {[part for part in parts if part.start <= start][-1].pk for start in starts if parts[0].start <= start}


def _headings(part: IntakeSection) -> dict[str, str]:
    """The heading as in the text; in Chinese only where it is the name of its area, which has one."""
    headings, area = {"heading": part.heading}, part.area
    if area and part.heading and fold(area.name) == fold(part.heading):
        headings |= {f"heading{column_suffix(language)}": area.translation("name", language) for language in CHINESE}
    return headings


def make_reports(release: Release, commitments: Iterable[Commitment], user: User) -> list[DraftUpdate]:
    """Draft reports that what the release says is signed or in place is done, by its own statement."""
    reports = [_make_report(release, commitment, user) for commitment in commitments if commitment.kind in ANNOUNCED]
    note_edits(user, drafts=[report.pk for report in reports])
    bring_translations([translation for report in reports for translation in _translations(release, report)], user)
    return reports


def _make_report(release: Release, commitment: Commitment, user: User) -> DraftUpdate:
    with override(RECORD_LANGUAGE):
        note = str(REPORTED_AS[Kind(commitment.kind)])
    report = commitment.drafts.create(
        kind=EntryKind.REPORT,
        date=str(release.issued_on),
        status=Status.COMPLETED,
        basis=ReportBasis.RELEASE,
        note=note,
        author=user,
        changed_by=user,
    )
    if release.url and (source := _source_of(release)):
        report.evidence.create(
            title=release.title,
            publisher=release.publisher[:LONGEST_PUBLISHER],
            url=release.url,
            date=str(release.issued_on),
            relation=Relation.DIRECT,
            source=source,
        )
    return report


def _source_of(release: Release) -> str:
    """Who speaks on the release's page: a party to it, unless it is known through somebody else's.

    Empty where that is no news source on record: staff add the page and say what it is.
    """
    if not release.known_through:
        return Source.PARTY
    news_source = NewsSourceLookup().find(release.publisher)
    return news_source.source if news_source else ""


def _translations(release: Release, report: DraftUpdate) -> list[NewTranslation]:
    """The note in each language, and what the release is called in them where that is known."""
    translations = []
    for language in CHINESE:
        with override(language):
            note = str(REPORTED_AS[Kind(report.commitment.kind)])
        texts = [(report.note, note)]
        if report.evidence.all():
            texts += [(getattr(release, name), release.translation(name, language)) for name in ("title", "publisher")]
        translations += [
            NewTranslation(report.commitment, language, source, text)
            for source, text in texts
            if text and text != source
        ]
    return translations
