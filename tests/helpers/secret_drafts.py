"""Drafts whose every word is a secret."""

from datetime import date

import pytest
from django.contrib.auth.models import User

from commitments.ledger.new_entries import Actor
from commitments.ledger.translations import NewTranslation, record_translations, text_places
from commitments.models import Agreement, Commitment, ErrorReport
from commitments.workflow.intake.starting import start_intake
from tests import factories

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

# Of the text of the release, which is public itself: its words, and what was read from them.
TEXT = "Ports unlit\n\nThe Harbour Office will sell lanterns by 2033.\n\nIt whispered of tides.\n"
CHINESE_TEXT = "港務處將出售燈籠。"
READ = ["Ports unlit", "will sell lanterns", "Sell lanterns", "whispered of tides", "港務處將出售燈籠"]

HIDDEN = [*SECRETS.values(), *REFERENCES, *UPDATE.values(), *EVIDENCE.values(), *CHINESE.values(), *READ]


@pytest.fixture
def secret_drafts(db):
    """A public commitment with everything; beside it, over it, under it and on it, drafts."""
    write()


def write():
    """What `secret_drafts` puts into the database."""
    release, area = factories.ReleaseFactory(slug="first"), factories.AreaFactory(slug="culture")
    owner = factories.OrganisationFactory(slug="hidden-owner", name="Harbour Office")
    release.sections.create(position=1, heading="Culture", area=area)
    place = {"release": release, "area": area, "owners": [owner], "partners": [owner]}
    secret = SECRETS | {"owner_inferred": True, "deadline": "2030", "review_on": date(2020, 1, 1)}
    agreement = Agreement.objects.create(release=release, number=1, title="Agreement on culture", basis="named")
    public = factories.published(reference="TT-01", **place)
    factories.record("report", public)
    ErrorReport.objects.create(token="token", what="Something is wrong.", commitment=public)
    over = factories.CommitmentFactory(reference="DR-01", **place, **secret)
    factories.CommitmentFactory(reference="DR-02", part_of=public, kind="target", level="aim", **place, **secret)
    factories.CommitmentFactory(reference="DR-03", part_of=over, **place | {"area": None}, **secret)
    agreement.commitments.set(Commitment.objects.filter(published_at=None))
    release.refresh_from_db()  # its day is one now
    start_intake(release, TEXT, CHINESE_TEXT, "", User.objects.create_user("reader"))
    for commitment in Commitment.objects.all():
        draft = commitment.drafts.create(date="2026-11", status="completed", deadline="2031", **UPDATE)
        draft.evidence.create(relation="direct", source="party", date="2026", **EVIDENCE)
        secrets = set(text_places(commitment)) & {*SECRETS.values(), *UPDATE.values(), *EVIDENCE.values()}
        translations = [
            NewTranslation(commitment, language, text, chinese)
            for text in secrets
            for language, chinese in CHINESE.items()
        ]
        assert record_translations(translations, Actor())
