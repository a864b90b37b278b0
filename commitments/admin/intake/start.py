"""Starting a release: its facts and its text."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from commitments.admin.base import ModelAdmin, add_refusal, refusal_so_far, staff_page, staff_user
from commitments.admin.intake.pages import OUTLINE, step_address
from commitments.admin.intake.start_forms import FactsForm, TextsForm, facts_form
from commitments.i18n.phrases import join_sentences
from commitments.models import Commitment, Intake, Release
from commitments.workflow.intake.starting import start_intake


def start_view(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """The form; what is wrong is said all at once, and what was typed stays."""
    sent = request.method == "POST"
    texts = TextsForm(request.POST if sent else None, request.FILES if sent else None)
    texts.refusal = refusal_so_far(request)
    facts = facts_form(request)(request.POST if sent else None)
    if sent and (intake := _start(request, texts, facts)):
        _tell(model_admin, request, intake, is_new="release" not in texts.changed_data)
        return HttpResponseRedirect(step_address(intake, OUTLINE))
    context: dict[str, Any] = {"texts": texts, "facts": facts, "media": model_admin.media + facts.media}
    return staff_page(model_admin, request, "admin/commitments/intake/start.html", _("Start a release"), **context)


def _start(request: HttpRequest, texts: TextsForm, facts: FactsForm) -> Intake | None:
    """Read it and store it; None where a box says what is wrong."""
    release = _release(texts, facts)
    if release and texts.is_valid():
        given = texts.cleaned_data
        try:
            return start_intake(release, given["text"], given["chinese_text"], given["prefix"], staff_user(request))
        except ValidationError as problem:
            add_refusal(problem, texts)
        except IntegrityError:  # somebody took the slug, or the release, by the blink of an eye
            texts.add_error(None, _("Somebody else has just added the same. Look at the list of releases being read."))
    texts.ask_for_files_again()
    return None


def _release(texts: TextsForm, facts: FactsForm) -> Release | None:
    """The one that was chosen, or the one whose facts were typed; None where there is neither."""
    texts.full_clean()
    chosen = "release" in texts.changed_data
    if not chosen:
        return facts.instance if facts.is_valid() else None
    if facts.has_changed():
        message = _("You chose a release, and typed facts of a new one. Choose “A new one”, or empty the facts.")
        texts.add_error("release", message)
    elif "release" not in texts.errors:
        facts.errors.clear()
        release: Release = texts.cleaned_data["release"]
        return release
    facts.errors.clear()
    return None


def _tell(model_admin: ModelAdmin, request: HttpRequest, intake: Intake, *, is_new: bool) -> None:
    """What was found, and what of the release is there already."""
    if is_new:
        admin.site.get_model_admin(Release).log_addition(request, intake.release, [{"added": {}}])
    model_admin.log_addition(request, intake, [{"added": {}}])
    model_admin.message_user(request, found_sentence(intake), messages.SUCCESS)
    commitments = Commitment.objects.filter(release=intake.release)
    if total := commitments.count():
        public = commitments.on_record().count()
        message = _(
            "Of this release there are commitments already (drafts: %(drafts)s, public: %(public)s). What says the "
            "same is no new pledge."
        )
        values = {"drafts": f"{total - public:,}", "public": f"{public:,}"}
        model_admin.message_user(request, message % values, messages.WARNING)


def found_sentence(intake: Intake) -> str:
    """How many proposals, and how many sentences passed over."""
    proposals = intake.spans.filter(promises=True).count()
    return join_sentences([_("The text is read."), counted_sentences(proposals, intake.spans.count() - proposals)])


def counted_sentences(proposals: int, passed_over: int) -> str:
    """Of a text or a part of it."""
    form = _("Proposals: %(proposals)s. Sentences passed over: %(passed)s.")
    return form % {"proposals": f"{proposals:,}", "passed": f"{passed_over:,}"}
