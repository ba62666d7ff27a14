"""Addresses of licences after issue, inside the namespace of institutions."""

from django.urls import path

from apps.institutions.views import life

urlpatterns = [
    path("licences/", life.licences, name="licences"),
    path("licences/<int:pk>/", life.licence, name="licence_page"),
    path("licences/<int:pk>/renew/", life.renew, name="renew"),
    path("licences/<int:pk>/<slug:process>/new/", life.begin, name="life_begin"),
    path("life/<int:pk>/", life.case, name="life_case"),
    path("life/<int:pk>/steps/<slug:step>/", life.step, name="life_step"),
    path("life/<int:pk>/evidence/", life.evidence, name="life_evidence"),
]
