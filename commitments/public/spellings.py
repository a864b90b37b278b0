"""References as people type them: `cu-06`, `CU06`, in full width. They lead to the one address of the commitment."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.timezone import localdate

from commitments.domain.references import canonical_reference
from commitments.models import Commitment
from commitments.query.entries import retraction_of_publication
from commitments.web.pages import page_of_day
from commitments.web.snapshot import public_get


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
