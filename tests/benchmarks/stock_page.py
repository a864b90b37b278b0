"""The list page as django-tables2 and django-filter make it by themselves, in the same server as ours.

SingleTableMixin and FilterView with the same columns and filters, 25 rows, the libraries' own templates.
`tests.benchmarks.stock_page` serves it at /stock/, beside all of our pages and the floors, which go through the
same middleware: /floor/?bytes=N, a bare answer, and /version/?bytes=N, the same after one query for the version.
`python -m tests.benchmarks.stock_page ADDRESS…` prints the number of queries that each address takes, which must have a
question; one like it was asked before.
"""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
application = get_wsgi_application()

import django_filters as filters  # noqa: E402  (needs Django's settings)
import django_tables2 as tables  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import QuerySet  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils.timezone import localdate  # noqa: E402
from django_filters.views import FilterView  # noqa: E402

import tracker.urls  # noqa: E402
from commitments.domain.choices import EvidenceLevel, Freshness, Kind, Level, Schedule, Side, Status  # noqa: E402
from commitments.models import Area, Commitment, Organisation, Release  # noqa: E402
from commitments.models.ledger import record_version  # noqa: E402

PAGE = engines["django"].from_string(
    "{% load render_table from django_tables2 %}<!DOCTYPE html><title>Commitments</title>"
    "<form>{{ filter.form.as_p }}<button>Show</button></form>{% render_table table %}"
)


class Table(tables.Table):
    """The columns of our list, by the nearest means that the library has."""

    owners = tables.ManyToManyColumn()
    deadline = tables.Column(accessor="state__deadline", order_by="state__deadline_last")
    status = tables.Column(accessor="state__status")
    last_entry = tables.Column(accessor="state__last_entry_on")

    class Meta:
        model = Commitment
        fields = ("reference", "title", "owners", "deadline", "status", "last_entry")


def choice(column, vocabulary):
    return filters.MultipleChoiceFilter(column, choices=vocabulary.choices)


def row(column, model):
    return filters.ModelMultipleChoiceFilter(column, queryset=model.objects.all(), to_field_name="slug")


class Filter(filters.FilterSet):
    """The names of our filters, by the nearest means that the library has."""

    q = filters.CharFilter("title", lookup_expr="icontains")
    status = choice("state__status", Status)
    schedule = choice("schedule", Schedule)
    evidence = choice("state__evidence", EvidenceLevel)
    freshness = choice("freshness", Freshness)
    area = row("area__slug", Area)
    owner = row("owners__slug", Organisation)
    partner = row("partners__slug", Organisation)
    side = choice("owners__side", Side)
    kind = choice("kind", Kind)
    level = choice("level", Level)
    release = row("release__slug", Release)
    deadline_from = filters.DateFilter("state__deadline_last", lookup_expr="gte")
    deadline_to = filters.DateFilter("state__deadline_last", lookup_expr="lte")


class View(tables.SingleTableMixin, FilterView):
    table_class = Table
    filterset_class = Filter

    def get_queryset(self) -> QuerySet[Commitment]:
        return Commitment.objects.as_of(localdate()).order_by("reference")

    def render_to_response(self, context, **_kwargs) -> HttpResponse:
        return HttpResponse(PAGE.render(context, self.request))


def floor(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b" " * int(request.GET["bytes"]))


def version(request: HttpRequest) -> HttpResponse:
    record_version()
    return floor(request)


urlpatterns = [
    path("stock/", View.as_view()),
    path("floor/", floor),
    path("version/", version),
    *tracker.urls.urlpatterns,
]
settings.ROOT_URLCONF = __name__


def queries(address: str) -> int:
    """How many queries an address takes when the like of it was asked before, but not itself: that would be kept."""
    for visit in range(2):
        with CaptureQueriesContext(connection) as captured:
            assert Client(HTTP_HOST="127.0.0.1").get(f"{address}&utm_source={visit}").status_code == 200
    return len(captured)


if __name__ == "__main__":
    print(*[queries(address) for address in sys.argv[1:]])
