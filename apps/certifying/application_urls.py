"""Addresses of the application for certification, under /certifying/."""

from django.urls import path

from apps.certifying.views import applying, cases, desk

urlpatterns = [
    path("apply/", applying.apply, name="apply"),
    path("applications/", applying.mine, name="applications"),
    path("files/<int:pk>/", cases.case, name="case"),
    path("files/<int:pk>/steps/<slug:step>/", cases.take, name="take"),
    path("files/<int:pk>/basics/", applying.basics, name="basics"),
    path("files/<int:pk>/rows/<slug:what>/", applying.rows, name="rows"),
    path("files/<int:pk>/rows/<slug:what>/<int:row>/remove/", applying.row_remove, name="row_remove"),
    path("files/<int:pk>/body/", applying.body, name="body"),
    path("files/<int:pk>/materials/", applying.materials, name="materials"),
    path("files/<int:pk>/materials/<int:document>/remove/", applying.material_remove, name="material_remove"),
    path("files/<int:pk>/points/", cases.point_list, name="points"),
    path("files/<int:pk>/points/<int:point>/answer/", applying.answer, name="answer"),
    path("files/<int:pk>/points/<int:point>/reopen/", cases.reopen, name="reopen"),
    path("files/<int:pk>/points/<int:point>/act/<slug:act>/", cases.point_act, name="point_act"),
    path("files/<int:pk>/plan/", cases.plan, name="plan"),
    path("files/<int:pk>/team/", cases.member_add, name="member_add"),
    path("files/<int:pk>/team/<int:member>/drop/", cases.member_drop, name="member_drop"),
    path("files/<int:pk>/stages/", cases.stage, name="stage"),
    path("desk/", desk.index, name="desk"),
    path("people/", desk.people, name="people"),
    path("offers/", desk.offers, name="offers"),
    path("watch/", desk.watch, name="watch"),
]
