"""How long a text may be that somebody writes: the one number that forms, imports, the ledger and exports agree on.

A cell of a workbook holds 32,767 characters: a text of this length, the cell's other words beside it, is never cut.
What was put on record before there was a limit stays as it is.
"""

from django.utils.translation import gettext as _

MAX_TEXT_LENGTH = 10_000  # characters


def length_problem(text: str) -> str:
    """What is wrong with the length of a new text, and what to do; nothing where nothing is."""
    if len(text) <= MAX_TEXT_LENGTH:
        return ""
    message = _("It has %(found)s characters, and a text has at most %(most)s. Shorten it, or record it in parts.")
    return message % {"found": f"{len(text):,}", "most": f"{MAX_TEXT_LENGTH:,}"}
