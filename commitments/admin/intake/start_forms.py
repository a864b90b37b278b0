"""The two halves of the form that starts a release: which release, and its text."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.base import StaffForm
from commitments.admin.intake.text_files import MAX_MEGABYTES, read_text_file
from commitments.domain.reading.source_text import ReadingError
from commitments.i18n.collation import fold
from commitments.models import Intake, Release
from commitments.workflow.intake.starting import chinese_text_as_kept, suggested_slug, text_as_kept

FACTS = ("title", "issued_on", "publisher", "place", "language", "url", "known_through", "slug")
LARGE_TEXT = forms.Textarea(attrs={"rows": 12, "class": "vLargeTextField"})
FILE_KINDS = forms.FileInput(attrs={"accept": ".txt,.html,.htm,.md"})


class FactsForm(StaffForm):
    """A release that is not there yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = "en"
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _(
            "How addresses and files name it, never changed once in use. Left empty, it is made of the title and the "
            "year: “harbour-cities-agree-2026”."
        )

    def clean(self) -> dict[str, Any]:
        # With a slug where none is given.
        cleaned = super().clean()
        day = cleaned.get("issued_on")
        same = Release.objects.filter(issued_on=day) if day else Release.objects.none()
        if title := next((row.title for row in same if fold(row.title) == fold(cleaned.get("title") or "")), ""):
            message = _("“%(title)s” of this day is there already: choose it above, or say in the title what differs.")
            self.add_error("title", message % {"title": title})
        if {"title", "issued_on"} <= cleaned.keys() and not (cleaned.get("slug") or "slug" in self.errors):
            cleaned["slug"] = suggested_slug(cleaned["title"], cleaned["issued_on"])
        return cleaned


def facts_form(request: HttpRequest) -> type[FactsForm]:
    """With the boxes that the admin has for them."""
    box = partial(admin.site.get_model_admin(Release).formfield_for_dbfield, request=request)
    form: Any = forms.modelform_factory(Release, FactsForm, FACTS, formfield_callback=box)
    return form  # type: ignore[no-any-return]


class ReleaseChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """The releases whose text is not being read."""

    def __init__(self) -> None:
        super().__init__(
            Release.objects.none(),
            required=False,
            label=gettext_lazy("Release"),
            empty_label=gettext_lazy("A new one, with the facts below"),
            help_text=gettext_lazy(
                "Or one that is there already, as a draft or public, and whose text was not read here."
            ),
        )

    def label_from_instance(self, obj: Release) -> str:
        # Two of one name are told apart.
        form = _("%(release)s: public") if obj.published_at else _("%(release)s: draft")
        return form % {"release": obj}


class PastedText(forms.CharField):
    """A text that is looked at by the reader, which says where in it something is that is no text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=LARGE_TEXT, **kwargs)
        self.validators.clear()


class TextFile(forms.FileField):
    """A file in place of what is pasted."""

    def __init__(self, **kwargs: Any) -> None:
        text = gettext_lazy("In UTF-8, of at most {most} MB, with a name that ends in .txt, .html or .md.")
        help_text = format_lazy(text, most=MAX_MEGABYTES)
        super().__init__(required=False, widget=FILE_KINDS, help_text=help_text, **kwargs)


class TextsForm(forms.Form):
    """Which release, its text, and what its references begin with."""

    refusal: ValidationError | None = None
    release = ReleaseChoice()
    text = PastedText(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy(
            "As it was published, with its headings: plain, HTML or Markdown, in English or Chinese."
        ),
    )
    text_file = TextFile(label=gettext_lazy("Or a file with the text"))
    chinese_text = PastedText(
        label=gettext_lazy("Text in Chinese"),
        help_text=gettext_lazy("Where the release was published in Chinese, too: translations are proposed from it."),
    )
    chinese_text_file = TextFile(label=gettext_lazy("Or a file with the text in Chinese"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        releases: Any = self.fields["release"]
        releases.queryset = Release.objects.filter(intake=None)
        letters: Any = Intake._meta.get_field("prefix")
        self.fields["prefix"] = letters.formfield(validators=letters.validators)

    def clean(self) -> dict[str, Any]:
        # The texts, whichever way they come; what is wrong with one is said where it came from.
        cleaned = super().clean() or self.cleaned_data
        self._take_text("text", text_as_kept, missing=_("Paste the text of the release, or choose a file with it."))
        self._take_text("chinese_text", chinese_text_as_kept)
        if self.refusal:
            self.add_error(None, self.refusal)
        return cleaned

    def _take_text(self, name: str, check: Callable[[str], str], missing: str = "") -> None:
        text, upload = self.cleaned_data.get(name) or "", self.cleaned_data.get(f"{name}_file")
        file_name = f"{name}_file"
        if upload and text:
            self.add_error(file_name, _("Paste the text or choose a file with it, not both."))
            return
        try:
            if upload:
                text = read_text_file(upload)
            if text or upload:
                check(text)
        except ValidationError as problem:
            self.add_error(file_name, problem)
        except ReadingError as problem:
            self.add_error(file_name if upload else name, str(problem))
        else:
            self.cleaned_data[name] = text
            if missing and not (text or file_name in self.errors):
                self.add_error(name, missing)

    def ask_for_files_again(self) -> None:
        """Say beside each file that was in order that it must be chosen again: no page can put it back."""
        for name in ("text_file", "chinese_text_file"):
            if self.files.get(name) and name not in self.errors:
                self.add_error(name, _("A browser does not keep a file: choose it again."))
