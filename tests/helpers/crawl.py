"""What everybody is answered, as files: made before and after a change that nobody should notice, then compared.

    export PYTHONHASHSEED=0                          Django's admin lists some names in the order of a set
    python -m tests.helpers.crawl make DATABASE      an SQLite file with the first release and entries of staff's own
    python -m tests.helpers.crawl ask DATABASE FOLDER
    diff -r BEFORE AFTER

The database is made by the commit before and migrated by the one after. Files, feeds, calendars, the API and the ledger
must be alike byte for byte; pages as trees, with white space evened out and without tokens and the digests in the names
of static files.
"""

import io
import os
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

# Before anything of Django's: which database it is. The key signs what a page keeps hidden.
if __name__ == "__main__":
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "DATABASE_URL": f"sqlite:///{Path(sys.argv[2]).resolve()}",
        "SECRET_KEY": "the same for every crawl " * 3,
    }
    import django

    django.setup()

import time_machine
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.cache import caches
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.test.html import parse_html
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation

from commitments.i18n.languages import LANGUAGE_TAGS, path_in_language
from commitments.ledger.new_entries import Actor
from commitments.ledger.translations import NewTranslation, record_translations
from commitments.models import Commitment, EntityProposal, EntryProposal, ErrorReport, LedgerEntry
from tests import factories
from tests.helpers.days import NOW
from tests.helpers.exports import QUERIES
from tests.helpers.installation import FIXTURE
from tests.helpers.ledger_acts import correct, redact, retract
from tests.helpers.people import world
from tests.helpers.public_addresses import addresses

LISTS = ("/commitments/", "/commitments.csv", "/updates.atom", "/deadlines.ics", "/timeline/", "/api/v1/commitments/")
# What differs from one answer to the next: hidden fields that are signed or drawn, digests in names of static files.
HIDDEN = re.compile(r"""<input\b[^>]*name=["'](?:csrfmiddlewaretoken|stamp|chosen)["'][^>]*>""")
DIGESTS = re.compile(r"(?<=\.)[0-9a-f]{12}(?=\.\w)")


def make() -> None:
    """The first release, one member of staff of each role, and one of everything that staff do."""
    call_command("migrate", verbosity=0)
    with time_machine.travel(NOW, tick=False), transaction.atomic():
        call_command("load_release", FIXTURE)
        people = world()
        boss = User.objects.create_superuser("boss")
        commitment = Commitment.objects.get(reference="AV-04")
        first = factories.record(
            "report", commitment, date="2018-11", achieved="12", note="Twelve took the first course."
        )
        factories.record("context", commitment, note="It bears on it.")
        retract(first)
        redact(factories.record("check", commitment, note="A name to be removed."))
        correct(commitment, title="Train about 40 airport employees")
        record_translations([NewTranslation(commitment, "zh-hant", commitment.unit, "僱員")], Actor())
        draft = commitment.drafts.create(
            date="2019-11", status="in_progress", note="A draft.", author=people.contributor
        )
        draft.evidence.create(**factories.evidence())
        factories.CommitmentFactory(
            reference="DR-01", release=commitment.release, area=commitment.area, part_of=commitment
        )
        draft.pk, draft.author, draft.state, draft.returned_because = None, boss, "returned", "Name the course."
        draft.save()
        factories.record(
            "report", Commitment.objects.get(reference="CU-06"), date="2020", status="stopped", stop_reason="cancelled"
        )
        propose(commitment, boss)
        ErrorReport.objects.create(token="token", what="Something is wrong.", commitment=commitment)


def propose(commitment: Commitment, author: User) -> None:
    """One change of a name that waits, one that was declined and one that is on record; and one of a pledge."""
    named = {"kind": "organisation", "slug": "hksarg", "reason": "It is called so.", "author": author}
    changes = {"note": {"before": "", "after": "A note."}}
    decided = {"decided_at": timezone.now(), "decided_by": author}
    EntityProposal.objects.create(**named, changes=changes)
    EntityProposal.objects.create(**named, changes=changes, state="declined", declined_because="It is not.", **decided)
    entry = LedgerEntry.objects.latest("sequence")
    EntityProposal.objects.create(**named, changes=changes, state="recorded", published_as=entry, **decided)
    content = {"reason": "A slip.", "changes": [{"field": "note", "before": "", "after": "A note."}]}
    EntryProposal.objects.create(act="correction", commitment=commitment, content=content, author=author)


def public_addresses() -> Iterator[str]:
    """Every public address in each language, and each question of the lists."""
    for language in LANGUAGE_TAGS:
        yield from (path_in_language(language, address) for address in addresses())
        yield from (path_in_language(language, f"{address}?{query}") for address in LISTS for query in QUERIES)


def staff_addresses() -> Iterator[str]:
    """All pages of staff in each language."""
    for language in LANGUAGE_TAGS:
        with translation.override(language):
            yield from staff_pages()


def staff_pages() -> Iterator[str]:
    """The desk; of every model its list, its form, and what can be opened of its first row."""
    yield reverse("admin:index")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.order_by("pk").first()
        for page in ("changelist", "add", "import", "export"):
            yield from address(f"{name}_{page}")
        if row:
            for page in ("change", "history", "delete", "translations", "retract", "decide"):
                yield from address(f"{name}_{page}", row.pk)
    for commitment in Commitment.objects.filter(reference__in=["AV-04", "CU-06"]):
        yield f"{reverse('admin:commitments_draftupdate_add')}?commitment={commitment.pk}"
    yield reverse("admin:commitments_redactionrequest_ask", args=[LedgerEntry.objects.order_by("pk").last().pk])


def address(name: str, *arguments: Any) -> Iterator[str]:
    try:
        yield reverse(name, args=arguments)
    except NoReverseMatch:
        return


def ask(folder: Path) -> None:
    """Each answer as a file that bears its address."""
    boss = Client(headers={"host": "localhost"})
    boss.force_login(User.objects.get(username="boss"))
    anybody = Client(headers={"host": "localhost"}, raise_request_exception=False)
    for client, urls in ((anybody, public_addresses()), (boss, staff_addresses())):
        for url in urls:
            caches["visits"].clear()
            answer = client.get(url)
            file = folder / quote(url, safe="")[:200]
            file.write_bytes(f"{answer.status_code} {answer.headers.get('Content-Type')}\n".encode() + text_of(answer))


def text_of(answer: Any) -> bytes:
    body = b"".join(answer)
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return b"\n".join(name.encode() + b"\n" + book.read(name) for name in sorted(book.namelist()))
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return body
    page = DIGESTS.sub("", HIDDEN.sub("", body.decode()))
    return re.sub(r"\s+", " ", str(parse_html(page))).replace("> <", ">\n<").encode()


def main() -> None:
    """By the command line, as above."""
    # The clock is set to the day of the tests; a real server records nothing then.
    settings.CLOCK_STEP_SECONDS = float("inf")
    settings.SEARCHES_PER_MINUTE = settings.EXPORTS_PER_MINUTE = settings.WORK_SECONDS_PER_MINUTE = 1_000_000
    if sys.argv[1] == "make":
        make()
        return
    folder = Path(sys.argv[3])
    folder.mkdir(parents=True)
    with time_machine.travel(NOW, tick=False):
        ask(folder)
    print(f"{len(list(folder.iterdir()))} answers")


if __name__ == "__main__":
    main()
