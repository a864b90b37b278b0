"""Open data: every download, how many rows it has, when it changed, and what its columns mean."""

from datetime import datetime

from django.http import HttpResponse, QueryDict

from commitments.exports.datasets import DATASETS
from commitments.i18n.languages import RECORD_LANGUAGE, current_language
from commitments.models import LedgerEntry, Translation
from commitments.public.subscriptions import NEVER, last_recorded
from commitments.query.filters import CommitmentFilter
from commitments.web.pages import Page, day_page


@day_page
def data_page(page: Page) -> HttpResponse:
    """Every download and its licence."""
    filterset = CommitmentFilter(QueryDict(f"as_of={page.as_of}" if page.as_of else ""), page.day)
    recorded, translated = last_recorded(), last_translated()
    in_chinese = current_language() != RECORD_LANGUAGE
    tables = [
        {
            "dataset": dataset,
            "address": f"data_{name}",
            "rows": dataset.queryset(filterset).count(),
            # In Chinese each table holds texts that may have been translated since.
            "changed": max(recorded, translated if in_chinese or name == "translations" else NEVER),
        }
        for name, dataset in DATASETS.items()
    ]
    return page.render("data", tables=tables, entries=LedgerEntry.objects.count(), recorded=recorded)


def last_translated() -> datetime:
    """When a text was last translated; NEVER where none was."""
    last = Translation.objects.order_by("pk").last()
    return last.recorded_at if last else NEVER
