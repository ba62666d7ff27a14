"""The pages of the clock. They stand here because roles live above apps.clock."""

from django.urls import path

from apps.notifications.views import clock

app_name = "clock"
urlpatterns = [
    path("", clock.days, name="days"),
    path("<int:year>-<int:month>-<int:day>/", clock.day_edit, name="day_edit"),
    path("limits/", clock.limit_list, name="limits"),
    path("limits/<int:pk>/", clock.limit_edit, name="limit_edit"),
]
