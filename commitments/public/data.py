"""Open data: every download, how many rows it has, when it changed, and what its columns mean."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse, QueryDict

from commitments.exports.datasets import DATASETS
from commitments.i18n.languages import RECORD_LANGUAGE, current_language
from commitments.models import LedgerEntry, Translation
from commitments.public.subscriptions import NEVER, last_recorded
from commitments.query.filters import CommitmentFilter
from commitments.web.pages import day_page, render_page


@day_page
def data_page(request: HttpRequest, day: date, as_of: date | None) -> HttpResponse:
    """Every download and its licence."""
    filterset = CommitmentFilter(QueryDict(f"as_of={as_of}" if as_of else ""), day)
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
    entries = LedgerEntry.objects.count()
    return render_page(request, "data", day, as_of=as_of, tables=tables, entries=entries, recorded=recorded)


def last_translated() -> datetime:
    """When a text was last translated; NEVER where none was."""
    last = Translation.objects.order_by("pk").last()
    return last.recorded_at if last else NEVER
