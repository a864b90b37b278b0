"""Translating the record: who may, that two lose nothing, what the desk counts, what files and mails say."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User

from commitments.admin import translations
from commitments.domain.choices import Role
from commitments.ledger.append import append_entries, new_publication, new_redaction
from commitments.ledger.new_entries import Actor
from commitments.ledger.translations import NewTranslation, latest_translations, record_translations, text_places
from commitments.models import Affiliation, Commitment, LedgerHead, Organisation, Translation
from commitments.workflow.drafts import publish_drafts
from tests import factories
from tests.helpers.admin_forms import Form
from tests.helpers.imports import as_csv, changes, counts, exported, imported, rows_of, upload, wrong
from tests.helpers.ledger_acts import verify
from tests.helpers.people import member, signed_in
from tests.helpers.reminders import send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_stands_still", "uploads")]
HANT, HANS = "zh-hant", "zh-hans"
BY = Actor()


@pytest.fixture
def ours(db):
    return factories.OrganisationFactory(slug="ours", name="Ours", name_zh_hant="我們")


@pytest.fixture
def commitment(ours):
    """A published commitment of ours."""
    return factories.published(reference="TT-01", owners=[ours], title="Open the gate", quote="will open the gate")


@pytest.fixture
def publisher(ours):
    return signed_in(member("Publisher", ours))


def page(commitment, query=""):
    return f"/admin/commitments/commitment/{commitment.pk}/translations/{query}"


def translation_of(commitment, text, language=HANT):
    return latest_translations([commitment.pk]).get((commitment.pk, language, text), "")


def tell(commitment, text, in_chinese, language=HANT):
    record_translations([NewTranslation(commitment, language, text, in_chinese)], BY)


def boxes(answer):
    """By text and language: the name of its box, and the box."""
    return {(row.text, box.language): box for row in answer.context["rows"] for box in row.boxes}


def fill(client, commitment, typed, *, opened=None, query=""):
    """Type into the boxes of some texts, and save."""
    opened = opened or client.get(page(commitment, query))
    names = {boxes(opened)[place].name: text for place, text in typed.items()}
    return Form(opened).send(client, page(commitment, query), "_save", **names)


# The page


def test_it_shows_each_text_with_the_place_where_it_stands(commitment, publisher):
    factories.record("report", commitment, note="It stands open.", evidence=[factories.evidence(title="Notice")])
    commitment.drafts.create(kind="context", date="2020", note="It was painted.")
    rows = {row.text: row.place for row in publisher.get(page(commitment)).context["rows"]}
    assert list(rows) == list(text_places(commitment))
    assert rows["Open the gate"] == "Title, entry 4 (published)"
    assert rows["It stands open."] == "Note, entry 5 (report)"
    assert rows["Notice"] == "Title of a page of evidence, entry 5 (report)"
    assert rows["It was painted."] == "Note, draft of an update (background)"


@pytest.mark.postgresql
def test_what_is_saved_is_public_at_once(commitment, publisher):
    answer = fill(publisher, commitment, {("Open the gate", HANT): "打開閘門", ("Open the gate", HANS): "打开闸门"})
    assert answer.status_code == 302
    known = Commitment.objects.get()
    assert [known.translation("title", language) for language in (HANT, HANS)] == ["打開閘門", "打开闸门"]
    last = Translation.objects.last()
    assert (last.role, last.organisation) == (Role.PUBLISHER, "ours")


def test_a_note_is_translated_before_it_is_published(commitment, publisher):
    commitment.drafts.create(kind="context", date="2020", note="It was painted.")
    fill(publisher, commitment, {("It was painted.", HANT): "已髹上油漆。"})
    publish_drafts(list(commitment.drafts.all()), User.objects.create_superuser("boss"))
    assert Commitment.objects.get().translation_of("It was painted.", HANT) == "已髹上油漆。"


def test_those_that_lack_a_translation_can_be_shown_alone_and_saved(commitment, publisher):
    for language in (HANT, HANS):
        tell(commitment, "Open the gate", "閘", language)
    alone = publisher.get(page(commitment, "?missing=1"))
    assert "Open the gate" not in [row.text for row in alone.context["rows"]]
    fill(publisher, commitment, {("will open the gate", HANT): "將打開"}, query="?missing=1")
    assert translation_of(commitment, "will open the gate") == "將打開"
    assert translation_of(commitment, "Open the gate") == "閘"


def test_more_texts_than_a_form_can_hold_stand_on_several_pages(commitment, publisher, monkeypatch):
    monkeypatch.setattr(translations, "MAX_TEXTS", 1)
    assert len(publisher.get(page(commitment)).context["rows"]) == 1
    fill(publisher, commitment, {("will open the gate", HANT): "將打開"}, query="?p=2")
    assert translation_of(commitment, "will open the gate") == "將打開"


def test_an_empty_box_takes_a_translation_back_and_the_history_keeps_it(commitment, publisher):
    tell(commitment, "Open the gate", "打開閘門")
    fill(publisher, commitment, {("Open the gate", HANT): " "})
    box = boxes(publisher.get(page(commitment)))["Open the gate", HANT]
    assert box.missing
    assert [translation.text for translation in box.history] == ["", "打開閘門"]
    assert [translation.who for translation in box.history] == ["publisher, Ours", "publisher"]


@pytest.mark.postgresql
def test_nothing_of_the_chain_moves_and_the_ledger_verifies(commitment, publisher):
    head = LedgerHead.objects.get().digest
    tell(commitment, "Open the gate", "閘門")
    fill(publisher, commitment, {("Open the gate", HANT): "打開閘門"})
    assert LedgerHead.objects.get().digest == head
    assert verify() == (0, f"The ledger verifies: 4 entries, head {head}\n", "")
    tell(commitment, "will open the gate", "將打開")
    assert verify("--rebuild")[0] == 0
    assert Commitment.objects.get().translated[HANT]["Open the gate"] == "打開閘門"


@pytest.mark.postgresql
def test_redacted_words_show_nowhere(commitment, publisher):
    entry = factories.record("report", commitment, note="By Jane Doe.")
    tell(commitment, "By Jane Doe.", "由杜小姐。")
    append_entries([new_redaction(entry, entry.data | {"note": "By staff."}, "Personal data.", BY)])
    text = publisher.get(page(commitment)).text
    assert "Jane Doe" not in text
    assert "杜小姐" not in text


def test_the_log_names_the_account_and_repeats_no_words(commitment, publisher):
    fill(publisher, commitment, {("Open the gate", HANT): "打開閘門"})
    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.object_repr) == ("publisher", "TT-01")
    assert entry.get_change_message() == "Changed 繁體中文."


# Who may

WHO = [("Contributor", 200, False), ("Editor", 200, False), ("Publisher", 200, True), ("Administrator", 200, False)]


@pytest.mark.parametrize(("role", "status", "may"), WHO)
def test_what_is_public_is_translated_by_publishers_and_others_look(commitment, ours, role, status, may):
    client = signed_in(member(role, ours))
    opened = client.get(page(commitment))
    assert (opened.status_code, opened.context["may"]) == (status, may)
    assert fill(client, commitment, {("Open the gate", HANT): "打開"}, opened=opened).status_code == (
        302 if may else 403
    )
    assert translation_of(commitment, "Open the gate") == ("打開" if may else "")


def test_a_draft_is_translated_by_whoever_may_change_it(ours):
    draft = factories.CommitmentFactory(owners=[ours], title="Open the gate")
    editor = signed_in(member("Editor", ours))
    assert fill(editor, draft, {("Open the gate", HANT): "打開"}).status_code == 302
    assert Translation.objects.get(source="Open the gate").role == "editor"
    append_entries([new_publication(draft, BY)])
    assert Commitment.objects.get(pk=draft.pk).translation("title", HANT) == "打開"


def test_whoever_is_refused_keeps_what_they_typed(ours):
    draft = factories.CommitmentFactory(owners=[ours], title="Open the gate")
    editor = signed_in(member("Editor", ours))
    opened = editor.get(page(draft))
    append_entries([new_publication(draft, BY)])
    answer = fill(editor, draft, {("Open the gate", HANT): "打開閘門"}, opened=opened)
    assert answer.status_code == 403
    assert "打開閘門" in answer.text


def test_a_contributor_does_not_reach_what_others_own(commitment):
    elsewhere = signed_in(member("Contributor", factories.OrganisationFactory()))
    assert elsewhere.get(page(commitment)).status_code == 302
    assert "Open the gate" not in elsewhere.get(page(commitment), follow=True).text


# Two at once


@pytest.mark.postgresql
def test_a_translation_recorded_meanwhile_is_not_overwritten(commitment, ours, publisher):
    opened = publisher.get(page(commitment))
    record_translations([NewTranslation(commitment, HANT, "Open the gate", "開門")], Actor(organisation="ours"))
    typed = {("Open the gate", HANT): "打開閘門", ("will open the gate", HANT): "將打開"}
    answer = fill(publisher, commitment, typed, opened=opened)
    box = boxes(answer)["Open the gate", HANT]
    assert translation_of(commitment, "Open the gate") == "開門"
    assert box.problem.startswith("Publisher, Ours recorded this translation after you had opened the page (")
    assert "“開門”" in box.problem
    assert box.text == "打開閘門"
    assert boxes(answer)["will open the gate", HANT].text == "將打開"
    assert fill(publisher, commitment, {}, opened=answer).status_code == 302
    assert translation_of(commitment, "Open the gate") == "打開閘門"
    assert translation_of(commitment, "will open the gate") == "將打開"


def test_what_somebody_else_translated_and_one_left_alone_stays(commitment, publisher):
    opened = publisher.get(page(commitment))
    tell(commitment, "Open the gate", "開門")
    assert fill(publisher, commitment, {("will open the gate", HANT): "將打開"}, opened=opened).status_code == 302
    assert translation_of(commitment, "Open the gate") == "開門"


def test_what_was_typed_for_a_text_that_is_gone_is_shown(commitment, publisher):
    draft = commitment.drafts.create(kind="context", date="2020", note="It was painted.")
    opened = publisher.get(page(commitment))
    draft.delete()
    answer = fill(publisher, commitment, {("It was painted.", HANT): "已髹漆。"}, opened=opened)
    assert answer.context["lost"] == ["已髹漆。"]
    assert "已髹漆。" in answer.text


def test_what_cannot_be_kept_is_told_beside_its_box_and_nothing_is_saved(commitment, publisher):
    typed = {("Open the gate", HANT): "長" * 10_001, ("will open the gate", HANT): "將打開"}
    answer = fill(publisher, commitment, typed)
    assert boxes(answer)["Open the gate", HANT].problem == "A translation has at most 10000 characters."
    assert boxes(answer)["will open the gate", HANT].text == "將打開"
    assert not Translation.objects.exists()


def test_a_form_that_lost_its_hidden_box_saves_nothing(commitment, publisher):
    opened = publisher.get(page(commitment))
    answer = fill(publisher, commitment, {("Open the gate", HANT): "打開"} | {}, opened=opened)
    assert answer.status_code == 302
    form = Form(publisher.get(page(commitment)))
    answer = form.send(
        publisher, page(commitment), "_save", seen="nonsense", **{boxes(opened)["Open the gate", HANT].name: "開"}
    )
    assert "did not say what was on the page" in answer.text
    assert translation_of(commitment, "Open the gate") == "打開"


# What is missing


@pytest.mark.postgresql
def test_the_desk_counts_what_lacks_a_translation_and_its_list_leads_there(commitment, publisher):
    factories.published(title="Close the gate")
    for text in text_places(commitment):
        tell(commitment, text, "譯文")
    tiles = {tile.label: tile for tile in publisher.get("/admin/").context["desk"]["commitments"]}
    hant, hans = (tiles[f"with texts not yet translated: {name}"] for name in ("繁體中文", "简体中文"))
    assert (hant.count, hans.count) == (1, 2)
    assert f"{page(commitment)}?" in publisher.get(hans.address).text
    assert f"{page(commitment)}?" not in publisher.get(hant.address).text


@pytest.mark.postgresql
def test_the_desk_counts_organisations_without_a_chinese_name(commitment, publisher):
    factories.OrganisationFactory(name_zh_hant="名", name_zh_hans="名")
    [tile] = [tile for tile in publisher.get("/admin/").context["desk"]["others"] if "Chinese" in tile.label]
    assert tile.count == 1
    assert publisher.get(tile.address).context["cl"].result_count == 1


@pytest.mark.postgresql
def test_the_list_finds_a_commitment_by_its_chinese_title_in_either_form_of_the_characters(commitment, publisher):
    word = "打开"
    tell(commitment, "Open the gate", "打開閘門")
    assert publisher.get(f"/admin/commitments/commitment/?q={word}").context["cl"].result_count == 1
    assert publisher.get(f"/admin/commitments/commitment/?q={word}+TT-02").context["cl"].result_count == 0


@pytest.mark.postgresql
def test_the_list_finds_an_organisation_by_its_chinese_name_in_either_form_of_the_characters(commitment, publisher):
    assert publisher.get("/admin/commitments/organisation/?q=我们").context["cl"].result_count == 1


def test_the_three_languages_of_a_name_stand_in_one_line(ours, publisher):
    form = publisher.get(f"/admin/commitments/organisation/{ours.pk}/change/").context["adminform"]
    lines = [
        [field.field.name for field in line if hasattr(field.field, "html_name")] for part in form for line in part
    ]
    assert ["name", "name_zh_hant", "name_zh_hans"] in lines


# Files


@pytest.mark.postgresql
@pytest.mark.parametrize("model", ["commitment", "organisation", "draftupdate"])
def test_a_file_exported_and_imported_again_changes_nothing(commitment, publisher, model):
    commitment.drafts.create(kind="context", date="2020", note="It was painted.", state="waiting")
    draft = factories.CommitmentFactory(reference="TT-02", title="Close it")
    for pledge, text in ((commitment, "Open the gate"), (commitment, "It was painted."), (draft, "Close it")):
        tell(pledge, text, "=譯文")
    data = exported(publisher, model)
    assert {"commitment": "'=譯文", "organisation": "我們", "draftupdate": "'=譯文"}[model] in data.decode()
    preview = upload(publisher, model, data)
    assert counts(preview)[:2] == (0, 0)
    assert not wrong(preview)


def test_each_translation_stands_right_after_its_text(commitment, publisher):
    header = exported(publisher, "commitment").decode("utf-8-sig").split("\r\n")[0].split(",")
    assert header[1:4] == ["title", "title_zh_hant", "title_zh_hans"]
    assert header[-3:] == ["commitment_note", "commitment_note_zh_hant", "commitment_note_zh_hans"]


@pytest.mark.postgresql
def test_a_publisher_s_file_translates_what_is_published_and_takes_back(commitment, publisher):
    tell(commitment, "will open the gate", "將打開")
    cells = {"reference": "TT-01", "title_zh_hant": "打開閘門", "quote_zh_hant": ""}
    preview = upload(publisher, "commitment", as_csv(cells))
    assert changes(preview) == [
        ("TT-01", "title_zh_hant", "", "打開閘門"),
        ("TT-01", "quote_zh_hant", "將打開", ""),
    ]
    imported(publisher, "commitment", as_csv(cells))
    assert translation_of(commitment, "Open the gate") == "打開閘門"
    assert translation_of(commitment, "will open the gate") == ""
    assert Commitment.objects.get().translated == {HANT: {"Open the gate": "打開閘門"}}


def test_the_rest_of_what_is_published_is_refused_as_before(commitment, publisher):
    cells = {"reference": "TT-01", "title": "Shut the gate", "title_zh_hant": "關閘"}
    assert [column for _row, column, _message in wrong(upload(publisher, "commitment", as_csv(cells)))] == ["title"]


def test_an_editor_s_file_translates_drafts_alone(commitment, ours):
    editor = signed_in(member("Editor", ours))
    draft = factories.CommitmentFactory(reference="TT-02", title="Close it")
    cells = [{"reference": "TT-01", "title_zh_hant": "開"}, {"reference": "TT-02", "title_zh_hant": "關"}]
    [(row, column, message)] = wrong(upload(editor, "commitment", as_csv(*cells)))
    assert (row, column) == (2, "title_zh_hant")
    assert "a publisher must import it" in message
    imported(editor, "commitment", as_csv(cells[1]))
    assert translation_of(draft, "Close it") == "關"


def test_a_translation_of_nothing_is_told(commitment, publisher):
    cells = {"reference": "TT-01", "unit_zh_hant": "個"}
    [(_row, column, message)] = wrong(upload(publisher, "commitment", as_csv(cells)))
    assert (column, "There is nothing to translate" in message) == ("unit_zh_hant", True)


def test_an_imported_organisation_is_found_by_its_chinese_name(publisher):
    cells = {"slug": "eb", "name": "Bureau", "kind": "government", "side": "hong_kong", "name_zh_hant": "教育局"}
    imported(publisher, "organisation", as_csv(cells))
    assert Organisation.objects.get(slug="eb").name_zh_hant == "教育局"
    assert publisher.get("/admin/commitments/organisation/?q=教育").context["cl"].result_count == 1


def test_a_note_comes_with_its_translation(commitment, publisher):
    cells = {
        "reference": "TT-01",
        "kind": "context",
        "date": "2020",
        "note": "It was painted.",
        "note_zh_hant": "已髹漆。",
    }
    imported(publisher, "draftupdate", as_csv(cells))
    assert translation_of(commitment, "It was painted.") == "已髹漆。"
    [row] = rows_of(exported(publisher, "draftupdate"))
    assert row["note_zh_hant"] == "已髹漆。"


# Languages of staff


def test_the_admin_offers_the_same_page_in_each_language(commitment, publisher):
    text = publisher.get(f"/zh-hans{page(commitment, '?missing=1')}").text
    for language, there in (("en-GB", ""), ("zh-Hant-HK", "/zh-hant"), ("zh-Hans-CN", "/zh-hans")):
        assert f'<a href="{there}{page(commitment, "?missing=1")}" lang="{language}"' in text


def test_whoever_is_not_signed_in_comes_back_to_the_page_in_its_language(commitment, client):
    answer = client.get(f"/zh-hant{page(commitment)}")
    assert answer.url == f"/zh-hant/admin/login/?next=/zh-hant{page(commitment)}"


def test_signing_out_and_the_way_to_the_site_keep_the_language(publisher):
    desk = publisher.get("/zh-hant/admin/")
    assert '<a href="/zh-hant/">' in desk.text
    assert '<a href="/zh-hant/">' in publisher.get("/zh-hant/admin/account/second-factor/").text
    assert publisher.post("/zh-hant/admin/logout/").url == "/zh-hant/admin/login/"


def test_a_sign_in_that_has_lasted_long_enough_ends_in_its_language(commitment, publisher, time_machine):
    publisher.get("/zh-hant/admin/")
    time_machine.move_to(datetime(2026, 11, 30, 10, tzinfo=UTC))
    assert publisher.get("/zh-hant/admin/").url == "/zh-hant/admin/login/?next=/zh-hant/admin/"


def test_a_preview_shows_the_page_in_the_language_of_the_admin(commitment, publisher):
    address = f"/zh-hant/admin/commitments/commitment/{commitment.pk}/change/"
    form = Form(publisher.get(address))
    answer = form.send(publisher, address, "_preview", quote="will open both gates", reason="Slip.")
    assert '<html lang="zh-' in answer.context["preview"]
    assert "will open both gates" in answer.context["preview"]


@pytest.mark.parametrize(
    ("language", "prefix", "title"), [(HANT, "/zh-hant", "打開閘門"), ("en-gb", "", "Open the gate")]
)
def test_a_reminder_is_written_in_the_language_of_its_reader(commitment, mailoutbox, language, prefix, title):
    tell(commitment, "Open the gate", "打開閘門")
    user = member("Contributor")
    User.objects.filter(pk=user.pk).update(email="clerk@body.example")
    Affiliation.objects.create(user=user, organisation=commitment.owners.get(), language=language)
    returned = commitment.drafts.create(date="2020", note="It was painted.", author=user)
    type(returned).objects.update(state="returned", returned_because="Say when.")
    assert send() == (0, "Reminders put into the outbox: 1.\n")
    [mail] = mailoutbox
    html = str(mail.alternatives[0][0])
    for text in (mail.body, html):
        assert title in text
        assert f"{settings.SITE_URL}{prefix}/admin/" in text
    assert ", " not in mail.subject.partition("：")[2]
    assert (f'lang="{language}"' if prefix else 'lang="en-gb"') in html.lower()


def test_the_mail_for_a_new_password_is_in_the_language_of_the_page_that_it_was_asked_on(mailoutbox, client):
    User.objects.create_user("clerk", email="clerk@body.example", password="a-long-enough-password", is_staff=True)
    client.post("/zh-hant/admin/account/password/reset/", {"email": "clerk@body.example"})
    [mail] = mailoutbox
    assert f"{settings.SITE_URL}/zh-hant/admin/account/password/reset/key/" in mail.body
