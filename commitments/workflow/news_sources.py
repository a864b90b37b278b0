"""The list of news sources at work: which class a publisher belongs to, and what was recorded under another."""

from commitments.domain.news_sources import fold_publisher, publisher_candidates
from commitments.models import Evidence, NewsSource
from commitments.models.fields import language_columns


class NewsSourceLookup:
    """The news sources on record by their names in every language, read once."""

    def __init__(self) -> None:
        self.sources = list(NewsSource.objects.on_record())
        self._by_name = {
            fold_publisher(getattr(source, column)): source
            for column in reversed(language_columns("name"))  # where two share a name, that of the record's counts
            for source in self.sources
            if getattr(source, column)
        }

    def find(self, publisher: str) -> NewsSource | None:
        """The news source that a publisher of evidence is; None where it is not on the list."""
        names = publisher_candidates(publisher)
        return next((self._by_name[name] for name in names if name in self._by_name), None)


def recorded_under_another_class(news_source: NewsSource) -> list[Evidence]:
    """The standing evidence of a news source whose class, as recorded, is not the list's: somebody should look.

    Evidence keeps the class that it was recorded with: a paid post, or what was classed before the list was changed.
    """
    lookup = NewsSourceLookup()
    others = Evidence.objects.standing().exclude(source=news_source.source)
    rows = others.select_related("update__commitment").order_by("update__commitment__reference", "update", "position")
    return [row for row in rows if lookup.find(row.publisher) == news_source]
