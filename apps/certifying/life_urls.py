"""Addresses of certificates after issue, inside the namespace of certifying."""

from django.urls import path

from apps.certifying.views import life, life_findings

urlpatterns = [
    path("certificates/", life.certificates, name="certificates"),
    path("certificates/<int:pk>/", life.certificate, name="certificate"),
    path("certificates/<int:pk>/class/", life_findings.classify, name="factory_class"),
    path("certificates/<int:pk>/<slug:process>/new/", life.begin, name="life_begin"),
    path("late/", life.late_acts, name="late_acts"),
    path("life/<int:pk>/", life.case, name="life_case"),
    path("life/<int:pk>/steps/<slug:step>/", life.step, name="life_step"),
    path("life/<int:pk>/evidence/", life.evidence, name="life_evidence"),
    path("life/<int:pk>/findings/new/", life_findings.finding_add, name="finding_add"),
    path("life/<int:pk>/findings/<int:row>/close/", life_findings.finding_close, name="finding_close"),
    path("life/<int:pk>/auditors/new/", life_findings.auditor_add, name="auditor_add"),
    path("life/<int:pk>/auditors/<int:row>/end/", life_findings.auditor_drop, name="auditor_drop"),
    path("transfers/<int:pk>/", life.history, name="transfer_history"),
]
