"""What search engines and programs read: structured data (schema.org), the sitemap, robots.txt, security.txt."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import override

from commitments.domain.choices import OrganisationKind, Status
from commitments.exports.json import LICENCE
from commitments.i18n.languages import LANGUAGE_TAGS, RECORD_LANGUAGE, current_language, path_in_language
from commitments.i18n.site_name import site_name
from commitments.models import Area, Commitment, LedgerEntry, Organisation, Release
from commitments.models.commitment import CommitmentQuerySet
from commitments.query.localized import localize
from commitments.web.page_cache import cache_public
from commitments.web.snapshot import public_get

SCHEMA_ORG = "https://schema.org"
# schema.org's words for ours; what was never reported has none of them.
ACTION_STATUS = {
    Status.NOT_STARTED: f"{SCHEMA_ORG}/PotentialActionStatus",
    Status.IN_PROGRESS: f"{SCHEMA_ORG}/ActiveActionStatus",
    Status.COMPLETED: f"{SCHEMA_ORG}/CompletedActionStatus",
    Status.STOPPED: f"{SCHEMA_ORG}/FailedActionStatus",
}
ORGANISATION_TYPES = dict.fromkeys(
    (OrganisationKind.GOVERNMENT, OrganisationKind.DEPARTMENT, OrganisationKind.CENTRAL_GOVERNMENT),
    "GovernmentOrganization",
)
MAX_IN_SITEMAP = 5000
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)  # in what CONTACT says
SECURITY_TXT_VALID_FOR = timedelta(days=180)  # RFC 9116 asks for less than a year


def commitment_json_ld(commitment: Commitment, verdict: str, absolute: Callable[[str], str]) -> dict[str, Any]:
    """A commitment as an action of its owners, after the release that announced it. Empty values are left out.

    The action is described by the release's words, the page by what became of them.
    """
    status = Status(commitment.state.status)
    action = {
        "@type": "Action",
        "name": localize(commitment, "title").text,
        "description": localize(commitment, "quote").text,
        "identifier": commitment.reference,
        "agent": [
            {
                "@type": ORGANISATION_TYPES.get(organisation.kind, "Organization"),
                "name": localize(organisation, "name").text,
            }
            for organisation in commitment.owners.all()
        ],
        "actionStatus": ACTION_STATUS.get(status),
        "endTime": str(commitment.state.completed_on) if is_schema_date(commitment.state.completed_on) else None,
    }
    return {
        "@context": SCHEMA_ORG,
        "@type": "WebPage",
        "url": absolute(commitment.get_absolute_url()),
        "name": f"{commitment.reference} {localize(commitment, 'title').text}",
        "description": verdict,
        "inLanguage": LANGUAGE_TAGS[current_language()],
        "isBasedOn": commitment.release.url or None,
        "license": LICENCE,
        "mainEntity": {name: value for name, value in action.items() if value},
    }


def is_schema_date(partial_date: Any) -> bool:
    """Whether schema.org has the form: a half-year and a quarter are none of ISO 8601-1."""
    return partial_date is not None and partial_date.text == partial_date.edtf and len(partial_date.text) in (4, 7, 10)


def dataset_json_ld(absolute: Callable[[str], str]) -> dict[str, Any]:
    """The whole record as a data set that can be downloaded."""
    return {
        "@context": SCHEMA_ORG,
        "@type": "Dataset",
        "name": site_name(),
        "description": _("What governments announced, and what is known to have come of it."),
        "url": absolute(reverse("overview")),
        "inLanguage": LANGUAGE_TAGS[current_language()],
        "license": LICENCE,
        "creator": {"@type": "Organization", "name": settings.PUBLISHER or site_name()},
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": "text/csv", "contentUrl": absolute(reverse("commitments_csv"))}
        ],
    }


class LanguageSitemap(Sitemap):  # type: ignore[type-arg]  # generic in the stubs only
    """A part of the sitemap for each language: Django's own way would read every commitment for each page of it."""

    def __init__(self, language: str = RECORD_LANGUAGE) -> None:
        self.language = language

    def location(self, item: Any) -> str:
        # The address of a thing's own page.
        with override(self.language):
            return self.address(item)

    def address(self, item: Any) -> str:
        """In the language of the moment."""
        return str(item.get_absolute_url())


class PageSitemap(LanguageSitemap):
    """The pages that are always there."""

    def items(self) -> list[str]:
        return [
            "overview",
            "commitments",
            "timeline",
            "progress_report",
            "updates",
            "areas",
            "organisations",
            "releases",
            "repeated",
            "ledger",
            "data",
            "about",
            "api_docs",
        ]

    def address(self, item: str) -> str:
        return reverse(item)


class CommitmentSitemap(LanguageSitemap):
    """Every public commitment, with the time of its last entry in the ledger."""

    limit = MAX_IN_SITEMAP

    def items(self) -> CommitmentQuerySet:
        last_entry = LedgerEntry.objects.filter(commitment=OuterRef("reference")).order_by("-sequence")
        commitments = Commitment.objects.as_of(localdate()).order_by("reference_key")
        return commitments.annotate(changed_at=Subquery(last_entry.values("recorded_at")[:1]))

    def lastmod(self, item: Commitment) -> datetime:
        """When its last entry was recorded."""
        changed_at: datetime = item.changed_at  # type: ignore[attr-defined]  # annotated above
        return changed_at

    def get_latest_lastmod(self) -> datetime | None:
        # When the last entry of all was recorded, without reading every commitment.
        last_entry = LedgerEntry.objects.order_by("sequence").last()
        return last_entry.recorded_at if last_entry else None


class EntitySitemap(LanguageSitemap):
    """Every release that was issued, every area in which something public stands, every organisation that has part."""

    limit = MAX_IN_SITEMAP

    def __init__(self, model: type[Release] | type[Area] | type[Organisation], language: str) -> None:
        super().__init__(language)
        self.model = model

    def items(self) -> Any:
        return self.model.objects.public(localdate())


SITEMAP_CLASSES: dict[str, Callable[[str], LanguageSitemap]] = {
    "pages": PageSitemap,
    "commitments": CommitmentSitemap,
    "releases": partial(EntitySitemap, Release),
    "areas": partial(EntitySitemap, Area),
    "organisations": partial(EntitySitemap, Organisation),
}
SITEMAPS: dict[str, Any] = {
    name + (f"-{language}" if language != RECORD_LANGUAGE else ""): partial(part, language)
    for language in LANGUAGE_TAGS
    for name, part in SITEMAP_CLASSES.items()
}


@cache_public
def robots_txt(request: HttpRequest) -> HttpResponse:
    """Everything may be read but what is staff's, and what one reader sent us; no need to walk through every day."""
    closed = (reverse("admin:index"), reverse("report_error"), f"{reverse('progress_report')}?")
    lines = [
        "User-agent: *",
        *(f"Disallow: {path_in_language(language, path)}" for language in LANGUAGE_TAGS for path in closed),
        "Disallow: /*as_of=",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@cache_public
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to tell of a weakness, and until when that holds (RFC 9116)."""
    form = f"{settings.SITE_URL}{reverse('report_error')}"
    address = EMAIL.search(settings.CONTACT)
    lines = [
        *([f"Contact: mailto:{address[0]}"] if address else []),
        f"Contact: {form}",
        f"Expires: {(now() + SECURITY_TXT_VALID_FOR).astimezone(UTC):%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: en, zh",
        f"Canonical: {settings.SITE_URL}{reverse('security')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@public_get
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for it unasked."""
    return redirect(static("commitments/favicon.svg"), permanent=True)
