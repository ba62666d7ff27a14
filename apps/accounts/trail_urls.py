"""audit/: the audit administrator's pages. They live with the people, because the trail itself lies below and knows
nobody: `apps.audit` imports no account, so that every app may write to it."""

from django.urls import path

from apps.accounts.views import trail

app_name = "audit"
urlpatterns = [
    path("", trail.entry_list, name="trail"),
    path("<int:pk>/", trail.entry_detail, name="entry"),
    path("export/", trail.export, name="export"),
]
