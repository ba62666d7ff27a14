from django.urls import path

from apps.notifications.views import deliveries, own, rules

app_name = "notifications"
urlpatterns = [
    path("", own.centre, name="centre"),
    path("<int:pk>/read/", own.read, name="read"),
    path("read-all/", own.read_all, name="read_all"),
    path("settings/", own.preferences, name="preferences"),
    path("calendar/renew/", own.calendar_renew, name="calendar_renew"),
    path("calendar/revoke/", own.calendar_revoke, name="calendar_revoke"),
    path("calendar/<str:secret>.ics", own.calendar, name="calendar"),
    path("rules/", rules.rule_list, name="rules"),
    path("rules/<int:pk>/", rules.rule_edit, name="rule_edit"),
    path("templates/<int:pk>/", rules.template_edit, name="template_edit"),
    path("deliveries/", deliveries.delivery_list, name="deliveries"),
    path("deliveries/clock/", deliveries.accept_clock, name="accept_clock"),
    path("deliveries/<int:pk>/", deliveries.delivery, name="delivery"),
    path("deliveries/<int:pk>/retry/", deliveries.retry, name="retry"),
    path("deliveries/<int:pk>/decide/", deliveries.decide, name="decide"),
    path("mailbox/", deliveries.mailbox, name="mailbox"),
    path("mailbox/<str:name>/", deliveries.mail, name="mail"),
    path("mailbox/<str:name>/html/", deliveries.mail_html, name="mail_html"),
    path("mailbox/<str:name>/raw/", deliveries.mail_raw, name="mail_raw"),
]
