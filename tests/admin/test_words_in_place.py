"""Words where they are needed: what a choice means, what a role may do, what is behind a name of the menu."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User

from commitments.domain.choices import AgreementBasis, DeadlineBasis, Force, Kind, Level, ReportBasis
from commitments.i18n.languages import CHINESE, LANGUAGE_TAGS, path_in_language
from commitments.models import Area, Commitment, Organisation
from tests import factories
from tests.helpers.admin_forms import fill
from tests.helpers.people import signed_in
from tests.helpers.staff_forms import FORMS, WORK

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(release):
    return signed_in(User.objects.create_superuser("boss"))


@pytest.mark.parametrize(
    ("address", "box", "vocabulary"),
    [
        ("/admin/commitments/commitment/add/", "id_kind", Kind),
        ("/admin/commitments/commitment/add/", "id_force", Force),
        ("/admin/commitments/commitment/1/change/", "id_level", Level),
        ("/admin/commitments/commitment/1/change/", "id_deadline_basis", DeadlineBasis),
        ("/admin/commitments/draftupdate/add/?commitment=1", "id_basis", ReportBasis),
        ("/admin/commitments/release/1/change/", "id_agreements-0-basis", AgreementBasis),
    ],
)
def test_beside_a_choice_stands_what_each_of_it_means(clerk, address, box, vocabulary):
    page = clerk.get(address).text
    [help_text] = re.findall(rf'(?s)<div class="help"[^>]*id="{box}_helptext"[^>]*>(.*?)</ul>', page)
    for choice in vocabulary:
        assert f"<strong>{choice.label}</strong> {choice.meaning}" in help_text


def test_where_roles_are_given_stands_what_each_may_do(clerk):
    for address in ("/admin/auth/user/add/", f"/admin/auth/user/{User.objects.get().pk}/change/"):
        page = clerk.get(address).text
        for role in Group.objects.values_list("name", flat=True):
            assert f"<li><strong>{role}</strong> " in page


def test_each_name_of_the_menu_says_what_is_behind_it(clerk):
    apps = clerk.get("/admin/").context["app_list"]
    assert [model["object_name"] for app in apps for model in app["models"] if not model["purpose"]] == []


@pytest.mark.parametrize("language", LANGUAGE_TAGS)
def test_the_menu_has_the_order_of_the_work_in_every_language(clerk, language):
    apps = clerk.get(path_in_language(language, "/admin/")).context["app_list"]
    names = [model["object_name"] for app in apps for model in app["models"]]
    assert names[:3] == ["Commitment", "DraftUpdate", "DeletedDraft"]
    assert names[-2:] == ["User", "Group"]


@pytest.mark.parametrize(
    ("quote", "is_taken"), [("字" * 30, True), ("字" * 31, False), ("word " * 15, True), ("word " * 16, False)]
)
def test_a_quote_is_measured_in_words_or_in_characters_of_chinese(clerk, quote, is_taken):
    draft = factories.CommitmentFactory(reference="ZZ-01", owners=[Organisation.objects.first()])
    answer = fill(clerk, f"/admin/commitments/commitment/{draft.pk}/change/", quote=quote)
    draft.refresh_from_db()
    assert (draft.quote == quote.strip()) is is_taken
    assert is_taken or "at most 15 words, or 30 Chinese characters." in answer.text


def chinese_names(language):
    column = f"name_{language.replace('-', '_')}"
    return Organisation.objects.get(slug="lcsd"), getattr(Organisation.objects.get(slug="lcsd"), column), column


@pytest.mark.parametrize("language", CHINESE)
def test_titles_areas_and_organisations_are_named_in_the_language_of_the_page(clerk, language):
    organisation, name, column = chinese_names(language)
    area = getattr(Area.objects.get(slug="culture"), column)
    commitment = Commitment.objects.get(reference="CU-06")
    title = commitment.translation("title", language)
    assert name
    assert area
    assert title
    start = f"/{language}/admin/commitments"
    assert name in clerk.get(f"{start}/organisation/").text
    assert name in clerk.get(f"{start}/organisation/{organisation.pk}/change/").text.partition("<form")[0]
    assert area in clerk.get(f"{start}/area/").text
    listed = clerk.get(f"{start}/commitment/?q=CU-06").text
    assert title in listed
    assert area in listed
    form = clerk.get(f"{start}/commitment/{commitment.pk}/change/").text
    assert f"CU-06 {title}" in form
    assert f">{area}</option>" in form
    found = clerk.get(
        f"/{language}/admin/autocomplete/?app_label=commitments&model_name=ownership&field_name=organisation&term={name}"
    ).json()
    assert name in [row["text"] for row in found["results"]]


def test_in_english_they_are_named_as_they_are_on_record(clerk):
    page = clerk.get("/admin/commitments/commitment/?q=CU-06").text
    assert Commitment.objects.get(reference="CU-06").title in page


def test_no_chinese_word_ends_in_an_english_plural(release):
    exec(WORK, {})
    client = signed_in(User.objects.get(username="clerk"))
    addresses = {address.partition("#")[0] for address in FORMS.values()} | {"/admin/"}
    addresses |= {
        f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for model, model_admin in admin.site._registry.items()
        if model_admin.get_urls()
    }
    for language in CHINESE:
        for address in sorted(addresses):
            page = client.get(f"/{language}{address}").text
            assert re.findall(r"[\u4e00-\u9fff]s\b[^<]{0,20}", page, re.IGNORECASE) == [], address
