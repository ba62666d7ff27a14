"""Addresses under /institutions/."""

from django.urls import path

from apps.institutions import licence_urls, life_urls
from apps.institutions.views import duties, files, parts, scopes, standards

app_name = "institutions"
urlpatterns = [
    path("", files.listing, name="list"),
    path("new/", files.create, name="create"),
    path("mine/", files.mine, name="mine"),
    path("mine/open/<int:organisation_id>/", files.open_own, name="open_own"),
    path("<int:pk>/", files.file, name="file"),
    path("<int:pk>/profile/", files.profile, name="profile"),
    path("<int:pk>/licence/", files.licence, name="licence"),
    path("<int:pk>/shareholders/new/", parts.shareholder_add, name="shareholder_add"),
    path("<int:pk>/shareholders/<int:row>/end/", parts.shareholder_end, name="shareholder_end"),
    path("<int:pk>/sites/new/", parts.site_add, name="site_add"),
    path("<int:pk>/sites/<int:row>/end/", parts.site_end, name="site_end"),
    path("<int:pk>/people/new/", parts.post_add, name="post_add"),
    path("<int:pk>/people/<int:row>/end/", parts.post_end, name="post_end"),
    path("standards/", standards.listing, name="standards"),
    path("standards/new/", standards.edit, name="standard_new"),
    path("standards/<int:pk>/", standards.edit, name="standard_edit"),
    path("scope-template.<str:kind>", scopes.template, name="scope_template"),
    path("<int:pk>/scope/", scopes.scope, name="scope"),
    path("<int:pk>/scope/upload/", scopes.upload, name="scope_upload"),
    path("<int:pk>/scope/<int:n>/", scopes.scope, name="scope_version"),
    path("<int:pk>/scope/<int:n>/difference/", scopes.difference, name="scope_difference"),
    path("<int:pk>/scope/<int:n>/approve/", scopes.approve, name="scope_approve"),
    path("<int:pk>/scope/<int:n>/discard/", scopes.discard, name="scope_discard"),
    path("<int:pk>/scope/imports/<int:row>/", scopes.import_result, name="scope_import"),
    path("<int:pk>/scope/imports/<int:row>/annotated.xlsx", scopes.annotated, name="scope_annotated"),
    path("<int:pk>/commitments/new/", duties.commitment_draft, name="commitment_draft"),
    path("<int:pk>/commitments/<int:row>/sign/", duties.commitment_sign, name="commitment_sign"),
    path("<int:pk>/commitments/<int:row>/publish/", duties.commitment_publish, name="commitment_publish"),
    path("<int:pk>/commitments/<int:row>/breach/", duties.commitment_breach, name="commitment_breach"),
    path("<int:pk>/annual-report/", duties.annual_report, name="annual_report"),
    path("<int:pk>/samples/new/", duties.sample, name="sample"),
    path("<int:pk>/changes/<int:row>/", parts.change_file, name="change_file"),
    path("<int:pk>/changes/<int:row>/acknowledge/", parts.change_acknowledge, name="change_acknowledge"),
    *licence_urls.urlpatterns,
    *life_urls.urlpatterns,
]
