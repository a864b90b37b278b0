"""How a reader checks the ledger: what an entry says, where the ledger ends, and a few lines that recompute it."""

import hashlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy as _

from commitments.models import LedgerHead
from commitments.web.page_cache import CACHE_CONTROL
from commitments.web.pages import Page, day_page
from commitments.web.snapshot import public_get

# For any Python from 3.9 on, with nothing installed. Tests run these very lines as the page shows them.
CHECK_SCRIPT = """\
import hashlib, json, urllib.request
def canonical(part): return json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
def sha256(text): return hashlib.sha256(text.encode()).hexdigest()
number, head, ledger = 0, "0" * 64, urllib.request.urlopen("ADDRESS")
for number, entry in enumerate(map(json.loads, ledger), start=1):
    content, salt, content_digest, digest = map(entry.pop, ("content", "salt", "content_digest", "digest"))
    head = sha256(head + canonical(entry) + content_digest)
    if head != digest or content is not None and sha256(salt + canonical(content)) != content_digest:
        raise SystemExit(f"Entry {number} does not fit.")
print(number, head)
"""
HEADS_PREAMBLE = """\
# The heads of the ledger: day in Hong Kong, last entry, its digest, signature of these three (Ed25519).
# Keep this file where the publisher cannot change it. manage.py verify_ledger --against FILE compares (docs/ledger.md).
"""
ENTRY_PARTS = (
    ("sequence", _("1, 2, 3 and so on, without gaps.")),
    ("kind", _("What sort of entry it is: a publication, a report, a context, a check, or one that mends another.")),
    (
        "commitment",
        _("The reference of the commitment that it is about; empty for a redaction, and for a name or description."),
    ),
    ("entity", _("Only of a name or description: whose it is, as organisation/hksarg.")),
    ("target", _("The entry that a retraction or redaction is about; else 0.")),
    ("recorded_at", _("When it was recorded, in UTC.")),
    ("role, organisation", _("In which role, and for which organisation, it was recorded. No person is named.")),
    ("key", _("A name that is given once, so that nothing is recorded twice; may be empty.")),
    ("content", _("What it says; null where it was redacted, or until the release is out.")),
    ("salt", _("Random letters and digits, so that nobody can guess a removed text from its digest.")),
    ("content_digest", _("SHA-256 of the salt and the content. It stays when they are removed.")),
    ("digest", _("SHA-256 of the entry before’s digest, of the parts listed above content, and of content_digest.")),
)


@day_page
def ledger_page(page: Page) -> HttpResponse:
    """What the ledger is and how to check it. Where it ends is told of today, whatever day is asked for."""
    check = CHECK_SCRIPT.replace("ADDRESS", page.request.build_absolute_uri(reverse("ledger_jsonl")))
    return page.render("ledger", head=LedgerHead.objects.get(), parts=ENTRY_PARTS, check=check)


@public_get
def heads_txt(request: HttpRequest) -> HttpResponse:
    """The list that `manage.py heads` writes, with its public keys. Not kept by the record's version: it has none."""
    try:
        lines = settings.HEADS_FILE.read_text(encoding="utf-8")
    except FileNotFoundError:
        lines = "# No line was written yet.\n"
    text = HEADS_PREAMBLE + lines
    headers = {"Cache-Control": CACHE_CONTROL, "ETag": f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'}
    response = HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)
    return get_conditional_response(request, headers["ETag"], None, response) or response
