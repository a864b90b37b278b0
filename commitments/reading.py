"""Addresses that are read and never written to: pages, exports, feeds."""

from collections.abc import Callable

from django.http import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe


def for_reading(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Anything but GET and HEAD is answered 405, with a token or without."""
    return csrf_exempt(require_safe(view))
