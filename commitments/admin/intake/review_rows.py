"""The table of the step “review”: what each accepted span would be as a draft, and what is still to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.admin.imports.base import WRONG, RowOutcome
from commitments.admin.imports.export_columns import TRANSLATION_SOURCES
from commitments.admin.intake.pages import MARK, TRANSLATE, step_address
from commitments.admin.intake.rows import Outcomes, quote_problem, references_of
from commitments.domain.choices import Force, IntakeDecision, Kind, Level, Vocabulary
from commitments.domain.hash_chain import canonical_json
from commitments.domain.partial_dates import parse_partial_date
from commitments.i18n.phrases import join_list
from commitments.models import Area, Intake, IntakeSpan, Organisation
from commitments.workflow.name_lookups import OrganisationLookup

VOCABULARIES: dict[str, type[Vocabulary]] = {"kind": Kind, "force": Force, "level": Level}


@dataclass(frozen=True, slots=True)
class ToDo:
    """Something that is left before drafts can be made, and where it is done. `stops`: whether they cannot be.

    `on_page`: it is done on the page of the review itself, and stored with the press that makes the drafts.
    """

    words: str
    address: str = ""
    stops: bool = True
    on_page: bool = False


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """An accepted span as it would be, in the words of whoever looks.

    `problems` keep drafts from being made; `missing`: its texts that lack Chinese.
    """

    span: IntakeSpan
    card: str
    reference: str
    title: str
    area: str
    owners: str
    partners: str
    stated: str
    owner_note: str
    what: str
    deadline: str
    deadline_words: str
    target: str
    done_when: str
    problems: list[str]
    warnings: list[str]
    missing: int

    @property
    def is_looked_at(self) -> bool:
        """Whether its deadline, where it has one, was looked at."""
        return not self.deadline or self.span.deadline_confirmed


class RowMaker:
    """Makes the rows of one page: names of organisations and areas are read once."""

    def __init__(self, intake: Intake, spans: Sequence[IntakeSpan], outcomes: Outcomes) -> None:
        self.intake, self.spans, self.outcomes = intake, spans, outcomes
        self.references = references_of(intake, spans)
        self.lookup = OrganisationLookup()
        self.organisations = {organisation.slug: organisation for organisation in Organisation.objects.all()}
        self.areas = {area.slug: str(area) for area in Area.objects.all()}

    def rows(self) -> list[ReviewRow]:
        """In the order of the text."""
        return [self._row(span, self.outcomes[span.pk]) for span in self.spans]

    def _row(self, span: IntakeSpan, outcome: RowOutcome) -> ReviewRow:
        cells = span.cells | outcome.cells
        return ReviewRow(
            span=span,
            card=f"{step_address(self.intake, MARK)}?span={span.pk}",
            reference=self.references[span.pk],
            title=cells.get("title", ""),
            area=self.areas.get(cells.get("area", ""), cells.get("area", "")),
            owners=self._parties(cells.get("owners", "")),
            partners=self._parties(cells.get("partners", "")),
            stated=cells.get("parties_as_stated", ""),
            owner_note=cells.get("owner_note", "") if cells.get("owner_inferred") == "true" else "",
            what=join_list(_label(name, cells.get(name, "")) for name in VOCABULARIES if cells.get(name)),
            deadline=_day_label(cells.get("deadline", "")),
            deadline_words=cells.get("deadline_as_stated", ""),
            target=_target_label(cells),
            done_when=cells.get("done_when", ""),
            problems=row_problems(self.intake, span, outcome),
            warnings=outcome.warnings,
            missing=len(texts_without_chinese([span])),
        )

    def _parties(self, cell: str) -> str:
        """Their names in the reader's language; the cell itself where one of them cannot be read."""
        try:
            slugs = self.lookup.slugs(cell) if cell else set()
        except ValidationError:
            return cell
        return join_list(sorted(str(self.organisations[slug]) for slug in slugs))


def _label(name: str, value: str) -> str:
    members = VOCABULARIES[name]
    return str(members(value).label) if value in members.values else value


def _day_label(text: str) -> str:
    try:
        return str(parse_partial_date(text).label) if text else ""
    except ValueError:
        return text


def _target_label(cells: Mapping[str, str]) -> str:
    number = " ".join(filter(None, (cells.get("target", ""), cells.get("unit", ""))))
    is_approximate = number and cells.get("target_approximate") == "true"
    return _("about %(target)s") % {"target": number} if is_approximate else number


def row_problems(intake: Intake, span: IntakeSpan, outcome: RowOutcome) -> list[str]:
    """Why a span cannot become a draft: what an import would say, and a quote that the text does not hold."""
    quote = quote_problem(intake, span.cells.get("quote", ""))
    return [*(problem.message for problem in outcome.problems if outcome.kind == WRONG), *filter(None, [quote])]


def texts_without_chinese(spans: Sequence[IntakeSpan]) -> set[str]:
    """Each distinct text of these spans that lacks one of the two forms of Chinese."""
    return {
        text
        for span in spans
        for name, (column, _language) in TRANSLATION_SOURCES.items()
        if (text := span.cells.get(column, "")) and not span.cells.get(name)
    }


def shown_digest(spans: Sequence[IntakeSpan], outcomes: Outcomes) -> str:
    """The same only where every draft would say the same, its reference included."""
    judged = [(span, outcomes[span.pk]) for span in spans]
    shown = {str(span.pk): [outcome.name, outcome.kind, span.cells, outcome.cells] for span, outcome in judged}
    return salted_hmac("review of an intake", canonical_json(shown), algorithm="sha256").hexdigest()[:32]


def to_do(intake: Intake, rows: Sequence[ReviewRow]) -> list[ToDo]:
    """What is left before these rows can become drafts, what stops them first."""
    spans = [row.span for row in rows]
    undecided = intake.spans.filter(decision=IntakeDecision.UNDECIDED).order_by("start", "end")
    found = []
    if number := undecided.count():
        first = undecided.values_list("pk", flat=True)[0]
        text = ngettext("%(number)s sentence is undecided.", "%(number)s sentences are undecided.", number)
        found.append(ToDo(text % {"number": number}, f"{step_address(intake, MARK)}?span={first}"))
    if number := sum(not row.is_looked_at for row in rows):
        text = ngettext("%(number)s deadline was not looked at.", "%(number)s deadlines were not looked at.", number)
        found.append(ToDo(text % {"number": number}, "#rows", on_page=True))
    if wrong := [row for row in rows if row.problems]:
        text = ngettext("%(number)s row is wrong.", "%(number)s rows are wrong.", len(wrong))
        found.append(ToDo(text % {"number": len(wrong)}, f"#span-{wrong[0].span.pk}"))
    if number := len(texts_without_chinese(spans)):
        text = ngettext(
            "%(number)s text has no Chinese yet. Drafts can be made all the same; then each is translated on its own "
            "page.",
            "%(number)s texts have no Chinese yet. Drafts can be made all the same; then each is translated on its own "
            "page.",
            number,
        )
        found.append(ToDo(text % {"number": number}, step_address(intake, TRANSLATE), stops=False))
    if not intake.text:
        words = _("The text was deleted, so quotes cannot be checked against it any more.")
        found.append(ToDo(words, stops=False))
    return found
