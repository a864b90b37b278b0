"""References as people type them: `cu-06`, `CU06`, in full width. They lead to the one address of the commitment."""

import re
import unicodedata
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.timezone import localdate

from commitments.models import Commitment
from commitments.query.entries import retraction_of_publication
from commitments.web.pages import page_of_day
from commitments.web.snapshot import public_get

# Letters and digits of half and of full width, and what is typed for a hyphen or left out.
SPELLING = "[A-Za-zＡ-Ｚａ-ｚ]{2,4}[-‐‑‒–—―−－﹣ ]?[0-9０-９]{2,6}"
PARTS = re.compile(r"([A-Z]+)[^A-Z0-9]*([0-9]+)")


def canonical_reference(spelling: str) -> str:
    """The reference that is meant: "CU-06" for "cu06"; the spelling must fit SPELLING."""
    return PARTS.sub(r"\1-\2", unicodedata.normalize("NFKC", spelling).upper())


@public_get
def other_spelling(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    """To the address meant, with the whole question. `name`: its name in `urls.py`. Http404 if there is none."""
    canonical = canonical_reference(reference)
    if not has_address(canonical, name, page_of_day(request).day):
        raise Http404
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(reverse(name, args=[canonical]) + (f"?{query}" if query else ""))


def has_address(reference: str, name: str, day: date) -> bool:
    """Whether there is such an address on the day: what was retracted has its page, and no files of its own."""
    if Commitment.objects.as_of(day).filter(reference=reference).exists():
        return True
    return name == "commitment" and retraction_of_publication(reference, localdate()) is not None
