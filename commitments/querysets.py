"""What SQL must know of the rules: who may see a commitment, how it stands on a day, what a word finds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.db import models
from django.db.models import (
    Case,
    DateField,
    Exists,
    FilteredRelation,
    Func,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import RawSQL

from commitments.choices import PAST_DEADLINE, Freshness, Level, Schedule, Status
from commitments.languages import folded, has_han
from commitments.schedule import AGEING, DUE_SOON, FRESH, SETTLED, UNFINISHED

if TYPE_CHECKING:
    from commitments.models import Commitment  # noqa: F401  (the base class names it; models import this module)

Self = TypeVar("Self", bound="CommitmentQuerySet")


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    """Every public page, feed and export starts at `public()` or at `as_of(day)`, which starts there."""

    def public(self: Self) -> Self:
        """What anybody may see."""
        return self.filter(published_at__isnull=False)

    def as_of(self: Self, day: date) -> Self:
        """Public commitments whose release was out by `day`, each with its `state`, `schedule` and `freshness` then."""
        found = self.public()._standing_on(day).filter(release__issued_on__lte=day, state__isnull=False)
        return found.annotate(schedule=schedule_on(day), freshness=freshness_on(day))

    def for_staff(self: Self, day: date) -> Self:
        """Drafts too, which have no state: their `state` is None, their `schedule` and `freshness` are empty."""
        draft = When(published_at=None, then=Value(""))
        return self._standing_on(day).annotate(
            schedule=Case(draft, default=schedule_on(day)), freshness=Case(draft, default=freshness_on(day))
        )

    def _standing_on(self: Self, day: date) -> Self:
        found = self.annotate(state=standing_on(day), day=Value(day, output_field=DateField()))
        return found.select_related("state")

    def since(self: Self, first: date) -> Self:
        """After `as_of(day)`: each with its state on an earlier day too, `then`; also of what was promised later."""
        return self.annotate(then=standing_on(first))

    def within_reach_of(self: Self, user: Any) -> Self:
        """What a member of staff works on: everything, or what their own organisation must deliver (R8)."""
        from commitments.models import Organisation

        if user.has_perm("commitments.work_for_all"):
            return self
        return self.owned_by(Organisation.objects.filter(affiliations__user=user.pk))

    def counted(self: Self) -> Self:
        """Counts are of primary commitments; aims and umbrellas are listed beside them."""
        return self.filter(level=Level.PRIMARY)

    def for_rows(self: Self) -> Self:
        """With all that a row of a table shows, in one more query: the owners, kind and date of the last entry."""
        from commitments.models import Update

        last = Update.objects.filter(
            commitment=OuterRef("pk"), effective_on=OuterRef("state__last_entry_on"), retracted_by=None
        ).exclude(date="")
        last = last.order_by("-entry")
        dated, kind = Subquery(last.values("date")[:1]), Subquery(last.values("kind")[:1])
        return self.annotate(last_dated=dated, last_kind=kind)._named("owners")

    def for_pages(self: Self) -> Self:
        """With all that its own page shows of it, in two more queries."""
        return self.select_related("area", "release", "part_of")._named("owners", "partners")

    def _named(self: Self, *parties: str) -> Self:
        from commitments.models import Organisation

        by_name = Organisation.objects.order_by("name")
        return self.prefetch_related(*(Prefetch(name, queryset=by_name) for name in parties))

    def owned_by(self: Self, organisations: Any) -> Self:
        """That one of the organisations must deliver."""
        return self.filter(Exists(self._of("ownership", organisation__in=organisations)))

    def joined_by(self: Self, organisations: Any) -> Self:
        """That one of the organisations takes part in."""
        return self.filter(Exists(self._of("partnership", organisation__in=organisations)))

    def of_side(self: Self, sides: list[str]) -> Self:
        """That an organisation of one of the sides must deliver."""
        return self.filter(Exists(self._of("ownership", organisation__side__in=sides)))

    def due(self: Self, first: date | None = None, last: date | None = None) -> Self:
        """Whose deadline ends on one of these days, both included."""
        found = self.filter(state__deadline_last__gte=first) if first else self
        return found.filter(state__deadline_last__lte=last) if last else found

    def past_deadline(self: Self) -> Self:
        """Whose deadline has passed without a known outcome, after `as_of(day)`; the longest ago first."""
        return self.filter(schedule__in=PAST_DEADLINE).order_by("state__deadline_last", "reference")

    def due_soon(self: Self) -> Self:
        """Whose deadline is near, after `as_of(day)`; the nearest first."""
        return self.filter(schedule=Schedule.DUE_SOON).order_by("state__deadline_last", "reference")

    def stale(self: Self) -> Self:
        """Of which nothing was recorded for long, after `as_of(day)`."""
        return self.filter(freshness=Freshness.STALE)

    def due_for_review(self: Self, day: date) -> Self:
        """`schedule.review_due` in SQL, after `as_of(day)`; what was not looked at for longest first."""
        unseen = Q(state__last_entry_on=None) | Q(state__last_entry_on__lt=models.F("review_on"))
        come = ~Q(freshness=Freshness.SETTLED) & Q(review_on__lte=day) & unseen
        due = self.filter(Q(freshness=Freshness.STALE) | come)
        return due.order_by(models.F("state__last_entry_on").asc(nulls_first=True), "reference")

    def matching(self: Self, words: str, day: date) -> Self:
        """In which every word is found: in reference, title, quote, owners, parties as stated or notes by the day."""
        found = self
        for word in words.split():
            found = found.filter(pk__in=self._saying(word, day))
        return found

    def _saying(self, word: str, day: date) -> models.QuerySet[Any, Any]:
        """The keys of what says the word: table by table, because no index serves an OR over several."""
        from commitments.models import Commitment, Organisation, Ownership, Update

        own = Commitment.objects.filter(_says(word, "reference", "title", "quote", "parties_as_stated", "note"))
        told = Update.objects.filter(_says(word, "note"), retracted_by=None, effective_on__lte=day)
        bodies = Organisation.objects.filter(_says(word, "name", "short_name"))
        others = [
            found.order_by().values("commitment") for found in (told, Ownership.objects.filter(organisation__in=bodies))
        ]
        return own.order_by().values("pk").union(*others, all=True)

    def _of(self, table: str, **conditions: Any) -> models.QuerySet[Any]:
        from commitments.models import Ownership, Partnership

        model = Ownership if table == "ownership" else Partnership
        return model.objects.filter(commitment=OuterRef("pk"), **conditions)


# Every page of the list asks these two; putting the SQL together anew each time would cost more than running it.
OUT = "c.published_at IS NOT NULL AND r.issued_on <= %s"
COMMITMENT = "JOIN commitments_commitment c ON c.id = p.commitment_id JOIN commitments_release r ON r.id = c.release_id"
OF_AREA = f"""EXISTS (SELECT 1 FROM commitments_commitment c JOIN commitments_release r ON r.id = c.release_id
WHERE c.area_id = commitments_area.id AND {OUT})"""
OF_ORGANISATION = f"""(EXISTS (SELECT 1 FROM commitments_ownership p {COMMITMENT}
WHERE p.organisation_id = commitments_organisation.id AND {OUT})
OR EXISTS (SELECT 1 FROM commitments_partnership p {COMMITMENT}
WHERE p.organisation_id = commitments_organisation.id AND {OUT})
OR EXISTS (SELECT 1 FROM commitments_agreement_parties p JOIN commitments_agreement a ON a.id = p.agreement_id
JOIN commitments_release r ON r.id = a.release_id
WHERE p.organisation_id = commitments_organisation.id AND r.issued_on <= %s))"""


class AreaQuerySet(models.QuerySet[Any]):
    """Areas; the public sees those in which something public stands."""

    def public(self, today: date) -> AreaQuerySet:
        """What anybody may see: not what only drafts name, or a release that is not out yet."""
        return self.filter(_holds(OF_AREA, [today.isoformat()]))


class OrganisationQuerySet(models.QuerySet[Any]):
    """Organisations; the public sees those that have part in something public."""

    def public(self, today: date) -> OrganisationQuerySet:
        """What anybody may see: owners, partners and parties to agreements, not what only drafts name."""
        return self.filter(_holds(OF_ORGANISATION, [today.isoformat()] * 3))


class TranslationQuerySet(models.QuerySet[Any]):
    """Translations as they were recorded; what holds now is the latest of each text, while the text is on record."""

    def standing(self) -> TranslationQuerySet:
        """What the pages say today."""
        same = {name: OuterRef(name) for name in ("commitment", "language", "source")}
        later = self.model._default_manager.filter(pk__gt=OuterRef("pk"), **same)
        return self.filter(IsSaid("commitment__translated", "language", "source", "text"), ~Exists(later))


class IsSaid(Func):
    """Whether a commitment's projection has this text as the translation, in this language, of that one."""

    output_field = models.BooleanField()
    words: ClassVar = {
        "sqlite": """EXISTS (SELECT 1 FROM json_each({0}, '$."' || {1} || '"') AS said
WHERE said.key = {2} AND said.value = {3})""",
        "postgresql": "({0} -> {1} ->> {2} = {3})",
    }

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> Any:  # type: ignore[override]  # takes no template
        """In the database's words: of its four parts none is a value."""
        parts = [compiler.compile(one)[0] for one in self.get_source_expressions()]
        return self.words[connection.vendor].format(*parts), []


def _says(word: str, *columns: str) -> Q:
    """A word of Chinese is looked for in both its forms, and in the translations of what the columns say."""
    if has_han(word):
        return Q(han__contains=folded(word))
    return Q(*((f"{column}__icontains", word) for column in columns), _connector=Q.OR)


def _holds(sql: str, values: list[str]) -> RawSQL:
    return RawSQL(sql, values, output_field=models.BooleanField())


def standing_on(day: date) -> FilteredRelation:
    """The one state of each commitment that holds on the day."""
    return FilteredRelation("states", condition=Q(states__from_day__lte=day) & Q(states__until_day__gt=day))


def schedule_on(day: date) -> Case:
    """`schedule.schedule` in SQL, over the joined `state`."""
    late = Q(state__completed_on_first__gt=models.F("state__deadline_last"))
    return Case(
        When(state__status=Status.STOPPED, then=Value(Schedule.ENDED)),
        When(state__deadline_last=None, then=Value(Schedule.NO_DEADLINE)),
        When(late, state__status=Status.COMPLETED, then=Value(Schedule.MET_LATE)),
        When(state__status=Status.COMPLETED, then=Value(Schedule.MET)),
        When(state__deadline_last__lt=day, state__status__in=UNFINISHED, then=Value(Schedule.OVERDUE)),
        When(state__deadline_last__lt=day, then=Value(Schedule.UNREPORTED)),
        When(state__deadline_last__lte=day + DUE_SOON, then=Value(Schedule.DUE_SOON)),
        default=Value(Schedule.UPCOMING),
        output_field=models.CharField(),
    )


def freshness_on(day: date) -> Case:
    """`schedule.freshness` in SQL, over the joined `state`."""
    return Case(
        When(state__status__in=SETTLED, then=Value(Freshness.SETTLED)),
        When(state__last_entry_on=None, then=Value(Freshness.NEVER)),
        When(state__last_entry_on__gte=day - FRESH, then=Value(Freshness.FRESH)),
        When(state__last_entry_on__gte=day - AGEING, then=Value(Freshness.AGEING)),
        default=Value(Freshness.STALE),
        output_field=models.CharField(),
    )
