"""Commitments: drafts are edited and published; published ones are corrected with a reason."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin import bulk, publishing, translations
from commitments.admin.base import StaffForm, accessible_commitments, add_refusal, may_publish, staff_user, url_name
from commitments.admin.concurrency import LedgerAdmin
from commitments.admin.imports.views import CommitmentFilesMixin
from commitments.admin.list_filters import (
    FoldedSearchMixin,
    FreshnessFilter,
    OwnerFilter,
    PublicFilter,
    ScheduleFilter,
    StatusFilter,
    UntranslatedFilter,
    badge,
    lateness_words,
)
from commitments.admin.party_fields import offer_adding, party_field
from commitments.admin.preview import PREVIEW_BUTTON, preview_entry
from commitments.admin.repeats_field import RepeatsField, format_repeats, stored_repeats, write_repeats
from commitments.domain.choices import EntryKind, Freshness, Schedule, Status
from commitments.domain.references import dated_reference_message, is_taken_for_date
from commitments.i18n.phrases import join_list, with_detail
from commitments.ledger.contents import CORRECTABLE_FIELDS, PARTIES, PUBLIC_FIELDS, public_value, publication_content
from commitments.ledger.validation import check_consistency
from commitments.models import Commitment, LedgerEntry
from commitments.workflow.draft_edits import note_edits
from commitments.workflow.entry_proposals import record_or_propose
from commitments.workflow.publications import check_publishable, correction_by


class CommitmentForm(StaffForm):
    """A commitment's public fields; for a published one also the reason for correcting them."""

    owners = party_field("owners")
    partners = party_field("partners")
    repeats = RepeatsField()
    reason = forms.CharField(
        label=gettext_lazy("Reason for the correction"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Public, with what the fields said before."),
    )

    class Meta:
        # Every field that the admin asks for.
        model = Commitment
        fields = "__all__"
        widgets = {
            name: forms.TextInput(attrs={"class": "vLargeTextField"})
            for name in ("title", "short_title", "quote", "done_when")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # With the parties and what it repeats, which have tables of their own.
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.update({name: getattr(self.instance, name).all() for name in PARTIES})
            self.initial["repeats"] = stored_repeats(self.instance)
        if self.instance.published_at and "deadline" in self.fields:
            self.fields["deadline"].help_text = _(
                "As it was published. One that we mistyped is corrected towards the release’s own words; any other "
                "change is a report."
            )

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]  # Django's, which the stubs leave out
        write_repeats(self.instance, self.cleaned_data["repeats"])

    def clean_reference(self) -> str:
        """One that is given now is none of which spreadsheets make a date."""
        reference: str = self.cleaned_data["reference"]
        if "reference" in self.changed_data and is_taken_for_date(reference):
            raise ValidationError(dated_reference_message(reference))
        return reference

    def clean(self) -> dict[str, Any]:
        # Between the fields, what the ledger would refuse; a correction needs its reason.
        cleaned = super().clean()
        if self.errors:
            return cleaned
        public = self.instance.published_at is not None
        values = publication_content(Commitment.objects.get(pk=self.instance.pk)) if public else {}
        values |= {name: public_value(name, cleaned[name]) for name in PUBLIC_FIELDS if name in cleaned}
        try:
            check_consistency(values)
        except ValidationError as problem:
            add_refusal(problem, self)
        if public and self.changed_public() and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Give the reason. It will be public."))
        return cleaned

    def changed_public(self) -> list[str]:
        """The public fields that say something new."""
        return [name for name in self.changed_data if name in CORRECTABLE_FIELDS]


def is_to_be_published(request: HttpRequest) -> bool:
    """Whether the button was pressed that leads to publishing, by somebody who may."""
    return "_publish" in request.POST and may_publish(request)


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
            return f"{reverse('admin:commitments_draftupdate_add')}?commitment={result.pk}"
        return str(super().url_for_result(result))


@admin.register(Commitment)
class CommitmentAdmin(FoldedSearchMixin, CommitmentFilesMixin, LedgerAdmin):
    """The list and the form. Status is never a field here: it is moved by recording progress."""

    form = CommitmentForm
    change_form_template = "admin/commitments/commitment/change_form.html"
    change_list_template = "admin/commitments/commitment/change_list.html"
    list_display = ("numbered", "title", "owned_by", "status_now", "deadline_now", "schedule_now", "last_news")
    view_on_site = False  # drafts have no public page; the link stands beside "Record progress"
    list_filter = (
        PublicFilter,
        StatusFilter,
        ScheduleFilter,
        FreshnessFilter,
        OwnerFilter,
        ("release", admin.RelatedOnlyFieldListFilter),
        ("area", admin.RelatedOnlyFieldListFilter),
        "kind",
        "level",
        UntranslatedFilter,
    )
    search_fields = ("reference", "title", "owners__name", "owners__short_name")
    folded_fields = ("search_text", "owners__search_text")
    autocomplete_fields = ("part_of",)
    ordering = ("reference_key",)
    actions = ("record_selected", "publish_selected")

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # With a “+” beside owners and partners, for those who may add an organisation.
        return offer_adding(super().get_form(request, *args, **kwargs), request)

    # Who may see and do what

    def get_queryset(self, request: HttpRequest) -> QuerySet[Commitment]:
        # What the user works on, with how it stands today.
        return accessible_commitments(request).for_staff(localdate()).prefetch_related("owners")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        # The list that leads to recording progress, for those who may.
        return ProgressFirstList if request.user.has_perm("commitments.add_draftupdate") else TranslationFirstList

    def get_fieldsets(self, request: HttpRequest, obj: Commitment | None = None) -> Any:
        # As a reader meets them; what a published commitment says now comes first.
        place = ("reference", ("release", "area", "paragraph"), "title", "short_title", "quote")
        parties = ("owners", "partners", "parties_as_stated", "owner_inferred", "owner_note")
        pledge = (("kind", "force", "level"), "part_of", "repeats", "done_when")
        time = (("deadline", "deadline_as_stated", "deadline_basis"), "review_on")
        target = (("target", "unit", "measure", "target_approximate"), "note")
        public = obj is not None and obj.published_at is not None
        current_state = [(None, {"fields": ("status_now", "deadline_now", "last_news")})] if public else []
        correctable = public and self.has_change_permission(request, obj)
        correction = [(_("Correction"), {"fields": ("reason",)})] if correctable else []
        return [
            *current_state,
            (_("The pledge"), {"fields": place + pledge}),
            (_("Who"), {"fields": parties}),
            (_("By when, and how much"), {"fields": time + target}),
            *correction,
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Commitment | None = None) -> list[str]:
        # What is computed, and what no correction may touch.
        if obj is None or obj.published_at is None:
            return []
        return ["status_now", "deadline_now", "last_news", "reference"]

    def has_delete_permission(self, request: HttpRequest, obj: Commitment | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.published_at is None)

    def has_change_permission(self, request: HttpRequest, obj: Commitment | None = None) -> bool:
        # A correction is published at once, so it takes a publisher; what was retracted is final.
        allowed = super().has_change_permission(request, obj)
        if obj is None or obj.published_at is None:
            return allowed
        return allowed and obj.retracted_at is None and may_publish(request)

    def denial_reason(self, obj: models.Model | None) -> str:
        """A draft that was published while an editor typed in it."""
        if isinstance(obj, Commitment) and obj.retracted_at:
            return _("%(reference)s was retracted, and that is final.") % {"reference": obj.reference}
        if isinstance(obj, Commitment) and obj.published_at:
            return _("It is public, so its wording is corrected by a publisher, with a reason. Ask one of them.")
        return super().denial_reason(obj)

    def last_editor(self, obj: models.Model, since: datetime) -> str:
        """With the entries that corrected it, which the public can read."""
        who = super().last_editor(obj, since)
        corrections = LedgerEntry.objects.filter(
            commitment__pk=obj.pk, kind=EntryKind.CORRECTION, recorded_at__gte=since.replace(microsecond=0)
        )
        numbers = join_list(str(number) for number in corrections.values_list("sequence", flat=True))
        return _("%(who)s, by entry %(entries)s,") % {"who": who, "entries": numbers} if numbers else who

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # No deletion in bulk: it would stop at the first published one.
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        if not may_publish(request):
            actions.pop("publish_selected", None)
        return actions if request.user.has_perm("commitments.add_draftupdate") else self.export_actions()

    def get_urls(self) -> list[Any]:
        # The page of many, that of translations and that of publishing, beside the stock ones.
        def own(address: str, view: Any, name: str) -> Any:
            return path(address, self.admin_site.admin_view(partial(view, self)), name=url_name(self, name))

        return [
            own("record/", bulk.record_bulk, "record"),
            own("<int:pk>/translations/", translations.translate, "translations"),
            own("publish/", publishing.confirm_publication, "publish"),
            *super().get_urls(),
        ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        # Where a form looks for one to name, none that was retracted.
        if "field_name" in request.GET:
            queryset = queryset.filter(retracted_at=None)
        return super().get_search_results(request, queryset, search_term)

    @admin.action(description=gettext_lazy("Record progress of the selected commitments…"))
    def record_selected(self, request: HttpRequest, queryset: QuerySet[Commitment]) -> HttpResponse | None:
        """One form for all of them."""
        return bulk.ask_bulk(self, request, queryset)

    @admin.action(description=gettext_lazy("Publish the selected drafts…"))
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Commitment]) -> HttpResponse | None:
        """Show what would be public, and ask."""
        return publishing.ask_publication(self, request, queryset)

    # Saving

    def save_model(self, request: Any, obj: Commitment, form: CommitmentForm, change: bool) -> None:
        # A draft is saved; a published commitment is corrected through the ledger, or the correction is previewed.
        if not obj.published_at:
            super().save_model(request, obj, form, change)
        elif values := {name: form.cleaned_data[name] for name in form.changed_public()}:
            stored = Commitment.objects.select_related("release", "area", "part_of").get(pk=obj.pk)
            correction = correction_by(stored, values, form.cleaned_data["reason"], staff_user(request))
            if PREVIEW_BUTTON in request.POST:
                request.preview = preview_entry(request, correction, stored)  # shown below
            else:
                request.correction = record_or_propose(correction, staff_user(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Owners and partners of a draft; of a published one the ledger has written them.

        If it is to be published, what would stop that is said at once, beside the fields.
        """
        if not form.instance.published_at:
            super().save_related(request, form, formsets, change)
            if form.has_changed() or not change:
                note_edits(staff_user(request), commitments=[form.instance.pk])
            if is_to_be_published(request):
                check_publishable(form.instance, staff_user(request))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        # By which entry; not of what was only looked at.
        if PREVIEW_BUTTON in request.POST:
            return None
        correction = getattr(request, "correction", None)
        if isinstance(correction, LedgerEntry):
            message = _("Corrected by entry %(entry)s.") % {"entry": correction.sequence}
        elif correction:
            message = _("Proposed a correction.")
        return super().log_change(request, obj, message)

    def response_add(self, request: HttpRequest, obj: Commitment, post_url_continue: Any = None) -> HttpResponse:
        # If it is to be published, on to the page that shows it and asks.
        if is_to_be_published(request):
            return HttpResponseRedirect(publishing.publication_address(obj))
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Commitment) -> HttpResponse:
        # After a preview the same form as it was typed, and below it what the public would see.
        if not obj.published_at and is_to_be_published(request):
            return HttpResponseRedirect(publishing.publication_address(obj))
        if correction := getattr(request, "correction", None):
            text = _("{name} is corrected, entry {entry}.")
            words: str = (
                publishing.entry_sentence(correction, text)
                if isinstance(correction, LedgerEntry)
                else _("The correction of %(reference)s waits for another publisher.") % {"reference": obj.reference}
            )
            self.message_user(request, words, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:commitments_commitment_changelist"))
        if PREVIEW_BUTTON not in request.POST or not obj.published_at:
            return super().response_change(request, obj)
        request.refusal = ValidationError(_("It is not published yet."))  # type: ignore[attr-defined]  # StaffForm's
        return self.changeform_view(request, str(obj.pk))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        commitment = context["original"]
        if commitment and commitment.published_at and self.has_change_permission(request, commitment):
            context["title"] = _("Correct what is on record")
        if commitment and commitment.published_at and may_publish(request):
            context["publication"] = commitment.entries.get(kind=EntryKind.PUBLISHED)
        if preview := getattr(request, "preview", ""):
            context |= {"preview": preview, "errors": []}
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("reference"), ordering="reference_key")
    def numbered(self, commitment: Commitment) -> str:
        """The reference, which sorts as people count."""
        return str(commitment.reference)

    @admin.display(description=gettext_lazy("promised before"))
    def repeats(self, obj: Commitment) -> str:
        """What it repeats, for those who may only look."""
        return format_repeats(stored_repeats(obj)) or "–"

    # The list

    @admin.display(description=gettext_lazy("owners"))
    def owned_by(self, obj: Commitment) -> str:
        return join_list(organisation.label_with_side for organisation in obj.owners.all()) or obj.parties_as_stated

    @admin.display(description=gettext_lazy("status"), ordering="state__status")
    def status_now(self, obj: Commitment) -> SafeString:
        """The status last reported, with its date."""
        if obj.published_at is None:
            return format_html('<span class="badge role-none">{}</span>', _("draft"))
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
