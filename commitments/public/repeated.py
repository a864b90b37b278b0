"""What was promised again, and whether anything was reported in between."""

from django.http import HttpResponse

from commitments.query.repetitions import repeated_sentence, repetitions_by, with_updates_between
from commitments.web.pages import Page, day_page

MAX_PAIRS = 200  # the list has the rest


@day_page
def repeated_page(page: Page) -> HttpResponse:
    """Each pledge that a later release promised again; those of which nothing was reported in between stand first."""
    repetitions = repetitions_by(page.day)
    pairs = with_updates_between(repetitions[: MAX_PAIRS + 1])
    shown = pairs[:MAX_PAIRS]
    return page.render(
        "repeated",
        sentence=repeated_sentence(page.day, page.links.commitments),
        unreported=[pair for pair in shown if not pair.reports],
        reported=[pair for pair in shown if pair.reports],
        is_cut=len(pairs) > MAX_PAIRS,
    )
