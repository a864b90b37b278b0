"""Nothing unpublished leaves: every public address is asked with drafts in the database (R6)."""

import re

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client

from commitments import urls
from commitments.i18n.languages import CHINESE, path_in_language, strip_language
from commitments.ledger.append import append_entries, new_correction, new_publication, new_redaction
from commitments.ledger.entity_contents import ENTITY_MODELS
from commitments.ledger.new_entries import Actor
from commitments.models import Area, Commitment, EntityProposal, Organisation, Release
from tests import factories
from tests.helpers import secret_drafts
from tests.helpers.days import NOW
from tests.helpers.public_addresses import addresses, body
from tests.helpers.secret_drafts import HIDDEN, REFERENCES, SECRETS, UPDATE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
# What a query string can ask besides, to tease a draft out of a page that answers: of any filter, of a day, of both.
FILTERS = [
    "q=harbour",
    "q=DR-01",
    "q=barges",
    "q=港口",
    "status=completed",
    "status=no_report&per_page=100",
    "kind=target&level=aim",
    "sort=-title",
    "deadline_from=2030&deadline_to=2031",
    "owner=hidden-owner",
    "status=wrong",
    "page=99",
    "as_of=soon",
]
FILTERED = [
    "/commitments/",
    "/commitments.csv",
    "/timeline/",
    "/updates.atom",
    "/reports/progress/",
    "/api/v1/commitments/",
]


@pytest.fixture
def client():
    """A client that answers with a 500 where the application fails, as a server does."""
    return Client(raise_request_exception=False)


@pytest.fixture(scope="module", autouse=True)
def drafts(module_db):
    """The secret ones, beside what is public."""
    with time_machine.travel(NOW, tick=False):
        secret_drafts.write()


@pytest.fixture(scope="module")
def public_texts(drafts):
    """What each public address tells, in English."""
    with time_machine.travel(NOW, tick=False):
        return {address: body(Client().get(address)) for address in addresses()}


def secrets_in(address, content):
    """The secrets in what an address tells. That it repeats its own address tells nothing."""
    repeated = strip_language(address) if any(reference in address for reference in REFERENCES) else None
    text = content.replace(repeated, "") if repeated else content
    return [secret for secret in HIDDEN if secret in text]


def leaks(client, pages, question=""):
    """The secrets that each of some addresses tells; what was asked for may be told again."""
    leaked = {}
    for address in pages:
        answer = client.get(f"{address}?{question}")
        assert answer.status_code < 500, address
        leaked[address] = secrets_in(address, body(answer).replace(question.removeprefix("q=") or "?", ""))
    return {address: secrets for address, secrets in leaked.items() if secrets}


def test_every_public_address_is_asked(public_texts):
    pages = list(public_texts)
    assert len(pages) >= len(urls.urlpatterns) + len(urls.without_language)
    assert {"/", "/commitments.csv", "/commitments/TT-01/", "/commitments/DR-01/", "/releases/first/"} <= set(pages)


@pytest.mark.postgresql
def test_no_public_address_tells_anything_of_a_draft(public_texts):
    leaked = {address: secrets_in(address, text) for address, text in public_texts.items()}
    assert {address: secrets for address, secrets in leaked.items() if secrets} == {}


@pytest.mark.parametrize("language", CHINESE)
def test_no_public_address_tells_anything_of_a_draft_in_chinese(client, language):
    assert leaks(client, [path_in_language(language, address) for address in addresses()]) == {}


@pytest.mark.postgresql
@pytest.mark.parametrize("question", FILTERS)
def test_no_filter_teases_a_draft_out(client, question):
    assert leaks(client, FILTERED, question) == {}


def test_no_filter_teases_a_draft_out_in_chinese(client):
    assert leaks(client, ["/zh-hant/commitments/", "/zh-hans/commitments.csv"], "q=港口") == {}


def test_no_past_day_teases_a_draft_out(client):
    """One address of each route is asked for the day, and each that has a draft's name."""
    seen, pages = set(), []
    for address in addresses():
        route = re.sub("[a-z-]*[0-9-]+|(?<=/)[a-z-]+(?=[/.][^/]*$)", "", address)
        if route not in seen or any(reference in address for reference in REFERENCES):
            seen.add(route)
            pages.append(address)
    assert leaks(client, pages, "as_of=2018-08-24") == {}


@pytest.mark.postgresql
def test_the_public_pages_do_tell_of_what_is_public(public_texts):
    """Lest the drafts be missing only because everything is."""
    title = Commitment.objects.get(reference="TT-01").title
    pages = {address for address, text in public_texts.items() if title in text}
    assert {"/", "/commitments/", "/commitments.csv", "/commitments/TT-01/", "/areas/culture/"} <= pages
    assert {"/organisations/hidden-owner/", "/releases/first/", "/updates/"} <= pages


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_draft_s_own_page_is_not_found(client, reference):
    for day in ("", "?as_of=2018-08-24"):
        draft, nothing = (client.get(f"/commitments/{name}/{day}") for name in (reference, "XX-99"))
        assert draft.status_code == nothing.status_code == 404
        assert body(draft).replace(reference, "XX-99") == body(nothing)


@pytest.mark.postgresql
def test_drafts_are_in_no_count(client):
    assert client.get("/").context["total"] == 1
    assert client.get("/commitments/").context["total"] == 1
    assert client.get("/areas/culture/").context["tally"].commitments == 1
    assert client.get("/organisations/hidden-owner/").context["owned"]["total"] == 1
    answer = client.get("/commitments.csv")
    assert (answer.headers["X-Row-Count"], body(answer).count("\r\n")) == ("1", 2)


def test_a_draft_shows_once_it_is_published(client):
    over = Commitment.objects.get(reference="DR-01")
    append_entries([new_publication(over, Actor(), recorded_at=factories.WHEN)])
    assert SECRETS["title"] in body(client.get("/commitments/DR-01/"))
    assert "DR-03" not in body(client.get("/commitments/DR-01/"))
    assert UPDATE["note"] not in body(client.get("/commitments/DR-01/"))


def test_a_correction_cannot_make_a_public_commitment_part_of_a_draft(client):
    """Its page would name the draft's reference among the corrections."""
    public, over = (Commitment.objects.get(reference=reference) for reference in ("TT-01", "DR-01"))
    with pytest.raises(ValidationError):
        append_entries([new_correction(public, {"part_of": over}, "It hangs on that one.", Actor())])
    assert "DR-01" not in body(client.get("/commitments/TT-01/"))


def test_a_release_that_is_not_out_yet_is_named_nowhere_nor_what_was_recorded_and_redacted_of_it(client):
    tomorrow = factories.ReleaseFactory(slug="tomorrow", title="Plenary of tomorrow", issued_on="2026-11-30")
    early = factories.published(reference="EM-01", title="Embargoed pledge", release=tomorrow)
    entry = factories.record("context", early, note="Not yet to be read.")
    by = Actor("administrator")
    [first] = append_entries([new_redaction(entry, None, "Redacted before it was out.", by)])
    [second] = append_entries([new_redaction(first, {"reason": "", "remaining": None}, "Redacted a second time.", by)])
    append_entries([new_redaction(second, {"reason": "", "remaining": second.data["remaining"]}, "A third time.", by)])
    secrets = ("Plenary of tomorrow", "Embargoed", "to be read", "before it was out", "second time", "third time")
    texts = {address: body(client.get(address)) for address in addresses()}
    assert {address: secret for address, text in texts.items() for secret in secrets if secret in text} == {}


def test_what_only_a_draft_names_is_on_no_page_and_in_no_filter(client):
    body_of_draft = factories.OrganisationFactory(slug="unheard-of", name="Office of Unheard-of Things")
    area = factories.AreaFactory(slug="unheard-of", name="Unheard-of things")
    factories.CommitmentFactory(reference="DR-09", owners=[body_of_draft], partners=[body_of_draft], area=area)
    for address in ("/organisations/unheard-of/", "/organisations/unheard-of.atom", "/areas/unheard-of/"):
        assert client.get(address).status_code == 404
    for name in ("owner", "partner", "area"):
        for address in ("/commitments/", "/timeline/", "/updates.atom", "/commitments.csv"):
            assert client.get(f"{address}?{name}=unheard-of").status_code == 400
    for address in (
        "/commitments/?status=x",
        "/commitments.csv?owner=x",
        "/about/design/",
        "/sitemap-organisations.xml",
    ):
        assert "nheard-of " not in body(client.get(address))


# Names and descriptions: drafts of new ones, and changes of what is on record that nobody has published

UNHEARD_OF = {
    "organisation": {
        "name": "Office of Unheard-of Things",
        "name_zh_hant": "前所未聞處",
        "aliases": "Unheard-of Bureau",
    },
    "area": {"name": "Unheard-of matters", "name_zh_hans": "闻所未闻"},
    "release": {
        "title": "Unheard-of release",
        "known_through": "An unheard-of gazette",
        "not_read": "Unheard-of reasons",
    },
    "occasion": {"name": "Unheard-of session"},
    "news_source": {"name": "Unheard-of Times"},
}
DRAFT_WORDS = [word for words in UNHEARD_OF.values() for word in words.values()]


def draft_entities():
    """New rows of each kind that are on no record, and proposals to rename what is."""
    fixed = {
        "organisation": {"kind": "department", "side": "other"},
        "area": {"position": 90},
        "release": {"issued_on": "2018-08-24", "publisher": "Unheard-of publisher", "language": "en"},
        "occasion": {"day": "2020-02-02"},
        "news_source": {"source": "independent", "why": "Nobody knows it."},
    }
    for kind, model in ENTITY_MODELS.items():
        model.objects.create(slug=f"unheard-of-{kind}", **fixed[kind], **UNHEARD_OF[kind])
    for row in (
        Organisation.objects.get(slug="hidden-owner"),
        Area.objects.get(slug="culture"),
        Release.objects.get(slug="first"),
    ):
        words = UNHEARD_OF[row.entity_kind]
        changes = {name: {"before": getattr(row, name), "after": f"{word} by proposal"} for name, word in words.items()}
        EntityProposal.objects.create(kind=row.entity_kind, slug=row.slug, changes=changes, reason="Unheard-of reason")


# Today in every language; each past day in one of them, for the day and the language are told to different code.
TODAY_AND_PAST_DAYS = [
    *(("", language) for language in ("en", *CHINESE)),
    *zip(("2018-08-24", "2020-02-02", "2021-08-30"), ("en", *CHINESE), strict=True),
]


@pytest.mark.parametrize(("day", "language"), TODAY_AND_PAST_DAYS)
def test_no_address_shows_a_draft_name_in_any_language_on_any_day(client, day, language):
    draft_entities()
    leaked = {}
    for address in addresses():
        asked = path_in_language(language, address) + (f"?as_of={day}" if day else "")
        text = body(client.get(asked))
        if words := [word for word in (*DRAFT_WORDS, "Unheard-of reason", "by proposal") if word in text]:
            leaked[asked] = words
    assert leaked == {}
