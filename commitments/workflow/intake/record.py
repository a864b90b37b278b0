"""What is on record that a text is read by: organisations and areas with all their names, and the release's day."""

from datetime import date

from django.utils.translation import override

from commitments.domain.choices import OrganisationKind, Side
from commitments.domain.reading.parties import Party
from commitments.domain.reading.reader import Record
from commitments.i18n.languages import CHINESE, RECORD_LANGUAGE, column_suffix
from commitments.models import Area, Organisation

SIDES_WITH_A_PLACE = (Side.HONG_KONG, Side.SHANGHAI)
NAMES = ("name", "short_name", "aliases")


def read_record(issued_on: date | None) -> Record:
    """Drafts among organisations and areas count, too: whoever reads a release adds them first."""
    return Record(
        parties=tuple(_party(organisation) for organisation in Organisation.objects.all()),
        areas={area.slug: "\n".join(_texts(area, ("name",))) for area in Area.objects.all()},
        issued_on=issued_on,
    )


def _party(organisation: Organisation) -> Party:
    side = Side(organisation.side)
    return Party(
        slug=organisation.slug,
        names=tuple(_texts(organisation, NAMES)),
        places=_labels(side) if side in SIDES_WITH_A_PLACE else (),
        governs=organisation.kind == OrganisationKind.GOVERNMENT,
    )


def _texts(row: Organisation | Area, fields: tuple[str, ...]) -> list[str]:
    """What it is called, in every language, each once."""
    suffixes = ("", *map(column_suffix, CHINESE))
    lines = [line for field in fields for suffix in suffixes for line in getattr(row, field + suffix).splitlines()]
    return list(dict.fromkeys(filter(None, map(str.strip, lines))))


def _labels(side: Side) -> tuple[str, ...]:
    """What a side's place is called, in every language."""
    labels = []
    for language in (RECORD_LANGUAGE, *CHINESE):
        with override(language):
            labels.append(str(side.label))
    return tuple(dict.fromkeys(labels))
