"""Who promises and who takes part, by the names that are on record and by the patterns of releases."""

import re
from dataclasses import dataclass
from itertools import pairwise

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.domain.reading.english_words import SIGNED
from commitments.domain.reading.source_text import normal, simplified_characters
from commitments.domain.reading.spans import DOUBTFUL, LIKELY, SURE, Span

BOTH = re.compile(
    r"\b(?:both|the two|two|each|all)\s+(?:sides|governments|places|parties|cities|countries|regions|participants|"
    r"ministers|leaders)\b|"
    r"\b(?:the\s+)?(?:parties|participants|signatories|ministers|leaders|sides)\b|双方|两地|各方|两地政府|双边|"
    r"甲乙双方|缔约方|参与方",
    re.IGNORECASE,
)
SELF = re.compile(
    r"\b(?:we|our|i|us|the government|this government|the administration)\b|我们|我|政府|当局|本府|本局|本署",
    re.IGNORECASE,
)
WITH = re.compile(
    r"\bwith\b|\bin (?:collaboration|partnership|conjunction|co-?operation|consultation) with\b|与|同|和|联同|会同",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"\b(?:between|among)\s+(?P<first>.+?)\s+and\s+(?P<second>.+)", re.IGNORECASE | re.DOTALL)
ENTRUSTED = re.compile(
    r"\b(?:entrusting|requiring|asking|inviting|commissioning|directing|instructing)\s+(?P<who>.+?)\s+(?:with|to)\b",
    re.IGNORECASE,
)
ABBREVIATED = re.compile(r"\s*\((?:the\s+)?\"?[A-Z][A-Za-z&-]{1,12}\"?\)|（[^（）]{1,12}）")
PASSIVE = re.compile(
    r"\b(?:will|shall|to|must|is|are)\s+(?:\w+\s+){0,3}?be(?:en)?\s+(?:\w+\s+){0,2}?\w+(?:ed|en|t|d|de)\b",
    re.IGNORECASE,
)
PROPER = re.compile(
    r"(?:[Tt]he\s+)?(?P<name>[A-Z][\w&'.-]*(?:\s+(?:of|and|for|the|on|in|&)\s+(?=[A-Z])|\s+(?=[A-Z(])|[A-Z][\w&'.-]*|"
    r"\([A-Z]\w*\))*)"
)

LONGEST_SUBJECT = 14  # words of a subject that can be who acts
SHORTEST_NAME = 3
FURTHEST_COMPANION = 160  # characters behind "with"


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation on record. `names`: all that it is called; `places`: what its side is called.

    `governs`: it is a government.
    """

    slug: str
    names: tuple[str, ...]
    places: tuple[str, ...] = ()
    governs: bool = False


@dataclass(frozen=True, slots=True)
class Parties:
    """`owners` and `partners` by slug; `as_stated`: whoever is named and not on record; `note`: why one is inferred."""

    owners: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    as_stated: str = ""
    inferred: bool = False
    note: str | Promise = ""
    reason: str | Promise = ""
    sure: float = 0.0


class PartyReader:
    """Reads the parties of the spans of one text; it remembers who promised last, for what is said in the passive."""

    def __init__(self, parties: list[Party]) -> None:
        self.parties = parties
        self.names = sorted(
            (
                (normal(ABBREVIATED.sub("", name)).translate(simplified_characters()).removeprefix("the "), party)
                for party in parties
                for name in party.names
                if len(name) > 1
            ),
            key=lambda pair: -len(pair[0]),
        )
        shared: dict[str, set[str]] = {}
        for name, party in self.names:
            shared.setdefault(name, set()).add(party.slug)
        self.names = [(name, party) for name, party in self.names if len(shared[name]) == 1]
        governments = [party for party in parties if party.governs and party.places]
        places = [party.places for party in governments]
        self.governments = [party for party in governments if places.count(party.places) == 1]

    def places(self) -> list[str]:
        """What the places of the governments are called, first as the record has them."""
        return [party.places[0] for party in self.governments]

    def named(self, words: str) -> list[Party]:
        """The organisations on record that words name, in their order; the longest name wins."""
        text = normal(ABBREVIATED.sub("", words))
        found: list[tuple[int, int, Party]] = []
        for name, party in self.names:
            for match in re.finditer(rf"(?<![a-z]){re.escape(name)}(?![a-z])", text):
                found.append((*match.span(), party))
                text = text[: match.start()] + "\0" * len(name) + text[match.end() :]
        found.sort(key=lambda place: place[0])
        # "the Department of Justice of the HKSAR Government" is the department alone.
        within = {
            start
            for (_a, end, _party), (start, _b, _other) in pairwise(found)
            if re.fullmatch(r"\s+of\s+(?:the\s+)?", text[end:start])
        }
        return list(dict.fromkeys(party for start, _end, party in found if start not in within))

    def governments_of(self, words: str) -> list[Party]:
        """The governments whose places words name, where they name the places alone."""
        return [party for party in self.governments if _names_a_place(words, party.places)]

    def read(self, copy: str, span: Span) -> Parties:
        """Owners and partners of a span, each with its reason."""
        words, subject, lead = (_plain(copy, place) for place in ((span.start, span.end), span.subject, span.lead))
        sentence = _plain(copy, span.sentence)
        if span.kind == "agreement":
            return self._agreement(words, subject, lead)
        entrusted = ENTRUSTED.match(words)
        if entrusted and (deputies := self.named(entrusted["who"])):
            others = [party for party in self.named(subject) if party not in deputies]
            reason = _("It is named as whoever is to do it.")
            return Parties(_slugs(deputies), _slugs(others), reason=reason, sure=LIKELY)
        partners = self._companions(words.removeprefix(subject))
        if span.level == "aim":
            subject = subject or lead
        owners = self.named(_opening(subject))
        if span.why in ("aim", "part", "list") and SIGNED.search(sentence):
            partners += self.named(sentence)
            owners = owners if span.why == "part" else owners[:1]
        passive = _is_passive(words, sentence if span.lead else "", subject)
        if owners and (not passive or len(subject.split()) <= LONGEST_SUBJECT):
            others = [party for party in partners if party not in owners]
            return Parties(_slugs(owners), _slugs(others), reason=_("It is named as whoever promises."), sure=SURE)
        return self._inferred(subject or lead, partners, passive=passive)

    def _companions(self, words: str) -> list[Party]:
        """Who is named after "with", or whose place is."""
        found: list[Party] = []
        for match in WITH.finditer(words):
            companion = words[match.end() : match.end() + FURTHEST_COMPANION].strip()
            found += self.named(companion)
            found += [party for party in self.governments if companion.startswith(party.places)]
        return found

    def _inferred(self, subject: str, partners: list[Party], *, passive: bool) -> Parties:
        places = [] if passive else self.governments_of(subject)

        def others(owners: list[Party]) -> tuple[str, ...]:
            return tuple(party.slug for party in dict.fromkeys(partners) if party not in owners)

        if places and len(places) > 1:
            note = _("The release names only the places; their governments are taken as owners.")
            return Parties(_slugs(places), others(places), inferred=True, note=note, reason=note, sure=LIKELY)
        if places:
            note = _("The release names the place and no body; its government is taken as the owner.")
            return Parties(_slugs(places), others(places), inferred=True, note=note, reason=note, sure=LIKELY)
        if BOTH.search(subject) and len(self.governments) > 1:
            note = _("The release speaks of both sides; the two governments are taken as owners.")
            return Parties(
                _slugs(self.governments), others(self.governments), inferred=True, note=note, reason=note, sure=LIKELY
            )
        if passive and self.governments:
            note = _(
                "Passive voice: the release does not say who. The governments that it speaks for are taken as owners."
            )
            return Parties(
                _slugs(self.governments), others(self.governments), inferred=True, note=note, reason=note, sure=DOUBTFUL
            )
        name = _proper_name(subject)
        if name and not SELF.fullmatch(subject.strip()):
            return Parties(
                partners=_slugs(partners),
                as_stated=name,
                reason=_("It is named, and not on record here."),
                sure=DOUBTFUL,
            )
        if self.governments:
            note = _("The release does not say who. The governments that it speaks for are taken as owners.")
            return Parties(
                _slugs(self.governments), others(self.governments), inferred=True, note=note, reason=note, sure=DOUBTFUL
            )
        return Parties(
            partners=_slugs(partners),
            as_stated="" if SELF.fullmatch(subject.strip()) else subject[:200],
            reason=_("Nobody on record is named."),
            sure=DOUBTFUL,
        )

    def _agreement(self, words: str, subject: str, lead: str) -> Parties:
        """The first party named owns it, the others take part; "between A and B" names both."""
        first: list[Party] = []
        if between := BETWEEN.search(words):
            first, second = self.named(between["first"]), self.named(between["second"])
        if not first:
            signatories = self.named(subject) or self.named(lead)
            first, second = signatories[:1], [*signatories[1:], *self.named(words.removeprefix(subject))]
        partners = [party for party in dict.fromkeys(second) if party not in first] if first else []
        if first:
            return Parties(
                _slugs(first[:1]),
                _slugs([*first[1:], *partners]),
                reason=_("It is named first of those who signed."),
                sure=LIKELY,
            )
        return Parties(
            as_stated=_proper_name(subject or words)[:200],
            reason=_("Those who signed are not on record here."),
            sure=DOUBTFUL,
        )


def _plain(copy: str, place: tuple[int, int] | None) -> str:
    """A span in one line; empty where there is none."""
    return " ".join(copy[place[0] : place[1]].split()) if place else ""


def _is_passive(words: str, sentence: str, subject: str) -> bool:
    """Whether it is not said who: "support will be provided"."""
    return bool(PASSIVE.search(words) or PASSIVE.search(sentence)) and not SELF.match(subject)


def _opening(subject: str) -> str:
    """A subject without what it does it with: "In collaboration with X, we" is "we"."""
    return re.sub(
        r"^(?:in|with|together with|working with|by|at|on|from|through|as)\b[^,]*,\s*", "", subject, flags=re.IGNORECASE
    )


def _slugs(parties: list[Party]) -> tuple[str, ...]:
    return tuple(party.slug for party in dict.fromkeys(parties))


def _proper_name(words: str) -> str:
    match = max(PROPER.finditer(words), key=lambda found: len(found["name"]), default=None)
    return match["name"].strip() if match and len(match["name"]) >= SHORTEST_NAME else ""


def _names_a_place(words: str, places: tuple[str, ...]) -> bool:
    """`Hong Kong's service industries` name no place that promises."""
    text = words.translate(simplified_characters())
    return any(
        re.search(rf"(?<![A-Za-z]){re.escape(place.translate(simplified_characters()))}(?!['’]s\b|[A-Za-z])", text)
        for place in places
    )
