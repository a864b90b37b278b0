"""Staff under /admin/; every public address is in `commitments.urls`."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    # Before the admin's own: its pages for signing in and out and for changing a password are allauth's.
    path("admin/", include("commitments.admin.sign_in")),
    path("admin/", admin.site.urls),
    path("", include("commitments.urls")),
]

handler400 = "commitments.public.views.refused"
handler404 = "commitments.public.views.not_found"
handler500 = "commitments.public.views.broken"
