"""Recording progress: one short form that saves a draft, sends it for publishing or publishes it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin import effects, publishing, way_back
from commitments.admin.base import accessible_commitments, may_publish, parse_key, staff_user
from commitments.admin.commitment_list import draft_state
from commitments.admin.concurrency import DraftAdmin
from commitments.admin.deleted_drafts import delete_with_a_way_back
from commitments.admin.draft_form import DraftForm, EvidenceInline
from commitments.admin.imports.views import DraftFilesMixin
from commitments.admin.list_filters import DraftStateFilter, lateness_words
from commitments.admin.review import UpdateDecisions
from commitments.domain.choices import DraftState, EntryKind
from commitments.ledger.append import lock_head
from commitments.models import Commitment, DraftUpdate
from commitments.models.drafting import Draft
from commitments.query.entries import with_retractions
from commitments.workflow.draft_edits import note_edits
from commitments.workflow.drafts import may_publish_draft, publish_drafts, submit
from commitments.workflow.news_sources import NewsSourceLookup

CHECK_BUTTON = "_check"  # the name of the button
COLLAPSED_FIELDS = ("deadline", "deadline_reason", "stop_reason", "searched", "reply_of")
DEFAULT_SEARCHED = gettext_lazy("Public web pages")  # for a check, until somebody says otherwise
MAX_ON_RECORD = 5  # entries shown below the form


def collapsed(title: Any, *fields: str) -> Any:
    """A part of the form that opens on demand."""
    return title, {"fields": fields, "classes": ["collapse"]}


@admin.register(DraftUpdate)
class DraftUpdateAdmin(DraftFilesMixin, DraftAdmin):
    """Drafts of updates. `?commitment=` opens the form for one commitment: that is "Record progress"."""

    form = DraftForm
    change_form_template = "admin/commitments/draftupdate/change_form.html"
    inlines = (EvidenceInline,)
    fieldsets = (
        (None, {"fields": ("commitment", "kind", ("status", "date"), "achieved", "note")}),
        collapsed(gettext_lazy("A new deadline was announced"), "deadline", "deadline_reason"),
        collapsed(gettext_lazy("It was stopped"), "stop_reason"),
        collapsed(gettext_lazy("Nothing new was found"), "searched"),
        collapsed(gettext_lazy("An owner replied"), "reply_of"),
        collapsed(gettext_lazy("The release itself reports it as done"), "basis"),
    )
    autocomplete_fields = ("commitment",)
    list_display = ("about", "would_change", "supported_by", "author", "changed_at", "how_far")
    list_display_links = ("about",)
    list_filter = (DraftStateFilter, "kind", "status", ("author", admin.RelatedOnlyFieldListFilter))
    list_per_page = 50
    search_fields = ("commitment__reference", "commitment__title", "note")
    actions = ("publish_selected", "return_selected")

    # Who may see and do what

    def get_queryset(self, request: HttpRequest) -> QuerySet[DraftUpdate]:
        # Of the commitments that the user works on, with what their effect is computed from.
        drafts = super().get_queryset(request).filter(commitment__in=accessible_commitments(request))
        return effects.prefetch_for_effect(drafts)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # Only commitments that the user works on and that stand, also when another is posted (R8).
        if db_field.name == "commitment":
            kwargs["queryset"] = accessible_commitments(request).filter(retracted_at=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: DraftUpdate | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.published_as_id is None)

    def has_delete_permission(self, request: HttpRequest, obj: DraftUpdate | None = None) -> bool:
        # A published one is history, and contributors throw away their own only.
        allowed = super().has_delete_permission(request, obj)
        if obj is None or not allowed:
            return allowed
        own = obj.author_id == request.user.pk or request.user.has_perm("commitments.work_for_all")
        return own and obj.published_as_id is None

    def get_fieldsets(self, request: HttpRequest, obj: DraftUpdate | None = None) -> Any:
        first, *rest = self.fieldsets
        # Stored, typed, or said by the address that opened the form: what says something is not folded away.
        typed = request.POST if request.method == "POST" else request.GET
        filled_fields = {name for name in COLLAPSED_FIELDS if typed.get(name, getattr(obj, name, "")) not in ("", None)}
        return [
            first,
            *(
                (title, options | {"classes": [] if filled_fields & {*options["fields"]} else ["collapse"]})
                for title, options in rest
            ),
        ]

    def draft_of(self, obj: models.Model) -> Draft | None:
        return obj if isinstance(obj, DraftUpdate) else None

    def denial_reason(self, obj: models.Model | None) -> str:
        """A draft that was published while somebody typed in it."""
        if isinstance(obj, DraftUpdate) and obj.published_as_id:
            message = _("%(who)s published this draft while you had it open. Record what is new as another update.")
            return message % {"who": self.last_editor(obj, obj.changed_at)}
        return super().denial_reason(obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # Publishing and returning are for publishers; nothing is deleted in bulk.
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions if may_publish(request) else self.export_actions()

    def get_urls(self) -> list[Any]:
        # The pages of the review beside the stock ones.
        return [*UpdateDecisions.urls(self), *super().get_urls()]

    @admin.action(description=gettext_lazy("Publish…"))
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[DraftUpdate]) -> HttpResponse | None:
        """Show what would be written, and ask."""
        return UpdateDecisions(self, request).ask(queryset, "publish")

    @admin.action(description=gettext_lazy("Return to the authors…"))
    def return_selected(self, request: HttpRequest, queryset: QuerySet[DraftUpdate]) -> HttpResponse | None:
        """Ask for the reason."""
        return UpdateDecisions(self, request).ask(queryset, "return")

    # Saving

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Not for a commitment that the user does not work on, typed into the address.
        commitments = Commitment.objects.filter(pk=parse_key(request.GET.get("commitment")))
        if self.has_add_permission(request) and commitments.exclude(pk__in=accessible_commitments(request)).exists():
            raise PermissionDenied(
                _("Your organisation does not own this commitment. Choose one from your list, or ask an editor.")
            )
        if retracted := commitments.filter(retracted_at__isnull=False).first():
            message = _("%(reference)s was retracted, and that is final.")
            raise PermissionDenied(message % {"reference": retracted.reference})
        return super().add_view(request, *args, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        # What the address says, as far as the form can show it.
        initial: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        return initial if parse_key(initial.get("commitment")) else initial | {"commitment": None}

    def delete_model(self, request: HttpRequest, obj: DraftUpdate) -> None:
        # Not what was published while somebody looked at the question.
        lock_head()
        if not DraftUpdate.objects.filter(pk=obj.pk, published_as=None).exists():
            raise PermissionDenied(_("It was published meanwhile, and stays."))
        delete_with_a_way_back(self, request, obj)
        super().delete_model(request, obj)

    def save_model(self, request: HttpRequest, obj: DraftUpdate, form: DraftForm, change: bool) -> None:
        # Whoever typed it first is its author.
        if CHECK_BUTTON in request.POST:
            self._make_check(request, obj, form)
        if not change:
            obj.author = staff_user(request)
        elif form.has_changed():
            obj.changed_by = staff_user(request)
        super().save_model(request, obj, form, change)

    def _make_check(self, request: HttpRequest, obj: DraftUpdate, form: DraftForm) -> None:
        """What one press records: that somebody looked today. An update half typed below it is not thrown away."""
        if set(form.changed_data) - {"commitment", "kind"} or request.POST.get("evidence-0-title"):
            raise ValidationError(_("You have typed an update as well. Save it as a draft first, or empty the form."))
        obj.kind, obj.date = EntryKind.CHECK, localdate().isoformat()
        obj.searched = request.POST.get("check_searched", "")[:300]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        # The evidence, and then what the button says, all in the transaction of the request.
        super().save_related(request, form, formsets, change)
        draft = form.instance
        if change and any(formset.has_changed() for formset in formsets):
            draft.changed_by = staff_user(request)
            draft.save(update_fields=["changed_by", "changed_at"])
        if staff_user(request) in (draft.author, draft.changed_by):
            note_edits(staff_user(request), drafts=[draft.pk])
        checked = CHECK_BUTTON in request.POST
        if ("_publish" in request.POST and may_publish(request)) or (
            checked and may_publish_draft(draft, staff_user(request))
        ):
            draft.published_as = publish_drafts([draft], staff_user(request))[0]
        elif "_send" in request.POST or checked:
            submit([draft], staff_user(request))

    def response_add(self, request: HttpRequest, obj: DraftUpdate, post_url_continue: Any = None) -> HttpResponse:
        # What became of it, in a line.
        return self._response_after_save(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: DraftUpdate) -> HttpResponse:
        # The same.
        return self._response_after_save(request, obj) or super().response_change(request, obj)

    def _response_after_save(self, request: HttpRequest, obj: DraftUpdate) -> HttpResponse | None:
        if obj.published_as is not None:
            self.message_user(request, publishing.update_message([obj.published_as]), messages.SUCCESS)
            return self.way_on(request, obj)
        if "_publish" in request.POST:
            message = _("It is saved as a draft and not published: that takes a publisher. Send it for publishing.")
            self.message_user(request, message, messages.WARNING)
            return HttpResponseRedirect(reverse("admin:commitments_draftupdate_change", args=[obj.pk]))
        if "_send" in request.POST or CHECK_BUTTON in request.POST:
            message = _("The update of %(reference)s waits for a publisher.")
            self.message_user(request, message % {"reference": obj.commitment.reference}, messages.SUCCESS)
            return self.way_on(request, obj)
        return None

    def listed_row(self, request: HttpRequest, obj: Any) -> Any:
        # From the list of commitments it is the commitment that one came for.
        return self._find_commitment(request, obj) if way_back.LIST_FIELD in request.GET else obj

    def get_preserved_filters(self, request: HttpRequest) -> str:
        # Those of the list of commitments are none of this one's.
        return "" if way_back.LIST_FIELD in request.GET else super().get_preserved_filters(request)

    # The page

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        # With the commitment as it stands now, what is on record, and the buttons that fit.
        draft = kwargs.get("obj")
        context["title"] = _("Record progress")
        context["news_sources"] = NewsSourceLookup().sources
        context["may_publish_this"] = may_publish_draft(draft, staff_user(request))
        for group in context["inline_admin_formsets"]:
            context["pointed_out"] = " ".join(getattr(group.formset, "pointed_out", ()))
        if commitment := self._find_commitment(request, draft):
            context |= {
                "standing": commitment,
                "subtitle": str(commitment),
                "today": localdate(),
                "searched": request.POST.get("check_searched") or self._last_searched(commitment),
                "late": lateness_words(commitment) if commitment.published_at and not commitment.retracted_at else "",
                "record": with_retractions(commitment.entries.all()).order_by("-sequence")[:MAX_ON_RECORD],
                "others": commitment.drafts.exclude(state=DraftState.PUBLISHED)
                .exclude(pk=draft.pk or 0 if draft else 0)
                .select_related("author"),
            }
        if draft and draft.pk and draft.published_as_id is None:
            stored = self.get_object(request, str(draft.pk))
            context["effect"] = effects.draft_effect(stored) if stored else None
        return super().render_change_form(request, context, *args, **kwargs)

    def _find_commitment(self, request: HttpRequest, draft: DraftUpdate | None) -> Commitment | None:
        key_text = request.POST.get("commitment") or request.GET.get("commitment")
        key = draft.commitment_id if draft and draft.pk else parse_key(key_text)
        commitment: Commitment | None = accessible_commitments(request).for_staff(localdate()).filter(pk=key).first()
        return commitment

    def _last_searched(self, commitment: Commitment) -> str:
        """Where whoever looked last has looked."""
        update = commitment.updates.exclude(searched="").order_by("-entry").first()
        return update.searched if update else str(DEFAULT_SEARCHED)

    # The list, which is the queue of those who publish

    @admin.display(description=gettext_lazy("update"), ordering="commitment__reference")
    def about(self, obj: DraftUpdate) -> str:
        """What it is about, in a line."""
        return f"{obj.commitment.reference} · {obj.get_kind_display()} · {obj.date.label if obj.date else _('undated')}"

    @admin.display(description=gettext_lazy("would change"))
    def would_change(self, obj: DraftUpdate) -> SafeString | str:
        """From what to what: status, deadline, achieved, note."""
        return effects.draft_effect(obj) if obj.published_as_id is None else "–"

    @admin.display(description=gettext_lazy("evidence"))
    def supported_by(self, obj: DraftUpdate) -> SafeString | str:
        """The pages that it rests on."""
        return effects.evidence_list(obj) or "–"

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def how_far(self, obj: DraftUpdate) -> SafeString:
        """Its state, and why it was returned."""
        return draft_state(obj)
