"""What staff need beside their accounts: whom they work for, what they were reminded of, redactions asked for."""

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments.domain.choices import AccountPart
from commitments.i18n.languages import RECORD_LANGUAGE, language_names
from commitments.models.fields import choice_field, staff_key, vocabulary_constraint
from commitments.models.ledger import LedgerEntry
from commitments.models.organisation import Organisation


class Affiliation(models.Model):
    """The organisation that a member of staff works for. Contributors see and draft for it alone (R8)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="affiliation", verbose_name=_("user")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="affiliations", verbose_name=_("organisation")
    )
    language = models.CharField(
        _("language of reminders"), max_length=10, choices=list(language_names().items()), default=RECORD_LANGUAGE
    )

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliation")

    def __str__(self) -> str:
        return f"{self.user}, {self.organisation}"


def language_of(user: User) -> str:
    """The language in which a member of staff reads mails: the one on the user's page, else that of the record."""
    affiliation = getattr(user, "affiliation", None)
    return affiliation.language if affiliation else RECORD_LANGUAGE


class Reminder(models.Model):
    """That a person was written the reminders of a day: never twice for the same one.

    `sent_at`: when they were put into the outbox. It is empty where a version before the outbox was stopped in the
    middle.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders", verbose_name=_("user"))
    day = models.DateField(_("day"))
    claimed_at = models.DateTimeField(_("begun at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True)

    class Meta:
        ordering = ["-day", "user"]
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="reminder_once_a_day")]

    def __str__(self) -> str:
        return f"{self.user}, {self.day}"


class AccountChange(models.Model):
    """That something of an account was changed, by whom, and that its owner was told.

    For a day, whoever changed another's account is no second person for it, nor it for them: see
    `workflow.second_person`. `changed_by` is empty where nobody was signed in: a link in a mail, a command.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="account_changes", verbose_name=_("account")
    )
    part = choice_field(AccountPart, _("what was changed"))
    changed_by = staff_key(_("changed by"), null=True)
    made_at = models.DateTimeField(_("changed at"), default=timezone.now)
    mailed_at = models.DateTimeField(_("mailed at"), null=True)
    address_before = models.EmailField(_("address before"), max_length=254, blank=True)  # until it was written to

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("change of an account")
        verbose_name_plural = _("changes of accounts")
        indexes = [
            models.Index(fields=["account", "made_at"], name="account_change_of"),
            models.Index(fields=["changed_by", "made_at"], name="account_change_by"),
        ]
        constraints = [
            vocabulary_constraint("part", AccountPart, "account_change_part_known"),
            models.CheckConstraint(
                condition=Q(mailed_at=None) | Q(address_before=""), name="account_change_address_goes_once_told"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}, {self.get_part_display()}"


class RedactionRequest(models.Model):
    """A redaction that one administrator asks for and another one carries out or declines.

    `remaining` is the entry's content without the text to be removed, null where nothing remains; see
    `ledger.append.new_redaction`. Undecided while `decided_at` is null.
    """

    entry = models.ForeignKey(
        LedgerEntry, models.PROTECT, related_name="redaction_requests", verbose_name=_("ledger entry")
    )
    remaining = models.JSONField(_("what remains"), null=True)
    reason = models.TextField(_("reason"), help_text=_("Public. It must not repeat what is removed."))
    asked_by = staff_key(_("asked for by"))
    asked_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    decided_by = staff_key(_("decided by"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    granted = models.BooleanField(_("carried out"), default=False)

    class Meta:
        ordering = [F("decided_at").desc(nulls_first=True), "asked_at"]
        verbose_name = _("redaction request")
        verbose_name_plural = _("redaction requests")
        permissions = [("redact", _("Can ask for redactions and carry out those of others"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, granted=False)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="redaction_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(granted=False) | ~Q(decided_by=F("asked_by")), name="redaction_takes_two"
            ),
            models.UniqueConstraint(fields=["entry"], condition=Q(decided_at=None), name="redaction_asked_once"),
        ]

    def __str__(self) -> str:
        return str(self.entry)
