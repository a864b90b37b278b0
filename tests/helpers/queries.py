"""What queries do."""

from typing import Any

# Django asks the database about a form's constraints, each in a transaction of its own that is over at once.
CONSTRAINT_CHECK = 'SELECT 1 AS "_check"'
# A session is written by most requests of staff, and by nothing that others wait for.
SESSION = 'UPDATE "django_session"'


def writing_queries(captured: Any) -> list[str]:
    """Those that write or lock rows, and those within a transaction, which on SQLite holds up whoever writes."""
    found, depth = [], 0
    for text in (query["sql"] for query in captured.captured_queries):
        if text.startswith(("SAVEPOINT", "RELEASE")):
            depth += 1 if text.startswith("SAVEPOINT") else -1
        elif (depth and not text.startswith((CONSTRAINT_CHECK, SESSION))) or writes(text):
            found.append(text)
    return found


def writes(text: str) -> bool:
    """Whether a query writes rows, or locks them."""
    reads = text.startswith(("SELECT", "WITH", SESSION))
    return not reads or " FOR UPDATE" in text or " FOR NO KEY" in text
