"""Publishing draft commitments: what the public will see of one, and what comes with each, is looked at and confirmed.

What is confirmed is what was shown: the page carries a digest of each draft and of what becomes public with it, signed.
"""

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.admin import way_back
from commitments.admin.base import may_publish, parse_key, staff_page, staff_user, stop_if_refused
from commitments.admin.concurrency import LedgerAdmin
from commitments.admin.entities import entry_link
from commitments.admin.entity_changes import refusal_words
from commitments.admin.preview import render_public_page
from commitments.domain.choices import UPDATE_KINDS
from commitments.domain.hash_chain import canonical_json
from commitments.ledger.append import lock_head, new_publication
from commitments.ledger.contents import PARTIES, publication_content
from commitments.ledger.entity_contents import entity_fields
from commitments.ledger.new_entries import Actor
from commitments.models import Commitment, LedgerEntry
from commitments.models.entity import Entity
from commitments.workflow.entity_proposals import first_recorded_with
from commitments.workflow.publications import PublicationRefusedError, publish_commitments

MAX_AT_ONCE = 200  # commitments on one page of confirmation
MAX_NAMED = 20  # of so many published at once each is named, of more the number
SALT = "publish commitments"


def publication_address(commitment: Commitment) -> str:
    """The page of confirmation for one draft."""
    return f"{reverse('admin:commitments_commitment_publish')}?commitment={commitment.pk}"


def ask_publication(
    model_admin: LedgerAdmin, request: HttpRequest, queryset: QuerySet[Commitment]
) -> HttpResponse | None:
    """The page of confirmation for drafts chosen in the list; None, with a message, where it cannot be for them."""
    drafts = list(queryset.filter(published_at=None)[: MAX_AT_ONCE + 1])
    if not 0 < len(drafts) <= MAX_AT_ONCE:
        message = _("Choose between 1 and %(most)s drafts.") % {"most": MAX_AT_ONCE}
        model_admin.message_user(request, message, messages.WARNING)
        return None
    return publication_page(model_admin, request, drafts)


def confirm_publication(model_admin: LedgerAdmin, request: HttpRequest) -> HttpResponse:
    """Show what would be published; publish what was shown, all or none."""
    if not may_publish(request):
        raise PermissionDenied(_("Only publishers publish commitments. Ask one of them."))
    list_address = reverse("admin:commitments_commitment_changelist") + way_back.decision_query(request, "")
    if request.method != "POST":
        drafts = model_admin.get_queryset(request).filter(pk=parse_key(request.GET.get("commitment")))
        return ask_publication(model_admin, request, drafts) or HttpResponseRedirect(list_address)
    try:
        shown_digests = dict(signing.loads(request.POST.get("chosen", ""), salt=SALT))
    except signing.BadSignature:
        model_admin.message_user(request, _("Choose the drafts again: the page was not complete."), messages.WARNING)
        return HttpResponseRedirect(list_address)
    try:
        stop_if_refused(request)
        with transaction.atomic():
            lock_head()
            entries = publish_as_shown(chosen_drafts(model_admin, request, shown_digests), shown_digests, request)
    except ValidationError as problem:
        return publication_page(model_admin, request, chosen_drafts(model_admin, request, shown_digests), problem)
    model_admin.message_user(request, published_message(entries), messages.SUCCESS)
    return HttpResponseRedirect(list_address)


def chosen_drafts(model_admin: LedgerAdmin, request: HttpRequest, keys: Any) -> list[Commitment]:
    """The commitments that were shown, as they are now."""
    return list(model_admin.get_queryset(request).filter(pk__in=keys))


def publish_as_shown(
    drafts: list[Commitment], shown_digests: dict[int, str], request: HttpRequest
) -> list[LedgerEntry]:
    """Publish them; ValidationError where any of them is no longer what was shown. The caller holds the ledger."""
    if len(drafts) < len(shown_digests):
        raise ValidationError(_("Some of the drafts are gone. These are left: look again before you decide."))
    for draft in drafts:
        if draft.published_at:
            message = _("%(reference)s is public already.") % {"reference": draft.reference}
            raise PublicationRefusedError(draft, ValidationError(message))
        if publication_digest(draft) != shown_digests[draft.pk]:
            message = _("The draft, or what becomes public with it, is not what this page showed. Look again.")
            raise PublicationRefusedError(draft, ValidationError(message))
    entries = publish_commitments(drafts, staff_user(request))
    for entry in entries:
        message = _("Published as entry %(entry)s.") % {"entry": entry.sequence}
        published = [entry.commitment] if entry.commitment else []
        LogEntry.objects.log_actions(staff_user(request).pk, published, CHANGE, message, single_object=True)
    return entries


def published_message(entries: list[LedgerEntry]) -> SafeString | str:
    """What is public now, each with its page and its entry; of many how many they are."""
    if len(entries) > MAX_NAMED:
        message = ngettext(
            "%(number)s commitment is public, the last of them by entry %(entry)s.",
            "%(number)s commitments are public, the last of them by entry %(entry)s.",
            len(entries),
        )
        return message % {"number": len(entries), "entry": entries[-1].sequence}
    return format_html_join(
        " ", "{}", [(entry_sentence(entry, _("{name} is public, entry {entry}.")),) for entry in entries]
    )


def update_message(entries: list[LedgerEntry]) -> SafeString | str:
    """What updates are public now, each with its place on its page; of many how many they are."""
    if len(entries) > MAX_NAMED:
        text = ngettext("{number} update is published.", "{number} updates are published.", len(entries))
        link = format_html('<a href="{}">{}</a>', reverse("updates"), _("Look at the latest entries"))
        return format_html("{} {}", format_html(text, number=len(entries)), link)
    return format_html_join(
        " ", "{}", [(entry_sentence(entry, _("The update of {name} is public, entry {entry}.")),) for entry in entries]
    )


def entry_sentence(entry: LedgerEntry, text: str) -> SafeString:
    """What an entry about a commitment did; `name` leads to its page, `entry` to the entry's."""
    commitment = entry.commitment
    address = commitment.get_absolute_url() if commitment else ""
    if entry.kind in UPDATE_KINDS:
        address += f"#entry-{entry.sequence}"
    name = format_html('<a href="{}">{}</a>', address, entry.commitment_id)
    return format_html(text, name=name, entry=entry_link(entry))


def publication_page(
    model_admin: LedgerAdmin, request: HttpRequest, drafts: list[Commitment], problem: ValidationError | None = None
) -> HttpResponse:
    """Each draft with what becomes public with it and what stops it; of a single one, its public page as it will be."""
    preview, stopped = attempt(drafts, request)
    problem_text = ""
    if problem:
        problem_text = refusal_words(Commitment, problem)
        refused = getattr(problem, "commitment", None)
        stopped |= {refused.pk: problem_text} if refused else {}
    rows = [
        {"commitment": draft, "along": becoming_public_with(draft), "stopped": stopped.get(draft.pk, "")}
        for draft in drafts
    ]
    title = _("Publish these commitments?")
    if len(drafts) == 1:
        title = _("Publish %(reference)s?") % {"reference": drafts[0].reference}
    chosen = ""
    if all(draft.published_at is None for draft in drafts):
        digests = [(draft.pk, publication_digest(draft)) for draft in drafts]
        chosen = signing.dumps(digests, salt=SALT, compress=True)
    context = {"preview": preview, "problem": problem_text, "blocked": bool(stopped) and not problem}
    context["list_query"] = way_back.decision_query(request, "")
    template, status = "admin/commitments/commitment/publish.html", 409 if problem else 200
    return staff_page(model_admin, request, template, title, status, rows=rows, chosen=chosen, **context)


def attempt(drafts: list[Commitment], request: HttpRequest) -> tuple[str, dict[int, str]]:
    """The public page of a single one as it would be, and what stops any of them. Stores nothing."""
    stopped: dict[int, str] = {}
    left = [draft for draft in drafts if draft.published_at is None]
    while left:
        with transaction.atomic():
            try:
                publish_commitments(left, staff_user(request))
                return render_public_page(request, left[0]) if len(drafts) == 1 else "", stopped
            except PublicationRefusedError as refusal:
                refused = refusal.commitment.pk
                stopped[refused] = refusal_words(Commitment, refusal)
                left = [draft for draft in left if draft.pk != refused]
            finally:
                transaction.set_rollback(True)
    return "", stopped


def becoming_public_with(draft: Commitment) -> list[Entity]:
    """What has its first entry with a draft; nothing for one that is public."""
    return [] if draft.published_at else first_recorded_with([new_publication(draft, Actor())])


def publication_digest(draft: Commitment) -> str:
    """A digest of what a draft says, and of what becomes public with it."""
    stored = Commitment.objects.select_related("release", "area", "part_of").prefetch_related(*PARTIES).get(pk=draft.pk)
    along = {row.entity: entity_fields(row) for row in becoming_public_with(stored)}
    content = canonical_json({"commitment": publication_content(stored), "along": along})
    return salted_hmac(SALT, content, algorithm="sha256").hexdigest()[:32]
