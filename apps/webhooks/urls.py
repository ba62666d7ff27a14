from django.urls import path

from apps.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.index, name="index"),
    path("guide/", views.guide, name="guide"),
    path("of/<int:pk>/new/", views.create, name="new"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/state/", views.change_state, name="state"),
    path("<int:pk>/secret/", views.new_secret, name="new_secret"),
    path("<int:pk>/ping/", views.ping, name="ping"),
    path("deliveries/<int:pk>/", views.delivery, name="delivery"),
    path("deliveries/<int:pk>/replay/", views.replay, name="replay"),
]
