"""Nobody overwrites anybody (R7): two people with the same form, and what the second is told and keeps."""

import json

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict

from commitments.admin.form_snapshot import FormSnapshot, merge_forms
from commitments.models import DraftUpdate
from tests import factories
from tests.helpers.admin_forms import REPORT, Form, change, errors, fill, publish_draft
from tests.helpers.people import member, signed_in

pytestmark = pytest.mark.usefixtures("the_day_is_fixed")


@pytest.fixture
def two(db):
    """Two publishers at their desks."""
    return [signed_in(User.objects.create_superuser(name)) for name in ("ann", "ben")]


def a_draft_update():
    draft = factories.published(reference="TT-01").drafts.create(date="2019", note="As it was.")
    draft.evidence.create(**factories.evidence(title="First"))
    draft.evidence.create(**factories.evidence(title="Second", url="https://example.org/second"))
    return draft


def a_release():
    release = factories.ReleaseFactory(title="As it was.")
    release.sections.create(position=1, heading="First")
    return release


# What is edited: a row, a field that Ann changes, and one that Ben changes.
EDITED = {
    "draft commitment": (factories.CommitmentFactory, ("title", "Ann's title"), ("note", "Ben's note")),
    "organisation": (factories.OrganisationFactory, ("short_name", "AO"), ("note", "Ben's note")),
    "release": (a_release, ("publisher", "Ann's office"), ("note", "Ben's note")),
    "area": (factories.AreaFactory, ("position", "30001"), ("name", "Ben's area")),
    "draft update": (a_draft_update, ("note", "Ann's note"), ("date", "2020")),
}

# With rows below the form, and without; that all five forms keep to the rule is shown by what they save in the end.
BOTH = pytest.mark.parametrize("edited", ["organisation", "draft update"], indirect=True)


@pytest.fixture
def edited(request, two):
    """Both opened the form; Ann has saved. Gives the row, Ben's answer, and what each typed."""
    make, anns, bens = EDITED[request.param]
    row, (ann, ben) = make(), two
    form = Form(ben.get(change(row)))
    assert fill(ann, change(row), **dict([anns])).status_code == 302
    return row, ben, form.send(ben, change(row), "_save", **dict([bens])), anns, bens


@BOTH
def test_the_second_is_told_what_changed_by_whom_and_when(edited):
    row, _ben, answer, (field, text), _bens = edited
    message = errors(answer)["__all__"]
    assert "ann (29 November 2026, 18:00) saved this after you had opened it" in message
    assert row._meta.get_field(field).verbose_name.capitalize() in message
    assert f"to “{text}”" in message


@BOTH
def test_nothing_that_was_typed_is_lost_and_nothing_is_overwritten(edited):
    row, _ben, answer, (anns_field, anns), (bens_field, bens) = edited
    assert answer.status_code == 200
    assert Form(answer).fields[bens_field] == bens
    row.refresh_from_db()
    assert (str(getattr(row, anns_field)), str(getattr(row, bens_field)) != bens) == (anns, True)


@pytest.mark.postgresql
@pytest.mark.parametrize("edited", EDITED, indirect=True)
def test_the_second_try_saves_both(edited):
    row, ben, answer, (anns_field, anns), (bens_field, bens) = edited
    assert Form(answer).send(ben, change(row), "_save").status_code == 302
    row.refresh_from_db()
    assert (str(getattr(row, anns_field)), str(getattr(row, bens_field))) == (anns, bens)


def test_a_field_that_both_changed_is_pointed_out_and_stays_as_typed(two):
    row, (ann, ben) = factories.OrganisationFactory(note="As it was."), two
    form = Form(ben.get(change(row)))
    fill(ann, change(row), note="Ann's note")
    answer = form.send(ben, change(row), "_save", note="Ben's note")
    assert "It says now: “Ann's note”" in errors(answer)["note"]
    assert Form(answer).fields["note"] == "Ben's note"
    assert Form(answer).send(ben, change(row), "_save").status_code == 302
    row.refresh_from_db()
    assert row.note == "Ben's note"


@pytest.mark.postgresql
def test_rows_of_evidence_are_merged_one_by_one(two):
    draft, (ann, ben) = a_draft_update(), two
    form = Form(ben.get(change(draft)))
    fill(ann, change(draft), **{"evidence-0-title": "Ann's first"})
    mine = {"evidence-1-title": "Ben's second"}
    mine |= {
        f"evidence-2-{name}": text
        for name, text in factories.evidence(title="Ben's third", url="https://b.example/").items()
    }
    answer = form.send(ben, change(draft), "_save", **mine)
    assert "Changed: evidence" in errors(answer)["__all__"]
    assert Form(answer).send(ben, change(draft), "_save").status_code == 302
    assert [row.title for row in draft.evidence.all()] == ["Ann's first", "Ben's second", "Ben's third"]


def test_a_row_that_somebody_deleted_comes_back_only_where_it_was_touched(two):
    draft, (ann, ben) = a_draft_update(), two
    form = Form(ben.get(change(draft)))
    fill(ann, change(draft), **{"evidence-0-DELETE": "on", "evidence-1-DELETE": "on"})
    answer = form.send(ben, change(draft), "_save", **{"evidence-1-title": "Ben's second"})
    assert Form(answer).send(ben, change(draft), "_save").status_code == 302
    assert [row.title for row in draft.evidence.all()] == ["Ben's second"]


def test_owners_changed_by_somebody_else_are_named_and_kept(two):
    draft, body, (ann, ben) = factories.CommitmentFactory(), factories.OrganisationFactory(name="New owner"), two
    form = Form(ben.get(change(draft)))
    fill(ann, change(draft), owners=[str(body.pk)])
    answer = form.send(ben, change(draft), "_save", title="Ben's title")
    assert "“New owner”" in errors(answer)["__all__"]
    Form(answer).send(ben, change(draft), "_save")
    assert list(draft.owners.all()) == [body]


def test_publishing_what_somebody_else_has_just_changed_is_stopped_too(two):
    draft, (ann, ben) = a_draft_update(), two
    form = Form(ben.get(change(draft)))
    fill(ann, change(draft), note="Ann's note")
    answer = form.send(ben, change(draft), "_publish")
    assert answer.status_code == 200
    assert not DraftUpdate.objects.exclude(published_as=None).exists()


@pytest.mark.postgresql
def test_a_draft_that_was_published_meanwhile_is_told_and_what_was_typed_is_shown(two):
    draft, (ann, ben) = a_draft_update(), two
    form = Form(ben.get(change(draft)))
    typed = REPORT | {"note": "What Ben had typed."}
    fill(ann, change(draft), "_publish", **REPORT)
    answer = form.send(ben, change(draft), "_save", **typed)
    assert answer.status_code == 403
    assert "ann (29 November 2026, 18:00) published this draft while you had it open" in answer.text
    assert "What Ben had typed." in answer.text


@pytest.mark.postgresql
def test_a_draft_that_was_deleted_meanwhile_is_told_and_what_was_typed_is_shown(two):
    draft, (_ann, ben) = a_draft_update(), two
    form = Form(ben.get(change(draft)))
    draft.delete()
    answer = form.send(ben, change(draft), "_save", note="What Ben had typed.")
    assert answer.status_code == 404
    assert "What Ben had typed." in answer.text


def test_an_editor_whose_draft_commitment_became_public_keeps_what_was_typed(two):
    draft, editor = factories.CommitmentFactory(), signed_in(member("Editor"))
    form = Form(editor.get(change(draft)))
    publish_draft(two[0], change(draft))
    answer = form.send(editor, change(draft), "_save", title="The editor's title")
    assert answer.status_code == 403
    assert "corrected by a publisher" in answer.text
    assert "The editor&#x27;s title" in answer.text


PAGE = {"said": {}, "rows": {}, "at": "2026-11-29"}
ODD = ["", "{}", "[1]", "[" * 10_000] + [
    json.dumps(PAGE | odd)
    for odd in ({"at": "yesterday"}, {"said": []}, {"said": {"note": 5}}, {"rows": {"evidence": [1]}}, {"more": 1})
]


def test_what_is_no_page_is_not_taken_for_one():
    assert [text[:60] for text in ODD if FormSnapshot.loads(text)] == []
    assert FormSnapshot.loads(json.dumps(PAGE)) == FormSnapshot({}, {}, PAGE["at"])


def test_a_form_that_does_not_say_what_was_on_it_is_sent_back_once(two):
    row, (ann, _ben) = factories.OrganisationFactory(), two
    answer = Form(ann.get(change(row))).send(ann, change(row), "_save", seen="{}", note="Typed.")
    assert "Check it and send it again." in errors(answer)["__all__"]
    assert Form(answer).send(ann, change(row), "_save").status_code == 302


def test_an_untouched_form_is_no_stale_form(two):
    row, (ann, ben) = factories.CommitmentFactory(target="40", unit="people", review_on="2027-01-01"), two
    assert fill(ann, change(row)).status_code == 302
    assert fill(ben, change(row)).status_code == 302


MERGED = {
    "nobody changed it": (["a"], ["a"], ["a"], ["a"], []),
    "only I did": (["a"], ["b"], ["a"], ["b"], []),
    "only they did": (["a"], ["a"], ["c"], ["c"], []),
    "both, differently": (["a"], ["b"], ["c"], ["b"], ["x"]),
    "both, alike": (["a"], ["b"], ["b"], ["b"], []),
    "they emptied it": (["a"], ["a"], [], [], []),
    "I emptied it": (["a"], [], ["a"], [], []),
    "several values": (["1", "2"], ["1", "2"], ["2", "3"], ["2", "3"], []),
}


@pytest.mark.parametrize(("seen", "sent", "stored", "result", "both"), MERGED.values(), ids=MERGED)
def test_three_ways(seen, sent, stored, result, both):
    data = QueryDict(mutable=True)
    data.setlist("x", sent)
    merged = merge_forms(data, FormSnapshot({"x": seen}), FormSnapshot({"x": stored}))
    assert merged.data.getlist("x") == result
    assert merged.conflicts == both
