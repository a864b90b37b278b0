"""Whoever runs an earlier version can move to this one: its tables, with staff's own entries, migrate and verify."""

import json

import pytest

from tests.models.test_upgrade import STEP_BY_STEP

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]

# What staff recorded, drafted and translated; then the tables, triggers and entries of the version before.
BEFORE = """
import json
from commitments.ledger.append import append_entries, new_correction, new_redaction
from commitments.ledger.new_entries import Actor
from commitments.ledger.translations import NewTranslation, record_translations
from commitments.models import Commitment, LedgerEntry, NewsSource, Organisation
from tests.factories import evidence, new
from tests.helpers.version_before import go_back

commitment, by = Commitment.objects.get(reference="CU-08"), Actor()
mirror = [evidence(source="independent", copy="mirror", title="A mirror-page", url="https://mirror.example/1")]
own = [evidence(source="independent", url="https://gazette.example/1")]
entry = append_entries([new("report", commitment, note="Staff's own.", date="2025-03", evidence=mirror + own)])[0]
near = [evidence(relation="related", source="independent")]
trained = Commitment.objects.get(reference="AV-04")
append_entries([new("context", trained, note="Staff's own.", date="2020-03", evidence=near)])
append_entries([new_correction(commitment, {"title": "Staff's title"}, "Better words.", by)])
append_entries([new_redaction(entry, entry.data | {"note": "Removed."}, "A name.", by)])
record_translations([NewTranslation(commitment, "zh-hant", "Staff's title", "職員的標題")], by)
draft = commitment.drafts.create(date="2026-11", note="Not sent yet.")
draft.evidence.create(
    title="A page", publisher="Gazette", url="https://gazette.example/2", relation="direct", source="independent"
)
Organisation.objects.create(slug="harbour", name="Harbour Office", kind="department", side="hong_kong")
go_back()
NewsSource.objects.create(slug="gazette", name="Gazette", source="independent", why="Nobody owns it.")
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT digest FROM commitments_ledgerentry ORDER BY sequence")
    print(json.dumps([digest for digest, in cursor.fetchall()]))
"""
AFTER = """
import json
from datetime import date
from commitments.ledger.append import append_entries
from commitments.models import Commitment, LedgerEntry, NewsSource, Organisation
from commitments.query.search import search_commitments
from tests.factories import evidence, new

day = date(2026, 12, 31)
found = {
    words: [row.reference for row in search_commitments(Commitment.objects.as_of(day), words, day)]
    for words in ("“Staff's own”", "職員的標題", "mirror-page")
}
state = {row.reference: row.state for row in Commitment.objects.as_of(day)}
xinhua = [evidence(source="state_media", publisher="Xinhua", url="https://news.example/1")]
append_entries([new("report", Commitment.objects.get(reference="AV-04"), date="2026-11", evidence=xinhua)])
print(json.dumps({
    "digests": list(LedgerEntry.objects.values_list("digest", flat=True)),
    "news": [str(state["CU-08"].last_news_on), str(state["AV-04"].last_news_on)],
    "checked": state["AV-04"].last_checked_on > date(2020, 3, 31),
    "evidence": [state["CU-08"].evidence, state["AV-04"].evidence],
    "background": state["AV-04"].background_note,
    "found": found,
    "key": Commitment.objects.get(reference="CU-08").reference_key,
    "harbour": Organisation.objects.get(slug="harbour").search_text,
    "now": Commitment.objects.as_of(day).get(reference="AV-04").state.evidence,
    "title": Commitment.objects.get(reference="CU-08").translation("title", "zh-hant"),
    "draft": Commitment.objects.get(reference="CU-08").drafts.get().evidence.get().source,
    "drafts": [row.slug for row in NewsSource.objects.filter(published_at=None)],
}))
"""
SOURCES = """
from commitments.models import NewsSource
print(NewsSource.objects.on_record().count(), NewsSource.objects.get(slug="gazette").published_at)
"""

# Who wrote, changed, translated and returned drafts, as only the admin's log has it.
HANDS_BEFORE = """
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from commitments.models import Commitment, Translation

people = {name: User.objects.create_user(name) for name in ("ann", "bob", "cy", "dee", "eve")}
public = Commitment.objects.get(reference="CU-08")
whole = Commitment.objects.create(
    reference="ZZ-01", title="Later", quote="later", release=public.release, area=public.area, paragraph=1,
    kind="action", force="promise", done_when="It is done."
)
draft = public.drafts.create(date="2026-11", note="Not sent.", author=people["ann"], changed_by=people["bob"])
changed = '[{"changed": {"fields": ["Note"]}}]'
for name, row, flag, message in (
    ("ann", whole, ADDITION, '[{"added": {}}]'), ("bob", whole, CHANGE, changed), ("dee", whole, CHANGE, "[]"),
    ("cy", draft, CHANGE, changed), ("dee", draft, CHANGE, "Returned."), ("eve", public, CHANGE, changed),
):
    LogEntry.objects.create(
        user=people[name], content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk),
        object_repr=str(row), action_flag=flag, change_message=message
    )
LogEntry.objects.create(
    user=people["cy"], content_type=ContentType.objects.get_for_model(Translation), object_repr="ZZ-01",
    action_flag=CHANGE, change_message=changed
)
"""
HANDS_AFTER = """
import json
from django.contrib.auth.models import Group
from commitments.models import AccountChange, DraftEdit, EntryProposal
edits = DraftEdit.objects.order_by("user__username")
print(json.dumps({
    "whole": [edit.user.username for edit in edits.filter(commitment__reference="ZZ-01")],
    "draft": [edit.user.username for edit in edits.filter(draft__note="Not sent.")],
    "all": edits.count(),
    "others": AccountChange.objects.count() + EntryProposal.objects.count(),
    "may_view": [group.name for group in Group.objects.filter(
        permissions__codename__in=("view_entryproposal", "view_accountchange")).order_by("name")],
}))
"""
# What staff wrote under a commit before, with its tables, when the one step was not known.
COMMIT_BEFORE = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from commitments.i18n.collation import build_search_text
from commitments.ledger.append import append_entries
from commitments.ledger.entity_contents import entity_fields, make_entity_content
from commitments.ledger.new_entries import NewEntry
from commitments.models import Commitment, Organisation
from tests.factories import evidence, new
from tests.helpers.version_before import forget_the_one_step

near = [evidence(relation="related", source="independent")]
commitment = Commitment.objects.get(reference="AV-04")
append_entries([new("context", commitment, note="Staff's own.", date="2020-03", evidence=near)])
commitment.drafts.create(date="2026-11", note="Not sent yet.")
renamed = Organisation.objects.get(slug="lcsd")
fields = entity_fields(renamed) | {"name": "Department of Culture"}
append_entries([NewEntry("entity", entity=renamed.entity, content=make_entity_content(fields, "A new name."))])
# As searches looked through it before: what it was called is not among it.
Organisation.objects.filter(slug="lcsd").update(search_text=build_search_text("Department of Culture", "LCSD"))
MigrationExecutor(connection).migrate([("commitments", "0024_outbox")])
forget_the_one_step()
"""
# Staff's draft is there, and what this version keeps can be kept.
KEPT_AFTER = """
from django.contrib.auth.models import User
from commitments.models import DeletedDraft, DraftUpdate, KeptForm
from commitments.workflow.deleted_drafts import keep_deleted, restore

user, draft = User.objects.create(username="ann"), DraftUpdate.objects.get(note="Not sent yet.")
KeptForm.objects.create(user=user, path="/admin/", data={"note": ["Typed."]})
deleted = keep_deleted(draft, user)
draft.delete()
restore(deleted)
print(DraftUpdate.objects.get().note, KeptForm.objects.count(), DeletedDraft.objects.count())
"""
# Work in hand under the commit before drafts of commitments had states and readers could ask for a mail.
STATELESS = """
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from commitments.ledger.append import append_entries
from commitments.models import Commitment, ErrorReport, OutgoingMail
from commitments.workflow.outbox import OutboxBackend
from django.core.mail import EmailMessage
from tests.factories import new
from tests.helpers.version_before import migrate_step_by_step

people = {name: User.objects.create_user(name) for name in ("ann", "bob", "cy")}
public = Commitment.objects.get(reference="CU-08")
append_entries([new("context", public, note="Staff's own.", date="2025-03")])
place = {"release": public.release, "area": public.area, "paragraph": 1, "quote": "later", "done_when": "It is done."}
drafts = [
    Commitment.objects.create(reference=f"ZZ-0{n}", title=f"Later {n}", kind="action", force="promise", **place)
    for n in (1, 2, 3)
]
LogEntry.objects.create(
    user=people["ann"], content_type=ContentType.objects.get_for_model(Commitment), object_id=str(drafts[0].pk),
    object_repr="ZZ-01", action_flag=ADDITION, change_message='[{"added": {}}]'
)
drafts[0].edits.create(user=people["bob"])
drafts[1].edits.create(user=people["bob"])
drafts[1].edits.create(user=people["cy"])
public.drafts.create(date="2026-11", note="Sent.", author=people["ann"], state="waiting")
ErrorReport.objects.create(token="t", what="Wrong.", email="reader@example.org")
OutboxBackend().send_messages([EmailMessage("Hello", "Words", to=["ann@body.example"])])
migrate_step_by_step("0024_outbox")
"""
WITH_STATES = """
import json
from django.contrib.auth.models import Group
from commitments.models import Assignment, DraftCommitment, DraftUpdate, ErrorReport, OutgoingMail
states = DraftCommitment.objects.select_related("author").order_by("commitment__reference")
report = ErrorReport.objects.get(token="t")
print(json.dumps({
    "states": [[one.commitment.reference, one.state, one.author and one.author.username] for one in states],
    "update": list(DraftUpdate.objects.filter(note="Sent.").values_list("state", "author__username")),
    "report": [report.email, report.wants_mail, report.language],
    "mail": list(OutgoingMail.objects.values_list("content__subject", "topic")),
    "assigned": Assignment.objects.count(),
    "may_assign": [group.name for group in Group.objects.filter(
        permissions__codename="change_assignment").order_by("name")],
}))
"""
FORMER_NAME = """
from commitments.models import Organisation
from commitments.i18n.collation import fold
texts = Organisation.objects.get(slug="lcsd").search_text
print(fold("Nobody") in texts, fold("Leisure and Cultural") in texts, fold("Department of Culture") in texts)
"""


@pytest.fixture
def upgraded(installation):
    """The digests of the version before, and what this one makes of its database."""
    before = installation.python(BEFORE)
    assert before.returncode == 0, before.stderr
    assert "0022_words_for_statuses_and_levels" in installation.run_well("migrate", "--plan")
    installation.run_well("migrate")
    installation.run_well("verify_ledger")
    after = installation.python(AFTER)
    assert after.returncode == 0, after.stderr
    return json.loads(before.stdout), json.loads(after.stdout)


def test_a_database_of_the_version_before_migrates_verifies_and_goes_on(upgraded, installation):
    digests, after = upgraded
    assert after["digests"][: len(digests)] == digests
    assert (after["news"], after["checked"]) == (["2025-03-31", "2020-03-31"], True)
    assert (after["evidence"], after["now"]) == (["independent", "background"], "state_media")
    # What states, searches and sorting have had only since.
    assert (after["background"], after["key"], after["harbour"]) == ("Staff's own.", "CU-00000808", "harbour office")
    assert after["found"] == {"“Staff's own”": ["AV-04"], "職員的標題": ["CU-08"], "mirror-page": ["CU-08"]}
    assert (after["title"], after["draft"], after["drafts"]) == ("職員的標題", "independent", ["gazette"])
    installation.run_well("verify_ledger")


def test_the_new_file_says_what_an_older_record_says_otherwise_and_brings_the_rest(upgraded, installation):
    told = installation.run_well("load_release", "fixtures/4th-plenary-2018.json")
    assert "CU-06/1 is on record with other content (done_when), and stays as it is there." in told
    assert "organisation/lcsd/1 is on record with other content (short_name), and stays as it is there." in told
    assert "BR-01/4 is on record with other content (evidence), and stays as it is there." in told
    assert installation.python(SOURCES).stdout.split() == ["52", "None"]
    installation.run_well("verify_ledger")


def test_whoever_had_a_hand_in_a_draft_before_is_read_from_the_log(installation):
    made = installation.python(HANDS_BEFORE)
    assert made.returncode == 0, made.stderr
    back = installation.python(STEP_BY_STEP.format("0022_words_for_statuses_and_levels"))
    assert back.returncode == 0, back.stderr
    installation.run_well("migrate")
    after = json.loads(installation.python(HANDS_AFTER).stdout)
    assert after["whole"] == ["ann", "bob", "cy"]
    assert after["draft"] == ["ann", "bob", "cy"]
    assert (after["all"], after["others"]) == (6, 0)
    assert after["may_view"] == ["Administrator", "Editor", "Publisher"]
    installation.run_well("verify_ledger")


def test_a_database_of_the_commit_before_migrates_verifies_and_finds_former_names_and_keeps_work(installation):
    before = installation.python(COMMIT_BEFORE)
    assert before.returncode == 0, before.stderr
    plan = installation.run_well("migrate", "--plan")
    assert "0027_former_names_are_found" in plan
    assert "0028_kept_work" in plan
    installation.run_well("migrate")
    assert "[X] 0001_squashed_0024" in installation.run_well("showmigrations", "commitments")
    installation.run_well("verify_ledger")
    assert installation.python(FORMER_NAME).stdout.split() == ["False", "True", "True"]
    after = installation.python(KEPT_AFTER)
    assert after.returncode == 0, after.stderr
    assert after.stdout.strip() == "Not sent yet. 1 0"


def test_drafts_of_commitments_get_their_states_and_authors_and_no_reader_is_written_to_unasked(installation):
    before = installation.python(STATELESS)
    assert before.returncode == 0, before.stderr
    assert "0026_assignments" in installation.run_well("migrate", "--plan")
    installation.run_well("migrate")
    after = installation.python(WITH_STATES)
    assert after.returncode == 0, after.stderr
    assert json.loads(after.stdout) == {
        "states": [["ZZ-01", "draft", "ann"], ["ZZ-02", "draft", "bob"], ["ZZ-03", "draft", None]],
        "update": [["waiting", "ann"]],
        "report": ["reader@example.org", False, "en-gb"],
        "mail": [["Hello", ""]],
        "assigned": 0,
        "may_assign": ["Editor", "Publisher"],
    }
    installation.run_well("verify_ledger")
