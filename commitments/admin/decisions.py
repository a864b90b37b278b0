"""Pages of confirmation: what was chosen is shown, and what is confirmed is what was shown, all or none.

The page carries a digest of each draft and of what it would change, signed. One that was changed in between stops the
whole, and the page is shown again.
"""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin import way_back
from commitments.admin.base import parse_key, staff_page, staff_user, stop_if_refused, url_name
from commitments.admin.concurrency import LedgerAdmin
from commitments.admin.entity_changes import refusal_words
from commitments.ledger.append import lock_head

LOG_MESSAGES = {
    "publish": gettext_lazy("Published."),
    "return": gettext_lazy("Returned."),
    "send": gettext_lazy("Sent for publishing."),
}


class Decisions:
    """What may be done with drafts of one kind: subclasses say how they are shown, and carry it out.

    `chosen_by`: the key of a query string by which a page of confirmation is opened for a single draft, and the name
    under which a refusal tells which draft stopped it. `most`: drafts on one page. `queue_query`: what makes of the
    list the queue.
    """

    template: ClassVar[str]
    salt: ClassVar[str]
    chosen_by: ClassVar[str]
    most: ClassVar[int]
    queue_query: ClassVar[str]
    titles: ClassVar[dict[str, Any]]
    nothing_to_do: ClassVar[Any]
    changed_meanwhile: ClassVar[Any]

    def __init__(self, model_admin: LedgerAdmin, request: HttpRequest) -> None:
        self.model_admin, self.request = model_admin, request

    # What a kind says of itself

    def refuse_role(self, name: str) -> None:
        """Raise PermissionDenied where the user may not do this at all."""
        raise NotImplementedError

    def undecided(self, queryset: QuerySet[Any], name: str) -> QuerySet[Any]:
        """Those that this can still be done with."""
        raise NotImplementedError

    def digest_of(self, draft: Any) -> str:
        """What stands for a draft as it was shown: the same only where nothing of that has changed."""
        raise NotImplementedError

    def refuse_decided(self, draft: Any) -> None:
        """Raise a refusal for a draft that is on record already."""
        raise NotImplementedError

    def refusal(self, draft: Any, message: str) -> ValidationError:
        """A refusal that names the draft."""
        raise NotImplementedError

    def blockers(self, drafts: list[Any], name: str) -> dict[str, Any]:
        """What would stop it now, for the page: `stopped`, by key, and `blocked`, which says so at the top."""
        raise NotImplementedError

    def row(self, draft: Any) -> dict[str, Any]:
        """What the page shows of a draft."""
        raise NotImplementedError

    def context(self, drafts: list[Any], name: str) -> dict[str, Any]:
        """What the page shows beside its rows: `button`, what it does in words, and `notes` below it."""
        raise NotImplementedError

    def carry_out(self, drafts: list[Any], name: str) -> Any:
        """Do it, and say what was done. ValidationError where it cannot be. The caller holds the ledger."""
        raise NotImplementedError

    # The pages

    @classmethod
    def urls(cls, model_admin: LedgerAdmin) -> list[Any]:
        """Where the pages of confirmation are sent to."""

        def decide(request: HttpRequest, name: str) -> HttpResponse:
            return cls(model_admin, request).decide(name)

        view = model_admin.admin_site.admin_view(decide)
        return [path(f"{name}/", view, {"name": name}, name=url_name(model_admin, name)) for name in cls.titles]

    @cached_property
    def list_address(self) -> str:
        """The list from which the drafts were chosen, as it was filtered; else the queue."""
        return reverse(f"admin:{url_name(self.model_admin, 'changelist')}") + self.list_query

    def address_of(self, name: str) -> str:
        """Where the page of confirmation is sent to."""
        return reverse(f"admin:{url_name(self.model_admin, name)}")

    @cached_property
    def list_query(self) -> str:
        """The query string of that list, with its question mark."""
        return way_back.decision_query(self.request, self.chosen_by, self.queue_query)

    def chosen(self, keys: Iterable[Any]) -> list[Any]:
        """The drafts of these keys within reach, as they are now."""
        return list(self.model_admin.get_queryset(self.request).filter(pk__in=list(keys)))

    def ask(self, queryset: QuerySet[Any], name: str) -> HttpResponse | None:
        """The page of confirmation; None, with a message, where there is nothing to do, or too much."""
        drafts = list(self.undecided(queryset, name)[: self.most + 1])
        if 0 < len(drafts) <= self.most:
            return self.page(drafts, name)
        too_many = _("Choose at most %(most)s at once: narrow the list by a filter.") % {"most": self.most}
        message = too_many if drafts else str(self.nothing_to_do)
        self.model_admin.message_user(self.request, message, messages.WARNING)
        return None

    def decide(self, name: str) -> HttpResponse:
        """Show one draft, or do what was confirmed."""
        self.refuse_role(name)
        if self.request.method != "POST":
            key = parse_key(self.request.GET.get(self.chosen_by))
            queryset = self.model_admin.get_queryset(self.request).filter(pk=key)
            return (self.ask(queryset, name) if key else None) or HttpResponseRedirect(self.list_address)
        try:
            shown_digests = dict(signing.loads(self.request.POST.get("chosen", ""), salt=self.salt))
        except signing.BadSignature:
            message = _("Choose the drafts again: the page was not complete.")
            self.model_admin.message_user(self.request, message, messages.WARNING)
            return HttpResponseRedirect(self.list_address)
        try:
            stop_if_refused(self.request)
            with transaction.atomic():
                lock_head()
                drafts = self.chosen(shown_digests)
                self._refuse_changed(drafts, shown_digests)
                message = self.carry_out(drafts, name)
        except ValidationError as problem:
            return self.page(self.chosen(shown_digests), name, problem)
        self.model_admin.message_user(self.request, message, messages.SUCCESS)
        return HttpResponseRedirect(self.list_address)

    def _refuse_changed(self, drafts: list[Any], shown_digests: dict[Any, str]) -> None:
        """Raise ValidationError where any of them is no longer what was shown."""
        for draft in drafts:
            self.refuse_decided(draft)
            if self.digest_of(draft) != shown_digests[draft.pk]:
                raise self.refusal(draft, str(self.changed_meanwhile))
        if len(drafts) < len(shown_digests):
            raise ValidationError(_("Some of the drafts are gone. These are left: look again before you decide."))

    def page(self, drafts: list[Any], name: str, problem: ValidationError | None = None) -> HttpResponse:
        """What would be done, row by row; what stops it is said at its row."""
        context: dict[str, Any] = {"blocked": "", "problem": ""} | self.blockers(drafts, name)
        stopped = context.pop("stopped", {})
        if problem:
            words = refusal_words(self.model_admin.model, problem)
            refused = getattr(problem, self.chosen_by, None)
            stopped |= {refused.pk: words} if refused else {}
            context["problem"] = words
        context |= {"cancel": self.list_address} | self.context(drafts, name)
        context |= {
            "rows": [{"draft": draft, "stopped": stopped.get(draft.pk, "")} | self.row(draft) for draft in drafts],
            "name": name,
            "list_query": self.list_query,
            "address": self.address_of(name),
            "reason": self.request.POST.get("reason", ""),
            "chosen": self._sign(drafts),
        }
        status = HTTPStatus.CONFLICT if problem else HTTPStatus.OK
        title = self.title(drafts, name)
        return staff_page(self.model_admin, self.request, self.template, title, status, **context)

    def title(self, drafts: list[Any], name: str) -> str:
        """What the page asks."""
        return str(self.titles[name])

    def _sign(self, drafts: list[Any]) -> str:
        """What was shown, to be confirmed; nothing where one of them is on record already."""
        try:
            for draft in drafts:
                self.refuse_decided(draft)
        except ValidationError:
            return ""
        digests = [(draft.pk, self.digest_of(draft)) for draft in drafts]
        return signing.dumps(digests, salt=self.salt, compress=True)

    def short_digest(self, content: str) -> str:
        """A digest of what was shown, short enough for a page of many."""
        return salted_hmac(self.salt, content, algorithm="sha256").hexdigest()[:32]

    def log(self, drafts: Sequence[models.Model], name: str) -> None:
        """Say in the admin's log what was done with them."""
        LogEntry.objects.log_actions(staff_user(self.request).pk, list(drafts), CHANGE, str(LOG_MESSAGES[name]))


def decision_action(decisions: type[Decisions], name: str, description: Any) -> Any:
    """An action of a list that leads to the page of confirmation."""

    def ask(model_admin: LedgerAdmin, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return decisions(model_admin, request).ask(queryset, name)

    ask.short_description = description  # type: ignore[attr-defined]  # Django's
    ask.__name__ = f"{name}_selected"
    return ask
