"""Addresses under /matters/."""

from django.urls import path

from apps.matters.views import applying, cases, configuration, guide

app_name = "matters"
urlpatterns = [
    path("", guide.listing, name="guide"),
    path("m/<slug:code>/", guide.matter, name="matter"),
    path("m/<slug:code>/begin/", applying.begin, name="begin"),
    path("d/<str:token>/", guide.decision, name="decision"),
    path("mine/", applying.mine, name="mine"),
    path("cases/<int:pk>/", cases.case, name="case"),
    path("cases/<int:pk>/form/", applying.form, name="form"),
    path("cases/<int:pk>/documents/", applying.documents, name="documents"),
    path("cases/<int:pk>/documents/<int:document>/remove/", applying.document_remove, name="document_remove"),
    path("cases/<int:pk>/points/", cases.points, name="points"),
    path("cases/<int:pk>/points/<int:point>/strike/", cases.point_strike, name="point_strike"),
    path("cases/<int:pk>/points/<int:point>/answer/", applying.answer, name="answer"),
    path("cases/<int:pk>/duties/<int:duty>/", applying.duty, name="duty"),
    path("cases/<int:pk>/steps/<slug:step>/", cases.take, name="take"),
    path("configuration/", configuration.listing, name="configurations"),
    path("configuration/new/", configuration.create, name="configuration_new"),
    path("configuration/<int:pk>/", configuration.show, name="configuration"),
    path("configuration/<int:pk>/edit/", configuration.edit, name="configuration_edit"),
    path("configuration/<int:pk>/<slug:act>/", configuration.act, name="configuration_act"),
]
