"""Every URL of the portal. tests/architecture classifies each one: who may open it, and as whom."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from apps.core.views import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("people/", include("apps.accounts.urls")),
    path("organisations/", include("apps.parties.urls")),
    path("documents/", include("apps.documents.urls")),
    path("webhooks/", include("apps.webhooks.urls")),
    path("institutions/", include("apps.institutions.urls")),
    path("worklist/", include("apps.workflow.urls")),
    path("matters/", include("apps.matters.urls")),
    path("certifying/", include("apps.certifying.urls")),
    path("registry/", include("apps.certifications.urls")),
    path("schemes/", include("apps.schemes.urls")),
    path("api/v1/", include("apps.institutions.api.urls")),
    path("api/", include("apps.certifications.api.urls")),
    path("messages/", include("apps.notifications.urls")),
    path("clock/", include("apps.notifications.clock_urls")),
    path("audit/", include("apps.accounts.trail_urls")),
    path("", include("apps.portal.urls")),
]
