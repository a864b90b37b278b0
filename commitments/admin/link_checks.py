"""The pages of evidence and whether they still answer, as `manage.py check_links` found them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.base import ReadOnlyAdmin
from commitments.admin.list_filters import ChoiceFilter, badge
from commitments.domain.choices import LinkOutcome
from commitments.models import LinkCheck
from commitments.models.link_check import FAILED
from commitments.workflow.link_checks import references_by_url

ARCHIVE = "https://web.archive.org/web/*/"


class OutcomeFilter(ChoiceFilter):
    """What came of asking; first what staff have to look for."""

    title = gettext_lazy("outcome")
    parameter_name = "outcome"
    choices_ = [("failed", gettext_lazy("answers no more")), *LinkOutcome.choices]

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        """Those of one outcome, or of both that are failures."""
        return queryset.filter(outcome__in=FAILED) if value == "failed" else queryset.filter(outcome=value)


@admin.register(LinkCheck)
class LinkCheckAdmin(ReadOnlyAdmin):
    """To be looked at; what to do about a page is done by an update with another address."""

    list_display = ("page", "outcome_now", "failing_since", "evidence_of", "archived", "checked_at")
    list_display_links = ("checked_at",)  # the page's own link leads to the page
    list_filter = (OutcomeFilter,)
    list_per_page = 50
    search_fields = ("url",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return LinkCheck.objects.of_standing_evidence()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        # With the commitments whose evidence the pages are.
        self.references = references_by_url(LinkCheck.objects.values_list("url", flat=True))
        return super().changelist_view(request, extra_context)

    @admin.display(description=gettext_lazy("page"), ordering="url")
    def page(self, obj: LinkCheck) -> SafeString:
        """Its address, to be opened."""
        link = format_html('<a href="{}" rel="noopener external">{}</a>', obj.url, obj.url)
        return format_html("{}<br>{} {}", link, _("led to"), obj.final_url) if obj.final_url else link

    @admin.display(description=gettext_lazy("outcome"), ordering="outcome")
    def outcome_now(self, obj: LinkCheck) -> SafeString:
        """What came of asking, and in the network's words."""
        return format_html("{} {}", badge(LinkOutcome(obj.outcome)), obj.http_status or obj.detail)

    @admin.display(description=gettext_lazy("evidence of"))
    def evidence_of(self, obj: LinkCheck) -> SafeString:
        return format_html_join(
            " ",
            '<a href="{}">{}</a>',
            ((reverse("commitment", args=[reference]), reference) for reference in self.references.get(obj.url, ())),
        )

    @admin.display(description=gettext_lazy("archived copy"))
    def archived(self, obj: LinkCheck) -> SafeString:
        """Where to look for one."""
        return format_html('<a href="{}{}" rel="noopener external">{}</a>', ARCHIVE, obj.url, _("Look for one"))
