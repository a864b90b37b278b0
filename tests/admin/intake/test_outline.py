"""The outline: each part of a text under its area, by two people at once; owners read again; the text deleted."""

import pytest
from django.urls import reverse

from commitments.domain.choices import IntakeDecision
from commitments.models import Area, Intake, Organisation
from commitments.workflow.intake import deciding
from commitments.workflow.intake.deciding import Decider
from tests import factories
from tests.helpers.admin_forms import Form
from tests.helpers.intakes import TEN_PLEDGES, begin_intake
from tests.helpers.people import member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
AREAS = "/admin/commitments/area/add/"
ORGANISATIONS = "/admin/commitments/organisation/add/"


@pytest.fixture
def editor(db):
    return signed_in(member("Editor"))


@pytest.fixture
def publisher(db):
    return signed_in(member("Publisher"))


@pytest.fixture
def culture(db):
    return factories.AreaFactory(slug="culture", name="Culture")


@pytest.fixture
def ports(db):
    return factories.AreaFactory(slug="maritime", name="Shipping")


@pytest.fixture
def intake(culture, ports, editor):
    return begin_intake(member("Contributor"))


def outline(intake):
    return reverse("admin:commitments_intake_outline", args=[intake.pk])


def box(words):
    """The name of the box of the part that begins with these words."""
    return f"part-{TEN_PLEDGES.index(words)}"


def save(client, intake, button="_save", **chosen):
    return Form(client.get(outline(intake))).send(client, outline(intake), button, **chosen)


def areas_of(intake):
    """The area of each proposal, in the order of the text."""
    return [span.cells["area"] for span in intake.spans.filter(promises=True).order_by("start")]


def test_each_part_has_its_heading_its_counts_its_area_and_why(intake, editor, culture):
    answer = editor.get(outline(intake))
    first, second, *_rest = answer.context["parts"]
    assert (first.name, second.name) == ("Harbour Cities agree on further work", "Culture")
    assert (second.counts, second.reason) == ("Proposals: 4. Sentences passed over: 1.", "The heading names it.")
    assert Form(answer).fields[box("Culture\n")] == str(culture.pk)
    assert "above" not in dict(first.box.field.choices)
    assert "標題" in editor.get(f"/zh-hant{outline(intake)}").context["parts"][1].reason
    assert f"/admin/commitments/release/{intake.release.pk}/change/?outline={intake.pk}" in answer.text


def test_the_proposals_follow_their_parts_and_drafts_are_areas_too(intake, editor, ports):
    answer = save(editor, intake, **{box("Finance\n"): "above", box("Ports\n"): str(ports.pk)})
    assert areas_of(intake) == ["culture"] * 6 + ["maritime"] * 4
    assert "6 proposals stand under another area" in editor.get(answer.headers["Location"]).text
    save(editor, intake, **{box("Culture\n"): "none"})
    assert areas_of(intake) == [""] * 6 + ["maritime"] * 4
    assert Intake.objects.get().revision == 2


def test_an_area_is_added_in_place_and_chosen(intake, editor):
    assert 'id="add_id_part-' in editor.get(outline(intake)).text
    window = f"{AREAS}?_to_field=id&_popup=1"
    answer = Form(editor.get(window)).send(editor, window, "_save", slug="finance", name="Money", position="9")
    added = Area.objects.get(slug="finance")
    assert str(added.pk) in answer.text
    save(editor, intake, **{box("Finance\n"): str(added.pk)})
    assert areas_of(intake)[4:6] == ["finance", "finance"]


def test_without_javascript_an_area_is_added_in_the_same_window_with_a_way_back(intake, editor):
    address = f"{AREAS}?outline={intake.pk}"
    assert f'href="{address}"' in editor.get(outline(intake)).text
    form = editor.get(address)
    assert f'<a href="{outline(intake)}">Back to the outline</a>' in form.text
    answer = Form(form).send(editor, address, "_save", slug="finance", name="Money", position="9")
    assert answer.headers["Location"] == outline(intake)
    assert editor.get(f"{AREAS}?outline=x").status_code == 200


def test_a_part_is_begun_at_a_paragraph_and_made_one_with_the_part_above_again(intake, editor, ports):
    at = TEN_PLEDGES.index("Hong Kong will invite")
    answer = save(editor, intake, "", _begin=str(at))
    assert answer.headers["Location"].endswith(f"#part-{at}")
    assert areas_of(intake)[:4] == ["culture"] * 4
    save(editor, intake, **{f"part-{at}": str(ports.pk)})
    assert areas_of(intake)[:4] == ["culture"] * 2 + ["maritime"] * 2
    save(editor, intake, "", _join=str(at))
    assert areas_of(intake)[:4] == ["culture"] * 4
    assert intake.sections.count() == 4
    for impossible in ({"_begin": str(at + 1)}, {"_begin": "x"}, {"_join": "0"}, {"_join": str(at)}):
        answer = save(editor, intake, "", **impossible)
        assert "Choose another" in (page := editor.get(answer.headers["Location"]).text) or "no such part" in page
    assert intake.sections.count() == 4


@pytest.mark.postgresql
def test_of_two_people_at_one_outline_the_second_is_told_and_what_they_chose_stays(
    intake, editor, publisher, culture, ports
):
    opened = Form(publisher.get(outline(intake)))
    save(editor, intake, **{box("Finance\n"): "above", box("Ports\n"): str(ports.pk)})
    mine = {box("Finance\n"): str(ports.pk)}
    answer = opened.send(publisher, outline(intake), "_save", **mine)
    assert "Somebody else has changed this outline" in answer.text
    assert "It says now: “goes with the part above”" in answer.text
    shown = Form(answer).fields
    assert (shown[box("Finance\n")], shown[box("Ports\n")]) == (str(ports.pk), str(ports.pk))
    assert areas_of(intake)[4] == "culture"
    Form(answer).send(publisher, outline(intake), "_save")
    assert areas_of(intake)[4:] == ["maritime"] * 6


def test_who_opened_it_before_a_part_was_begun_is_told_and_no_decision_elsewhere_stops_anybody(
    intake, editor, publisher
):
    opened = Form(publisher.get(outline(intake)))
    span = intake.spans.first()
    deciding.reject(Decider(member("Administrator"), span.pk, span.revision))
    assert opened.send(publisher, outline(intake), "_save").status_code == 302
    save(editor, intake, "", _begin=str(TEN_PLEDGES.index("Hong Kong will train")))
    assert "Somebody else has changed" in opened.send(publisher, outline(intake), "_save").text
    opened.fields["seen"] = ""
    assert "did not say" in opened.send(publisher, outline(intake), "_save").text


def test_an_area_that_was_deleted_meanwhile_is_said_beside_its_box(intake, editor, ports):
    opened = Form(editor.get(outline(intake)))
    key = ports.pk
    ports.delete()
    answer = opened.send(editor, outline(intake), "_save", **{box("Ports\n"): str(key)})
    assert answer.context["form"].errors == {box("Ports\n"): ["This area is no longer there. Choose another."]}


def test_owners_are_read_again_with_new_names_and_what_people_chose_stays(intake, editor):
    spans = [intake.spans.get(words__contains=f"{place} will train 25 pilots") for place in ("Hong Kong", "Shanghai")]
    decider, hand = member("Administrator"), intake.spans.get(words__contains="common map")
    deciding.accept(Decider(decider, spans[1].pk, 0), spans[1].cells, None)
    hand.cells["owners"] = "somebody"
    hand.save()
    for place, name in (("hong_kong", "Hong Kong"), ("shanghai", "Shanghai")):
        window = f"{ORGANISATIONS}?outline={intake.pk}"
        typed = {"slug": place.replace("_", "-"), "name": name, "kind": "government", "side": place}
        answer = Form(editor.get(window)).send(editor, window, "_save", **typed)
        assert answer.headers["Location"] == outline(intake)
    assert Organisation.objects.count() == 2
    before = Intake.objects.get().revision
    answer = save(editor, intake, "_read_owners")
    text = editor.get(answer.headers["Location"]).text
    assert "The owners are read again: " in text
    owners = {span.pk: span.cells["owners"] for span in intake.spans.all() if span.cells}
    assert [owners[span.pk] for span in (*spans, hand)] == ["hong-kong", "", "somebody"]
    spans[0].refresh_from_db()
    assert (spans[0].reading["owners"], spans[0].revision) == (["hong-kong"], before + 1)
    answer = save(editor, intake, "_read_owners")
    assert "0 proposals have other owners" in editor.get(answer.headers["Location"]).text


@pytest.mark.usefixtures("release")
def test_reading_again_what_nobody_changed_changes_nothing(editor):
    intake = begin_intake(member("Contributor"))
    assert any(span.cells["owners"] for span in intake.spans.filter(promises=True))
    answer = save(editor, intake, "_read_owners")
    assert "0 proposals have other owners" in editor.get(answer.headers["Location"]).text


def test_the_text_is_deleted_with_every_word_of_it_and_what_was_decided_stays(intake, editor):
    span = intake.spans.filter(promises=True).first()
    deciding.accept(Decider(member("Administrator"), span.pk, 0), span.cells, None)
    address = reverse("admin:commitments_intake_delete_text", args=[intake.pk])
    assert "sentences are not decided yet" in editor.get(address).text
    answer = editor.post(address, {"_confirm": "1"})
    intake.refresh_from_db()
    assert (intake.text, intake.chinese_text, intake.text_deleted_at is None) == ("", "", False)
    span.refresh_from_db()
    assert (span.decision, span.words, span.reading, span.cells["title"] != "") == ("accepted", "", {}, True)
    rest = intake.spans.exclude(decision=IntakeDecision.ACCEPTED)
    assert {(one.words, str(one.cells), str(one.reading)) for one in rest} == {("", "{}", "{}")}
    page = editor.get(answer.headers["Location"]).text
    assert "The text was deleted on 29 November 2026" in page
    assert "Leisure and Cultural Services" not in page
    assert editor.get(address).status_code == editor.post(address).status_code == 302
    passed = intake.spans.filter(promises=False).first()
    with pytest.raises(Exception, match="was deleted"):
        deciding.take_for_pledge(Decider(member("no role"), passed.pk, passed.revision))
    assert save(editor, intake, "_read_owners").status_code == 302


@pytest.mark.parametrize("role", ["Contributor", "Administrator", "no role"])
def test_only_editors_and_publishers_open_and_send_any_of_it(intake, publisher, client, role):
    step, deletion = outline(intake), reverse("admin:commitments_intake_delete_text", args=[intake.pk])
    stranger = signed_in(member(role)) if role != "Contributor" else signed_in(intake.started_by)
    for address in ("/admin/commitments/intake/add/", step, deletion):
        assert (stranger.get(address).status_code, stranger.post(address).status_code) == (403, 403)
        assert client.get(address).headers["Location"].startswith("/admin/login/")
        assert publisher.get(address).status_code == 200
    assert Intake.objects.get().text
