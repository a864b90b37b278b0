"""Staff under /admin/; every public address is in `commitments.urls`. Each in three languages."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from commitments.urls import without_language

urlpatterns = [
    *without_language,
    *i18n_patterns(
        # Before the admin's own: its pages for signing in and out and for changing a password are allauth's.
        path("admin/", include("commitments.accounts.sign_in")),
        path("admin/", admin.site.urls),
        path("", include("commitments.urls")),
        prefix_default_language=False,
    ),
]

handler400 = "commitments.public.error_pages.bad_request_page"
handler404 = "commitments.public.error_pages.not_found_page"
handler500 = "commitments.public.error_pages.server_error_page"
