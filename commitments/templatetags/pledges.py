"""Rows of a table of pledges, and whose side of the table an organisation sits on.

A row is a tag and no template, because a page has a hundred of them: a template takes three times as long.
"""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.domain.choices import EntryKind, Level, OrganisationKind, Schedule, Side
from commitments.domain.partial_dates import PartialDate
from commitments.i18n.phrases import bracket_html
from commitments.models import Commitment, Organisation
from commitments.query.localized import localize, shorten
from commitments.query.standing import standing
from commitments.templatetags.tracker import formerly, render_chip
from commitments.web.links import DayLinks

register = template.Library()
WORDS_OF_PARTIES = 6  # of those that are no organisations; the page of the pledge says them all
# Two letters, or one character; a body of both sides has both marks, one of neither has none.
SIDE_LETTERS = {Side.HONG_KONG: gettext_lazy("HK"), Side.SHANGHAI: gettext_lazy("SH")}
SIDES_OF: dict[str, list[Side]] = {
    Side.HONG_KONG: [Side.HONG_KONG],
    Side.SHANGHAI: [Side.SHANGHAI],
    Side.BOTH: list(SIDE_LETTERS),
}


@register.simple_tag
def side_marks(side: str) -> SafeString:
    """The mark of a side, with its name for those who do not know the letters: `{% side_marks body.side %}`."""
    marks = ((SIDE_LETTERS[one], one.label) for one in SIDES_OF.get(side, ()))
    return format_html_join("", '<abbr class="side" title="{1}">{0}</abbr>', marks)


@register.simple_tag(takes_context=True)
def pledge_rows(context: template.Context, rows: Iterable[Commitment]) -> SafeString:
    """The rows of `pledges`, a table: after `list_rows`."""
    writer = RowWriter(context)
    return mark_safe("\n".join(map(writer.row, rows)))  # noqa: S308  (each row is escaped)


class RowWriter:
    """Writes the rows of one page. What many rows say is made once."""

    def __init__(self, context: template.Context) -> None:
        # `context`: of the page; its links keep the day.
        self.context = context
        self.links: DayLinks = context["links"]
        self.of_past_day = bool(context.get("as_of"))
        self.due, self.news = _("Due"), _("Latest news")
        self.chips: dict[str, SafeString] = {}
        self.bodies: dict[int, SafeString] = {}

    def row(self, commitment: Commitment) -> SafeString:
        """Reference, title, who must deliver, status, by when, and the latest news."""
        return format_html(
            '<tr><td class="id">{}</td><th scope="row"><a href="{}">{}</a>{}</th><td class="who">{}</td><td>{}</td>'
            '<td class="due" data-label="{}">{}</td><td class="last" data-label="{}">{}</td></tr>',
            commitment.reference,
            self.links.page("commitment", commitment.reference),
            localize(commitment, "title").marked,
            self.level(commitment.level),
            self.owners(commitment),
            self.chip(commitment),
            self.due,
            self.deadline(commitment),
            self.news,
            self.latest_news(commitment),
        )

    def level(self, level: str) -> SafeString | str:
        """What is not counted says so."""
        return "" if level == Level.PRIMARY else format_html(' <span class="tag">{}</span>', Level(level).label)

    def chip(self, commitment: Commitment) -> SafeString:
        shown = standing(commitment)
        if shown.role not in self.chips:
            self.chips[shown.role] = render_chip(shown.role, shown.label)
        return self.chips[shown.role]

    def owners(self, commitment: Commitment) -> SafeString:
        """Each on a line with the mark of its side; two governments share one."""
        bodies = sorted(commitment.owners.all(), key=lambda body: Side.values.index(body.side))
        governments = [body for body in bodies if body.kind == OrganisationKind.GOVERNMENT]
        lines = []
        if len(governments) > 1:
            marks = format_html_join("", "{}", ((side_marks(body.side),) for body in governments))
            lines.append(format_html("{}{}", marks, _("Governments")))
            bodies = [body for body in bodies if body not in governments]
        lines += map(self.body, bodies)
        if not lines:
            return shorten(localize(commitment, "parties_as_stated"), WORDS_OF_PARTIES).marked
        return mark_safe("<br>".join(lines))  # noqa: S308  (each line is escaped)

    def body(self, body: Organisation) -> SafeString:
        """One of them, and on the page of a past day what it was called then."""
        if body.pk not in self.bodies:
            former = formerly(self.context, body) if self.of_past_day and body.former else ""
            self.bodies[body.pk] = format_html("{}{}{}", side_marks(body.side), localize(body, "label").marked, former)
        return self.bodies[body.pk]

    def deadline(self, commitment: Commitment) -> SafeString | str:
        """By when, and what came of that; nothing where no date was named."""
        deadline: PartialDate | None = commitment.state.deadline
        if not deadline:
            return ""
        if commitment.schedule == Schedule.ENDED:  # the chip says that it was stopped
            return deadline.short_label
        outcome = Schedule(commitment.schedule).label
        return format_html('{}<span class="under">{}</span>', deadline.short_label, outcome)

    def latest_news(self, commitment: Commitment) -> SafeString | str:
        """The month of the latest report; of background in brackets."""
        dated: PartialDate | None = commitment.news_dated  # type: ignore[attr-defined]  # annotated by `list_rows`
        if not dated:
            return ""
        if commitment.news_kind == EntryKind.CONTEXT:  # type: ignore[attr-defined]
            return format_html('<span class="quiet">{}</span>', bracket_html(dated.month_label))
        return dated.month_label
