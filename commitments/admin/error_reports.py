"""What readers reported: a queue, in which staff say what became of each report."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.base import StaffForm, may_publish
from commitments.admin.concurrency import OptimisticLockAdmin
from commitments.admin.ledger_entries import can_be_corrected, can_be_retracted, entry_lines, lines_html
from commitments.domain.choices import CLOSED_STATES, EntryKind
from commitments.domain.evidence_addresses import mixed_scripts_warning
from commitments.models import ErrorReport
from commitments.query.entries import with_retractions
from commitments.workflow.notices import tell_reader

MAX_ON_RECORD = 30  # entries shown below a report
LONGEST_ADDRESS = 3500  # characters; servers and proxies refuse lines of more than 4,094


class AnswerForm(StaffForm):
    """State and answer."""

    class Meta:
        model = ErrorReport
        fields = ("state", "answer")
        help_texts = {
            "state": gettext_lazy(
                "When you close it, the e-mail address is deleted. A sender who asked for it is told by mail first; "
                "to anybody else who left one, write before you close it. All see state and answer on a page of "
                "their own."
            ),
            "answer": gettext_lazy("Needed to close it: what was put right, or why nothing was changed."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("state") in CLOSED_STATES and not cleaned.get("answer", "").strip():
            self.add_error("answer", _("Say what was put right, or why nothing was changed. The sender reads it."))
        return cleaned


@admin.register(ErrorReport)
class ErrorReportAdmin(OptimisticLockAdmin):
    """Open ones first, the one that waits longest at the top."""

    form = AnswerForm
    change_form_template = "admin/commitments/errorreport/change_form.html"
    list_display = ("first_words", "state", "commitment", "organisation", "received_at")
    list_filter = ("state", "received_at")
    list_select_related = ("commitment", "organisation")
    search_fields = ("what", "answer", "commitment__reference", "commitment__title")
    readonly_fields = (
        *("about", "received_at", "what", "read_at", "organisation"),
        *("email", "wants_mail", "sender_page", "draft_entry"),
    )
    fields = (*readonly_fields, "state", "answer")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Superusers, where somebody's personal data must go; everybody else closes it.
        return request.user.is_superuser and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: ErrorReport, form: AnswerForm, change: bool) -> None:
        # Once it is closed, whoever asked for it is written to, and the e-mail address goes.
        closes = form.cleaned_data["state"] in CLOSED_STATES
        if closes and obj.wants_mail and obj.email:
            tell_reader(obj)
        obj.settle(form.cleaned_data["state"], form.cleaned_data["answer"], timezone.now())
        super().save_model(request, obj, form, change)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        # With what is on record of the commitment, to be put right from here by those who may.
        report = context.get("original")
        if report and report.commitment:
            entries = with_retractions(report.commitment.entries.select_related("commitment")).order_by("-sequence")
            shown, publisher = list(entries[:MAX_ON_RECORD]), may_publish(request)
            context |= {
                "record": [
                    {
                        "entry": entry,
                        "says": lines_html(entry_lines(entry)),
                        "may_retract": publisher and can_be_retracted(entry, entry.retracted_as),  # type: ignore[attr-defined]
                    }
                    for entry in shown
                ],
                "more": entries.count() - len(shown),
                "may_correct": publisher and can_be_corrected(report.commitment),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("what is wrong"))
    def first_words(self, obj: ErrorReport) -> str:
        """Enough to know it again."""
        return obj.first_words

    @admin.display(description=gettext_lazy("commitment"))
    def about(self, obj: ErrorReport) -> SafeString | str:
        if obj.commitment is None:
            return _("none named")
        return format_html('<a href="{}">{}</a>', obj.commitment.get_absolute_url(), obj.commitment)

    @admin.display(description=gettext_lazy("where it can be read"))
    def read_at(self, obj: ErrorReport) -> SafeString | str:
        """The address that the sender gave, before anybody opens it with what there is to say of its host."""
        if not obj.source:
            return "–"
        link = format_html('<a href="{0}" rel="noopener external">{0}</a>', obj.source)
        warning = mixed_scripts_warning(obj.source)
        return format_html("{}<br><strong>{}</strong>", link, warning) if warning else link

    @admin.display(description=gettext_lazy("the sender’s page"))
    def sender_page(self, obj: ErrorReport) -> SafeString:
        """Where the sender reads state and answer."""
        return format_html('<a href="{0}">{0}</a>', reverse("error_report_status", args=[obj.token]))

    @admin.display(description=gettext_lazy("put it on the record"))
    def draft_entry(self, obj: ErrorReport) -> SafeString | str:
        """Record progress as context, filled in with what was sent where an address can hold it."""
        if obj.commitment is None or obj.commitment.retracted_at:
            return "–"
        initial = {"commitment": obj.commitment.pk, "kind": EntryKind.CONTEXT.value}
        initial |= {"date": timezone.localdate(obj.received_at).isoformat()}
        initial |= {"reply_of": obj.organisation.slug} if obj.organisation else {}
        address = reverse("admin:commitments_draftupdate_add")
        full_address = f"{address}?{urlencode(initial | {'note': obj.what})}"
        if len(full_address) <= LONGEST_ADDRESS:
            return format_html('<a href="{}">{}</a>', full_address, _("Draft an entry"))
        hint = _("The text is too long to be filled in: copy it from above.")
        return format_html('<a href="{}">{}</a> {}', f"{address}?{urlencode(initial)}", _("Draft an entry"), hint)
