from django.urls import path

from apps.portal.views import appearance, home, styleguide, texts

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("desk/", home.desk, name="desk"),
    path("desk/expiring/", home.expiring_list, name="expiring"),
    path("my/", home.obligations, name="obligations"),
    path("appearance/", appearance.appearance, name="appearance"),
    path("language/<slug:code>/", appearance.language, name="language"),
    path("accessibility/", texts.accessibility, name="accessibility"),
    path("privacy/", texts.privacy, name="privacy"),
    path("open-data/", texts.open_data, name="open_data"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
