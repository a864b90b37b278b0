"""The same file as django-tables2 makes it by itself: FilterView, SingleTableMixin and ExportMixin, nothing else.

`python -m tests.benchmarks.stock stock|prefetched` prints the seconds that the answer took.
"""

import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
django.setup()

import django_tables2 as tables  # noqa: E402  (needs Django's settings)
from django.db.models import QuerySet  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.utils.timezone import localdate  # noqa: E402
from django_filters import FilterSet  # noqa: E402
from django_filters.views import FilterView  # noqa: E402
from django_tables2.export.views import ExportMixin  # noqa: E402

from commitments.exports.list_columns import COLUMN_NAMES  # noqa: E402
from commitments.models import Commitment  # noqa: E402

STATE = ("deadline", "original_deadline", "status", "stop_reason", "status_on", "evidence", "achieved", "note")
PREFETCHED = sys.argv[1] == "prefetched"


class Table(tables.Table):
    """Every column of our export, by the nearest means that the library has."""

    release = tables.Column(accessor="release__slug")
    area = tables.Column(accessor="area__slug")
    owners = tables.ManyToManyColumn(separator="; ")
    partners = tables.ManyToManyColumn(separator="; ")
    sides = tables.ManyToManyColumn(accessor="owners", transform=lambda body: body.side, separator="; ")
    deadline_last_day = tables.Column(accessor="state__deadline_last")
    freshness = tables.Column()
    schedule = tables.Column()
    slip_days = tables.Column()
    days_late = tables.Column()
    last_entry_on = tables.Column(accessor="state__last_entry_on")
    evidence_urls = tables.Column(accessor="state__evidence_urls")
    url = tables.Column(accessor="get_absolute_url")
    locals().update({name: tables.Column(accessor=f"state__{name}") for name in STATE})

    class Meta:
        model = Commitment
        fields = COLUMN_NAMES


class Filter(FilterSet):
    class Meta:
        model = Commitment
        fields = ("kind", "level")


class View(ExportMixin, tables.SingleTableMixin, FilterView):
    table_class = Table
    filterset_class = Filter
    export_formats = ("csv",)

    def get_queryset(self) -> QuerySet[Commitment]:
        found = Commitment.objects.as_of(localdate()).order_by("reference")
        return found.for_pages() if PREFETCHED else found


if __name__ == "__main__":
    started = time.perf_counter()
    answer = View.as_view()(RequestFactory().get("/?_export=csv"))
    size = len(answer.content)
    assert size > 1000
    print(size, time.perf_counter() - started)
