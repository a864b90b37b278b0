"""Expressions by which plain values are read, in one query, on both databases."""

from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Subquery, Value
from django.db.models.expressions import Expression
from django.db.models.functions import Cast, Concat

from commitments.domain.choices import EntryKind
from commitments.domain.partial_dates import PartialDate, parse_partial_date
from commitments.models import Ownership, Partnership, Repetition, Update

BATCH_SIZE = 500  # rows that are read, and written, at a time


class JoinedValues(Subquery):
    """The values of a subquery in one text, joined by commas, in no particular order; null where there are none."""

    template = "(SELECT GROUP_CONCAT(item, ',') FROM (%(subquery)s) AS listed)"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The same in PostgreSQL's words."""
        template = "(SELECT STRING_AGG(item::text, ',') FROM (%(subquery)s) AS listed)"
        return super().as_sql(compiler, connection, template=template, **context)


class JoinedLines(JoinedValues):
    """The same, each on a line of its own: for texts that have commas in them."""

    template = "(SELECT GROUP_CONCAT(item, CHAR(10)) FROM (%(subquery)s) AS listed)"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The same in PostgreSQL's words."""
        template = "(SELECT STRING_AGG(item::text, CHR(10)) FROM (%(subquery)s) AS listed)"
        return Subquery.as_sql(self, compiler, connection, template=template, **context)


def joined_organisations(model: type[Ownership] | type[Partnership], column: str = "organisation_id") -> JoinedValues:
    """The primary keys, or something else, of a commitment's owners or partners."""
    return JoinedValues(model.objects.filter(commitment=OuterRef("pk")).values(item=F(column)))


def as_text(name: str) -> Expression:
    """A day, a partial date or a decimal as text: both databases give it without asking Python."""
    return Cast(name, CharField())


def to_partial_date(text: str | None) -> PartialDate | None:
    """The partial date whose text `as_text` gave; None where there is none."""
    return parse_partial_date(text) if text else None


REPEATED = JoinedValues(Repetition.objects.filter(commitment=OuterRef("pk")).values(item=F("repeated__reference")))
# Of each that promises it again the reference and, after a blank, the day on which its release was issued.
REPEATING = JoinedValues(
    Repetition.objects.filter(
        repeated=OuterRef("pk"), commitment__published_at__isnull=False, commitment__retracted_at=None
    ).values(item=Concat("commitment__reference", Value(" "), as_text("commitment__release__issued_on")))
)
OWNER_KEYS, PARTNER_KEYS = joined_organisations(Ownership), joined_organisations(Partnership)

CURRENT_DEADLINE, ORIGINAL_DEADLINE = as_text("state__deadline"), as_text("state__original_deadline")

# After `as_of(day)`: whether a later commitment promises it again, and whether it promises an earlier one again. The
# other one must be public, and out on the day.
_AGAIN = Repetition.objects.filter(
    repeated=OuterRef("pk"),
    commitment__published_at__isnull=False,
    commitment__retracted_at=None,
    commitment__release__issued_on__lte=OuterRef("day"),
)
PROMISED_AGAIN = Exists(_AGAIN)
# Of a repetition: whether a report on the earlier commitment counts from a day between those of the two releases.
REPORTED_BETWEEN = Exists(
    Update.objects.filter(
        commitment=OuterRef("repeated"),
        kind=EntryKind.REPORT,
        retracted_by=None,
        date_last__isnull=False,
        effective_on__gt=OuterRef("repeated__release__issued_on"),
        effective_on__lt=OuterRef("commitment__release__issued_on"),
    )
)
PROMISED_AGAIN_UNREPORTED = Exists(_AGAIN.filter(~REPORTED_BETWEEN))
PROMISES_AGAIN = Exists(
    Repetition.objects.filter(
        commitment=OuterRef("pk"),
        repeated__published_at__isnull=False,
        repeated__retracted_at=None,
        repeated__release__issued_on__lte=OuterRef("day"),
    )
)
