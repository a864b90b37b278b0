"""The list of commitments: where its rows lead, by what whoever asks for it came for."""

from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.urls import reverse

from commitments.admin import way_back
from commitments.admin.list_filters import UntranslatedFilter
from commitments.models import Commitment


class TranslationFirstList(ChangeList):
    """A list of what lacks a translation leads to the translations."""

    def url_for_result(self, result: models.Model) -> str:
        if UntranslatedFilter.parameter_name in self.params and not self.is_popup:
            return f"{reverse('admin:commitments_commitment_translations', args=[result.pk])}?missing=1"
        return str(super().url_for_result(result))


class ProgressFirstList(TranslationFirstList):
    """A list that leads to recording progress, which is what staff come for; drafts are edited."""

    def url_for_result(self, result: models.Model) -> str:
        if UntranslatedFilter.parameter_name in self.params:
            return super().url_for_result(result)
        if isinstance(result, Commitment) and result.published_at and not result.retracted_at and not self.is_popup:
            address = f"{reverse('admin:commitments_draftupdate_add')}?commitment={result.pk}"
            return way_back.with_list(address, self.get_query_string().removeprefix("?"))
        return str(super().url_for_result(result))
