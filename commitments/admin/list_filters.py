"""What lists of staff share: badges, filters by what is computed, and a search that knows Chinese."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from commitments.admin.base import ModelAdmin
from commitments.domain.choices import DraftState, Freshness, ProposalState, Schedule, Status, Vocabulary
from commitments.i18n.languages import CHINESE, column_suffix, language_names
from commitments.models import Commitment, Organisation, Ownership
from commitments.query.search import search_terms
from commitments.workflow.draft_states import in_draft_state

MINE = "mine"
MINE_WAITING = "mine-waiting"
MISSING = "missing"


def badge(choice: Vocabulary) -> SafeString:
    """A value of a vocabulary as word, shape and colour."""
    return format_html('<span class="badge role-{}">{}</span>', choice.role, choice.label)


def lateness_words(commitment: Commitment) -> str:
    """How late a published commitment is, said only as far as it is certain; nothing where it is not late."""
    late = commitment.days_late
    if not late:
        return ""
    if commitment.schedule == Schedule.MET_LATE:
        words = ngettext("by at least %(days)s day", "by at least %(days)s days", late)
    else:
        words = ngettext("by %(days)s day", "by %(days)s days", late)
    return words % {"days": number_format(late, use_l10n=True, force_grouping=True)}


class ChoiceFilter(admin.SimpleListFilter):
    """A filter with a fixed set of values; any other is refused and not taken for none."""

    choices_: list[tuple[str, Any]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return self.choices_

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # The rows with the value asked for.
        value = self.value()
        if value is None:
            return queryset
        if value not in dict(self.lookup_choices):
            raise IncorrectLookupParameters
        filtered: QuerySet[Any] = self.narrowed(request, queryset, str(value))
        return filtered

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        raise NotImplementedError


class StatusFilter(ChoiceFilter):
    """The last status reported."""

    title, parameter_name = _("status"), "status"
    choices_ = Status.choices

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        return queryset.filter(state__status=value, retracted_at=None)


class ScheduleFilter(ChoiceFilter):
    """How it stands against its deadline, computed for today."""

    title, parameter_name = _("schedule"), "schedule"
    choices_ = [("past", _("past deadline")), *Schedule.choices]

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        """By one value; "past deadline" is overdue or unreported."""
        standing = queryset.filter(retracted_at=None)
        return standing.past_deadline() if value == "past" else standing.filter(schedule=value)


class FreshnessFilter(ChoiceFilter):
    """How long ago anything was recorded, and what somebody should look at again."""

    title, parameter_name = _("freshness"), "freshness"
    choices_ = [("review", _("due for review")), *Freshness.choices]

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        standing = queryset.filter(retracted_at=None)
        return standing.due_for_review(localdate()) if value == "review" else standing.filter(freshness=value)


class OwnerFilter(ChoiceFilter):
    """Who must deliver; one's own organisation comes first."""

    title, parameter_name = _("owner"), "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        # Mine, and every owner that the user can see; only mine for whoever works for one organisation.
        if not request.user.has_perm("commitments.work_for_all"):
            return [(MINE, _("my organisation"))]
        owners = Organisation.objects.filter(pk__in=Ownership.objects.values("organisation"))
        return [
            (MINE, _("my organisation")),
            *((organisation.slug, organisation.label_with_side) for organisation in owners),
        ]

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        lookup = {"affiliations__user": request.user.pk} if value == MINE else {"slug": value}
        return queryset.owned_by(Organisation.objects.filter(**lookup))


class AssignedFilter(ChoiceFilter):
    """Whom commitments are assigned to inside the house: one's own, and for those who assign them anybody's."""

    title, parameter_name = _("assigned to"), "assigned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        own = [(MINE, _("me or my office"))]
        if not request.user.has_perm("commitments.change_assignment"):
            return own
        return [*own, ("yes", _("somebody")), ("no", _("nobody"))]

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        if value == MINE:
            return queryset.assigned_to_staff(request.user)
        return queryset.filter(assignment__isnull=value == "no")


class PublicFilter(ChoiceFilter):
    """Drafts, what is public, or what was put on record by mistake."""

    title, parameter_name = _("whether it is public"), "public"
    choices_ = [("yes", _("public")), ("no", _("draft")), ("retracted", _("retracted"))]

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        if value == "yes":
            return queryset.public()
        return queryset.filter(published_at=None) if value == "no" else queryset.filter(retracted_at__isnull=False)


class OnRecordFilter(ChoiceFilter):
    """Drafts, or what the ledger has an entry about."""

    title, parameter_name = _("whether it is on record"), "record"
    choices_ = [("yes", _("on record")), ("no", _("draft"))]

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        return queryset.filter(published_at__isnull=value == "no")


class MissingTranslationFilter(ChoiceFilter):
    """What is not translated yet, into one language or the other."""

    title, parameter_name = _("translation"), "translation"
    choices_ = [(MISSING, pgettext_lazy("translation", "missing"))] + [
        (
            language,
            format_lazy(pgettext_lazy("translation", "missing: {language}"), language=language_names()[language]),
        )
        for language in CHINESE
    ]

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        """By one language, or by both."""
        languages = CHINESE if value == MISSING else (value,)
        return queryset.filter(Q(*(self.missing(language) for language in languages), _connector=Q.OR))

    def missing(self, language: str) -> Q:
        """What lacks a translation into a language."""
        raise NotImplementedError


class UntranslatedFilter(MissingTranslationFilter):
    """Published commitments of which a text lacks its translation."""

    def missing(self, language: str) -> Q:
        """As the projection counts them."""
        return Q(**{f"untranslated{column_suffix(language)}__gt": 0, "retracted_at": None})


class UnnamedFilter(MissingTranslationFilter):
    """What has no name in a language."""

    def missing(self, language: str) -> Q:
        return Q(**{f"name{column_suffix(language)}": ""})


class FoldedSearchMixin(ModelAdmin):
    """A list whose search finds what the public one finds by: see `i18n.collation.fold`."""

    # What is looked through, as `i18n.collation.build_search_text` made it.
    folded_fields: tuple[str, ...] = ("search_text",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        # What the stock search finds, drafts included, and what has every term in one of the folded fields.
        stock, _may_have_duplicates = super().get_search_results(request, queryset, search_term)
        folded = self.model._default_manager.all()
        for term in search_terms(search_term):
            folded = folded.filter(Q(*((f"{field}__contains", term) for field in self.folded_fields), _connector=Q.OR))
        found = Q(pk__in=stock.order_by().values("pk")) | Q(pk__in=folded.order_by().values("pk"))
        return queryset.filter(found), False


def unpublished_states() -> list[tuple[str, Any]]:
    """The states of what is not published yet."""
    return [choice for choice in DraftState.choices if choice[0] != DraftState.PUBLISHED]


class DraftStateFilter(ChoiceFilter):
    """How far drafts of updates have come, one's own apart."""

    title, parameter_name = _("state"), "state"
    choices_ = [(MINE, _("mine, not published")), *DraftState.choices]

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        if value == MINE:
            return queryset.filter(author=request.user.pk).exclude(state=DraftState.PUBLISHED)
        return queryset.filter(state=value)


class DraftCommitmentFilter(ChoiceFilter):
    """How far draft commitments have come, one's own apart."""

    title, parameter_name = _("state of the draft"), "draft"
    choices_ = [(MINE, _("mine, not published")), *unpublished_states()]

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        if value == MINE:
            return queryset.filter(published_at=None, drafting__author=request.user.pk)
        return queryset.filter(in_draft_state(value))


class ProposalStateFilter(ChoiceFilter):
    """How far proposed changes have come, one's own apart."""

    title, parameter_name = _("state"), "state"
    choices_ = [(MINE, _("mine")), (MINE_WAITING, _("mine, not decided")), *ProposalState.choices]

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        if value in (MINE, MINE_WAITING):
            own = queryset.filter(author=request.user.pk)
            return own if value == MINE else own.filter(state=ProposalState.WAITING)
        return queryset.filter(state=value)
