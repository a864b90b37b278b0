"""Whole ways through the tracker, by people of each role, on the record of 2018 itself."""

import pytest
from django.urls import reverse

from commitments.models import Commitment, DraftUpdate, LedgerEntry
from tests.helpers.admin_forms import REPORT, Form, change, fill, record_address
from tests.helpers.exports import read
from tests.helpers.html import main_element, visible_text
from tests.helpers.ledger_acts import verify
from tests.helpers.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
QUEUE = reverse("admin:commitments_draftupdate_changelist") + "?state=waiting"


def decide(client, action, page, draft, **typed):
    """Choose a draft in the queue, and confirm what is to become of it."""
    asked = client.post(QUEUE, {"action": action, "_selected_action": [draft.pk]})
    return Form(asked).send(client, reverse(f"admin:commitments_draftupdate_{page}"), "go", **typed)


@pytest.mark.postgresql
def test_what_a_contributor_drafts_is_public_once_a_publisher_has_returned_it_seen_it_again_and_published_it(
    world, client
):
    one, entries = Commitment.objects.get(reference="CU-08"), LedgerEntry.objects.count()
    contributor, editor, publisher = map(signed_in, (world.contributor, world.editor, world.publisher))
    fill(contributor, record_address(one), "_send", **REPORT | {"date": "2026-10"})
    draft = DraftUpdate.objects.get()
    assert "CU-08" in editor.get(QUEUE).text
    decide(publisher, "return_selected", "return", draft, reason="Name the page.")
    assert "Name the page." in contributor.get("/admin/").text
    fill(contributor, change(draft), "_send", note="The doors were opened to 300 guests.")
    assert "300 guests" not in client.get("/commitments/CU-08/").text
    decide(publisher, "publish_selected", "publish", draft)
    assert LedgerEntry.objects.count() == entries + 1
    assert "The doors were opened to 300 guests." in visible_text(main_element(client.get("/commitments/CU-08/")))
    [row] = [row for row in read(client, "/commitments.csv?status=in_progress") if row["reference"] == "CU-08"]
    assert (row["status"], row["status_on"], row["evidence"]) == ("in_progress", "2026-10", "independent")
    assert verify()[0] == 0
    assert world.contributor.username not in client.get("/ledger.jsonl").getvalue().decode()


def test_an_administrator_gives_roles_and_publishes_nothing(world):
    one, administrator = Commitment.objects.get(reference="CU-08"), signed_in(world.administrator)
    assert administrator.get(reverse("admin:auth_user_changelist")).status_code == 200
    assert administrator.get(record_address(one)).status_code == 403
