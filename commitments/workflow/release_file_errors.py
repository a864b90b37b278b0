"""What is wrong with a release's file, and where in it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError

from commitments.ledger.append import EntryRefusedError

# What a value of the wrong shape runs into.
SHAPE_ERRORS: tuple[type[Exception], ...] = (AttributeError, DatabaseError, ObjectDoesNotExist, TypeError, ValueError)


class ReleaseFileError(Exception):
    """The file cannot be loaded. The message says where and why; nothing of it was stored."""


@contextmanager
def locate_errors(place: str, *more: type[Exception]) -> Iterator[None]:
    """Say where in the file something went wrong."""
    try:
        yield
    except EntryRefusedError:
        raise  # it knows its entry
    except ReleaseFileError as error:
        raise ReleaseFileError(f"{place}: {error}") from error
    except ValidationError as error:
        raise ReleaseFileError(f"{place}: {error_text(error)}") from error
    except KeyError as error:
        raise ReleaseFileError(f"{place}: {error} is missing, or names something that is not there.") from error
    except (*SHAPE_ERRORS, *more) as error:
        raise ReleaseFileError(f"{place}: {error}") from error


def error_text(error: ValidationError) -> str:
    """What a rule says, by field, on one line."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return "; ".join(f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())
