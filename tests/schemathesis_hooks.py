"""What schemathesis cannot know of the API: that some values are right or wrong by what is on record.

Schemathesis imports this by SCHEMATHESIS_HOOKS; see `tests.soak`.
"""

import schemathesis

# Slugs, days that exist and have come, the last page, cursors, and how many words are too many.
BY_THE_RECORD = ("area", "owner", "partner", "release", "as_of", "deadline_from", "deadline_to", "page", "cursor", "q")


@schemathesis.hook
def filter_failure(context, failure, case, response) -> bool:
    """A question that the schema allows may be refused for such a value and for nothing else."""
    if type(failure).__name__ != "RejectedPositiveData":
        return True
    return {error.partition(":")[0] for error in response.json()["errors"]} - set(BY_THE_RECORD) != set()
