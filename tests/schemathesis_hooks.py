"""What schemathesis cannot know of the API: that some values are right or wrong by what is on record.

Schemathesis imports this by SCHEMATHESIS_HOOKS; see `tests.soak`.
"""

from itertools import count

import schemathesis

from tests.helpers.networks import network

# Slugs, days that exist and have come, the last page, cursors, and how many words are too many.
BY_THE_RECORD = ("area", "owner", "partner", "release", "as_of", "deadline_from", "deadline_to", "page", "cursor", "q")

VISITORS = count()


@schemathesis.hook
def before_call(context, case, kwargs) -> None:
    """Each question comes from a network of its own, so that the limits may stay as they are."""
    case.headers["X-Forwarded-For"] = network(next(VISITORS))


@schemathesis.hook
def filter_failure(context, failure, case, response) -> bool:
    """A question that the schema allows may be refused for such a value and for nothing else."""
    if type(failure).__name__ != "RejectedPositiveData":
        return True
    return {error.partition(":")[0] for error in response.json()["errors"]} - set(BY_THE_RECORD) != set()
