"""The form of a draft update, and the pages of evidence below it."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.base import FIELD_OVERRIDES, MAX_EVIDENCE, ModelForm, StaffForm, parse_key
from commitments.admin.field_help import meanings
from commitments.domain.choices import ReportBasis
from commitments.domain.evidence_addresses import mixed_scripts_warning
from commitments.i18n.phrases import join_sentences
from commitments.models import Commitment, DraftEvidence, DraftUpdate, Evidence, Organisation
from commitments.workflow.news_sources import NewsSourceLookup

ADDRESS_FIELDS = ("url", "archived_url")
NEWS_SOURCES_LIST = "news-sources"  # the element that holds their names


class DraftForm(StaffForm):
    """An update as somebody types it. A draft may be incomplete; publishing checks everything."""

    class Meta:
        # All that somebody can type; the admin puts it in order.
        model = DraftUpdate
        fields = "__all__"
        widgets = {
            "note": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
            **{name: forms.TextInput(attrs={"class": "vLargeTextField"}) for name in ("deadline_reason", "searched")},
        }
        help_texts = {
            "kind": gettext_lazy(
                "A report says a status. Background bears on the pledge and moves nothing. A check says that you "
                "looked and found nothing new."
            ),
            "achieved": gettext_lazy("The figure reported, where the pledge has one."),
            "basis": meanings(ReportBasis),
            "status": gettext_lazy(
                "Only direct evidence moves it: a public page that reports on this very pledge. Two exceptions: what "
                "the release itself reports as signed or in place, and a stop, which may rest on background evidence."
            ),
        }
        error_messages = {
            "commitment": {
                "invalid_choice": gettext_lazy(
                    "Your organisation does not own this commitment, or it was retracted. Choose another, or ask an "
                    "editor."
                )
            },
            "reply_of": {"invalid_choice": gettext_lazy("Choose an owner or partner of this commitment.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Offer only those who can reply, where the commitment is known.
        super().__init__(*args, **kwargs)
        if self.data and not parse_key(self.data.get("commitment")):
            data = cast("QueryDict", self.data).copy()
            data["commitment"] = ""  # its box cannot even show what is no key
            self.data = data
        key = parse_key(str(self.data.get("commitment") or self.initial.get("commitment") or ""))
        commitments = cast("forms.ModelChoiceField[Commitment]", self.fields.get("commitment"))
        commitment = (
            commitments.queryset.filter(pk=key).first() if commitments and commitments.queryset is not None else None
        )
        if commitment and "reply_of" in self.fields:
            parties = Organisation.objects.filter(Q(owned=commitment) | Q(joined=commitment)).distinct()
            cast("forms.ModelChoiceField[Organisation]", self.fields["reply_of"]).queryset = parties


class EvidenceFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]  # generic in the stubs only
    """Rows of evidence. The same page twice is pointed out: within the form always, on record once."""

    pointed_out: list[str]

    def clean(self) -> None:
        # Beside the address, where the page stands already.
        super().clean()
        self.pointed_out = str(self.data.get("pointed_out", "")).split()
        self._point_out_other_classes()
        self._point_out_mixed_scripts()
        rows = [row for row in self.forms if row.cleaned_data.get("url") and not row.cleaned_data.get("DELETE")]
        entries_by_url = self._entries_by_url({row.cleaned_data["url"] for row in rows})
        row_numbers: dict[str, int] = {}
        for number, row in enumerate(rows, 1):
            url = row.cleaned_data["url"]
            if url in row_numbers:
                row.add_error("url", _("Row %(number)s has this address already.") % {"number": row_numbers[url]})
            elif url in entries_by_url and url not in self.pointed_out:
                message = _("This page is evidence of entry %(entry)s already. If it says more, send the form again.")
                row.add_error("url", message % {"entry": entries_by_url[url]})
                self.pointed_out.append(url)
            row_numbers.setdefault(url, number)

    def _point_out_other_classes(self) -> None:
        """Beside the class, once, where the list of news sources has another."""
        lookup = NewsSourceLookup()
        for row in self.forms:
            listed, source = lookup.find(row.cleaned_data.get("publisher") or ""), row.cleaned_data.get("source")
            mark = f"{listed.slug}:{source}" if listed else ""
            if not listed or not source or listed.source == source or mark in self.pointed_out:
                continue
            message = _(
                "The list of news sources has %(name)s as “%(listed)s”. If this page is something else, such as a paid "
                "post, send the form again."
            )
            row.add_error("source", message % {"name": listed, "listed": listed.get_source_display()})
            self.pointed_out.append(mark)

    def _point_out_mixed_scripts(self) -> None:
        """Beside an address, once, where its host may pass for another."""
        for row in self.forms:
            for name in ADDRESS_FIELDS:
                address = row.cleaned_data.get(name) or ""
                warning = mixed_scripts_warning(address)
                if warning and address not in self.pointed_out:
                    row.add_error(name, join_sentences([warning, _("If it is right, send the form again.")]))
                    self.pointed_out.append(address)

    def _entries_by_url(self, urls: set[str]) -> dict[str, int]:
        commitment = self.instance.commitment_id or parse_key(self.data.get("commitment"))
        evidence = Evidence.objects.filter(update__commitment=commitment, update__retracted_by=None)
        # An update that says the very same is a form sent twice, and the ledger says so.
        other_evidence = evidence.filter(url__in=urls).exclude(
            update__note=self.instance.note, update__date=str(self.instance.date or "")
        )
        return dict(other_evidence.values_list("url", "update_id"))


class EvidenceForm(ModelForm):
    """A page that says so."""

    class Meta:
        # Its choices explained; the rest is the inline's.
        model = DraftEvidence
        fields = ("publisher", "relation", "source", "copy")
        widgets = {"publisher": forms.TextInput(attrs={"class": "vTextField", "list": NEWS_SOURCES_LIST})}
        help_texts = {
            "archived_url": gettext_lazy(
                "A copy that stays when the page is gone: ask web.archive.org for one, and put its address here."
            ),
            "publisher": gettext_lazy(
                "As the list of news sources has it; in brackets what else there is to say: “Xinhua (People’s Daily "
                "Online)”."
            ),
            "copy": gettext_lazy(
                "Empty for the publisher’s own page. A reprint carries its text whole, under its name and date; a "
                "mirror is a copy by a host without standing, and alone moves no status."
            ),
            "relation": gettext_lazy(
                "Direct: on this very pledge. Related: on something close. Background: helps to understand it."
            ),
            "source": gettext_lazy(
                "Filled in where the publisher is on the list of news sources. Party: an owner or partner, its "
                "government, or a reprint of their words."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # The class may be left to the list of news sources.
        super().__init__(*args, **kwargs)
        self.fields["source"].required = False

    def clean(self) -> dict[str, Any]:
        # Fill the class in from the list of news sources, where nobody chose one.
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("publisher") and not cleaned.get("source") and "source" not in self.errors:
            listed = NewsSourceLookup().find(cleaned["publisher"])
            if listed:
                cleaned["source"] = listed.source
            else:
                self.add_error("source", _("Choose one: this publisher is not on the list of news sources."))
        return cleaned


class EvidenceInline(admin.StackedInline):  # type: ignore[type-arg]  # generic in the stubs only
    """A few rows."""

    model = DraftEvidence
    form = EvidenceForm
    formset = EvidenceFormSet
    verbose_name, verbose_name_plural = gettext_lazy("page of evidence"), gettext_lazy("pages of evidence")
    extra = 1
    formfield_overrides = FIELD_OVERRIDES
    fields = ("title", ("publisher", "date"), "url", "archived_url", ("relation", "source", "copy"))

    def get_formset(self, *args: Any, **kwargs: Any) -> Any:
        # Some rows at most, whatever number is sent.
        return super().get_formset(*args, **kwargs, max_num=MAX_EVIDENCE, absolute_max=MAX_EVIDENCE)
