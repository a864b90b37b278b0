"""What the pages of a release being read share: who may open them, and the way from one to the next."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from commitments.admin.base import ModelAdmin, staff_page
from commitments.domain.choices import IntakeDecision
from commitments.i18n.phrases import with_label
from commitments.models import Intake

OUTLINE, MARK, TRANSLATE, REVIEW, PUBLISH = "outline", "mark", "translate", "review", "publish"
STEP_LABELS = {
    OUTLINE: gettext_lazy("Outline"),
    MARK: pgettext_lazy("a step of the work", "Mark"),
    TRANSLATE: gettext_lazy("Translate"),
    REVIEW: gettext_lazy("Review"),
    PUBLISH: pgettext_lazy("a step of the work", "Publish"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the work, and whether it is the one that is open."""

    label: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How many sentences of the text are decided, how many of them are pledges, and how many of those are public."""

    decided: int
    total: int
    accepted: int
    published: int = 0

    def __str__(self) -> str:
        numbers = {"decided": self.decided, "total": self.total, "accepted": self.accepted, "published": self.published}
        values = {name: f"{number:,}" for name, number in numbers.items()}
        if not self.published:
            return _("%(decided)s of %(total)s sentences decided, %(accepted)s of them pledges") % values
        if self.published == self.accepted and self.decided == self.total:
            return _("Published: %(published)s pledges, of %(total)s sentences") % values
        text = _("%(decided)s of %(total)s sentences decided, %(accepted)s of them pledges, %(published)s published")
        return text % values


def step_address(intake: Intake, name: str) -> str:
    """Where one of the steps is."""
    return reverse(f"admin:commitments_intake_{name}", args=[intake.pk])


def steps(intake: Intake, current: str) -> list[Step]:
    """The way, in its order."""
    return [Step(str(label), step_address(intake, name), name == current) for name, label in STEP_LABELS.items()]


def progress(intake: Intake) -> Progress:
    """Counted anew."""
    undecided = Q(decision=IntakeDecision.UNDECIDED)
    counts = intake.spans.aggregate(
        total=Count("pk"),
        decided=Count("pk", filter=~undecided),
        accepted=Count("pk", filter=Q(decision=IntakeDecision.ACCEPTED)),
        published=Count("pk", filter=Q(commitment__published_at__isnull=False)),
    )
    return Progress(counts["decided"], counts["total"], counts["accepted"], counts["published"])


def open_intake(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> Intake:
    """The intake of an address, for those who work on all; PermissionDenied or Http404 else."""
    if not model_admin.has_change_permission(request) or not request.user.has_perm("commitments.work_for_all"):
        raise PermissionDenied
    return get_object_or_404(Intake.objects.select_related("release"), pk=pk)


def step_page(
    model_admin: ModelAdmin, request: HttpRequest, intake: Intake, name: str, status: int = 200, **context: Any
) -> HttpResponse:
    """One of the steps, in `admin/commitments/intake/<name>.html`."""
    title = with_label(str(STEP_LABELS[name]), str(intake))
    frame = {"intake": intake, "steps": steps(intake, name), "progress": progress(intake)}
    return staff_page(model_admin, request, f"admin/commitments/intake/{name}.html", title, status, **(frame | context))
