"""Starting a release: its facts and its text, pasted or in a file; what is wrong is said all at once."""

import time
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from commitments.models import Intake, Release
from tests import factories
from tests.helpers.admin_forms import Form
from tests.helpers.html import parse_page, visible_text
from tests.helpers.intakes import TEN_PLEDGES, begin_intake
from tests.helpers.people import member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
ADD = "/admin/commitments/intake/add/"
FACTS = {
    "title": "Harbour Cities agree on further work",
    "issued_on": "2026-03-12",
    "publisher": "HKSAR Government",
    "place": "Hong Kong",
    "language": "en",
}
PAGE = """<!DOCTYPE html><html><head><title>Release</title><style>p { color: red }</style></head><body>
<script>if (1 < 2) { document.write("<p>Both sides will not see this.</p>") }</script>
<!-- <p>Both sides will not see this either.</p> -->
<h2>Culture &amp; Sport</h2>
<p>Both sides will&nbsp;exchange exhibitions\0 of caf&eacute; paintings, and the
museums will lend them.</p>
<ul><li>Hong Kong will invite about 40 musicians.<ul><li>Shanghai will invite 20 dancers.</li></ul></li></ul>
<table><tr><th>Ports</th><td>Both sides will publish a common map of the harbours.</td></tr></table>
<p>A &lt;b&gt; is no tag, &#20013; is a character.</p></body></html>"""


@pytest.fixture
def editor(db):
    return signed_in(member("Editor"))


def start(client, **typed):
    """Open the form, fill it and send it. A browser sends an empty file where none is chosen."""
    return Form(client.get(ADD)).send(client, ADD, "_start", **(FACTS | {"text": TEN_PLEDGES} | typed))


def problems(answer):
    """What is said beside each box, and under "" at the top."""
    texts, facts = answer.context["texts"].errors, answer.context["facts"].errors
    return {name: " ".join(messages) for name, messages in (texts | facts).items()}


def file(content, name="release.txt"):
    return SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())


def test_everything_that_is_wrong_is_said_at_once_and_nothing_typed_is_lost(editor):
    typed = {"title": "", "issued_on": "31 February 2026", "url": "nowhere", "slug": "no slug", "prefix": "x1"}
    answer = start(editor, text="....", chinese_text="We will act. We will act again.", **typed)
    assert problems(answer).keys() == {
        "title", "issued_on", "url", "slug", "text", "chinese_text", "prefix",
    }  # fmt: skip
    assert "has no words" in problems(answer)["text"]
    assert "not in Chinese" in problems(answer)["chinese_text"]
    shown = Form(answer).fields
    assert {name: shown[name] for name in typed} == typed
    assert (shown["text"], shown["publisher"]) == ("....", "HKSAR Government")
    assert not Release.objects.exists()


def test_what_is_pasted_is_read_and_its_release_is_a_draft_with_a_slug(editor):
    answer = start(editor, chinese_text="雙方將互換畫展。", prefix="HC")
    intake = Intake.objects.get()
    assert answer.headers["Location"] == f"/admin/commitments/intake/{intake.pk}/outline/"
    assert (intake.release.slug, intake.release.published_at) == ("harbour-cities-agree-on-further-2026", None)
    assert (intake.prefix, intake.chinese_text, intake.started_by.username) == ("HC", "雙方將互換畫展。", "editor")
    passed_over = intake.spans.filter(promises=False).count()
    assert f"Proposals: 10. Sentences passed over: {passed_over}." in editor.get(answer.headers["Location"]).text
    assert "is there already" in problems(start(editor))["title"]
    start(editor, title="Harbour Cities agree on further work: the annex")
    assert {*Release.objects.values_list("slug", flat=True)} > {"harbour-cities-agree-on-further-2026-2"}


def test_a_file_is_read_like_what_is_pasted_and_a_page_as_a_browser_shows_it(editor):
    start(editor, text="", text_file=file("\ufeff" + PAGE, "release.html"))
    text = Intake.objects.get().text
    assert text == (
        "# Culture & Sport\n\n"
        "Both sides will exchange exhibitions of café paintings, and the museums will lend them.\n\n"
        "- Hong Kong will invite about 40 musicians.\n\n- Shanghai will invite 20 dancers.\n\n"
        "Ports | Both sides will publish a common map of the harbours.\n\nA <b> is no tag, 中 is a character.\n"
    )


FILES = {
    "a PDF": (b"%PDF-1.7 ...", "release.pdf", "This is a PDF"),
    "a PDF by another name": (b"%PDF-1.7 ...", "release.txt", "This is a PDF"),
    "Word": (b"PK\x03\x04...", "release.docx", "word processor"),
    "old Word": (b"\xd0\xcf\x11\xe0...", "release.doc", "word processor"),
    "UTF-16": (TEN_PLEDGES.encode("utf-16"), "release.txt", "Line 1 is not in UTF-8"),
    "Big5": ("One.\nTwo.\n雙方將互換畫展。".encode("big5"), "release.txt", "Line 3 is not in UTF-8"),
    "a picture": (b"GIF89a", "release.gif", "ends in .txt, .html or .md"),
    "an empty one": (b"", "release.txt", "is empty"),
    "no words in it": (b"....", "release.txt", "has no words"),
    "too large": (b"x" * (5 * 1024 * 1024 + 1), "release.txt", "larger than 5 MB"),
    "no text": (b"We will act.\n\0\0", "release.txt", "Line 2 holds the control character U+0000"),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_no_text_is_refused_with_what_to_do(editor, kind):
    content, name, message = FILES[kind]
    answer = start(editor, text="", text_file=file(content, name))
    assert problems(answer).keys() == {"text_file"}
    assert message in problems(answer)["text_file"]


def test_a_file_that_was_in_order_must_be_chosen_again_and_the_page_says_so(editor):
    answer = start(editor, title="", text="", text_file=file(TEN_PLEDGES))
    assert "choose it again" in problems(answer)["text_file"]
    assert "not both" in problems(start(editor, text_file=file(TEN_PLEDGES)))["text_file"]
    assert "Paste the text" in problems(start(editor, text=""))["text"]


def test_a_refusal_is_in_the_language_of_the_page(editor):
    answer = editor.post(f"/zh-hant{ADD}", FACTS | {"text": "....", "prefix": ""})
    assert "has no words" not in problems(answer)["text"]


RAIN = "Rain fell on " + "the harbours and the hills of the two places and on " * 9 + "the sea. "
LONG = f"Both sides will hold a week of films in 2027. {RAIN * 3}\n\n"


@pytest.mark.postgresql
def test_a_text_of_200_000_characters_is_read_and_markup_without_end_takes_no_time(editor):
    assert start(editor, text=(LONG * 150)[:200_000]).status_code == 302
    assert Intake.objects.get().spans.count() > 500
    began = time.process_time()
    start(editor, title="Another", text="<p>Both sides will act.</p>" + "<script>" * 60_000)
    assert time.process_time() - began < 5
    assert Intake.objects.get(release__title="Another").text == "Both sides will act.\n"


def test_a_release_that_is_there_is_chosen_and_what_it_has_already_is_said(editor):
    public = factories.published(reference="TT-01").release
    factories.CommitmentFactory(reference="TT-02", release=public)
    nothing = dict.fromkeys(FACTS, "") | {"language": "en"}
    form = editor.get(ADD)
    assert f"{public}: public" in visible_text(parse_page(form))
    assert "typed facts of a new one" in problems(start(editor, release=public.pk))["release"]
    answer = start(editor, **nothing, release=public.pk)
    assert Intake.objects.get().release == public
    assert "(drafts: 1, public: 1)" in editor.get(answer.headers["Location"]).text
    assert f"{public}: public" not in visible_text(parse_page(editor.get(ADD)))
    assert "release" in problems(start(editor, **nothing, release=public.pk))


def test_a_slug_that_is_taken_is_said_beside_it(editor):
    begin_intake(member("Publisher"))
    assert "slug" in problems(start(editor, slug="harbour-2026"))
    assert Release.objects.get().issued_on == date(2026, 3, 12)
