"""Every public address: those in each language, and those that have none."""

from dataclasses import replace

from django.contrib.sitemaps import views as sitemaps
from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from commitments.api import docs
from commitments.api import views as api
from commitments.headers import csp_report
from commitments.keeping import for_everybody
from commitments.models.commitment import REFERENCE
from commitments.public import (
    about,
    browse,
    calendar,
    checking,
    data,
    feedback,
    feeds,
    finding,
    health,
    overview,
    progress,
    timeline,
    views,
)
from commitments.reports import views as reports
from commitments.reports.columns import COLUMNS
from commitments.reports.csv import CSV
from commitments.reports.datasets import DATASETS
from commitments.reports.json import JSON
from commitments.reports.xlsx import XLSX


class ReferenceConverter(StringConverter):
    """A commitment's reference, as it is given once and for all."""

    regex = REFERENCE


class EntryConverter(StringConverter):
    """The number of an entry of the ledger: no more digits than both databases can hold."""

    regex = "[1-9][0-9]{0,17}"


class AnywhereConverter(StringConverter):
    """Nothing, or whatever ends with a slash; without one the address is completed first."""

    regex = "(?s:.+/)?"


register_converter(ReferenceConverter, "reference")
register_converter(AnywhereConverter, "anywhere")
register_converter(EntryConverter, "entry")

# The list's exports have the promised columns; the Data Package has all of them.
LISTED = {"dataset": replace(DATASETS["commitments"], columns=COLUMNS)}

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("commitments/", browse.commitments, name="commitments"),
    path("commitments.csv", reports.table, LISTED | {"form": CSV}, name="commitments_csv"),
    path("commitments.xlsx", reports.table, LISTED | {"form": XLSX}, name="commitments_xlsx"),
    path("commitments.json", reports.table, LISTED | {"form": JSON}, name="commitments_json"),
    path("commitments/<reference:reference>/", views.commitment, name="commitment"),
    path("commitments/<reference:reference>.csv", reports.commitment, LISTED | {"form": CSV}, name="commitment_csv"),
    path("commitments/<reference:reference>.atom", feeds.commitment, name="commitment_atom"),
    path("commitments/<reference:reference>.ics", calendar.commitment, name="commitment_ics"),
    path("data/", data.data, name="data"),
    path("data/commitments.schema.json", reports.json_schema, LISTED, name="json_schema"),
    path("data/datapackage.json", reports.datapackage, name="datapackage"),
    *(
        path(f"data/{dataset.name}.csv", reports.table, {"dataset": dataset, "form": CSV}, name=f"data_{dataset.name}")
        for dataset in DATASETS.values()
    ),
    path("areas/<slug:slug>/", views.area, name="area"),
    path("organisations/<slug:slug>/", views.organisation, name="organisation"),
    path("organisations/<slug:slug>.atom", feeds.organisation, name="organisation_atom"),
    path("releases/<slug:slug>/", views.release, name="release"),
    path("reports/progress/", progress.progress, name="progress"),
    path("reports/progress.csv", reports.progress, {"form": CSV}, name="progress_csv"),
    path("reports/progress.xlsx", reports.progress, {"form": XLSX}, name="progress_xlsx"),
    path("timeline/", timeline.timeline, name="timeline"),
    path("updates/", views.updates, name="updates"),
    path("updates.atom", feeds.updates, name="updates_atom"),
    path("ledger/", checking.ledger, name="ledger"),
    path("ledger.jsonl", reports.ledger_jsonl, name="ledger_jsonl"),
    path("deadlines.ics", calendar.deadlines, name="deadlines_ics"),
    path("api/v1/", api.Index.as_view(), name="api_index"),
    path("api/v1/commitments/", api.Collection.as_view(dataset=DATASETS["commitments"]), name="api_commitments"),
    path("api/v1/commitments/<reference:reference>/", api.Item.as_view(dataset=DATASETS["commitments"])),
    path("api/v1/updates/", api.Collection.as_view(dataset=DATASETS["updates"]), name="api_updates"),
    path("api/v1/updates/<entry:entry>/", api.Item.as_view(dataset=DATASETS["updates"])),
    path("api/v1/evidence/", api.Collection.as_view(dataset=DATASETS["evidence"]), name="api_evidence"),
    path("api/v1/organisations/", api.Collection.as_view(dataset=DATASETS["organisations"]), name="api_organisations"),
    path("api/v1/organisations/<slug:slug>/", api.Item.as_view(dataset=DATASETS["organisations"])),
    path("api/v1/areas/", api.Collection.as_view(dataset=DATASETS["areas"]), name="api_areas"),
    path("api/v1/areas/<slug:slug>/", api.Item.as_view(dataset=DATASETS["areas"])),
    path("api/v1/releases/", api.Collection.as_view(dataset=DATASETS["releases"]), name="api_releases"),
    path("api/v1/releases/<slug:slug>/", api.Item.as_view(dataset=DATASETS["releases"])),
    path("api/v1/translations/", api.Collection.as_view(dataset=DATASETS["translations"]), name="api_translations"),
    path("api/v1/schema/", api.Schema.as_view(), name="api_schema"),
    path("api/v1/docs/", docs.docs, name="api_docs"),
    path("api/<anywhere:elsewhere>", api.Nowhere.as_view()),
    path("about/", about.about, name="about"),
    path("about/design/", about.design, name="design"),
    path("report-an-error/", feedback.report_error, name="report_error"),
    path("report-an-error/<slug:token>/", feedback.received, name="report_received"),
]
# What programs and browsers ask for, the same in every language.
without_language = [
    path("sitemap.xml", for_everybody(sitemaps.index), {"sitemaps": finding.SITEMAPS}, name="sitemap"),
    path(
        "sitemap-<section>.xml",
        for_everybody(sitemaps.sitemap),
        {"sitemaps": finding.SITEMAPS},
        name="django.contrib.sitemaps.views.sitemap",
    ),
    path("robots.txt", finding.robots, name="robots"),
    path(".well-known/security.txt", finding.security, name="security"),
    path("csp-report/", csp_report, name="csp_report"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    re_path(r"^favicon\.ico$", views.favicon, name="favicon"),
]
