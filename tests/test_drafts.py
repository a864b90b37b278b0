"""Nothing unpublished leaves: every public address is asked with drafts in the database (R6)."""

import pytest
from django.core.exceptions import ValidationError

from commitments import ledger, urls
from commitments.languages import TAGS, path_in
from commitments.models import Commitment
from tests import factories
from tests.helpers.public_addresses import addresses, body
from tests.helpers.secret_drafts import HIDDEN, REFERENCES, SECRETS, UPDATE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
# What a query string can ask besides, to tease a draft out of a page that answers.
QUESTIONS = [
    "",
    "q=harbour",
    "q=DR-01",
    "q=barges",
    "q=港口",
    "status=completed",
    "status=no_report&per_page=100",
    "kind=target&level=aim",
    "as_of=2026-11-22",
    "as_of=2018-08-24",
    "sort=-title",
    "deadline_from=2030&deadline_to=2031",
    "owner=hidden-owner",
    "status=wrong",
    "as_of=soon",
    "page=99",
    "nothing=1",
]


def test_every_public_address_is_asked(secret_drafts):
    asked = list(addresses())
    assert len(asked) >= len(urls.urlpatterns) + len(urls.without_language)
    assert {"/", "/commitments.csv", "/commitments/TT-01/", "/commitments/DR-01/", "/releases/first/"} <= set(asked)


@pytest.mark.parametrize("language", TAGS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_no_public_address_tells_anything_of_a_draft(secret_drafts, client, question, language):
    for address in addresses():
        answer = client.get(f"{path_in(language, address)}?{question}")
        assert answer.status_code < 500
        told = body(answer).replace(address, "").replace(question.removeprefix("q="), "")  # an echo tells nothing
        assert [secret for secret in HIDDEN if secret in told] == [], address


def test_the_public_pages_do_tell_of_what_is_public(secret_drafts, client):
    """Lest the drafts be missing only because everything is."""
    title = Commitment.objects.get(reference="TT-01").title
    told = [address for address in addresses() if title in body(client.get(address))]
    assert {"/", "/commitments/", "/commitments.csv", "/commitments/TT-01/", "/areas/culture/"} <= set(told)
    assert {"/organisations/hidden-owner/", "/releases/first/", "/updates/"} <= set(told)


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("day", ["", "?as_of=2018-08-24", "?as_of=2026-11-22"])
def test_a_draft_s_own_page_is_not_found(secret_drafts, client, reference, day):
    draft, nothing = (client.get(f"/commitments/{one}/{day}") for one in (reference, "XX-99"))
    assert draft.status_code == nothing.status_code == 404
    assert body(draft).replace(reference, "XX-99") == body(nothing)


def test_drafts_are_in_no_count(secret_drafts, client):
    assert client.get("/").context["total"] == 1
    assert client.get("/commitments/").context["total"] == 1
    assert client.get("/areas/culture/").context["tally"].commitments == 1
    assert client.get("/organisations/hidden-owner/").context["owned"]["total"] == 1
    answer = client.get("/commitments.csv")
    assert (answer.headers["X-Row-Count"], body(answer).count("\r\n")) == ("1", 2)


def test_a_draft_shows_once_it_is_published(secret_drafts, client):
    over = Commitment.objects.get(reference="DR-01")
    ledger.append([ledger.publish(over, ledger.Recorder(), recorded_at=factories.WHEN)])
    assert SECRETS["title"] in body(client.get("/commitments/DR-01/"))
    assert "DR-03" not in body(client.get("/commitments/DR-01/"))
    assert UPDATE["note"] not in body(client.get("/commitments/DR-01/"))


def test_a_correction_cannot_make_a_public_commitment_part_of_a_draft(secret_drafts, client):
    """Its page would name the draft's reference among the corrections."""
    public, over = (Commitment.objects.get(reference=reference) for reference in ("TT-01", "DR-01"))
    with pytest.raises(ValidationError):
        ledger.append([ledger.correct(public, {"part_of": over}, "It hangs on that one.", ledger.Recorder())])
    assert "DR-01" not in body(client.get("/commitments/TT-01/"))


def test_a_release_that_is_not_out_yet_is_named_nowhere(secret_drafts, client):
    factories.ReleaseFactory(slug="tomorrow", title="Plenary of tomorrow", issued_on="2026-11-23")
    for address in addresses():
        assert "Plenary of tomorrow" not in body(client.get(address)), address


def test_nor_is_what_was_recorded_and_redacted_of_it(secret_drafts, client):
    tomorrow = factories.ReleaseFactory(slug="tomorrow", issued_on="2026-11-23")
    early = factories.published(reference="EM-01", title="Embargoed pledge", release=tomorrow)
    entry = factories.record("context", early, note="Not yet to be read.")
    by = ledger.Recorder("administrator")
    [first] = ledger.append([ledger.redact(entry, None, "Redacted before it was out.", by)])
    ledger.append([ledger.redact(first, {"reason": "", "remaining": None}, "Redacted a second time.", by)])
    for address in addresses():
        told = body(client.get(address))
        assert [one for one in ("Embargoed", "to be read", "before it was out", "second time") if one in told] == [], (
            address
        )


def test_what_only_a_draft_names_is_on_no_page_and_in_no_filter(secret_drafts, client):
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
