"""Every public address: those in each language, and those that have none."""

from dataclasses import replace

from django.contrib.sitemaps import views as sitemaps
from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from commitments.api import docs
from commitments.api import views as api
from commitments.domain.references import SPELLING
from commitments.exports import views as exports
from commitments.exports.csv import CSV
from commitments.exports.datasets import DATASETS
from commitments.exports.json import JSON
from commitments.exports.list_columns import LIST_COLUMNS
from commitments.exports.xlsx import XLSX
from commitments.models.commitment import REFERENCE
from commitments.public import (
    about,
    calendar,
    commitment_list,
    data,
    error_reports,
    feeds,
    health,
    indexes,
    ledger_page,
    overview,
    progress_report,
    seo,
    timeline,
)
from commitments.public.area import area_page
from commitments.public.commitment import commitment_page
from commitments.public.organisation import organisation_page
from commitments.public.release import release_page
from commitments.public.repeated import repeated_page
from commitments.public.seo import favicon
from commitments.public.spellings import other_spelling
from commitments.public.updates import updates_page
from commitments.web.page_cache import cache_public
from commitments.web.security_headers import csp_report


class ReferenceConverter(StringConverter):
    """A commitment's reference, as it is given once and for all."""

    regex = REFERENCE


class SpellingConverter(StringConverter):
    """A reference as somebody may type it. Comes after the references themselves, which fit it, too."""

    regex = SPELLING


class EntryConverter(StringConverter):
    """The number of an entry of the ledger: no more digits than both databases can hold."""

    regex = "[1-9][0-9]{0,17}"


class AnywhereConverter(StringConverter):
    """Nothing, or whatever ends with a slash; without one the address is completed first."""

    regex = "(?s:.+/)?"


register_converter(ReferenceConverter, "reference")
register_converter(SpellingConverter, "spelling")
register_converter(AnywhereConverter, "anywhere")
register_converter(EntryConverter, "entry")

# The list's exports have the promised columns; the Data Package has all of them.
LISTED = {"dataset": replace(DATASETS["commitments"], columns=LIST_COLUMNS)}

# What there is of each commitment, by the name of the address and its ending.
COMMITMENT_ADDRESSES = {
    "commitment": "/",
    "commitment_csv": ".csv",
    "commitment_atom": ".atom",
    "commitment_ics": ".ics",
}

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("commitments/", commitment_list.commitment_list, name="commitments"),
    path("commitments.csv", exports.export_table, LISTED | {"form": CSV}, name="commitments_csv"),
    path("commitments.xlsx", exports.export_table, LISTED | {"form": XLSX}, name="commitments_xlsx"),
    path("commitments.json", exports.export_table, LISTED | {"form": JSON}, name="commitments_json"),
    path("commitments/<reference:reference>/", commitment_page, name="commitment"),
    path(
        "commitments/<reference:reference>.csv",
        exports.export_commitment,
        LISTED | {"form": CSV},
        name="commitment_csv",
    ),
    path("commitments/<reference:reference>.atom", feeds.commitment_feed, name="commitment_atom"),
    path("commitments/<reference:reference>.ics", calendar.commitment_calendar, name="commitment_ics"),
    *(
        path(f"commitments/<spelling:reference>{ending}", other_spelling, {"name": name})
        for name, ending in COMMITMENT_ADDRESSES.items()
    ),
    path("data/", data.data_page, name="data"),
    path("data/commitments.schema.json", exports.export_json_schema, LISTED, name="json_schema"),
    path("data/datapackage.json", exports.export_data_package, name="datapackage"),
    *(
        path(
            f"data/{dataset.name}.csv",
            exports.export_table,
            {"dataset": dataset, "form": CSV},
            name=f"data_{dataset.name}",
        )
        for dataset in DATASETS.values()
    ),
    path("areas/", indexes.area_index, name="areas"),
    path("areas/<slug:slug>/", area_page, name="area"),
    path("organisations/", indexes.organisation_index, name="organisations"),
    path("organisations/<slug:slug>/", organisation_page, name="organisation"),
    path("organisations/<slug:slug>.atom", feeds.organisation_feed, name="organisation_atom"),
    path("releases/", indexes.release_index, name="releases"),
    path("releases/<slug:slug>/", release_page, name="release"),
    path("repeated/", repeated_page, name="repeated"),
    path("reports/progress/", progress_report.progress_report, name="progress_report"),
    path("reports/progress.csv", exports.export_progress, {"form": CSV}, name="progress_csv"),
    path("reports/progress.xlsx", exports.export_progress, {"form": XLSX}, name="progress_xlsx"),
    path("timeline/", timeline.timeline, name="timeline"),
    path("updates/", updates_page, name="updates"),
    path("updates.atom", feeds.updates_feed, name="updates_atom"),
    path("ledger/", ledger_page.ledger_page, name="ledger"),
    path("ledger.jsonl", exports.export_ledger, name="ledger_jsonl"),
    path("deadlines.ics", calendar.deadlines_calendar, name="deadlines_ics"),
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
    path("api/v1/news_sources/", api.Collection.as_view(dataset=DATASETS["news_sources"]), name="api_news_sources"),
    path("api/v1/news_sources/<slug:slug>/", api.Item.as_view(dataset=DATASETS["news_sources"])),
    path("api/v1/translations/", api.Collection.as_view(dataset=DATASETS["translations"]), name="api_translations"),
    path("api/v1/schema/", api.Schema.as_view(), name="api_schema"),
    path("api/v1/docs/", docs.api_docs_page, name="api_docs"),
    path("api/<anywhere:elsewhere>", api.UnknownAddress.as_view()),
    path("about/", about.about_page, name="about"),
    path("about/design/", about.design_page, name="design"),
    path("report-an-error/", error_reports.report_error, name="report_error"),
    path("report-an-error/<slug:token>/", error_reports.error_report_status, name="error_report_status"),
]
# What programs and browsers ask for, the same in every language.
without_language = [
    path("sitemap.xml", cache_public(sitemaps.index), {"sitemaps": seo.SITEMAPS}, name="sitemap"),
    path(
        "sitemap-<section>.xml",
        cache_public(sitemaps.sitemap),
        {"sitemaps": seo.SITEMAPS},
        name="django.contrib.sitemaps.views.sitemap",
    ),
    path("robots.txt", seo.robots_txt, name="robots"),
    path(".well-known/security.txt", seo.security_txt, name="security"),
    path("ledger/heads.txt", ledger_page.heads_txt, name="heads_txt"),
    path("csp-report/", csp_report, name="csp_report"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    re_path(r"^favicon\.ico$", favicon, name="favicon"),
]
