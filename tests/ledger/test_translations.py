"""What is on record, in other languages: its own history, beside a chain that knows nothing of it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from commitments.i18n.collation import sort_key
from commitments.ledger.append import append_entries, new_correction, new_publication, new_redaction, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.ledger.reconciliation import project_missing_columns
from commitments.ledger.translations import NewTranslation, record_translations
from commitments.ledger.verify import rebuild_projections, verify_ledger
from commitments.models import Commitment, LedgerHead, Translation
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
BY = Actor()
HANT, HANS = "zh-hant", "zh-hans"
only_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="REPLACE is a word of SQLite's")
only_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="TRUNCATE is a word of PostgreSQL's")


@pytest.fixture
def pledge():
    return factories.published(reference="TT-01", title="Open the gate", note="By spring.")


def translate(commitment, source, text, language=HANT):
    return record_translations([NewTranslation(commitment, language, source, text)], BY)


def translation_of(reference, text, language=HANT):
    return Commitment.objects.get(reference=reference).translation_of(text, language)


def verified():
    return list(verify_ledger())


def test_the_latest_translation_counts_and_the_ones_before_are_kept(pledge):
    assert translate(pledge, "Open the gate", "開門") == 1
    assert translate(pledge, "Open the gate", "打開大門") == 1
    assert translation_of("TT-01", "Open the gate") == "打開大門"
    assert [translation.text for translation in Translation.objects.filter(source="Open the gate")] == [
        "開門",
        "打開大門",
    ]


def test_saying_the_same_again_is_no_new_translation(pledge):
    translate(pledge, "Open the gate", "開門")
    assert translate(pledge, "Open the gate", "開門") == 0
    assert Translation.objects.count() == 1


def test_a_mended_translation_leaves_the_chain_and_its_head_alone(pledge):
    translate(pledge, "Open the gate", "開門")
    before = LedgerHead.objects.values().get()
    translate(pledge, "Open the gate", "打開大門")
    translate(pledge, "By spring.", "春季前。", HANS)
    assert LedgerHead.objects.values().get() == before
    assert verified() == []


def test_an_empty_translation_takes_back_what_was_said(pledge):
    translate(pledge, "Open the gate", "開門")
    missing = Commitment.objects.get().untranslated_zh_hant
    translate(pledge, "Open the gate", "")
    assert translation_of("TT-01", "Open the gate") == ""
    assert Commitment.objects.get().untranslated_zh_hant == missing + 1
    assert [translation.text for translation in Translation.objects.all()] == ["開門", ""]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"language": "fr"}, "no language"),
        ({"source": ""}, "Only a text"),
        ({"text": "長" * 10_001}, "at most 10000"),
        ({"text": "門\0"}, "no text"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_stores_nothing(pledge, changes, message):
    fields = {"language": HANT, "source": "Open the gate", "text": "開門"} | changes
    with pytest.raises(ValidationError, match=message):
        record_translations(
            [NewTranslation(pledge, HANS, "By spring.", "春前。"), NewTranslation(pledge, **fields)], BY
        )
    assert not Translation.objects.exists()


def test_corrected_words_are_not_translated_yet_and_a_retracted_correction_brings_the_old_ones_back(pledge):
    translate(pledge, "Open the gate", "開門")
    [entry] = append_entries([new_correction(pledge, {"title": "Open both gates"}, "There are two.", BY)])
    assert (translation_of("TT-01", "Open both gates"), Commitment.objects.get().title) == ("", "Open both gates")
    append_entries([new_retraction(entry, "There is one.", BY)])
    commitment = Commitment.objects.get()
    assert (commitment.translation("title", HANT), commitment.title_key_zh_hant) == ("開門", sort_key("開門", HANT))
    assert verified() == []


def test_a_redaction_empties_the_translations_of_what_it_removes_and_of_nothing_else(pledge):
    entry = factories.record("report", pledge, note="Mr Example opened it.")
    other = factories.record("context", pledge, note="By spring.")
    for source in ("Mr Example opened it.", "By spring."):
        translate(pledge, source, f"譯：{source}")
    append_entries([new_redaction(entry, entry.data | {"note": ""}, "Personal data.", BY)])
    append_entries([new_redaction(other, other.data | {"note": ""}, "Personal data.", BY)])
    assert not Translation.objects.filter(source__contains="Example").exists()
    assert not Translation.objects.filter(text__contains="Example").exists()
    assert translation_of("TT-01", "By spring.") == "譯：By spring."  # the commitment's own note says it still
    assert Translation.objects.count() == 2
    assert verified() == []


def test_the_reason_of_a_redaction_is_translated_too(pledge):
    entry = factories.record("report", pledge, note="Mr Example opened it.")
    append_entries([new_redaction(entry, None, "Personal data.", BY)])
    translate(pledge, "Personal data.", "個人資料。")
    assert translation_of("TT-01", "Personal data.") == "個人資料。"


def test_a_draft_is_translated_before_it_is_public():
    draft = factories.CommitmentFactory(reference="TT-02", title="Build a bridge")
    translate(draft, "Build a bridge", "建橋")
    assert Commitment.objects.get().translated == {}
    append_entries([new_publication(draft, BY)])
    assert translation_of("TT-02", "Build a bridge") == "建橋"


CHANGES = {
    "changed": "UPDATE commitments_translation SET text = 'x'",
    "emptied of one text": "UPDATE commitments_translation SET text = ''",
    "given to another language": "UPDATE commitments_translation SET source = '', text = '', language = 'zh-hans'",
    "deleted": "DELETE FROM commitments_translation",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_translation_cannot_be(pledge, change):
    translate(pledge, "Open the gate", "開門")
    before = list(Translation.objects.values())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert list(Translation.objects.values()) == before


@only_sqlite
def test_a_translation_cannot_be_replaced(pledge):
    translate(pledge, "Open the gate", "開門")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT OR REPLACE INTO commitments_translation SELECT * FROM commitments_translation")


@only_postgresql
def test_the_translations_cannot_be_thrown_away_together(pledge):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE commitments_translation")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("translated", {HANT: {"Open the gate": "關門"}}),
        ("search_text", "x"),
        ("title_key_zh_hans", "00"),
        ("untranslated_zh_hant", 0),
    ],
)
def test_verification_sees_a_changed_projection_and_mends_it_from_the_history(pledge, column, value):
    translate(pledge, "Open the gate", "開門")
    Commitment.objects.update(**{column: value})
    assert verified() == [f"TT-01: commitment: differs in {column}"]
    list(rebuild_projections())
    assert (verified(), translation_of("TT-01", "Open the gate")) == ([], "開門")


def test_after_an_upgrade_the_record_of_before_is_projected_once_more(pledge):
    Commitment.objects.update(title_key_zh_hant="", title_key_zh_hans="", search_text="", untranslated_zh_hant=0)
    project_missing_columns()
    assert verified() == []
    assert Commitment.objects.get().untranslated_zh_hant > 0
