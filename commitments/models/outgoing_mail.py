"""The outbox: mails that are written but not sent yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Whoever sends mails comes by at least once a minute. What is due for longer than this waits for nobody.
SENDER_IS_GONE_AFTER = timedelta(minutes=10)


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    """Mails by when they may be tried."""

    def due(self, now: datetime) -> OutgoingMailQuerySet:
        """Those that may be tried now, the one that waits longest first."""
        return self.filter(due_at__lte=now).order_by("due_at", "pk")

    def forgotten(self, now: datetime) -> OutgoingMailQuerySet:
        """Those that were due long ago: nobody sends at all. What a mail server refused is due later, so not here."""
        return self.due(now - SENDER_IS_GONE_AFTER)


class OutgoingMail(models.Model):
    """A mail that `workflow.outbox` has written in a request's transaction and sends outside of any.

    `content` is what `workflow.outbox.to_content` makes of a message; it may hold a link that opens an account, so
    the row is deleted once it was sent or given up, and the admin does not show it. `due_at` is when it may be
    tried: a sender that claims it moves that ahead, and so does a mail server that refuses it. `topic`: a later mail
    about the same takes the place of one that nobody tried to send yet.
    """

    content = models.JSONField(_("content"))
    topic = models.CharField(_("what it is about"), max_length=60, blank=True)
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    due_at = models.DateTimeField(_("tried from"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    problem = models.CharField(_("why it was not sent"), max_length=200, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        indexes = [models.Index(fields=["due_at"], name="outgoing_mail_due_at")]

    def __str__(self) -> str:
        return str(self.pk)
