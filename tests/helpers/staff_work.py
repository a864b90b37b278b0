"""Something of every kind that staff work at, and the address of each act."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from commitments.models import Assignment, EntityProposal, EntryProposal, ErrorReport, LedgerEntry, RedactionRequest
from tests import factories


@pytest.fixture
def staff_work(db):
    """For a test of its own."""
    return make_staff_work()


def make_staff_work():
    """Work of one organisation, of another, and something of every other kind."""
    ours, theirs = factories.OrganisationFactory(name="Ours"), factories.OrganisationFactory(name="Theirs")
    colleague = User.objects.create_user("colleague", is_staff=True)
    own, other = factories.published(owners=[ours]), factories.published(owners=[theirs])
    factories.record("report", own)
    assigned = factories.published(owners=[theirs])
    Assignment.objects.create(commitment=assigned, lead_office=ours)
    other_draft = other.drafts.create(date="2019", note="Their secret.", author=colleague)
    return SimpleNamespace(
        ours=ours,
        own=own,
        other=other,
        assigned=assigned,
        draft=factories.CommitmentFactory(owners=[ours]),
        colleague_draft=own.drafts.create(date="2019", note="Mine.", author=colleague),
        other_draft=other_draft,
        evidence=other_draft.evidence.create(**factories.evidence()),
        entry=LedgerEntry.objects.get(kind="report"),
        report=ErrorReport.objects.create(token="x", what="Wrong."),
        request=RedactionRequest.objects.create(entry=LedgerEntry.objects.first(), reason="R.", asked_by=colleague),
        entry_proposal=EntryProposal.objects.create(act="translation", commitment=own, author=colleague, content={}),
        proposal=EntityProposal.objects.create(kind="organisation", slug=ours.slug, reason="R.", author=colleague),
        colleague=colleague,
    )


def staff_addresses(work, own_draft):
    """Each name of the table."""

    def at(what, *arguments):
        return reverse(f"admin:{what}", args=arguments)

    def find(model, field):
        return f"{at('autocomplete')}?app_label=commitments&model_name={model}&field_name={field}&term="

    ours = "commitments_"
    draft = f"{ours}draftupdate"
    return {
        "desk": at("index"),
        "commitments": at(f"{ours}commitment_changelist"),
        "commitment_add": at(f"{ours}commitment_add"),
        "own_commitment": at(f"{ours}commitment_change", work.own.pk),
        "other_commitment": at(f"{ours}commitment_change", work.other.pk),
        "own_translations": at(f"{ours}commitment_translations", work.own.pk),
        "other_translations": at(f"{ours}commitment_translations", work.other.pk),
        "other_history": at(f"{ours}commitment_history", work.other.pk),
        "draft_commitment": at(f"{ours}commitment_change", work.draft.pk),
        "draft_commitment_delete": at(f"{ours}commitment_delete", work.draft.pk),
        "own_commitment_delete": at(f"{ours}commitment_delete", work.own.pk),
        "record_own": f"{at(f'{draft}_add')}?commitment={work.own.pk}",
        "record_other": f"{at(f'{draft}_add')}?commitment={work.other.pk}",
        "updates_drafted": at(f"{draft}_changelist"),
        "own_draft": at(f"{draft}_change", own_draft.pk),
        "own_draft_delete": at(f"{draft}_delete", own_draft.pk),
        "colleague_draft": at(f"{draft}_change", work.colleague_draft.pk),
        "colleague_draft_delete": at(f"{draft}_delete", work.colleague_draft.pk),
        "other_draft": at(f"{draft}_change", work.other_draft.pk),
        "other_draft_delete": at(f"{draft}_delete", work.other_draft.pk),
        "review_publish": at(f"{draft}_publish"),
        "review_return": at(f"{draft}_return"),
        "review_send": at(f"{draft}_send"),
        "bulk": at(f"{ours}commitment_record"),
        "entries": at(f"{ours}ledgerentry_changelist"),
        "entry": at(f"{ours}ledgerentry_change", work.entry.pk),
        "retract": at(f"{ours}ledgerentry_retract", work.entry.pk),
        "redact": at(f"{ours}redactionrequest_ask", work.entry.pk),
        "redactions": at(f"{ours}redactionrequest_changelist"),
        "redaction_decide": at(f"{ours}redactionrequest_decide", work.request.pk),
        "updates": at(f"{ours}update_changelist"),
        "organisations": at(f"{ours}organisation_changelist"),
        "organisation": at(f"{ours}organisation_change", work.ours.pk),
        "organisation_delete": at(f"{ours}organisation_delete", work.ours.pk),
        "publish_commitments": at(f"{ours}commitment_publish"),
        "send_commitments": at(f"{ours}commitment_send"),
        "return_commitments": at(f"{ours}commitment_return"),
        "assign_commitments": at(f"{ours}commitment_assign"),
        "assignments": at(f"{ours}assignment_changelist"),
        "assigned_commitment": at(f"{ours}commitment_change", work.assigned.pk),
        "record_assigned": f"{at(f'{draft}_add')}?commitment={work.assigned.pk}",
        "draft_commitment_state": at(f"{ours}draftcommitment_changelist"),
        "proposals": at(f"{ours}entityproposal_changelist"),
        "proposal": at(f"{ours}entityproposal_change", work.proposal.pk),
        "proposal_record": f"{at(f'{ours}entityproposal_record')}?proposal={work.proposal.pk}",
        "proposal_decline": f"{at(f'{ours}entityproposal_decline')}?proposal={work.proposal.pk}",
        "put_on_record": at(f"{ours}release_put_on_record", work.draft.release.pk),
        "release_add": at(f"{ours}release_add"),
        "areas": at(f"{ours}area_changelist"),
        "link_checks": at(f"{ours}linkcheck_changelist"),
        "reports": at(f"{ours}errorreport_changelist"),
        "report": at(f"{ours}errorreport_change", work.report.pk),
        "users": at("auth_user_changelist"),
        "user": at("auth_user_change", work.colleague.pk),
        "groups": at("auth_group_changelist"),
        "group_add": at("auth_group_add"),
        "affiliation_add": at(f"{ours}affiliation_add"),
        "evidence_drafted": at(f"{ours}draftevidence_changelist"),
        "other_evidence": at(f"{ours}draftevidence_change", work.evidence.pk),
        "other_evidence_delete": at(f"{ours}draftevidence_delete", work.evidence.pk),
        "ownership_delete": at(f"{ours}ownership_delete", work.draft.ownership_set.get().pk),
        "import_commitments": at(f"{ours}commitment_import"),
        "process_commitments": at(f"{ours}commitment_process_import"),
        "template_commitments": at(f"{ours}commitment_import_template", "csv"),
        "import_organisations": at(f"{ours}organisation_import"),
        "process_organisations": at(f"{ours}organisation_process_import"),
        "import_updates": at(f"{draft}_import"),
        "process_updates": at(f"{draft}_process_import"),
        "by_reference": at(f"{ours}commitment_by_reference", work.own.reference),
        "draft_by_reference": at(f"{ours}commitment_by_reference", work.draft.reference),
        "deleted_drafts": at(f"{ours}deleteddraft_changelist"),
        "kept_forms": at(f"{ours}keptform_changelist"),
        "forget_form": at("forget_form", 1),
        "entry_proposal_decide": at(f"{ours}entryproposal_decide", work.entry_proposal.pk),
        "find_commitment": find("draftupdate", "commitment"),
        "find_organisation": find("affiliation", "organisation"),
    }
