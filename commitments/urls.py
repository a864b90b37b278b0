"""Every public address."""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from commitments.models.commitment import REFERENCE
from commitments.public import views
from commitments.reports import views as reports


class ReferenceConverter(StringConverter):
    """A commitment's reference, as it is given once and for all."""

    regex = REFERENCE


register_converter(ReferenceConverter, "reference")

urlpatterns = [
    path("", views.overview, name="overview"),
    path("commitments/", views.commitments, name="commitments"),
    path("commitments.csv", reports.commitments_csv, name="commitments_csv"),
    path("commitments/<reference:reference>/", views.commitment, name="commitment"),
    path("areas/<slug:slug>/", views.area, name="area"),
    path("organisations/<slug:slug>/", views.organisation, name="organisation"),
    path("releases/<slug:slug>/", views.release, name="release"),
    path("updates/", views.updates, name="updates"),
    path("about/", views.about, name="about"),
    path("healthz", views.healthz, name="healthz"),
    re_path(r"^favicon\.ico$", views.favicon, name="favicon"),
]
