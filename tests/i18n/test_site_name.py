"""What the site is called: in the masthead, on two lines where it has two parts, with a seal where it gives one."""

import pytest
from django.utils.translation import override

from commitments.i18n.site_name import name_plate, seal_lines, site_name
from tests.helpers.html import find_all, parse_page, visible_text

pytestmark = pytest.mark.django_db


def named(settings, english, hant="", hans=""):
    settings.SITE_NAMES = {"en-gb": english, "zh-hant": hant or english, "zh-hans": hans or english}


@pytest.mark.parametrize(
    ("english", "plate"),
    [
        ("Hong Kong–Shanghai Pledge Record", ("Hong Kong–Shanghai", "Pledge Record")),
        ("Public commitments", ("Public commitments", "")),
        ("Pledges of the co-operation", ("Pledges of the co-operation", "")),
        ("The Hong Kong–Macao–Guangdong Record of What Was Promised", None),
    ],
)
def test_a_name_breaks_behind_its_places_and_else_stays_whole(settings, english, plate):
    named(settings, english)
    expected = plate or ("The Hong Kong–Macao–Guangdong", "Record of What Was Promised")
    assert name_plate() == expected


def test_in_chinese_the_english_name_stands_below_unless_it_is_the_same(settings):
    with override("zh-hant"):
        assert name_plate() == ("滬港承諾錄", "Hong Kong–Shanghai Pledge Record")
        named(settings, "Public commitments")
        assert name_plate() == ("Public commitments", "")


@pytest.mark.parametrize(
    ("hant", "seal"),
    [
        ("滬港承諾錄", ["滬港", "承諾"]),
        ("京港承諾", ["京港", "承諾"]),
        ("公開承諾追蹤網站", []),
        ("承諾", []),
        ("Record", []),
    ],
)
def test_a_short_chinese_name_gives_the_seal_in_every_language(settings, hant, seal):
    named(settings, "Record", hant)
    for language in ("en-gb", "zh-hant", "zh-hans"):
        with override(language):
            assert seal_lines() == seal


def test_every_page_says_the_name_in_its_language_whatever_it_is_made_of(settings, client):
    named(settings, "The <Record> & more", "「公開」承諾", "“公开”承诺")
    for prefix, name in (("", "The <Record> & more"), ("/zh-hant", "「公開」承諾"), ("/zh-hans", "“公开”承诺")):
        for path in ("/about/", "/nothing/"):
            page = parse_page(client.get(prefix + path))
            [plate] = find_all(page, "a", _class="nameplate")
            assert visible_text(plate).startswith(name)
            assert visible_text(find_all(page, "title")[0]).endswith(f" – {name}")
    assert site_name("zh-hant") == "「公開」承諾"
