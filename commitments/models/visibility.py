"""Which areas and organisations the public may see, in SQL: those that something public names.

Every page of the list asks both; putting the SQL together anew each time would cost more than running it.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models.expressions import RawSQL

IS_OUT = "c.published_at IS NOT NULL AND r.issued_on <= %s"
JOIN_COMMITMENT = (
    "JOIN commitments_commitment c ON c.id = p.commitment_id JOIN commitments_release r ON r.id = c.release_id"
)
NAMES_AREA = f"""EXISTS (SELECT 1 FROM commitments_commitment c JOIN commitments_release r ON r.id = c.release_id
WHERE c.area_id = commitments_area.id AND {IS_OUT})"""
NAMES_ORGANISATION = f"""(EXISTS (SELECT 1 FROM commitments_ownership p {JOIN_COMMITMENT}
WHERE p.organisation_id = commitments_organisation.id AND {IS_OUT})
OR EXISTS (SELECT 1 FROM commitments_partnership p {JOIN_COMMITMENT}
WHERE p.organisation_id = commitments_organisation.id AND {IS_OUT})
OR EXISTS (SELECT 1 FROM commitments_agreement_parties p JOIN commitments_agreement a ON a.id = p.agreement_id
JOIN commitments_release r ON r.id = a.release_id
WHERE p.organisation_id = commitments_organisation.id AND r.issued_on <= %s))"""


def area_is_public(today: date) -> RawSQL:
    """Whether something public stands in an area: not what only drafts name, or a release that is not out yet."""
    return RawSQL(NAMES_AREA, [today.isoformat()], output_field=models.BooleanField())


def organisation_is_public(today: date) -> RawSQL:
    """Whether an organisation owns something public, takes part in it, or is a party to an agreement that is out."""
    return RawSQL(NAMES_ORGANISATION, [today.isoformat()] * 3, output_field=models.BooleanField())
