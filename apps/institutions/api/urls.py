"""Addresses under /api/v1/ that concern institutions."""

from django.urls import path

from apps.institutions.api import applications, public, scope

app_name = "institutions_api"
APPLICATION = "own/applications/<str:number>/"
urlpatterns = [
    path("institutions/", public.Institutions.as_view(), name="institutions"),
    path("institutions/<str:token>/", public.InstitutionDetail.as_view(), name="institution"),
    path("institutions/<str:token>/scope/", public.InstitutionScope.as_view(), name="institution_scope"),
    path("capabilities/", public.Capabilities.as_view(), name="capabilities"),
    path("licences/<str:token>/", public.LicenceDetail.as_view(), name="licence"),
    path("own/", applications.Own.as_view(), name="own"),
    path("own/items/", applications.Items.as_view(), name="items"),
    path("own/applications/", applications.Applications.as_view(), name="applications"),
    path(APPLICATION, applications.Application.as_view(), name="application"),
    path(f"{APPLICATION}steps/", applications.Steps.as_view(), name="steps"),
    path(f"{APPLICATION}materials/", applications.Materials.as_view(), name="materials"),
    path(f"{APPLICATION}materials/<uuid:uid>/", applications.Material.as_view(), name="material"),
    path(f"{APPLICATION}demands/<str:kind>/<int:n>/", applications.Answer.as_view(), name="answer"),
    path(f"{APPLICATION}papers/<uuid:uid>/", applications.Paper.as_view(), name="paper"),
    path("own/scope/", scope.ScopeVersions.as_view(), name="scope"),
    path("own/scope/<int:n>/", scope.ScopeRows.as_view(), name="scope_rows"),
    path("own/scope/imports/", scope.ScopeImports.as_view(), name="scope_imports"),
    path("own/scope/imports/<int:pk>/", scope.ScopeImportResult.as_view(), name="scope_import"),
    path("own/licences/", scope.Licences.as_view(), name="licences"),
]
