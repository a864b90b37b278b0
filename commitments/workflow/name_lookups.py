"""Organisations, areas and releases by what people call them: in imports, and wherever else somebody's words name one.

Names are compared as searches compare them: case, width, hyphens and the two forms of Chinese make no difference.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.i18n.collation import fold
from commitments.i18n.phrases import in_quotes, join_list, join_sentences
from commitments.models import Area, Organisation, Release
from commitments.models.fields import language_columns

MAX_LENGTH = 100  # characters of a name that are compared with those that are known
MAX_SUGGESTIONS = 3
TELLING = 4  # characters of a part of a name that tell something; a Chinese character stands for two
LONGEST_NAME = 300  # characters; nothing is called so
ARTICLE = re.compile(r"^the ")
LINES = re.compile(r"\s*[;；\n]\s*")
ENUMERATIONS = (re.compile(r"\s*、\s*"), re.compile(r"\s*[，,/]\s*"))  # the surer first


@dataclass(frozen=True, slots=True)
class Named:
    """What has a name: its slug, its title in the language of the record, and what else it is called."""

    slug: str
    title: str
    others: tuple[str, ...] = ()


class NameLookup:
    """What has names, by any of them. `unknown`: what is said of a name that nothing has, with a place for it."""

    def __init__(self, named: Iterable[Named], unknown: str | Promise) -> None:
        self.unknown = unknown
        self.refusals: dict[str, str] = {}  # each is worked out once, because it is compared with all names
        rows = list(named)
        self.titles = {row.slug: row.title for row in rows}
        # A slug or a title goes before what only may be called so, and a title first: our own exports say those.
        self.exact = {row.slug: row.slug for row in rows} | {row.title: row.slug for row in rows}
        self.folded: dict[str, set[str]] = {}
        for row in rows:
            for name in filter(None, (row.slug, row.title, *row.others)):
                self.folded.setdefault(_fold(name), set()).add(row.slug)

    def find(self, name: str) -> str | None:
        """The slug of the only one that is called so; None where none or several are."""
        if name in self.exact:
            return self.exact[name]
        slugs = self._called(name)
        return next(iter(slugs)) if len(slugs) == 1 else None

    def slug(self, name: str) -> str:
        """The same; ValidationError where there is none, with those that may be meant. Nothing for nothing."""
        if not name:
            return ""
        slug = self.find(name)
        if slug is None:
            if name not in self.refusals:
                self.refusals[name] = self.refusal(name)
            raise ValidationError(self.refusals[name])
        return slug

    def refusal(self, name: str) -> str:
        """What is said of a name that none has, or several have."""
        if slugs := self._called(name):
            message = _("“%(called)s” is what several are called: %(names)s. Write the full name.")
            return message % {"called": name[:60], "names": join_list(sorted(self.titles[slug] for slug in slugs))}
        return join_sentences([str(self.unknown) % {"called": name[:60]}, *did_you_mean(self.suggestions(name))])

    def _called(self, name: str) -> set[str]:
        return self.folded.get(_fold(name), set()) if len(name) <= LONGEST_NAME else set()

    def suggestions(self, name: str) -> list[str]:
        """Titles of those whose names are nearly this one, or hold it, the nearest first."""
        folded = _fold(name[:MAX_LENGTH])
        near = get_close_matches(folded, self.folded, n=MAX_SUGGESTIONS, cutoff=0.7)
        near += sorted(other for other in self.folded if len(folded) >= TELLING and folded in other)
        slugs = dict.fromkeys(slug for other in near for slug in sorted(self.folded[other]))
        return [self.titles[slug] for slug in slugs][:MAX_SUGGESTIONS]


class OrganisationLookup(NameLookup):
    """Organisations by full, short, other and former names in the three languages, and lists of them."""

    def __init__(self) -> None:
        # All of them, read once.
        columns = [column for name in ("name", "short_name", "aliases") for column in language_columns(name)]
        rows = Organisation.objects.values("slug", "former", *columns)
        named = []
        for row in rows:
            others = [name for column in columns for name in row[column].splitlines()]
            others += [
                former[column] for former in row["former"] for column in language_columns("name") if column in former
            ]
            named.append(Named(row["slug"], row["name"], tuple(others)))
        super().__init__(
            named, gettext_lazy("“%(called)s” is no organisation here. Write its slug or full name, or add it first.")
        )

    def slugs(self, cell: str) -> set[str]:
        """Those that a list names, whatever separates them; ValidationError for each that none is called."""
        slugs, problems = set(), []
        for name in self._names(cell):
            try:
                slugs.add(self.slug(name))
            except ValidationError as problem:
                problems += problem.messages
        if problems:
            raise ValidationError(problems)
        return slugs

    def _names(self, cell: str) -> list[str]:
        """A semicolon or a line's end always separates; 、 or a comma does where that gives a name that is known."""
        if self.find(cell):
            return [cell]
        names: list[str] = []
        for part in filter(None, LINES.split(cell.strip())):
            names += self._split(part, ENUMERATIONS)
        return names

    def _split(self, part: str, separators: Sequence[re.Pattern[str]]) -> list[str]:
        if not separators or self.find(part):
            return [part]
        pieces = filter(None, separators[0].split(part))
        names = [name for piece in pieces for name in self._split(piece, separators[1:])]
        return names if any(map(self.find, names)) else [part]


class AreaLookup(NameLookup):
    """Areas by their names in the three languages."""

    def __init__(self) -> None:
        rows = Area.objects.values_list("slug", *language_columns("name"))
        named = [Named(slug, name, tuple(others)) for slug, name, *others in rows]
        super().__init__(named, gettext_lazy("There is no area “%(called)s”. Write its slug or name."))


class ReleaseLookup(NameLookup):
    """Releases by their titles in the three languages."""

    def __init__(self) -> None:
        rows = Release.objects.values_list("slug", *language_columns("title"))
        named = [Named(slug, title, tuple(others)) for slug, title, *others in rows]
        super().__init__(named, gettext_lazy("There is no release “%(called)s”. Write its slug or title."))


def did_you_mean(names: Iterable[str]) -> list[str]:
    """The question, where there are names to ask about."""
    quoted = [in_quotes(name) for name in names]
    return [_("Did you mean %(names)s?") % {"names": join_list(quoted)}] if quoted else []


def _fold(name: str) -> str:
    return ARTICLE.sub("", fold(name))
