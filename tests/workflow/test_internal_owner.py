"""No page, download, feed or answer of the API tells whom a commitment is assigned to inside the house."""

import re
from itertools import cycle
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from commitments.i18n.languages import CHINESE, path_in_language
from commitments.ledger.verify import verify_ledger
from commitments.models import Affiliation, LedgerEntry
from commitments.workflow.assignments import assign
from tests import factories
from tests.helpers.admin_forms import REPORT, Form, change, fill, record_address
from tests.helpers.days import NOW
from tests.helpers.people import signed_in
from tests.helpers.public_addresses import addresses, body

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
CODE = Path(__file__).parent.parent.parent
OFFICE, OFFICER = "quiet-office", "quiet-officer"
SECRETS = (OFFICE, OFFICER, "The Quiet Office", "靜處", "静处")


@pytest.fixture(scope="module", autouse=True)
def recorded(module_db):
    """What a lead office and its officer recorded, everything of it assigned to them."""
    with time_machine.travel(NOW, tick=False):
        office = factories.OrganisationFactory(
            slug=OFFICE, name="The Quiet Office", short_name="QO", name_zh_hant="靜處", name_zh_hans="静处"
        )
        user = User.objects.create_superuser(OFFICER, "quiet-officer@example.org")
        Affiliation.objects.create(user=user, organisation=office)
        public = factories.published(reference="TT-01", deadline="2020")
        draft = factories.CommitmentFactory(reference="TT-02", owners=[public.owners.get()])
        assign([public, draft], office, user, user)
        client = signed_in(user)
        page = client.get(reverse("admin:commitments_commitment_publish"), {"commitment": draft.pk})
        Form(page).send(client, reverse("admin:commitments_commitment_publish"), "_confirm")
        fill(client, record_address(public), "_publish", **REPORT)
        fill(client, change(public), "_save", title="Mend a bridge", reason="It stood already.")
        report = LedgerEntry.objects.get(kind="report")
        fill(client, record_address(public), "_publish", **REPORT | {"note": "Twice."})
        client.post(reverse("admin:commitments_ledgerentry_retract", args=[report.pk]), {"reason": "Wrong."})
        assert LedgerEntry.objects.filter(kind__in=["correction", "retraction", "published"]).count() == 4
        return office


@pytest.mark.postgresql
def test_no_page_download_feed_or_answer_names_whom_it_is_assigned_to():
    # Each address in one language, in turns: what a page is asked of the record is the same in all of them.
    languages = cycle(("en-gb", *CHINESE))
    asked = [path_in_language(language, address) for language, address in zip(languages, addresses(), strict=False)]
    assert len(asked) > 50
    # An address that asks for the office itself is repeated where it says that there is no such page.
    told = {
        address: [secret for secret in SECRETS if secret not in address and secret in body(Client().get(address))]
        for address in asked
    }
    assert {address: secrets for address, secrets in told.items() if secrets} == {}
    assert list(verify_ledger()) == []


def test_no_public_module_or_template_knows_of_assignments():
    modules = [path for name in ("public", "api", "exports", "query", "web") for path in
               (CODE / "commitments" / name).rglob("*.py")]  # fmt: skip
    templates = [path for path in (CODE / "templates" / "commitments").rglob("*.html") if "mail" not in path.parts]
    assert len(modules) > 60
    assert len(templates) > 60
    words = re.compile(r"Assignment|\.assignment|assignment__|lead_office|desk_officer|answered_for|assigned_to")
    assert [path.name for path in modules + templates if words.search(path.read_text("utf-8"))] == []
