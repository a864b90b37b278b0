"""The list's table: its columns and how they are headed. Rows are drawn by one lean template over the records."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment


class CommitmentTable(tables.Table):
    """Reference, title, owners, deadline, status and the last entry. The filterset has put the rows in order."""

    reference = tables.Column(verbose_name=_("Reference"))
    title = tables.Column(verbose_name=_("Commitment"))
    owners = tables.Column(verbose_name=_("Owners"), orderable=False)
    deadline = tables.Column(verbose_name=_("Deadline"), accessor="state__deadline")
    status = tables.Column(verbose_name=_("Status"), accessor="state__status")
    last_entry = tables.Column(verbose_name=_("Last entry"), accessor="state__last_entry_on")

    class Meta:
        """Drawn by our template, so that status is word, shape and colour, and phones get cards."""

        model = Commitment
        fields = ("reference", "title", "owners", "deadline", "status", "last_entry")
