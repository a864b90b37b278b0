"""What search engines and programs read: structured data (schema.org), the sitemap, robots.txt, security.txt."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import override

from commitments.choices import OrganisationKind, Status
from commitments.keeping import for_everybody
from commitments.languages import RECORD, TAGS, current, path_in
from commitments.models import Area, Commitment, LedgerEntry, Organisation, Release
from commitments.querysets import CommitmentQuerySet
from commitments.translations import said

CONTEXT = "https://schema.org"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
# schema.org's words for ours; what was never reported has none of them.
ACTION_STATUS = {
    Status.NOT_STARTED: f"{CONTEXT}/PotentialActionStatus",
    Status.IN_PROGRESS: f"{CONTEXT}/ActiveActionStatus",
    Status.COMPLETED: f"{CONTEXT}/CompletedActionStatus",
    Status.STOPPED: f"{CONTEXT}/FailedActionStatus",
}
TYPES = dict.fromkeys(
    (OrganisationKind.GOVERNMENT, OrganisationKind.DEPARTMENT, OrganisationKind.CENTRAL_GOVERNMENT),
    "GovernmentOrganization",
)
MOST_IN_A_SITEMAP = 5000
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)  # in what CONTACT says
HOLDS = timedelta(days=180)  # RFC 9116 asks for less than a year


def of_commitment(found: Commitment, absolute: Callable[[str], str]) -> dict[str, Any]:
    """A commitment as an action of its owners, after the release that announced it. Empty values are left out."""
    status = Status(found.state.status)
    action = {
        "@type": "Action",
        "name": said(found, "title").text,
        "description": said(found, "quote").text,
        "identifier": found.reference,
        "agent": [
            {"@type": TYPES.get(body.kind, "Organization"), "name": said(body, "name").text}
            for body in found.owners.all()
        ],
        "actionStatus": ACTION_STATUS.get(status),
        "endTime": str(found.state.completed_on) if is_schema_date(found.state.completed_on) else None,
    }
    return {
        "@context": CONTEXT,
        "@type": "WebPage",
        "url": absolute(found.get_absolute_url()),
        "name": f"{found.reference} {said(found, 'title').text}",
        "inLanguage": TAGS[current()],
        "isBasedOn": found.release.url or None,
        "license": LICENCE,
        "mainEntity": {name: value for name, value in action.items() if value},
    }


def is_schema_date(when: Any) -> bool:
    """Whether schema.org has the form: a half-year and a quarter are none of ISO 8601-1."""
    return when is not None and when.text == when.edtf and len(when.text) in (4, 7, 10)


def of_all(absolute: Callable[[str], str]) -> dict[str, Any]:
    """The whole record as a data set that can be downloaded."""
    return {
        "@context": CONTEXT,
        "@type": "Dataset",
        "name": _("Public commitments"),
        "description": _("What governments announced, and what is known to have come of it."),
        "url": absolute(reverse("overview")),
        "inLanguage": TAGS[current()],
        "license": LICENCE,
        "creator": {"@type": "Organization", "name": settings.PUBLISHER or _("Public commitments")},
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": "text/csv",
                "contentUrl": absolute(reverse("commitments_csv")),
            }
        ],
    }


class InALanguage(Sitemap):  # type: ignore[type-arg]  # generic in the stubs only
    """A part of the sitemap for each language: Django's own way would read every commitment for each page of it."""

    def __init__(self, language: str = RECORD) -> None:
        self.language = language

    def location(self, item: Any) -> str:
        """The address of a thing's own page."""
        with override(self.language):
            return self.address(item)

    def address(self, item: Any) -> str:
        """In the language of the moment."""
        return str(item.get_absolute_url())


class Pages(InALanguage):
    """The pages that are always there."""

    def items(self) -> list[str]:
        """By their names in `urls.py`."""
        return ["overview", "commitments", "timeline", "progress", "updates", "ledger", "data", "about", "api_docs"]

    def address(self, item: str) -> str:
        """By its name."""
        return reverse(item)


class Commitments(InALanguage):
    """Every public commitment, with the time of its last entry in the ledger."""

    limit = MOST_IN_A_SITEMAP

    def items(self) -> CommitmentQuerySet:
        """By reference."""
        last = LedgerEntry.objects.filter(commitment=OuterRef("reference")).order_by("-sequence")
        found = Commitment.objects.as_of(localdate()).order_by("reference")
        return found.annotate(changed_at=Subquery(last.values("recorded_at")[:1]))

    def lastmod(self, item: Commitment) -> datetime:
        """When its last entry was recorded."""
        changed: datetime = item.changed_at  # type: ignore[attr-defined]  # annotated above
        return changed

    def get_latest_lastmod(self) -> datetime | None:
        """When the last entry of all was recorded, without reading every commitment."""
        last = LedgerEntry.objects.order_by("sequence").last()
        return last.recorded_at if last else None


class Releases(InALanguage):
    """Every release that was issued."""

    def items(self) -> Any:
        """The latest first."""
        return Release.objects.filter(issued_on__lte=localdate())


class Areas(InALanguage):
    """Every area in which something public stands."""

    def items(self) -> Any:
        """In the order that staff gave them."""
        return Area.objects.public(localdate())


class Organisations(InALanguage):
    """Every organisation that has part in something public."""

    limit = MOST_IN_A_SITEMAP

    def items(self) -> Any:
        """By name."""
        return Organisation.objects.public(localdate())


PARTS = {
    "pages": Pages,
    "commitments": Commitments,
    "releases": Releases,
    "areas": Areas,
    "organisations": Organisations,
}
SITEMAPS: dict[str, Any] = {
    name + (f"-{language}" if language != RECORD else ""): partial(part, language)
    for language in TAGS
    for name, part in PARTS.items()
}


@for_everybody
def robots(request: HttpRequest) -> HttpResponse:
    """Everything may be read but what is staff's, and what one reader sent us; no need to walk through every day."""
    closed = (reverse("admin:index"), reverse("report_error"), f"{reverse('progress')}?")
    lines = [
        "User-agent: *",
        *(f"Disallow: {path_in(language, path)}" for language in TAGS for path in closed),
        "Disallow: /*as_of=",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@for_everybody
def security(request: HttpRequest) -> HttpResponse:
    """Where to tell of a weakness, and until when that holds (RFC 9116)."""
    form = f"{settings.SITE_URL}{reverse('report_error')}"
    address = EMAIL.search(settings.CONTACT)
    lines = [
        *([f"Contact: mailto:{address[0]}"] if address else []),
        f"Contact: {form}",
        f"Expires: {(now() + HOLDS).astimezone(UTC):%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: en, zh",
        f"Canonical: {settings.SITE_URL}{reverse('security')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
