"""Many public commitments at once, with one append to the ledger, and how many queries a page of them takes."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.ledger.append import append_entries, new_correction, new_publication, new_redaction, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.models import Agreement, Commitment, Organisation, Ownership, Partnership, Release
from tests import factories


def place():
    """Where all of a crowd stands."""
    release = Release.objects.filter(slug="of-all").first() or factories.ReleaseFactory(slug="of-all")
    area = release.sections.first().area if release.sections.exists() else factories.AreaFactory(slug="of-all")
    release.sections.get_or_create(position=1, area=area, heading="Everything")
    return {"release": release, "area": area}


def crowd(numbers, *, owners=(), **fields):
    """A public commitment for each number, QQ-0001 and so on, each with the same owners; returns them in order."""
    usual = {"paragraph": 1, "quote": "will do it", "kind": "action", "force": "promise", "done_when": "It is done."}
    fields = place() | usual | {"title": "Do the thing"} | fields
    drafts = [Commitment(reference=f"QQ-{number:04}", **fields) for number in numbers]
    Commitment.objects.bulk_create(drafts)
    pairs = [{"commitment": draft, "organisation": body} for draft in drafts for body in owners]
    Ownership.objects.bulk_create(Ownership(**pair) for pair in pairs)
    Partnership.objects.bulk_create(Partnership(**pair) for pair in pairs[:: len(owners) or 1])
    queryset = Commitment.objects.select_related("release", "area", "part_of").prefetch_related("owners", "partners")
    commitments = list(queryset.filter(pk__in=[draft.pk for draft in drafts]).order_by("reference"))
    append_entries([new_publication(draft, Actor(), recorded_at=factories.WHEN) for draft in commitments])
    return commitments


def grow(numbers):
    """Everything of which a page may show many: commitments, their owners, updates, evidence, parts, agreements."""
    body = Organisation.objects.filter(slug="body-of-all").first()
    owners = [
        body or factories.OrganisationFactory(slug="body-of-all"),
        *factories.OrganisationFactory.create_batch(len(numbers)),
    ]
    first = Commitment.objects.filter(reference="QQ-0001").first()
    commitments = crowd(numbers, owners=owners[:12], part_of=first)
    rows = [factories.evidence(url=f"https://example.org/{n}") for n in range(3)]
    first = first or commitments[0]
    new_entries = [factories.new("report", commitment, date="2019", evidence=rows) for commitment in commitments]
    new_entries += [factories.new("context", first, date="2019", evidence=rows) for _commitment in commitments]
    entries = append_entries(new_entries)
    by, title = Actor(), {"title": f"Do the thing with {len(commitments)}"}
    append_entries([new_correction(commitment, title, "A slip.", by) for commitment in commitments])
    append_entries([new_retraction(entry, "Wrong.", by) for entry in entries[-len(commitments) // 2 :]])
    append_entries(
        [
            new_redaction(entry, None, "A name.", by)
            for entry in entries[len(commitments) : len(commitments) + len(commitments) // 2]
        ]
    )
    for commitment in commitments:
        number = int(commitment.reference[3:])
        agreement = Agreement.objects.create(
            release=commitment.release, number=number, title="Agreement", basis="named"
        )
        agreement.parties.set(owners[:3])
        agreement.commitments.set([commitment])


def queries(client, address):
    """How many queries a page takes."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = client.get(address)
        assert answer.status_code == 200
        b"".join(answer)
    return len(captured)
