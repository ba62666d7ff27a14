from django.urls import path, re_path

from apps.certifications.api import reference, views
from apps.parties.api.public import Nowhere

app_name = "api"
urlpatterns = [
    path("", reference.reference, name="reference"),
    path("schema/", reference.Schema.as_view(), name="schema"),
    path("v1/certificates/", views.CertificateList.as_view(), name="certificates"),
    path("v1/certificates/<str:token>/", views.CertificateDetail.as_view(), name="certificate"),
    path("v1/verify/", views.Verify.as_view(), name="verify"),
    path("v1/organisations/<str:code>/", views.OrganisationDetail.as_view(), name="organisation"),
    path("v1/bodies/", views.BodyList.as_view(), name="bodies"),
    path("v1/projects/", views.ProjectList.as_view(), name="projects"),
    re_path(r"^v1/.*/$", Nowhere.as_view(), name="nowhere"),
]
