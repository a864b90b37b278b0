"""The tables of the record that can be taken away whole: what is in each, and how they hang together."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.exports.columns import Column
from commitments.exports.list_columns import FURTHER_COLUMNS, LIST_COLUMNS, VERDICT_COLUMN
from commitments.exports.table_columns import (
    ALIASES_COLUMN,
    AREA_COLUMNS,
    EVIDENCE_COLUMNS,
    KNOWN_THROUGH_COLUMN,
    NEWS_SOURCE_COLUMNS,
    NOT_READ_COLUMN,
    ORGANISATION_COLUMNS,
    RELEASE_COLUMNS,
    SLUG_COLUMNS,
    TRANSLATION_COLUMNS,
    UPDATE_COLUMNS,
    page_column,
)
from commitments.models import (
    Area,
    Evidence,
    NewsSource,
    Organisation,
    Ownership,
    Partnership,
    Release,
    Translation,
    Update,
)
from commitments.query.filters import CommitmentFilter


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table. `key`: the columns that name a row, and settle its place. `foreign_keys`: column to table and column.

    `queryset` gives its public rows for a question that was put to the list: those that have to do with the
    commitments that it finds, as of its day, in the order of the key.
    """

    name: str
    title: str | Promise
    description: str | Promise
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    queryset: Callable[[CommitmentFilter], QuerySet[Any]]
    foreign_keys: dict[str, tuple[str, str]] = field(default_factory=dict)


def commitment_rows(filterset: CommitmentFilter) -> QuerySet[Any]:
    """What the list shows."""
    commitments: QuerySet[Any] = filterset.qs
    return commitments


def update_rows(filterset: CommitmentFilter) -> QuerySet[Any]:
    """What was recorded of the commitments by the day, as their pages show it: what was retracted, too."""
    updates = Update.objects.filter(
        commitment__in=filterset.qs.order_by().values("pk"), effective_on__lte=filterset.day
    )
    return updates.order_by("pk")


def evidence_rows(filterset: CommitmentFilter) -> QuerySet[Any]:
    """What these updates rest on."""
    return Evidence.objects.filter(update__in=update_rows(filterset).order_by().values("pk")).order_by(
        "update_id", "position"
    )


def organisation_rows(filterset: CommitmentFilter) -> QuerySet[Any]:
    """Owners and partners; without a filter, parties to agreements too."""
    organisations = Organisation.objects.public(filterset.day).order_by("slug")
    if not filterset.is_filtered:
        return organisations
    commitments = filterset.qs.order_by().values("pk")
    conditions = [
        Exists(model.objects.filter(organisation=OuterRef("pk"), commitment__in=commitments))
        for model in (Ownership, Partnership)
    ]
    return organisations.filter(Q(conditions[0]) | Q(conditions[1]))


def area_rows(filterset: CommitmentFilter) -> QuerySet[Any]:
    """Where they stand."""
    areas = Area.objects.public(filterset.day).order_by("slug")
    return areas.filter(pk__in=filterset.qs.order_by().values("area")) if filterset.is_filtered else areas


def release_rows(filterset: CommitmentFilter) -> QuerySet[Any]:
    """Where they were announced."""
    releases = Release.objects.public(filterset.day).order_by("slug")
    return releases.filter(pk__in=filterset.qs.order_by().values("release")) if filterset.is_filtered else releases


def news_source_rows(filterset: CommitmentFilter) -> QuerySet[Any]:
    """The list as it is today, whatever is asked for."""
    return NewsSource.objects.public(filterset.today).order_by("slug")


def translation_rows(filterset: CommitmentFilter) -> QuerySet[Any]:
    """How the texts of their record are said in Chinese, as it is today."""
    translations = Translation.objects.in_force()
    return translations.filter(commitment__in=filterset.qs.order_by().values("pk")).order_by("pk")


DATASETS = {
    dataset.name: dataset
    for dataset in (
        Dataset(
            "commitments",
            _("Commitments"),
            _("Every pledge as it stands on the day, with all that is public of it."),
            (*LIST_COLUMNS, *FURTHER_COLUMNS, *SLUG_COLUMNS, VERDICT_COLUMN),
            ("reference",),
            commitment_rows,
            {"release": ("releases", "slug"), "area": ("areas", "slug"), "part_of": ("commitments", "reference")},
        ),
        Dataset(
            "updates",
            _("Updates"),
            _("Every report, context and check, with what was retracted."),
            UPDATE_COLUMNS,
            ("entry",),
            update_rows,
            {"reference": ("commitments", "reference"), "reply_of": ("organisations", "slug")},
        ),
        Dataset(
            "evidence",
            _("Evidence"),
            _("The pages that the updates rest on."),
            EVIDENCE_COLUMNS,
            ("entry", "position"),
            evidence_rows,
            {"entry": ("updates", "entry"), "reference": ("commitments", "reference")},
        ),
        Dataset(
            "organisations",
            _("Organisations"),
            _("Owners, partners and parties to agreements."),
            (*ORGANISATION_COLUMNS, page_column("organisation"), ALIASES_COLUMN),
            ("slug",),
            organisation_rows,
        ),
        Dataset(
            "areas",
            _("Areas"),
            _("The headings under which pledges stand."),
            (*AREA_COLUMNS, page_column("area")),
            ("slug",),
            area_rows,
        ),
        Dataset(
            "releases",
            _("Releases"),
            _("The documents in which the pledges were made."),
            (*RELEASE_COLUMNS, page_column("release"), KNOWN_THROUGH_COLUMN, NOT_READ_COLUMN),
            ("slug",),
            release_rows,
        ),
        Dataset(
            "news_sources",
            _("News sources"),
            _("The publishers of evidence that are on the list, and the class that their word belongs to."),
            NEWS_SOURCE_COLUMNS,
            ("slug",),
            news_source_rows,
        ),
        Dataset(
            "translations",
            _("Translations"),
            _("The texts on record in Chinese, as they are translated today."),
            TRANSLATION_COLUMNS,
            ("translation",),
            translation_rows,
            {"reference": ("commitments", "reference")},
        ),
    )
}
