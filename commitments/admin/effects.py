"""What a draft would change if it were published now, in words: beside it in the queue, and before it is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from commitments.domain.assessment import Assessment
from commitments.domain.choices import Copy, Relation, Status, StopReason
from commitments.domain.evidence_addresses import mixed_scripts_warning
from commitments.i18n.phrases import join_list, list_separator, with_detail, with_label
from commitments.ledger.contents import format_decimal
from commitments.models import DraftEvidence, DraftUpdate
from commitments.workflow.drafts import assess_with_draft


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One thing, before and after; the same where it does not change."""

    label: str
    before: str
    after: str

    @property
    def came_from(self) -> SafeString | str:
        """What it was; nothing where it was nothing."""
        return format_html('<span class="before">{}</span> → ', self.before) if self.before else ""


def changes_html(changes: Iterable[FieldChange]) -> SafeString | str:
    """For a cell: one line each."""
    lines = [(with_label(change.label, ""), change.came_from, change.after or "–") for change in changes]
    if not lines:
        return _("Nothing.")
    return format_html('<ul class="effect">{}</ul>', format_html_join("", "<li>{}{}<strong>{}</strong></li>", lines))


def prefetch_for_effect(drafts: QuerySet[DraftUpdate]) -> QuerySet[DraftUpdate]:
    """With all that `draft_effect` reads, in a constant number of queries."""
    drafts = drafts.select_related("commitment", "author", "published_as")
    return drafts.prefetch_related("evidence", "commitment__updates__evidence")


def draft_effect(draft: DraftUpdate) -> SafeString | str:
    """What publishing the draft would change of how its commitment stands today, and the note that it brings."""
    before, after = assess_with_draft(draft, draft.evidence.all(), localdate())
    pairs = [
        (_("Status"), status_words(before), status_words(after)),
        (_("Deadline"), date_label(before.deadline), date_label(after.deadline)),
        (_("Achieved"), format_decimal(before.achieved), format_decimal(after.achieved)),
        (_("Note"), before.note, after.note),
    ]
    text = draft.note or draft.searched
    if after.note != text:  # put on record beside the note that stands
        pairs.append((_("Says"), "", text))
    return changes_html(FieldChange(label, old, new) for label, old, new in pairs if old != new)


def date_label(partial_date: Any) -> str:
    """A partial date as people say it; nothing for none."""
    return str(partial_date.label) if partial_date else ""


def status_words(assessment: Assessment) -> str:
    """The status with its reason and date."""
    text = str(Status(assessment.status).label)
    if assessment.stop_reason:
        text = join_list([text, str(StopReason(assessment.stop_reason).label)])
    return with_detail(text, assessment.status_on.label) if assessment.status_on else text


def evidence_list(draft: DraftUpdate) -> SafeString:
    """The pages that a draft rests on, with what they have to do with the pledge."""
    item_format = '<li><a href="{}" rel="noopener external">{}</a>{}{}{}</li>'
    lines = [
        (
            evidence.url,
            evidence.title,
            list_separator(),
            with_detail(evidence.publisher, join_list(_evidence_kinds(evidence))),
            format_html_join("", "<br><strong>{}</strong>", ((text,) for text in address_warnings(evidence))),
        )
        for evidence in draft.evidence.all()
    ]
    return (
        format_html('<ul class="effect">{}</ul>', format_html_join("", item_format, lines)) if lines else SafeString("")
    )


def address_warnings(*rows: DraftEvidence) -> list[str]:
    """What whoever decides must see of the addresses of evidence: hosts that may pass for others."""
    warnings = (mixed_scripts_warning(address) for row in rows for address in (row.url, row.archived_url))
    return list(dict.fromkeys(filter(None, warnings)))


def _evidence_kinds(evidence: DraftEvidence) -> list[str]:
    """What it has to do with the pledge, and whether it is a copy."""
    copies = [str(Copy(evidence.copy).label)] if evidence.copy else []
    return [str(Relation(evidence.relation).label), *copies]
