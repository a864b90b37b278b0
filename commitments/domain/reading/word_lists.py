"""Lists of words, written as a text: a list is a rule, and is read as one."""


def words(text: str) -> frozenset[str]:
    """The words of a text, each once."""
    return frozenset(text.split())
