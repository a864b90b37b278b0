"""Whatever goes wrong, the API says so in one form: `{"errors": ["…", …]}`, each a sentence."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404
from django.utils.log import log_response
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, MethodNotAllowed, NotAcceptable, NotFound, ValidationError
from rest_framework.response import Response

from commitments.web.errors import is_database_unavailable
from commitments.web.rate_limits import RateLimitedError


class Retracted(APIException):
    """410: what is asked for was put on record by mistake, and counts nowhere."""

    status_code = HTTPStatus.GONE


def exception_handler(problem: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to a request that failed. What is our fault is logged, as Django logs it, and told to nobody else.

    None where the database cannot be asked: that is answered in one place for all addresses.
    """
    if is_database_unavailable(problem):
        return None
    api_exception = as_api_exception(problem)
    if api_exception is None:
        return server_error(problem, context["request"]._request)
    return Response(
        {"errors": list(error_sentences(api_exception))},
        api_exception.status_code,
        headers=retry_headers(api_exception),
    )


def as_api_exception(problem: Exception) -> APIException | None:
    """What the asker can do something about; None for a fault of ours."""
    if isinstance(problem, Http404):
        return NotFound()
    if isinstance(problem, SuspiciousOperation):
        return ValidationError([_("The address has too many parts, or parts that are no text.")])
    return problem if isinstance(problem, APIException) else None


def error_sentences(problem: APIException) -> Iterator[str]:
    """What is wrong, and what to do about it."""
    if isinstance(problem, MethodNotAllowed):
        yield _("The API can only be read: ask with GET or HEAD.")
    elif isinstance(problem, NotAcceptable):
        yield _("The API answers in JSON: accept application/json, or say nothing of what you accept.")
    elif isinstance(problem, RateLimitedError):
        yield problem.message()
        yield _("Whole files are at /data/: they take one request.")
    elif isinstance(problem.detail, list):
        yield from map(str, problem.detail)
    else:
        yield str(problem.detail)


def retry_headers(problem: APIException) -> dict[str, str]:
    """When to come back, where that is the problem."""
    return {"Retry-After": str(problem.seconds)} if isinstance(problem, RateLimitedError) else {}


def server_error(problem: Exception, request: Any) -> Response:
    """500, and a line in the log with what failed."""
    got_request_exception.send(sender=None, request=request)
    message = _("Something went wrong here, and it is our fault. Try again later.")
    response = Response({"errors": [message]}, HTTPStatus.INTERNAL_SERVER_ERROR)
    log_response("%s: %s", message, request.path, response=response, request=request, exception=problem)
    return response
