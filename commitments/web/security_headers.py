"""What browsers are told to refuse, on every answer; what they report of it; and how large a question may be."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.defaults import bad_request

from commitments.i18n.languages import strip_language
from commitments.web.rate_limits import count_request, rate_limited

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponseBase]

# None of it is used. (Those that Chromium knows: of any other it complains in its console.)
DISABLED_FEATURES = (
    "accelerometer autoplay browsing-topics camera clipboard-read clipboard-write display-capture encrypted-media "
    "fullscreen gamepad geolocation gyroscope hid idle-detection keyboard-map local-fonts magnetometer microphone midi "
    "payment picture-in-picture screen-wake-lock serial storage-access sync-xhr usb window-management "
    "xr-spatial-tracking"
)
PASSKEY_FEATURES = ("publickey-credentials-create", "publickey-credentials-get")
MAX_REPORT_BYTES = 16 * 1024  # bytes
REPORTS_PER_MINUTE = 10  # from one network
# All that the log takes over from a report, so that nobody writes lines of their own into it.
DIRECTIVE = re.compile(r"[a-z][a-z-]{0,40}")
ORIGIN = re.compile(r"[a-z][a-z0-9+.-]{0,20}://[a-z0-9.:\[\]-]{0,100}")


def permissions_policy(passkeys: str) -> str:
    """The policy; `passkeys`: who may use them."""
    return ", ".join(
        [*(f"{name}=()" for name in DISABLED_FEATURES.split()), *(f"{name}=({passkeys})" for name in PASSKEY_FEATURES)]
    )


PUBLIC_POLICY, STAFF_POLICY = permissions_policy(""), permissions_policy("self")


class SecurityHeaders:
    """Beside what Django's and django-csp's middleware write. First of all but CORS: static files have them, too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.staff = reverse("admin:index")
        self.for_other_sites = re.compile(settings.CORS_URLS_REGEX)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        path = strip_language(request.path)
        shared = self.for_other_sites.match(path)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if shared else "same-origin"
        response.headers["Permissions-Policy"] = PUBLIC_POLICY
        if path.startswith(self.staff):
            response.headers["Permissions-Policy"] = STAFF_POLICY
            response.headers.setdefault("Cache-Control", "private, no-store")  # allauth's pages have none
        response.headers["Reporting-Endpoints"] = f'csp="{reverse("csp_report")}"'
        return response


class RequestLimits:
    """Answers 413 before anything of a too large body is read, and 400 to a value that no column can hold.

    Forms look at most values first. In Django's admin some keys reach a query as they are typed: of ticked rows, among
    many choices, in lookups. That it fails is no fault of ours; it is a line in the log, lest a fault hides behind it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.staff = reverse("admin:index")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # What gives no length has no body for Django.
        max_bytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if strip_language(request.path).startswith(self.staff):
            max_bytes += settings.IMPORT_MAX_BYTES
        if content_length(request) > max_bytes:
            raise RequestDataTooBig("A body is larger than any that is read here.")
        if request.META.get("CONTENT_LENGTH", "0").strip("0123456789"):  # Django's reader of files would fail
            raise SuspiciousOperation("The length of the body is no number.")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        # The number is none, or too large; the text has a character that the database has not.
        request.view_failed = True  # type: ignore[attr-defined]  # read by `web.errors`: what it began to save is undone
        # By words alone Django says that a key is no number (tests/admin/test_impossible_keys.py knows them, too).
        no_number = isinstance(exception, ValueError) and "expected a number but got" in str(exception)
        if not no_number and not isinstance(exception, (OverflowError, DataError)):
            return None
        logger.warning("%s on %s: a value that no column can hold", type(exception).__name__, route_name(request.path))
        return bad_request(request, exception)


def content_length(request: HttpRequest) -> int:
    """The bytes of the body as the request gives them; 0 where it gives no number, as Django has it."""
    length = request.META.get("CONTENT_LENGTH") or ""
    return int(length) if length.isascii() and length.isdecimal() else 0


@csrf_exempt  # browsers send reports without cookies
@require_POST
@rate_limited
def csp_report(request: HttpRequest) -> HttpResponse:
    """A browser refused something on a page of ours: a line in the log, without what only its reader should know."""
    if content_length(request) > MAX_REPORT_BYTES:
        raise RequestDataTooBig("A report is larger than any that a browser sends.")
    count_request(request, "csp-report", REPORTS_PER_MINUTE)
    try:
        content = json.loads(request.body)
    except (ValueError, RecursionError):
        return HttpResponse("No JSON.\n", status=400, content_type="text/plain")
    for line in report_lines(content):
        logger.warning("%s", line)
    return HttpResponse(status=204)


def report_lines(content: Any) -> Iterator[str]:
    """What is worth a line: of the older form one report, of the newer (a list of reports) at most five."""
    for item in content[:5] if isinstance(content, list) else [content]:
        report = item.get("body") or item.get("csp-report") if isinstance(item, dict) else None
        if isinstance(report, dict):
            directive, page, blocked = (
                str(report.get(new) or report.get(old) or "")
                for new, old in (
                    ("effectiveDirective", "violated-directive"),
                    ("documentURL", "document-uri"),
                    ("blockedURL", "blocked-uri"),
                )
            )
            refused = leading_match(ORIGIN, blocked) or leading_match(DIRECTIVE, blocked)
            yield f"CSP: {leading_match(DIRECTIVE, directive)} on {route_name(page)} refused {refused}"


def leading_match(pattern: re.Pattern[str], text: str) -> str:
    """What the text begins with, where that is of the form."""
    match = pattern.match(text.lower())
    return match[0] if match else ""


def route_name(page: str) -> str:
    """A page's name in `urls.py`: its address could hold what opens somebody's report or resets a password."""
    try:
        return resolve(urlsplit(page).path).view_name or "a page"
    except (Resolver404, ValueError):
        return "an unknown page"
