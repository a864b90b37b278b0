"""Help: every page of docs/staff/ opens for whoever is signed in, and each page of the admin leads to what fits it."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver

from commitments.admin.help import PLACES, pages_read_by, place_for
from commitments.admin.help_pages import FOLDER, MARKDOWN, PAGES, help_page
from commitments.i18n.languages import LANGUAGE_TAGS, path_in_language
from tests.browser.help_pictures import MAX_BYTES
from tests.browser.help_pictures import PICTURES as TAKEN
from tests.helpers.people import member, signed_in

pytestmark = pytest.mark.django_db
ROLES = ("Contributor", "Editor", "Publisher", "Administrator", "no role")
EACH_PAGE = [(language, name) for language in LANGUAGE_TAGS for name in PAGES]
PARTS = {name: {f"{name}#{part.anchor}" for part in help_page("en-gb", name).parts} for name in PAGES}
# A page of the admin, and what Help leads each role to from there.
LEADS = {
    "/admin/": ("contributor", "editor", "publisher", "administrator", "first-day"),
    "/admin/commitments/commitment/": (
        "contributor#find-a-commitment",
        "editor#a-new-pledge",
        "publisher#publish-commitments",
        "publisher#publish-commitments",
        "publisher#publish-commitments",
    ),
    "/admin/commitments/draftupdate/": (
        "contributor#your-drafts",
        "contributor#your-drafts",
        "publisher#review-and-publish",
        "publisher#review-and-publish",
        "publisher#review-and-publish",
    ),
    "/admin/commitments/draftupdate/add/": ("contributor#record-progress",) * 5,
    "/admin/commitments/commitment/import/": ("editor#many-at-once-with-excel",) * 5,
    "/admin/commitments/errorreport/": ("editor#answer-readers",) * 5,
    "/admin/commitments/ledgerentry/1/retract/": ("publisher#retract",) * 5,
    "/admin/auth/user/1/change/": ("administrator#a-new-account",) * 5,
    "/admin/account/second-factor/": ("first-day#add-a-second-factor",) * 5,
    "/nothing/here/": ("contributor", "editor", "publisher", "administrator", "first-day"),
}


class Page(HTMLParser):
    """What a page links to, which parts it has, and its pictures."""

    def __init__(self, html):
        super().__init__()
        self.links, self.parts, self.pictures = [], set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a":
            self.links.append(given["href"])
        if tag == "img":
            self.pictures.append(given)
        self.parts.add(given.get("id"))


@pytest.mark.parametrize("role", ROLES)
def test_every_page_opens_for_each_role_in_each_language(role):
    client = signed_in(member(role))
    for language, name in EACH_PAGE:
        answer = client.get(path_in_language(language, f"/admin/help/{name}/"))
        assert answer.status_code == 200
        assert f"<h1>{help_page(language, name).title}</h1>" in answer.content.decode()


@pytest.mark.parametrize("address", ["/admin/help/", *(f"/admin/help/{name}/" for name in PAGES)])
def test_nobody_reads_it_signed_out(address):
    for language in LANGUAGE_TAGS:
        answer = Client().get(path_in_language(language, address))
        assert answer.status_code == 302
        assert urlsplit(answer["Location"]).path == path_in_language(language, "/admin/login/")


def test_somebody_who_must_set_up_a_second_factor_first_reads_how(settings):
    settings.REQUIRE_MFA = True
    client = signed_in(member("Contributor"))
    assert client.get("/admin/").status_code == 403
    assert client.get("/admin/help/first-day/").status_code == 200
    assert "/admin/help/?for=/admin/account/second-factor/" in client.get("/admin/account/second-factor/").text


def test_another_name_is_no_page():
    assert signed_in(member("Editor")).get("/admin/help/../../README/").status_code == 404
    assert signed_in(User.objects.get()).get("/admin/help/secret/").status_code == 404


@pytest.mark.parametrize(("language", "name"), EACH_PAGE)
def test_every_link_and_part_leads_somewhere(language, name):
    client = signed_in(member("no role"))
    shown = Page(help_page(language, name).html)
    for link in shown.links:
        path, _hash, part = link.partition("#")
        if path.startswith(path_in_language(language, "/admin/help/")):
            assert not part or part in Page(client.get(path).text).parts, link
        elif path:
            assert path.startswith(path_in_language(language, "/admin/")), link
            assert client.get(path).status_code in (200, 302), link
        else:
            assert part in shown.parts, link
        assert link != "#"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_the_same_parts_and_lists_in_each_language(name):
    def outline(language):
        folder = FOLDER if language == "en-gb" else FOLDER / language
        tokens = MARKDOWN.parse((folder / f"{name}.md").read_text("utf-8"))
        kinds = ("heading_open", "list_item_open", "tr_open", "fence", "paragraph_open")
        return [(token.type, token.tag) for token in tokens if token.type in kinds]

    assert len(outline("en-gb")) > 20
    assert [outline(language) for language in LANGUAGE_TAGS] == [outline("en-gb")] * len(LANGUAGE_TAGS)


@pytest.mark.parametrize(("language", "name"), EACH_PAGE)
def test_no_mark_of_the_file_is_left_in_the_page(language, name):
    """In Chinese, two stars beside a full stop are no emphasis."""
    words = re.sub("<[^>]+>", "", help_page(language, name).html)
    assert [mark for mark in ("**", "](", "{#", "&lt;") if mark in words] == []


@pytest.mark.parametrize("language", LANGUAGE_TAGS)
def test_each_picture_is_small_told_in_words_and_shown_in_its_language(language):
    shown = [one for name in PAGES for one in Page(help_page(language, name).html).pictures]
    assert len(shown) == len(TAKEN)
    for one in shown:
        assert len(one["alt"]) > 15
        assert int(one["width"]) >= 800
        assert f".{language}." in one["src"]
        name = re.sub(r"\.[0-9a-f]{12}(?=\.png)", "", one["src"].rpartition("/")[2])
        assert (FOLDER / "pictures" / name).stat().st_size <= MAX_BYTES


def test_every_picture_is_shown_somewhere():
    named = set(
        re.findall(r"pictures/([\w.-]+\.png)", "".join(path.read_text("utf-8") for path in FOLDER.rglob("*.md")))
    )
    assert named == {path.name for path in (FOLDER / "pictures").iterdir()}
    assert named == {f"{name}.{language}.png" for name in TAKEN for language in LANGUAGE_TAGS}


def test_tags_in_a_file_are_shown_and_do_nothing():
    html = MARKDOWN.render("<script>alert(1)</script>\n\nA <b onclick=x>word</b>, [a link](javascript:alert(1)).")
    assert "<script" not in html
    assert "<b" not in html
    assert 'href="javascript' not in html


def test_every_place_that_help_leads_to_is_there():
    known = {*PAGES, *(part for parts in PARTS.values() for part in parts)}
    assert {place for places in PLACES.values() for place in places} <= known


def names_of_addresses():
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    own = get_resolver().namespace_dict["admin"][1].reverse_dict
    return names | {f"admin:{name}" for name in own if isinstance(name, str)}


def test_every_address_that_has_a_place_is_there():
    assert {start for start in PLACES if not any(name.startswith(start) for name in names_of_addresses())} == set()


def test_every_table_of_the_admin_has_a_place():
    """Those that one may only look at lead to the page of the role."""
    lists = {name for name in names_of_addresses() if name.endswith("_changelist")}
    left = {name for name in lists if not any(name.startswith(start) for start in PLACES)}
    assert {name.removeprefix("admin:commitments_").removesuffix("_changelist") for name in left} == {
        *("draftedit", "draftevidence", "edition", "entitychange", "ledgerhead"),
        *("loadeditem", "ownership", "partnership", "repetition", "state", "update"),
    }


@pytest.mark.parametrize("address", LEADS)
def test_help_opens_what_fits_the_page_and_the_role(address):
    led = []
    for role in ROLES:
        user = member(role)
        answer = signed_in(user).get("/admin/help/", {"for": address})
        led.append(answer["Location"].removeprefix("/admin/help/").replace("/", ""))
        assert led[-1] == place_for(user, address)
    assert tuple(led) == LEADS[address]


@pytest.mark.parametrize("language", LANGUAGE_TAGS)
def test_help_of_a_page_is_in_the_language_of_the_page(language):
    client = signed_in(member("Publisher"))
    page = path_in_language(language, "/admin/commitments/draftupdate/")
    answer = client.get(path_in_language(language, "/admin/help/"), {"for": page})
    assert answer["Location"] == path_in_language(language, "/admin/help/publisher/#review-and-publish")


def test_no_address_leads_elsewhere():
    client = signed_in(member("Editor"))
    for address in ("https://example.org/", "//example.org/", "\\\\example.org", "/admin/help/?for=x", "%00"):
        assert client.get("/admin/help/", {"for": address})["Location"] == "/admin/help/editor/"


def test_a_superuser_reads_all_and_begins_with_administrators():
    assert pages_read_by(User(is_superuser=True)) == ["administrator", "publisher", "editor", "contributor"]


def test_the_index_marks_the_page_for_the_role():
    shown = signed_in(member("Editor")).get("/admin/help/").text
    assert shown.count("<strong>for you</strong>") == 1
    assert re.search(r"For editors</a>\s*<strong>for you</strong>", shown)


def test_the_index_says_in_words_what_each_page_is_about():
    """Without the marks and ends of lines of the file."""
    lead = help_page("en-gb", "publisher").lead
    assert lead.startswith(
        "What you publish is public at once, and stays. You may do what an editor and a contributor do."
    )
    assert not set("\n[]*") & set(lead)


def test_every_page_of_the_admin_has_the_link(world):
    user = User.objects.create_superuser("root")
    client = signed_in(user)
    menu = client.get("/admin/").text
    addresses = {"/admin/", "/admin/password_change/", *re.findall(r'href="(/admin/[a-z]+/[a-z]+/(?:add/)?)"', menu)}
    addresses |= {
        "/admin/account/second-factor/",
        "/admin/help/",
        "/admin/help/editor/",
        "/admin/commitments/commitment/import/",
        "/admin/commitments/commitment/1/change/",
        "/admin/commitments/commitment/1/translations/",
        "/admin/commitments/ledgerentry/1/change/",
    }
    assert len(addresses) > 25
    for address in sorted(addresses):
        answer = client.get(address)
        assert answer.status_code in (200, 302), address
        if answer.status_code == 200:
            assert f'href="/admin/help/?for={address}">Help</a>' in answer.text, address
