"""Things to test with. Drafts come from factories; what is public comes through the ledger, as everywhere."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

import factory
from django.utils import timezone

from commitments.ledger.append import append_entries, new_publication
from commitments.ledger.contents import update_content
from commitments.ledger.new_entries import Actor, NewEntry
from commitments.models import Area, Commitment, LedgerEntry, Organisation, Release, Repetition

WHEN = datetime(2026, 11, 29, 8, tzinfo=UTC)
_notes = count(1)


class ReleaseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Release

    slug = factory.Sequence(lambda n: f"release-{n}")
    title = factory.Sequence(lambda n: f"Release {n}")
    issued_on = "2018-08-24"
    publisher = "HKSAR Government"
    language = "en"


class AreaFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Area

    slug = factory.Sequence(lambda n: f"area-{n}")
    name = factory.Sequence(lambda n: f"Area {n}")
    position = factory.Sequence(lambda n: n % 30_000)


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    slug = factory.Sequence(lambda n: f"body-{n}")
    name = factory.Sequence(lambda n: f"Body {n}")
    kind = "government"
    side = "hong_kong"


class CommitmentFactory(factory.django.DjangoModelFactory):
    """A draft. `owners=[…]` and `partners=[…]` name organisations; by default one new owner."""

    class Meta:
        model = Commitment
        skip_postgeneration_save = True

    reference = factory.Sequence(lambda n: f"TT-{100 + n % 999_900}")  # below are those that tests name
    release = factory.SubFactory(ReleaseFactory)
    area = factory.SubFactory(AreaFactory)
    paragraph = 1
    title = factory.Sequence(lambda n: f"Do the thing number {n}")
    quote = factory.Sequence(lambda n: f"will do the thing number {n}")
    kind = "action"
    force = "promise"
    done_when = "The thing is done."
    deadline = ""
    deadline_basis = factory.LazyAttribute(lambda one: "stated" if one.deadline else "")

    @factory.post_generation
    def owners(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        self.owners.set([OrganisationFactory()] if extracted is None else extracted)

    @factory.post_generation
    def partners(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        self.partners.set(extracted or [])

    @factory.post_generation
    def repeats(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        """Earlier commitments that it promises again."""
        for earlier in extracted or ():
            Repetition.objects.create(commitment=self, repeated=earlier, why="The same.")


def published(**fields: Any) -> Commitment:
    """A public commitment, read back as it stands in the database; `recorded_at` where it matters when."""
    recorded_at = fields.pop("recorded_at", WHEN)
    draft = CommitmentFactory(**fields)
    append_entries([new_publication(draft, Actor(), recorded_at=recorded_at)])
    return Commitment.objects.get(pk=draft.pk)


def evidence(**fields: Any) -> dict[str, str]:
    """One row of evidence: direct, by a party."""
    row = {"title": "Report", "publisher": "Gazette", "url": "https://example.org/report"}
    return row | {"date": "", "archived_url": "", "relation": "direct", "source": "party"} | fields


def new(kind: str, commitment: Commitment, **said: Any) -> NewEntry:
    """A report, context or check to be appended; what is not said is filled in so that it is allowed."""
    note = f"Note {next(_notes)}"
    usual: dict[str, dict[str, Any]] = {
        "report": {"date": "2019", "status": "in_progress", "note": note, "evidence": [evidence()]},
        "context": {"date": "2019", "note": note, "evidence": []},
        "check": {"date": "2026-11-29", "searched": "Public web pages.", "note": note},
    }
    recorded_at = said.pop("recorded_at", WHEN if timezone.now() < WHEN else timezone.now())
    said = usual[kind] | said
    content = update_content(kind, said, said.get("evidence", ()))
    return NewEntry(kind, content, commitment, recorded_at=recorded_at)


def record(kind: str, commitment: Commitment, **said: Any) -> LedgerEntry:
    """A report, context or check on record."""
    return append_entries([new(kind, commitment, **said)])[0]
