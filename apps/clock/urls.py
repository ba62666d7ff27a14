from django.urls import URLPattern, URLResolver

app_name = "clock"
urlpatterns: list[URLPattern | URLResolver] = []
