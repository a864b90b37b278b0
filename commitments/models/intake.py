"""A release's text on its way to draft commitments: what staff decided of each of its spans. None of it is public."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import IntakeDecision
from commitments.models.commitment import Commitment
from commitments.models.fields import choice_field, staff_key, vocabulary_constraint
from commitments.models.release import Area, Release


class IntakeQuerySet(models.QuerySet["Intake"]):
    """Releases being read."""

    def undecided(self) -> "IntakeQuerySet":
        """Those of which somebody has still to decide on a sentence."""
        undecided = IntakeSpan.objects.filter(intake=OuterRef("pk"), decision=IntakeDecision.UNDECIDED)
        return self.filter(Exists(undecided))


class Intake(models.Model):
    """The text of a release, for staff alone, kept until they delete it.

    `revision` counts the decisions, so that a page can ask what is new. `prefix`: the letters of new references.
    """

    release = models.OneToOneField(Release, models.CASCADE, related_name="intake", verbose_name=_("release"))
    text = models.TextField(_("text"), blank=True)
    chinese_text = models.TextField(_("text in Chinese"), blank=True)
    prefix = models.CharField(
        _("letters of the references"),
        max_length=4,
        blank=True,
        validators=[RegexValidator("^[A-Z]{2,4}$", _("Two to four capital letters."))],
        help_text=_("Two to four capital letters. Left empty, they are those of each pledge’s area."),
    )
    revision = models.PositiveIntegerField(default=0, editable=False)
    started_by = staff_key(_("started by"), editable=False)
    started_at = models.DateTimeField(_("started at"), auto_now_add=True)
    text_deleted_at = models.DateTimeField(_("text deleted at"), null=True, editable=False)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        verbose_name = _("release being read")
        verbose_name_plural = _("releases being read")

    def __str__(self) -> str:
        return str(self.release)


class IntakeSection(models.Model):
    """A part of the text: from a heading, which may be empty, to the next.

    `start` and `end` are character offsets into the text, the heading among them. `joins_above`: it goes with the part
    before it. Neither that nor an area: it is a section of the release that is no area.
    """

    intake = models.ForeignKey(Intake, models.CASCADE, related_name="sections", verbose_name=_("release being read"))
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    heading = models.CharField(_("heading"), max_length=200, blank=True)
    area = models.ForeignKey(Area, models.SET_NULL, null=True, blank=True, verbose_name=_("area"))
    joins_above = models.BooleanField(_("goes with the part above"), default=False)

    class Meta:
        ordering = ["intake", "start"]
        verbose_name = _("part of the text")
        verbose_name_plural = _("parts of the text")
        constraints = [models.UniqueConstraint(fields=["intake", "start"], name="intake_section_unique")]

    def __str__(self) -> str:
        return self.heading


class IntakeSpan(models.Model):
    """Some words of the text, and what staff decided of them.

    `start` and `end` are character offsets into the text. `why` names the rule that proposed them or passed them over
    (`domain.reading.reader`). `cells` are those of an import of commitments but for the reference, the release and what
    it is part of, which is `whole`; `reading` is what the text was read by, in the words of the record's language
    (`workflow.intake.cells.plain_values`), empty where a sentence was passed over. `revision` is that of the intake at
    the latest change, by which two people at one span are told of each other.
    """

    intake = models.ForeignKey(Intake, models.CASCADE, related_name="spans", verbose_name=_("release being read"))
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    words = models.TextField(_("words"), blank=True)
    promises = models.BooleanField(_("taken for a pledge"))
    why = models.CharField(max_length=30)
    cells = models.JSONField(default=dict, blank=True)
    reading = models.JSONField(default=dict, blank=True)
    whole = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="parts", verbose_name=_("part of")
    )
    decision = choice_field(IntakeDecision, _("decision"), default=IntakeDecision.UNDECIDED)
    note = models.TextField(_("why it was returned"), blank=True)
    deadline_confirmed = models.BooleanField(_("deadline looked at"), default=False)
    decided_by = staff_key(_("decided by"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    commitment = models.OneToOneField(
        Commitment, models.SET_NULL, null=True, related_name="intake_span", verbose_name=_("commitment")
    )

    class Meta:
        ordering = ["intake", "start", "end"]
        verbose_name = _("span of the text")
        verbose_name_plural = _("spans of the text")
        constraints = [
            vocabulary_constraint("decision", IntakeDecision, "intake_decision_known"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="intake_span_has_words"),
            models.UniqueConstraint(fields=["intake", "start", "end"], name="intake_span_unique"),
            models.CheckConstraint(
                condition=Q(decision=IntakeDecision.UNDECIDED) | Q(decided_by__isnull=False),
                name="intake_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.words
