"""What is answered where there is no page, where a request is wrong, and where something failed."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.views.defaults import bad_request

from commitments.web.errors import is_database_unavailable, unavailable_response
from commitments.web.pages import page_of_day


def not_found_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with ways on, on the day that was asked for."""
    try:
        page = page_of_day(request)
    except SuspiciousOperation as error:
        return bad_request(request, error)
    return page.render("not_found", status=404)


def bad_request_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; 413 where more was sent than is read.

    503 where Django takes a session that could not be stored for one that was deleted meanwhile.
    """
    if is_database_unavailable(exception):
        return unavailable_response(request)
    if not isinstance(exception, RequestDataTooBig):
        return bad_request(request, exception)
    sizes = {"text": settings.DATA_UPLOAD_MAX_MEMORY_SIZE, "file": settings.IMPORT_MAX_BYTES}
    context = {name: filesizeformat(size) for name, size in sizes.items()}
    return render(request, "413.html", context, status=413)


def server_error_page(request: HttpRequest) -> HttpResponse:
    """503 where the database cannot be asked, else 500: by templates that ask it nothing."""
    if is_database_unavailable(sys.exception()):
        return unavailable_response(request)
    return render(request, "500.html", {"contact": settings.CONTACT}, status=500)
