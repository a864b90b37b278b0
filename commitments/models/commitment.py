"""One pledge: a draft that staff edit, and from its publication on a projection of the ledger."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Case, DateField, Exists, OuterRef, Prefetch, Q, Value, When
from django.db.models.functions import Concat, Right, StrIndex, Substr
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from commitments.domain import assessment
from commitments.domain.assessment import CHECKED_WITHIN, SETTLED_STATUSES, review_due_on
from commitments.domain.choices import (
    ANNOUNCED,
    PAST_DEADLINE,
    DeadlineBasis,
    Force,
    Freshness,
    Kind,
    Level,
    Schedule,
    Status,
)
from commitments.i18n.collation import SORT_KEY_LENGTH
from commitments.i18n.languages import RECORD_LANGUAGE, current_language
from commitments.models.annotations import freshness_on, long_silent_on, schedule_on, state_on
from commitments.models.fields import (
    PartialDateField,
    choice_field,
    interval_constraint,
    interval_days,
    vocabulary_constraint,
)
from commitments.models.organisation import Organisation
from commitments.models.release import Area, Release
from commitments.models.state import StateFields

REFERENCE = r"[A-Z]{2,4}-[0-9]{2,6}"
REFERENCE_DIGITS = 6  # at most
REFERENCE_HYPHEN = StrIndex("reference", Value("-"))
REFERENCE_NUMBER = Substr("reference", REFERENCE_HYPHEN + 1)


def reference_key(reference: str) -> str:
    """`Commitment.reference_key` of a reference that no row is at hand of; a test holds the two together."""
    prefix, hyphen, number = reference.partition("-") if "-" in reference else ("", "", reference)
    return f"{prefix}{hyphen}{('0' * REFERENCE_DIGITS + number)[-REFERENCE_DIGITS:]}{number}"


def status_role(status: str, kind: str) -> str:
    """The colour role of a status: what was done when announced has its own, apart from what was delivered since."""
    return "announced" if status == Status.COMPLETED and kind in ANNOUNCED else Status(status).role


def _assigned_to(organisations: Any, users: Any) -> Q:
    return Q(assignment__lead_office__in=organisations) | Q(assignment__desk_officer__in=users)


Self = TypeVar("Self", bound="CommitmentQuerySet")


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    """Every public page, feed and export starts at `public()` or at `as_of(day)`, which starts there."""

    def public(self: Self) -> Self:
        """What anybody may see: published, and not retracted since."""
        return self.filter(published_at__isnull=False, retracted_at=None)

    def on_record(self: Self) -> Self:
        """What was ever published: also what was put on record by mistake, and retracted."""
        return self.filter(published_at__isnull=False)

    def as_of(self: Self, day: date) -> Self:
        """Public commitments whose release was out by `day`, each with its `state`, `schedule` and `freshness` then.

        They can be filtered by `long_silent`, too.
        """
        commitments = self.public()._with_state_on(day).filter(release__issued_on__lte=day, state__isnull=False)
        commitments = commitments.alias(long_silent=long_silent_on(day))
        return commitments.annotate(schedule=schedule_on(day), freshness=freshness_on(day))

    def for_staff(self: Self, day: date) -> Self:
        """Drafts too, which have no state: their `state` is None, their `schedule` and `freshness` are empty."""
        draft = When(published_at=None, then=Value(""))
        return self._with_state_on(day).annotate(
            schedule=Case(draft, default=schedule_on(day)), freshness=Case(draft, default=freshness_on(day))
        )

    def _with_state_on(self: Self, day: date) -> Self:
        commitments = self.annotate(state=state_on(day), day=Value(day, output_field=DateField()))
        return commitments.select_related("state")

    def since(self: Self, first: date) -> Self:
        """After `as_of(day)`: each with its state on an earlier day too, `then`; also of what was promised later."""
        return self.annotate(then=state_on(first))

    def accessible_to(self: Self, user: Any) -> Self:
        """What a member of staff works on: everything, or what they or their organisation answer for (R8)."""
        if user.has_perm("commitments.work_for_all"):
            return self
        return self.answered_for_by(Organisation.objects.filter(affiliations__user=user.pk), [user.pk])

    def answered_for_by(self: Self, organisations: Any, users: Any) -> Self:
        """That one of the organisations must deliver, or that is assigned to one of them or of the users."""
        owned = Exists(Ownership.objects.filter(commitment=OuterRef("pk"), organisation__in=organisations))
        return self.filter(Q(owned) | _assigned_to(organisations, users))

    def assigned_to(self: Self, organisations: Any, users: Any) -> Self:
        """Whose lead office is one of the organisations, or whose desk officer one of the users; for staff alone."""
        return self.filter(_assigned_to(organisations, users))

    def assigned_to_staff(self: Self, user: Any) -> Self:
        """What is assigned to a member of staff, or to the office that they work for."""
        return self.assigned_to(Organisation.objects.filter(affiliations__user=user.pk), [user.pk])

    def counted(self: Self) -> Self:
        """Counts are of primary commitments; aims and umbrellas are listed beside them."""
        return self.filter(level=Level.PRIMARY)

    def for_pages(self: Self) -> Self:
        """With all that its own page shows of it, in two more queries."""
        return self.select_related("area", "release", "part_of__release").prefetch_parties("owners", "partners")

    def prefetch_parties(self: Self, *parties: str) -> Self:
        """With its `owners` or `partners`, by name."""
        by_name = Organisation.objects.order_by("name")
        return self.prefetch_related(*(Prefetch(name, queryset=by_name) for name in parties))

    def owned_by(self: Self, organisations: Any) -> Self:
        """That one of the organisations must deliver."""
        return self.filter(Exists(Ownership.objects.filter(commitment=OuterRef("pk"), organisation__in=organisations)))

    def joined_by(self: Self, organisations: Any) -> Self:
        """That one of the organisations takes part in."""
        parties = Partnership.objects.filter(commitment=OuterRef("pk"), organisation__in=organisations)
        return self.filter(Exists(parties))

    def of_side(self: Self, sides: list[str]) -> Self:
        """That an organisation of one of the sides must deliver."""
        parties = Ownership.objects.filter(commitment=OuterRef("pk"), organisation__side__in=sides)
        return self.filter(Exists(parties))

    def due(self: Self, first: date | None = None, last: date | None = None) -> Self:
        """Whose deadline ends on one of these days, both included."""
        commitments = self.filter(state__deadline_last__gte=first) if first else self
        return commitments.filter(state__deadline_last__lte=last) if last else commitments

    def past_deadline(self: Self) -> Self:
        """Whose deadline has passed without a known outcome, after `as_of(day)`; the longest ago first."""
        return self.filter(schedule__in=PAST_DEADLINE).order_by("state__deadline_last", "reference_key")

    def due_soon(self: Self) -> Self:
        """Whose deadline is near, after `as_of(day)`; the nearest first."""
        return self.filter(schedule=Schedule.DUE_SOON).order_by("state__deadline_last", "reference_key")

    def stale(self: Self) -> Self:
        """Of which there was no news for long, after `as_of(day)`."""
        return self.filter(freshness=Freshness.STALE)

    def long_silent(self: Self) -> Self:
        """Of which there was no news of any kind for over five years, after `as_of(day)`."""
        return self.filter(long_silent=True)

    def due_for_review(self: Self, day: date) -> Self:
        """`domain.assessment.review_due_on` in SQL, after `as_of(day)`; what was not looked at for longest first."""
        year_ago, checked_on = day - CHECKED_WITHIN, "state__last_checked_on"
        unseen = Q(state__last_checked_on=None) | Q(state__last_checked_on__lt=models.F("review_on"))
        unchecked = Q(state__last_checked_on__lt=year_ago)
        unchecked |= Q(state__last_checked_on=None, published_at__date__lt=year_ago)
        due = self.exclude(state__status__in=SETTLED_STATUSES).filter(unchecked | Q(review_on__lte=day) & unseen)
        return due.order_by(models.F(checked_on).asc(nulls_first=True), "reference_key")


class Commitment(models.Model):
    """One pledge. The reference is given once, never edited and never used again.

    `deadline` is the one it was published with; the current one is `state.deadline`, because it
    moves only by a report. `as_of(day)` sets `state`, `day` and the computed annotations.
    """

    reference = models.CharField(
        _("reference"),
        max_length=12,
        unique=True,
        validators=[RegexValidator(f"^{REFERENCE}$", _("Two to four capital letters, a hyphen, digits: CU-06."))],
    )
    # By which references sort as people count, NS-99 before NS-100: the letters, the number filled up with zeros, and
    # the number as it is written, so that no two have the same.
    reference_key = models.GeneratedField(
        expression=Concat(
            Substr("reference", 1, REFERENCE_HYPHEN),
            Right(Concat(Value("0" * REFERENCE_DIGITS), REFERENCE_NUMBER), REFERENCE_DIGITS),
            REFERENCE_NUMBER,
        ),
        output_field=models.CharField(max_length=20),
        db_persist=True,
    )
    release = models.ForeignKey(Release, models.PROTECT, related_name="commitments", verbose_name=_("release"))
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="commitments", null=True, blank=True, verbose_name=_("area")
    )
    paragraph = models.PositiveSmallIntegerField(
        _("paragraph"), validators=[MinValueValidator(1)], help_text=_("Counted within its section of the text.")
    )
    title = models.CharField(_("title"), max_length=200, help_text=_("In our words."))
    short_title = models.CharField(
        _("short title"),
        max_length=60,
        blank=True,
        help_text=_("Two to four words that tell it from its neighbours: “Training 40 airport staff”."),
    )
    quote = models.CharField(
        _("quote"), max_length=300, help_text=_("Word for word, at most 15 words, or 30 Chinese characters.")
    )
    kind = choice_field(Kind, _("kind"))
    force = choice_field(Force, _("force"))
    level = choice_field(Level, _("level"), default=Level.PRIMARY)
    part_of = models.ForeignKey(
        "self", models.PROTECT, related_name="parts", null=True, blank=True, verbose_name=_("part of")
    )
    owners = models.ManyToManyField(
        Organisation, through="Ownership", related_name="owned", verbose_name=_("owners"), blank=True
    )
    partners = models.ManyToManyField(
        Organisation, through="Partnership", related_name="joined", verbose_name=_("partners"), blank=True
    )
    parties_as_stated = models.CharField(
        _("parties as stated"),
        max_length=300,
        blank=True,
        help_text=_("Parties that are no organisation, in the release’s words."),
    )
    owner_inferred = models.BooleanField(_("owner inferred"), default=False)
    owner_note = models.TextField(_("note on the owner"), blank=True, help_text=_("Why the owner is inferred."))
    deadline_first, deadline_last = interval_days(_("first day of the deadline"), _("last day of the deadline"))
    deadline = PartialDateField(_("deadline"), blank=True)
    deadline_as_stated = models.CharField(
        _("deadline as stated"), max_length=120, blank=True, help_text=_("The release’s own words.")
    )
    deadline_basis = choice_field(DeadlineBasis, _("basis of the deadline"), blank=True)
    target = models.DecimalField(
        _("target"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    unit = models.CharField(_("unit"), max_length=60, blank=True, help_text=_("What is counted: employees."))
    measure = models.CharField(
        _("measure"), max_length=60, blank=True, help_text=_("What the figure is: number trained.")
    )
    target_approximate = models.BooleanField(_("approximate"), default=False)
    done_when = models.CharField(_("done when"), max_length=300, help_text=_("What would count as done."))
    review_on = models.DateField(_("review on"), null=True, blank=True, help_text=_("When to look again."))
    note = models.TextField(_("note"), blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    retracted_at = models.DateTimeField(_("retracted at"), null=True, blank=True, editable=False)
    # From the translations of the texts on record (`translations`): {language: {text on record: translation}}.
    translated = models.JSONField(default=dict, blank=True, editable=False)
    # How many texts of its record have none: staff look for these.
    untranslated_zh_hant = models.PositiveSmallIntegerField(default=0, editable=False)
    untranslated_zh_hans = models.PositiveSmallIntegerField(default=0, editable=False)
    # What a search looks through, and by which the titles sort in Chinese.
    search_text = models.TextField(blank=True, editable=False, default="")
    title_key_zh_hant = models.CharField(max_length=SORT_KEY_LENGTH, blank=True, editable=False, default="")
    title_key_zh_hans = models.CharField(max_length=SORT_KEY_LENGTH, blank=True, editable=False, default="")

    # Set by as_of(day), for the pages and exports that ask for a day.
    if TYPE_CHECKING:
        state: "State"
        day: date
        schedule: str
        freshness: str

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["reference_key"]
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        permissions = [("work_for_all", _("Can work on the commitments of every organisation"))]
        indexes = [
            models.Index(fields=["release", "area", "paragraph"], name="commitment_place"),
            models.Index(fields=["published_at"], name="commitment_published_at"),
            models.Index(fields=["reference_key"], name="commitment_reference_key"),
            models.Index(fields=["area", "reference_key"], name="commitment_area"),
            models.Index(fields=["kind", "reference_key"], name="commitment_kind"),
            models.Index(fields=["level", "reference_key"], name="commitment_level"),
            models.Index(fields=["title", "reference_key"], name="commitment_title"),
            models.Index(fields=["title_key_zh_hant", "reference_key"], name="commitment_title_zh_hant"),
            models.Index(fields=["title_key_zh_hans", "reference_key"], name="commitment_title_zh_hans"),
        ]
        constraints = [
            vocabulary_constraint("kind", Kind, "commitment_kind_known"),
            vocabulary_constraint("force", Force, "commitment_force_known"),
            vocabulary_constraint("level", Level, "commitment_level_known"),
            vocabulary_constraint("deadline_basis", DeadlineBasis, "commitment_deadline_basis_known", blank=True),
            interval_constraint("deadline", "commitment_deadline_interval"),
            models.CheckConstraint(
                condition=Q(deadline="", deadline_basis="") | (~Q(deadline="") & ~Q(deadline_basis="")),
                name="commitment_deadline_has_basis",
                violation_error_message=_("A deadline and its basis go together."),
            ),
            models.CheckConstraint(
                condition=Q(target=None) | Q(target__gt=0),
                name="commitment_target_positive",
                violation_error_message=_("A target is more than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(target=None) | ~Q(unit=""),
                name="commitment_target_has_unit",
                violation_error_message=_("Say what the target counts."),
            ),
            models.CheckConstraint(condition=Q(paragraph__gte=1), name="commitment_paragraph_from_one"),
            models.CheckConstraint(
                condition=Q(retracted_at=None) | Q(published_at__isnull=False), name="commitment_retracted_once_public"
            ),
            models.CheckConstraint(
                condition=Q(owner_inferred=False) | ~Q(owner_note=""),
                name="commitment_inference_has_reason",
                violation_error_message=_("Say why the owner is inferred."),
            ),
        ]

    def __str__(self) -> str:
        language = current_language()
        title = "" if language == RECORD_LANGUAGE else self.translation("title", language)
        return f"{self.reference} {title or self.title}"

    def get_absolute_url(self) -> str:
        return reverse("commitment", args=[self.reference])

    def translation(self, name: str, language: str) -> str:
        """A text of its own in another language; empty where there is no translation of what is on record."""
        return self.translation_of(str(getattr(self, name)), language)

    def translation_of(self, text: str, language: str) -> str:
        """Any text of its record in another language."""
        return str(self.translated.get(language, {}).get(text, ""))

    @property
    def role(self) -> str:
        """The colour role of its status, as of the day asked for."""
        return status_role(self.state.status, self.kind)

    @property
    def slip_days(self) -> int | None:
        """Days from the first deadline to the current one, as of the day asked for."""
        return assessment.slip_days(self.state.original_deadline, self.state.deadline)

    @property
    def review_due_on(self) -> date | None:
        """From when on somebody should look again, as of the day asked for; None where it is settled."""
        published_on = localdate(self.published_at)
        return review_due_on(self.state.status, self.state.last_checked_on, published_on, self.review_on)

    @property
    def review_due(self) -> bool:
        """Whether somebody should look again, as of the day asked for."""
        return self.review_due_on is not None and self.review_due_on <= self.day

    @property
    def days_late(self) -> int | None:
        """Days past the deadline, as of the day asked for; None unless certainly late."""
        return assessment.days_late(self.state.status, self.state.deadline, self.state.completed_on, self.day)


class Party(models.Model):
    """An organisation that has to do with a commitment."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, verbose_name=_("commitment"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("organisation"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.organisation)


class Ownership(Party):
    """An organisation must deliver a commitment."""

    class Meta:
        verbose_name = _("owner")
        verbose_name_plural = _("owners")
        constraints = [models.UniqueConstraint(fields=["commitment", "organisation"], name="owner_unique")]


class Partnership(Party):
    """An organisation takes part in a commitment."""

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints = [models.UniqueConstraint(fields=["commitment", "organisation"], name="partner_unique")]


class State(StateFields):
    """How a commitment stands from one day until another: what `domain.assessment.assess` says of every day between.

    A commitment has one row for each day on which something changed, without gaps or overlaps, so that
    "as of a day" is one join, for today as for any past day.
    """

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="states", verbose_name=_("commitment"))
