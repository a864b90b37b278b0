"""The list of commitments: what its columns say, and where its rows lead."""

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin import way_back
from commitments.admin.base import ModelAdmin
from commitments.admin.list_filters import UntranslatedFilter, badge, lateness_words
from commitments.domain.choices import DraftState, Freshness, Schedule, Status
from commitments.i18n.phrases import join_list, with_detail
from commitments.models import Commitment
from commitments.models.drafting import Draft
from commitments.query.localized import localize
from commitments.workflow.draft_states import drafting_of


def draft_state(draft: Draft) -> SafeString:
    """How far a draft has come, and why it was returned."""
    reason = format_html("<br>{}", draft.returned_because) if draft.returned_because else ""
    return format_html("{}{}", badge(DraftState(draft.state)), reason)


class TranslationFirstList(ChangeList):
    """A list of what lacks a translation leads to the translations."""

    def url_for_result(self, result: models.Model) -> str:
        if UntranslatedFilter.parameter_name in self.params and not self.is_popup:
            return f"{reverse('admin:commitments_commitment_translations', args=[result.pk])}?missing=1"
        return str(super().url_for_result(result))


class ProgressFirstList(TranslationFirstList):
    """A list that leads to recording progress, which is what staff come for; drafts are edited."""

    def url_for_result(self, result: models.Model) -> str:
        if UntranslatedFilter.parameter_name in self.params:
            return super().url_for_result(result)
        if isinstance(result, Commitment) and result.published_at and not result.retracted_at and not self.is_popup:
            address = f"{reverse('admin:commitments_draftupdate_add')}?commitment={result.pk}"
            return way_back.with_list(address, self.get_query_string().removeprefix("?"))
        return str(super().url_for_result(result))


class CommitmentColumns(ModelAdmin):
    """The columns of the list; some stand on the form of what is public, too."""

    @admin.display(description=gettext_lazy("reference"), ordering="reference_key")
    def numbered(self, commitment: Commitment) -> str:
        """The reference, which sorts as people count."""
        return str(commitment.reference)

    @admin.display(description=gettext_lazy("title"), ordering="title")
    def titled(self, commitment: Commitment) -> str:
        """What it is called, in the language of the page."""
        return localize(commitment, "title").text

    @admin.display(description=gettext_lazy("owners"))
    def owned_by(self, obj: Commitment) -> str:
        return join_list(organisation.label_with_side for organisation in obj.owners.all()) or obj.parties_as_stated

    @admin.display(description=gettext_lazy("assigned to"))
    def assigned(self, obj: Commitment) -> str:
        """The lead office and the desk officer, which are never public."""
        return str(getattr(obj, "assignment", "")) or "–"

    @admin.display(description=gettext_lazy("status"), ordering="state__status")
    def status_now(self, obj: Commitment) -> SafeString:
        """The status last reported, with its date; of a draft how far it has come, and why it was returned."""
        if obj.published_at is None:
            return draft_state(drafting_of(obj))
        if obj.retracted_at:
            return format_html('<span class="badge role-ended">{}</span>', _("retracted"))
        status_badge = badge(Status(obj.state.status))
        return with_detail(status_badge, obj.state.status_on.label) if obj.state.status_on else status_badge

    @admin.display(description=gettext_lazy("current deadline"), ordering="state__deadline_last")
    def deadline_now(self, obj: Commitment) -> str:
        """The deadline after all revisions."""
        deadline = obj.state.deadline if obj.published_at else obj.deadline
        return deadline.label if deadline else _("none stated")

    @admin.display(description=gettext_lazy("schedule"))
    def schedule_now(self, obj: Commitment) -> SafeString | str:
        """How it stands against its deadline, and how many days late."""
        if obj.published_at is None or obj.retracted_at:
            return "–"
        schedule_badge, lateness = badge(Schedule(obj.schedule)), lateness_words(obj)
        return format_html("{} {}", schedule_badge, lateness) if lateness else schedule_badge

    @admin.display(description=gettext_lazy("last news"), ordering="state__last_news_on")
    def last_news(self, obj: Commitment) -> SafeString | str:
        """The day of the last report or context."""
        if obj.published_at is None or obj.state.last_news_on is None:
            return "–"
        freshness = Freshness(obj.freshness).label if obj.freshness in (Freshness.AGEING, Freshness.STALE) else ""
        day = date_format(obj.state.last_news_on, "DATE_FORMAT")
        return with_detail(day, freshness) if freshness else day
