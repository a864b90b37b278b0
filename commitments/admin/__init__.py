"""Staff: the stock Django admin. What the ledger projects is read-only; drafts become public through the ledger."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from commitments.admin import accounts, commitment, feedback, organisation, progress, record, release

__all__ = ["accounts", "commitment", "feedback", "organisation", "progress", "record", "release"]

admin.site.site_header = admin.site.site_title = _("Public commitments: staff")
