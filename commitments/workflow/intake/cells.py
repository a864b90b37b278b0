"""Proposals as the cells of an import of commitments, and as plain values for programs."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from commitments.domain.choices import DeadlineBasis, Level
from commitments.domain.reading.reader import WHY, Proposal
from commitments.domain.references import is_taken_for_date
from commitments.i18n.languages import CHINESE, RECORD_LANGUAGE, column_suffix
from commitments.models import Commitment

SEPARATOR = "; "  # between organisations, as in our export
FALLBACK_PREFIX = "PL"
LONGEST_QUOTE, LONGEST_TEXT = 300, 300  # characters of a quote, and of other short texts of a commitment
LONGEST_WORDS, LONGEST_UNIT = 120, 60
DOUBTFUL_BELOW = 0.5  # of how sure a guess is: below it somebody must look
COLUMNS = (
    "reference", "title", "release", "area", "kind", "force", "level", "owners", "owner_inferred", "partners", "quote",
    "deadline", "target", "unit", "paragraph", "part_of", "parties_as_stated", "owner_note", "deadline_as_stated",
    "deadline_basis", "measure", "target_approximate", "done_when",
)  # fmt: skip
OF_THE_RELEASE = ("reference", "release", "part_of")  # what a proposal does not say by itself
Cells = dict[str, str]


def import_cells(proposals: list[Proposal], release: str) -> list[Cells]:
    """A row for each proposal under the columns of the import, each with a reference that was never used."""
    references = new_references(proposal.area.slug for proposal in proposals)
    rows = []
    with override(RECORD_LANGUAGE):
        for reference, proposal in zip(references, proposals, strict=True):
            cells = {"reference": reference, "release": release, "part_of": ""} | proposal_cells(proposal)
            if proposal.level == Level.AIM and proposal.aim_of is not None:
                cells["part_of"] = references[proposal.aim_of]
            rows.append({name: cells[name] for name in COLUMNS})
    return rows


def proposal_cells(proposal: Proposal) -> Cells:
    """What a proposal says by itself: all but its reference, its release and what it is part of."""
    deadline, target, parties = proposal.deadline, proposal.target, proposal.parties
    nobody = not (parties.owners or parties.partners or parties.as_stated)
    cells: Cells = dict.fromkeys((name for name in COLUMNS if name not in OF_THE_RELEASE), "")
    cells |= {
        "title": proposal.title,
        "area": proposal.area.slug or "",
        "kind": proposal.kind,
        "force": proposal.force,
        "level": proposal.level,
        "owners": SEPARATOR.join(parties.owners),
        "owner_inferred": str(parties.inferred).lower(),
        "partners": SEPARATOR.join(parties.partners),
        "parties_as_stated": _("not named in the text") if nobody else parties.as_stated[:LONGEST_TEXT],
        "owner_note": str(parties.note),
        "quote": proposal.quote[:LONGEST_QUOTE],
        "paragraph": str(proposal.paragraph),
        "done_when": proposal.done_when[:LONGEST_TEXT],
        "target_approximate": "false",
    }
    if deadline:
        cells["deadline_as_stated"] = deadline.words[:LONGEST_WORDS]
        if day := deadline.date:
            cells |= {"deadline": day, "deadline_basis": str(DeadlineBasis(deadline.basis))}
    if target:
        cells |= {"target": target.number, "unit": target.unit[:LONGEST_UNIT]}
        cells["target_approximate"] = str(target.approximate).lower()
    return cells


def doubts(proposal: Proposal) -> str:
    """What whoever decides must look at: why it was taken, and what is doubtful in it. Never a public field."""
    parts = [str(WHY[proposal.why])]
    if proposal.deadline and proposal.deadline.doubt:
        parts.append(_("Deadline “%(words)s”: %(doubt)s.") % _quoted(proposal))
    if not proposal.area.slug:
        parts.append(_("Area: %(heading)s") % {"heading": proposal.area.heading or str(proposal.area.reason)})
    return " ".join(parts)


def _quoted(proposal: Proposal) -> dict[str, Any]:
    deadline = proposal.deadline
    return {"words": deadline.words, "doubt": deadline.doubt} if deadline else {}


def carry_translations(before: Cells, cells: Cells) -> Cells:
    """Cells that take the place of others, with the translations of those texts that stay the same, and of no other."""
    carried = dict(cells)
    for name, translation in before.items():
        suffix = next((end for end in map(column_suffix, CHINESE) if name.endswith(end)), "")
        if not suffix:
            continue
        source = name.removesuffix(suffix)
        if before.get(source) == cells.get(source):
            carried[name] = translation
        elif cells.get(name) == translation:
            carried[name] = ""
    return carried


def new_references(slugs: Iterable[str | None], letters_given: str = "") -> list[str]:
    """A reference for each, by its area: with the letters that the area's commitments have, and the next numbers.

    `letters_given`: with these letters, whatever the area.
    """
    used = list(Commitment.objects.values_list("reference", "area__slug"))
    letters: dict[str | None, Counter[str]] = {}
    last: Counter[str] = Counter()
    for reference, slug in used:
        prefix, _hyphen, number = reference.partition("-")
        letters.setdefault(slug, Counter())[prefix] += 1
        last[prefix] = max(last[prefix], int(number))
    references = []
    for area in slugs:
        known = letters.get(area)
        prefix = letters_given or (known.most_common(1)[0][0] if known and area else _initials(area))
        if is_taken_for_date(f"{prefix}-1"):
            prefix = FALLBACK_PREFIX
        last[prefix] += 1
        references.append(f"{prefix}-{last[prefix]:02}")
    return references


def _initials(slug: str | None) -> str:
    """`belt-and-road` gives BAR, `culture` CU."""
    words = [word for word in re.split(r"[^a-z]+", slug or "") if word]
    letters = "".join(word[0] for word in words)[:4] if len(words) > 1 else "".join(words)[:2]
    return letters.upper() if len(letters) > 1 else FALLBACK_PREFIX


def plain_values(proposal: Proposal) -> dict[str, Any]:
    """All that was read of a proposal, as JSON takes it: guesses with their reasons and how sure they are."""
    deadline, target, parties = proposal.deadline, proposal.target, proposal.parties
    return {
        "start": proposal.start,
        "end": proposal.end,
        "text": proposal.words,
        "why": str(WHY[proposal.why]),
        "sure": proposal.sure,
        "title": proposal.title,
        "title_sure": proposal.title_sure,
        "quote": proposal.quote,
        "kind": proposal.kind,
        "kind_sure": proposal.kind_sure,
        "force": proposal.force,
        "level": proposal.level,
        "aim_of": proposal.aim_of,
        "deadline": deadline.date if deadline else None,
        "deadline_words": deadline.words if deadline else None,
        "deadline_basis": deadline.basis if deadline and deadline.date else None,
        "deadline_reason": str(deadline.reason) if deadline else None,
        "deadline_doubt": (str(deadline.doubt) or None) if deadline else None,
        "deadline_sure": deadline.sure if deadline else None,
        "target": target.number if target else None,
        "unit": target.unit if target else None,
        "target_words": target.words if target else None,
        "target_approximate": target.approximate if target else None,
        "target_sure": target.sure if target else None,
        "owners": list(parties.owners),
        "owner_inferred": parties.inferred,
        "owner_note": str(parties.note) or None,
        "owner_reason": str(parties.reason),
        "owner_sure": parties.sure,
        "partners": list(parties.partners),
        "parties_as_stated": parties.as_stated or None,
        "area": proposal.area.slug,
        "heading": proposal.area.heading or None,
        "area_reason": str(proposal.area.reason),
        "area_sure": proposal.area.sure,
        "paragraph": proposal.paragraph,
        "done_when": proposal.done_when,
    }
