"""Addresses under /certifying/."""

from django.urls import include, path

app_name = "certifying"
urlpatterns = [path("", include("apps.certifying.application_urls")), path("", include("apps.certifying.life_urls"))]
