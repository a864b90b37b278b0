"""A release of ten pledges that is being read."""

from datetime import date

from django.urls import reverse

from commitments.models import Area, Release
from commitments.workflow.intake import deciding
from commitments.workflow.intake.deciding import Decider
from commitments.workflow.intake.drafting import look_at_deadline
from commitments.workflow.intake.starting import start_intake
from tests.helpers.admin_forms import Form

TEN_PLEDGES = """Harbour Cities agree on further work

The two governments met in Hong Kong on 12 March 2026. It was their third meeting.

Culture

The Leisure and Cultural Services Department will hold a Harbour Week in Shanghai in 2027.
Both sides will exchange exhibitions of paintings.
The museums of the two places held two exhibitions last year.
Hong Kong will invite about 40 young musicians to Shanghai and will publish their recordings.

Finance

Both sides will hold regular meetings on green finance.
Hong Kong is planning to open an office for fintech enterprises by 30 June 2027.
The markets of both places have grown since.

Ports

The Marine Department signed a memorandum of understanding with the Shanghai Maritime Safety Administration.
Both sides will publish a common map of the harbours within two years.
Hong Kong will train 25 pilots in 2027.
Shanghai will train 25 pilots in 2028.
"""


def begin_intake(user, text=TEN_PLEDGES, chinese_text=""):
    """Its text, read; the release is a draft."""
    release = Release.objects.create(
        slug="harbour-2026",
        title="Harbour Cities agree on further work",
        issued_on=date(2026, 3, 12),
        publisher="HKSAR Government",
        language="en",
        url="https://example.org/harbour",
    )
    return start_intake(release, text, chinese_text, "", user)


def accept_all(intake, user, **cells):
    """Every span taken for a pledge accepted with all that an import wants, the rest passed over. `cells`: of all."""
    for heading, slug in (("Culture", "culture"), ("Ports", "aviation")):
        intake.sections.filter(heading=heading).update(area=Area.objects.get(slug=slug))
    deciding.file_under_areas(intake, user)
    for span in intake.spans.filter(promises=True):
        deciding.accept(Decider(user, span.pk, span.revision), span.cells | cells, span.whole_id)
    deciding.pass_over_rest(intake, None, user)


def look_at_deadlines(intake, user):
    """Each ticked by itself."""
    for span in intake.spans.filter(promises=True).exclude(cells__deadline=""):
        look_at_deadline(Decider(user, span.pk, span.revision), looked_at=True)


def make_drafts(client, intake):
    """Open the review and press the button."""
    address = reverse("admin:commitments_intake_review", args=[intake.pk])
    return Form(client.get(address)).send(client, address, "_drafts")
