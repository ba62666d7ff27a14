"""people/: one's own account, accounts and roles."""

from django.urls import URLPattern, URLResolver, path

from apps.accounts.views import exports, me, people, roles

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("me/", me.overview, name="me"),
    path("me/sessions/", me.session_list, name="sessions"),
    path("me/sessions/<int:pk>/end/", me.session_end, name="session_end"),
    path("me/sessions/end-others/", me.sessions_end_others, name="sessions_end_others"),
    path("exports/", exports.export_list, name="exports"),
    path("exports/rows/", exports.export_rows, name="export_rows"),
    path("exports/<int:pk>/", exports.export_download, name="export_download"),
    path("exports/<int:pk>/dictionary/", exports.export_dictionary, name="export_dictionary"),
    path("accounts/", people.person_list, name="people"),
    path("accounts/new/", people.person_new, name="person_new"),
    path("accounts/<int:pk>/", people.person_detail, name="person"),
    path("accounts/<int:pk>/invite/", people.person_invite, name="person_invite"),
    path("accounts/<int:pk>/close/", people.person_close, name="person_close"),
    path("accounts/<int:pk>/reopen/", people.person_reopen, name="person_reopen"),
    path("accounts/<int:pk>/unit/", people.person_move, name="person_move"),
    path("accounts/<int:pk>/second-factor/", people.person_reset_factor, name="person_reset_factor"),
    path("accounts/<int:pk>/roles/new/", roles.grant_new, name="grant_new"),
    path("accounts/roles/<int:pk>/end/", roles.grant_end, name="grant_end"),
]
