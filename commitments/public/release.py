"""A release's page: its text in the reader's order, with the commitments in place."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby

from django.db.models import F, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from commitments.models import Commitment, Release
from commitments.query.entity_changes import changes_of
from commitments.query.expressions import PROMISED_AGAIN, PROMISES_AGAIN
from commitments.web.pages import Page, day_page

MAX_ROWS_OF_RELEASE = 400


@day_page
def release_page(page: Page, slug: str) -> HttpResponse:
    """The release in the reader's order, with its commitments in place."""
    release = get_object_or_404(Release.objects.public(page.day), slug=slug)
    in_order = (F("area__position").asc(nulls_last=True), "paragraph", "reference_key")
    rows = Commitment.objects.as_of(page.day).filter(release=release).order_by(*in_order)
    total = rows.count()
    by_area: defaultdict[int | None, list[Commitment]] = defaultdict(list)
    shown = rows.annotate(is_repeated=PROMISED_AGAIN, repeats_one=PROMISES_AGAIN)[:MAX_ROWS_OF_RELEASE]
    for row in shown:
        by_area[row.area_id].append(row)
    outline = [
        (section, group_by_paragraph(by_area.pop(section.area_id, [])))
        for section in release.sections.select_related("area")
    ]
    public = Prefetch("commitments", queryset=Commitment.objects.as_of(page.day).order_by("reference_key"))
    agreements = list(release.agreements.prefetch_related("parties", public))
    return page.render(
        "release",
        release=release,
        changes=changes_of(release),
        outline=outline,
        elsewhere=[row for rest in by_area.values() for row in rest],
        agreements=agreements,
        total=total,
        has_repetitions=any(row.is_repeated or row.repeats_one for row in shown),  # type: ignore[attr-defined]  # above
        shown=MAX_ROWS_OF_RELEASE,
        unidentified=(release.agreements_stated or 0) - len(agreements),
    )


def group_by_paragraph(rows: Iterable[Commitment]) -> list[tuple[int, list[Commitment]]]:
    """Commitments of one section by paragraph."""
    return [(number, list(group)) for number, group in groupby(rows, lambda row: row.paragraph)]
