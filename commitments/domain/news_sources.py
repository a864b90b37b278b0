"""Which news source on the list a publisher of evidence is."""

import unicodedata

OPENING_BRACKET = "("  # folded; Chinese writes a wide one, without a blank before it


def fold_publisher(name: str) -> str:
    """A publisher as it is compared: without regard to width, case, blanks and typographic apostrophes."""
    plain = unicodedata.normalize("NFKC", name).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return " ".join(plain.casefold().replace(OPENING_BRACKET, f" {OPENING_BRACKET}").split())


def publisher_candidates(publisher: str) -> list[str]:
    """The names, folded, under which a publisher may be listed, the longest first.

    What follows in brackets says where the page was seen, or in whose words: "Xinhua (People's Daily Online)" is listed
    under its whole name, or as "xinhua".
    """
    folded = fold_publisher(publisher)
    cuts = [place for place, character in enumerate(folded) if character == OPENING_BRACKET and place]
    return [folded, *(folded[:place].rstrip() for place in reversed(cuts))]
