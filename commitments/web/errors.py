"""When the database cannot be asked: it is gone, full, locked for too long, or stopped a statement that took too long.

That is nobody's mistake and passes, so the answer is no 500 but a 503 that says so and when to come back, made
without the database. Whether a view, the admin, the sign-in, the API or a middleware met the error, it comes by
`public.error_pages.server_error_page`, and is logged as ever.
"""

import sqlite3
import sys
from collections.abc import Iterator
from http import HTTPStatus
from traceback import walk_tb

from django.db import InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from commitments.i18n.languages import strip_language

RETRY_AFTER_SECONDS = 30  # until it is worth asking again: PostgreSQL starts again, or a long write ends, within that
# Both databases say with one and the same class of error that they are full and that a query is none. In these cases
# waiting or making room helps. Of SQLite's codes the last byte says what it is about, of PostgreSQL's the first two
# characters: connection, transaction rolled back, resources, object in use, operator, system.
PRIMARY_CODE_MASK = 0xFF
PASSING_SQLITE_CODES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOMEM,
}
PASSING_SQLSTATES = ("08", "40", "53", "55", "57", "58")

# Where Django commits: no hook and no signal tells of it.
COMMIT_FUNCTION = BaseDatabaseWrapper.commit.__qualname__


def is_database_unavailable(error: BaseException | None) -> bool:
    """Whether an error says that the database cannot be asked, or came of one that does."""
    return any(map(_is_unavailable_error, _causes(error)))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and what it came of: where ending a transaction fails, too, that hides why it had to end."""
    while error:
        yield error
        error = error.__cause__ or error.__context__


def _is_unavailable_error(error: BaseException) -> bool:
    if not isinstance(error, OperationalError):
        return isinstance(error, InterfaceError)
    if isinstance(error.__cause__, sqlite3.Error):
        return error.__cause__.sqlite_errorcode & PRIMARY_CODE_MASK in PASSING_SQLITE_CODES
    state = getattr(error.__cause__, "sqlstate", None)  # none where there is no connection
    return state is None or str(state).startswith(PASSING_SQLSTATES)


def unavailable_response(request: HttpRequest) -> HttpResponse:
    """503, in the form of what was asked for; called while the error is handled."""
    message = _("The record cannot be read just now. Try again in a few minutes.")
    if strip_language(request.path).startswith("/api/"):
        response: HttpResponse = JsonResponse({"errors": [message]})
    elif request.path.endswith("/"):
        context = {"sent": request.method == "POST", "nothing_recorded": is_nothing_recorded(request, sys.exception())}
        response = render(request, "503.html", context)
    else:
        response = HttpResponse(f"{message}\n", content_type="text/plain; charset=utf-8")
    response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    response["Retry-After"], response["Cache-Control"] = str(RETRY_AFTER_SECONDS), "no-store"
    return response


def is_nothing_recorded(request: HttpRequest, error: BaseException | None) -> bool:
    """Whether it is certain that a form which failed left nothing behind.

    A view saves in one transaction, so an error that ends the view ends that, too; and before an address is resolved
    nothing is saved. Where the COMMIT itself failed its answer may have been lost on the way, and what fails after the
    view (the session is stored then) says nothing about it: then it may be on record.
    """
    if request.resolver_match and not getattr(request, "view_failed", False):
        return False
    frames = [frame for cause in _causes(error) for frame, _line in walk_tb(cause.__traceback__)]
    return all(frame.f_code.co_qualname != COMMIT_FUNCTION for frame in frames)
