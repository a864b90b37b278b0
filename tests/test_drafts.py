"""Nothing unpublished leaves: every public address is asked with drafts in the database (R6)."""

import io
import zipfile
from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.core.exceptions import ValidationError

from commitments import ledger, translations, urls
from commitments.languages import TAGS, path_in
from commitments.models import Agreement, Area, Commitment, ErrorReport, Organisation, Release, Update
from commitments.public import finding
from tests import factories

pytestmark = pytest.mark.django_db
SECRETS = {
    "title": "Sell the harbour secretly",
    "quote": "shall be sold before dawn",
    "note": "Unheard-of arrangements",
    "owner_note": "Whispered in a corridor",
    "parties_as_stated": "shadowy enterprises",
    "deadline_as_stated": "before anyone wakes",
    "done_when": "The harbour is gone.",
    "unit": "moonlit barges",
}
REFERENCES = ["DR-01", "DR-02", "DR-03"]
UPDATE = {"note": "A rumour about barges", "searched": "The minister's drawers", "deadline_reason": "Fear of daylight"}
EVIDENCE = {"title": "Leaked memorandum", "publisher": "Nobody's Press", "url": "https://leak.example/memo"}
CHINESE = {"zh-hant": "港口悄悄搬走", "zh-hans": "港口悄悄迁走"}
HIDDEN = [*SECRETS.values(), *REFERENCES, *UPDATE.values(), *EVIDENCE.values(), *CHINESE.values()]
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


@pytest.fixture(autouse=True)
def the_day_is_fixed(time_machine):
    time_machine.move_to(datetime(2026, 11, 22, 10, tzinfo=UTC))


@pytest.fixture
def drafts(db):
    """A public commitment with everything; beside it, over it, under it and on it, drafts."""
    release, area = factories.ReleaseFactory(slug="first"), factories.AreaFactory(slug="culture")
    owner = factories.OrganisationFactory(slug="hidden-owner", name="Harbour Office")
    release.sections.create(position=1, heading="Culture", area=area)
    place = {"release": release, "area": area, "owners": [owner], "partners": [owner]}
    secret = SECRETS | {"owner_inferred": True, "deadline": "2030", "review_on": date(2020, 1, 1)}
    public = factories.published(reference="TT-01", **place)
    factories.record("report", public)
    ErrorReport.objects.create(token="token", what="Something is wrong.", commitment=public)
    over = factories.CommitmentFactory(reference="DR-01", **place, **secret)
    factories.CommitmentFactory(reference="DR-02", part_of=public, kind="target", level="aim", **place, **secret)
    factories.CommitmentFactory(reference="DR-03", part_of=over, **place | {"area": None}, **secret)
    agreement = Agreement.objects.create(release=release, number=1, title="Agreement on culture", basis="named")
    agreement.commitments.set(Commitment.objects.all())
    for commitment in Commitment.objects.all():
        draft = commitment.drafts.create(date="2026-11", status="completed", deadline="2031", **UPDATE)
        draft.evidence.create(relation="direct", source="party", date="2026", **EVIDENCE)
        secrets = set(translations.texts_of(commitment)) & {*SECRETS.values(), *UPDATE.values(), *EVIDENCE.values()}
        said = [
            translations.NewTranslation(commitment, language, text, chinese)
            for text in secrets
            for language, chinese in CHINESE.items()
        ]
        assert translations.record(said, ledger.Recorder())


def addresses():
    """Every public address, from the list of them: a new one that this cannot fill in fails here."""
    known = {
        "reference": [*Commitment.objects.values_list("reference", flat=True)],
        "entry": [*Update.objects.values_list("pk", flat=True), 99],
        "elsewhere": ["", "nothing/"],
        "section": [*finding.SITEMAPS],
        "token": [*ErrorReport.objects.values_list("token", flat=True)],
        "slug": [
            slug for model in (Area, Organisation, Release) for slug in model.objects.values_list("slug", flat=True)
        ],
    }
    for one in [*urls.urlpatterns, *urls.without_language]:
        [*converters] = one.pattern.converters
        route = str(one.pattern).removeprefix("^").removesuffix("$").replace("\\", "")
        if not converters:
            yield f"/{route}"
            continue
        [name] = converters
        before, after = route[: route.index("<")], route[route.index(">") + 1 :]
        yield from (f"/{before}{value}{after}" for value in known[name])


def body(answer):
    told = b"".join(answer)
    if told.startswith(b"PK"):  # a workbook: what all of its parts say
        with zipfile.ZipFile(io.BytesIO(told)) as book:
            told = b"".join(book.read(name) for name in book.namelist())
    return unescape(told.decode())


def test_every_public_address_is_asked(drafts):
    asked = list(addresses())
    assert len(asked) >= len(urls.urlpatterns) + len(urls.without_language)
    assert {"/", "/commitments.csv", "/commitments/TT-01/", "/commitments/DR-01/", "/releases/first/"} <= set(asked)


@pytest.mark.parametrize("language", TAGS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_no_public_address_tells_anything_of_a_draft(drafts, client, question, language):
    for address in addresses():
        answer = client.get(f"{path_in(language, address)}?{question}")
        assert answer.status_code < 500
        told = body(answer).replace(address, "").replace(question.removeprefix("q="), "")  # an echo tells nothing
        assert [secret for secret in HIDDEN if secret in told] == [], address


def test_the_public_pages_do_tell_of_what_is_public(drafts, client):
    """Lest the drafts be missing only because everything is."""
    title = Commitment.objects.get(reference="TT-01").title
    told = [address for address in addresses() if title in body(client.get(address))]
    assert {"/", "/commitments/", "/commitments.csv", "/commitments/TT-01/", "/areas/culture/"} <= set(told)
    assert {"/organisations/hidden-owner/", "/releases/first/", "/updates/"} <= set(told)


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("day", ["", "?as_of=2018-08-24", "?as_of=2026-11-22"])
def test_a_draft_s_own_page_is_not_found(drafts, client, reference, day):
    draft, nothing = (client.get(f"/commitments/{one}/{day}") for one in (reference, "XX-99"))
    assert draft.status_code == nothing.status_code == 404
    assert body(draft).replace(reference, "XX-99") == body(nothing)


def test_drafts_are_in_no_count(drafts, client):
    assert client.get("/").context["total"] == 1
    assert client.get("/commitments/").context["total"] == 1
    assert client.get("/areas/culture/").context["tally"].commitments == 1
    assert client.get("/organisations/hidden-owner/").context["owned"]["total"] == 1
    answer = client.get("/commitments.csv")
    assert (answer.headers["X-Row-Count"], body(answer).count("\r\n")) == ("1", 2)


def test_a_draft_shows_once_it_is_published(drafts, client):
    over = Commitment.objects.get(reference="DR-01")
    ledger.append([ledger.publish(over, ledger.Recorder(), recorded_at=factories.WHEN)])
    assert SECRETS["title"] in body(client.get("/commitments/DR-01/"))
    assert "DR-03" not in body(client.get("/commitments/DR-01/"))
    assert UPDATE["note"] not in body(client.get("/commitments/DR-01/"))


def test_a_correction_cannot_make_a_public_commitment_part_of_a_draft(drafts, client):
    """Its page would name the draft's reference among the corrections."""
    public, over = (Commitment.objects.get(reference=reference) for reference in ("TT-01", "DR-01"))
    with pytest.raises(ValidationError):
        ledger.append([ledger.correct(public, {"part_of": over}, "It hangs on that one.", ledger.Recorder())])
    assert "DR-01" not in body(client.get("/commitments/TT-01/"))


def test_a_release_that_is_not_out_yet_is_named_nowhere(drafts, client):
    factories.ReleaseFactory(slug="tomorrow", title="Plenary of tomorrow", issued_on="2026-11-23")
    for address in addresses():
        assert "Plenary of tomorrow" not in body(client.get(address)), address


def test_nor_is_what_was_recorded_and_redacted_of_it(drafts, client):
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


def test_what_only_a_draft_names_is_on_no_page_and_in_no_filter(drafts, client):
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
