"""Work that would be lost: forms that came when nobody was signed in any more, and drafts that somebody deleted."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from commitments.models.fields import staff_key

FORM_KEPT_FOR = timedelta(days=3)  # over a weekend
DRAFT_KEPT_FOR = timedelta(days=7)
LINE_LENGTH = 80  # characters
BOOKKEEPING = ("seen", "pointed_out", "chosen", "shown", "import")  # boxes that forms fill in by themselves


class KeptFormQuerySet(models.QuerySet["KeptForm"]):
    """Kept forms by their age."""

    def waiting(self, now: datetime) -> KeptFormQuerySet:
        """Those that are still given back."""
        return self.filter(kept_at__gt=now - FORM_KEPT_FOR)

    def delete_expired(self, now: datetime) -> None:
        """Delete those whose time is over; where there are none, nobody who writes is kept waiting."""
        expired = self.filter(kept_at__lte=now - FORM_KEPT_FOR)
        if expired.exists():
            expired.delete()


class KeptForm(models.Model):
    """What somebody typed into a form that could not be taken, for whoever had opened it and nobody else.

    `path` is where it was sent, with its query string. `data` is what was sent: a list of texts by the name of the
    box, without anything secret (`accounts.kept_forms`). The row goes once the form is sent again, when its owner
    throws it away, or after FORM_KEPT_FOR.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    path = models.TextField(_("address"))
    data = models.JSONField(_("content"))
    kept_at = models.DateTimeField(_("kept since"), default=timezone.now)

    objects = KeptFormQuerySet.as_manager()

    class Meta:
        ordering = ["-kept_at", "-pk"]
        verbose_name = _("form that was kept")
        verbose_name_plural = _("forms that were kept")
        indexes = [models.Index(fields=["user", "kept_at"], name="kept_form_of")]

    def __str__(self) -> str:
        return f"{self.user}, {timezone.localtime(self.kept_at):%Y-%m-%d %H:%M}"

    @property
    def first_words(self) -> str:
        """The longest of the texts, as far as a line holds it: by it whoever typed it knows the form again."""
        texts = (text for name, values in self.data.items() if name not in BOOKKEEPING for text in values)
        return Truncator(max(texts, key=len, default="")).chars(LINE_LENGTH)


class DeletedDraftQuerySet(models.QuerySet["DeletedDraft"]):
    """Deleted drafts by their age."""

    def waiting(self, now: datetime) -> DeletedDraftQuerySet:
        """Those that can be had back."""
        return self.filter(deleted_at__gt=now - DRAFT_KEPT_FOR)

    def delete_expired(self, now: datetime) -> None:
        """Delete those whose time is over; where there are none, nobody who writes is kept waiting."""
        expired = self.filter(deleted_at__lte=now - DRAFT_KEPT_FOR)
        if expired.exists():
            expired.delete()


class DeletedDraft(models.Model):
    """A draft of an update or of a commitment that somebody deleted, with what hung on it.

    `rows` is what Django's serializer of Python values makes of them, the draft first; `title` is what it was called.
    `commitment_key` and `draft_key` say what it was, one of them: a draft commitment, or a draft update, which names
    its commitment besides, so that whoever may reach that finds it. It goes after DRAFT_KEPT_FOR.
    """

    title = models.CharField(_("title"), max_length=300)
    commitment_key = models.PositiveBigIntegerField(_("commitment"))
    draft_key = models.PositiveBigIntegerField(_("draft update"), null=True)
    rows = models.JSONField(_("content"))
    deleted_by = staff_key(_("deleted by"))
    deleted_at = models.DateTimeField(_("deleted at"), default=timezone.now)

    objects = DeletedDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-deleted_at", "-pk"]
        verbose_name = _("deleted draft")
        verbose_name_plural = _("deleted drafts")
        indexes = [models.Index(fields=["deleted_at"], name="deleted_draft_at")]

    def __str__(self) -> str:
        return self.title
