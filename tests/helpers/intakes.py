"""A release of ten pledges that is being read."""

from datetime import date

from commitments.models import Release
from commitments.workflow.intake.starting import start_intake

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
    )
    return start_intake(release, text, chinese_text, "", user)
