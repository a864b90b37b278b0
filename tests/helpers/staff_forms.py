"""Every form of staff's into which somebody types, by the name of the address that it is sent to.

On an installation with `STAFFED` (`tests.helpers.browser`) and `FURTHER_WORK` in it. Whoever adds a form adds it here:
`tests/admin/test_kept_forms.py` fails where an address of the admin stands in neither table.
"""

from tests.helpers.browser import STAFFED
from tests.helpers.staff import PASSWORD

DRAFT_KEY = 999  # of the draft commitment
# What waits for a decision with a reason, and a draft of a commitment, besides what is there already.
FURTHER_WORK = f"""
from commitments.models import *
from django.contrib.auth.models import User
author = User.objects.get(username="contributor")
one, organisation = Commitment.objects.get(pk=1), Organisation.objects.get(slug="hksarg")
EntityProposal.objects.create(
    kind="organisation", slug="hksarg", reason="A new name.", author=author,
    changes={{"site": {{"before": organisation.site, "after": "https://example.org/"}}}},
)
EntryProposal.objects.create(
    act="correction", commitment=one, author=author,
    content={{"reason": "A slip.", "changes": [{{"field": "title", "before": one.title, "after": "Another title"}}]}},
)
ErrorReport.objects.create(token="reported", what="The date is wrong.", commitment=one)
draft = Commitment.objects.create(
    pk={DRAFT_KEY}, reference="ZZ-01", release=one.release, area=one.area, paragraph=1, title="A draft",
    quote="Both will meet", kind="action", force="promise", done_when="They met.",
)
draft.owners.add(organisation)
for model, fields in (
    (Organisation, dict(slug="drafted", name="Drafted", kind="department", side="hong_kong")),
    (Area, dict(slug="drafted", name="Drafted", position=99)),
    (Release, dict(slug="drafted", title="Drafted", issued_on="2020-01-01", publisher="P", place="Q", language="en",
                   url="https://example.org/drafted")),
    (Occasion, dict(slug="drafted", name="Drafted", day="2020-01-01")),
    (NewsSource, dict(slug="drafted", name="Drafted", source="party", why="W.")),
):
    model.objects.create(**fields)
# A release whose text is being read: its first sentence is accepted, its second is the draft.
from commitments.workflow.intake.deciding import Decider, accept
from tests.helpers.intakes import begin_intake
clerk = User.objects.get(username="clerk")
first, second = begin_intake(clerk).spans.filter(promises=True)[:2]
for span in (first, second):
    accept(Decider(clerk, span.pk, span.revision), span.cells, None)
IntakeSpan.objects.filter(pk=second.pk).update(commitment=draft)
"""
WORK = STAFFED.format(password=PASSWORD) + FURTHER_WORK

ADMIN = "/admin/commitments"
# By the name of the address that the form is sent to: where it is opened. One opened by an action of a list is named
# with the action after the list's address.
FORMS = {
    "commitments_draftupdate_add": f"{ADMIN}/draftupdate/add/?commitment=11",
    "commitments_draftupdate_change": f"{ADMIN}/draftupdate/2/change/",
    "commitments_draftupdate_return": f"{ADMIN}/draftupdate/return/?draft=1",
    "commitments_commitment_add": f"{ADMIN}/commitment/add/",
    "commitments_commitment_change": f"{ADMIN}/commitment/11/change/",
    "commitments_commitment_return": f"{ADMIN}/commitment/return/?commitment={DRAFT_KEY}",
    "commitments_commitment_translations": f"{ADMIN}/commitment/11/translations/",
    "commitments_commitment_record": f"{ADMIN}/commitment/?schedule=past#record_selected",
    "commitments_intake_add": f"{ADMIN}/intake/add/",
    "commitments_organisation_add": f"{ADMIN}/organisation/add/",
    "commitments_organisation_add, from a commitment": f"{ADMIN}/organisation/add/?_to_field=id&_popup=1",
    "commitments_organisation_change": f"{ADMIN}/organisation/1/change/",
    "commitments_area_add": f"{ADMIN}/area/add/",
    "commitments_area_change": f"{ADMIN}/area/1/change/",
    "commitments_release_add": f"{ADMIN}/release/add/",
    "commitments_release_change": f"{ADMIN}/release/1/change/",
    "commitments_occasion_add": f"{ADMIN}/occasion/add/",
    "commitments_occasion_change": f"{ADMIN}/occasion/1/change/",
    "commitments_newssource_add": f"{ADMIN}/newssource/add/",
    "commitments_newssource_change": f"{ADMIN}/newssource/1/change/",
    "commitments_entityproposal_decline": f"{ADMIN}/entityproposal/1/change/",
    "commitments_entryproposal_decide": f"{ADMIN}/entryproposal/1/change/",
    "commitments_ledgerentry_retract": f"{ADMIN}/ledgerentry/158/retract/",
    "commitments_redactionrequest_ask": f"{ADMIN}/redactionrequest/ask/158/",
    "commitments_errorreport_change": f"{ADMIN}/errorreport/1/change/",
    "commitments_intake_mark": f"{ADMIN}/intake/1/mark/",
    "commitments_intake_translate": f"{ADMIN}/intake/1/translate/",
    "commitments_intake_review": f"{ADMIN}/intake/1/review/?return=1",
    "commitments_intake_publish": f"{ADMIN}/intake/1/publish/?act=return",
    "auth_user_add": "/admin/auth/user/add/",
    "auth_user_change": "/admin/auth/user/5/change/",
}
# Sent without anything typed, or chosen from lists alone, or opened with a file that only its sender has.
WITHOUT_TEXT = {
    "commitments_draftupdate_publish",
    "commitments_draftupdate_send",
    "commitments_commitment_publish",
    "commitments_commitment_send",
    "commitments_commitment_assign",
    "commitments_entityproposal_record",
    "commitments_intake_change",  # leads to the outline
    "commitments_intake_outline",
    "commitments_intake_delete_text",
    "commitments_redactionrequest_decide",
    *(
        f"commitments_{name}_{step}"
        for name in ("commitment", "organisation", "draftupdate")
        for step in ("import", "process_import")
    ),
    *(f"commitments_{name}_put_on_record" for name in ("release", "occasion", "newssource")),
    "auth_user_password_change",
    "forget_form",
}
# Only looked at or downloaded.
WITHOUT_A_FORM = {
    *(
        f"commitments_{name}_{page}"
        for name in ("commitment", "organisation", "draftupdate")
        for page in ("export", "export_xlsx", "import_template")
    ),
    "commitments_commitment_by_reference",
    "commitments_intake_decisions",
    *(
        "index",
        "autocomplete",
        "jsi18n",
        "view_on_site",
        "app_list",
        "login",
        "logout",
        "read_date",
        "help",
        "help_page",
    ),
    *("password_change", "password_change_done"),
}
# Django's own form, of which we add nothing: what was typed into it comes back in a list.
STOCK = {"auth_group_add", "auth_group_change"}
