"""The language of an address is the language of its answer."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware

from commitments.i18n.languages import LANGUAGE_TAGS, current_language


class LanguageMiddleware(LocaleMiddleware):
    """The language of an address. Not by Django's last step, which would have caches keep a copy for each browser."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", LANGUAGE_TAGS[current_language()])
        return response
