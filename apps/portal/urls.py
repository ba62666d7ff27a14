from django.urls import path

from apps.portal.views import (
    appearance,
    bans,
    certificate,
    home,
    institutions,
    lookup,
    mismatch,
    operations,
    organisation,
    reference,
    styleguide,
    texts,
)

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("desk/", home.desk, name="desk"),
    path("desk/expiring/", home.expiring_list, name="expiring"),
    path("my/", home.obligations, name="obligations"),
    path("lookup/", lookup.lookup, name="lookup"),
    path("lookup/summary/", lookup.lookup_summary, name="lookup_summary"),
    path("c/", certificate.certificate_by_number, name="certificate_by_number"),
    path("c/<str:token>", certificate.certificate, name="certificate"),
    path("c/<str:token>/qr.svg", certificate.certificate_qr, name="certificate_qr"),
    path("c/<str:token>/report/", mismatch.report, name="certificate_report"),
    path("c/<str:token>/report/<str:receipt>", mismatch.reported, name="certificate_reported"),
    path("o/<str:reference>", organisation.organisation, name="organisation"),
    path("operations/", operations.operations, name="operations"),
    path("testing/", institutions.testing, name="testing"),
    path("i/<str:token>", institutions.institution, name="institution"),
    path("i/<str:token>/qr.svg", institutions.institution_qr, name="institution_qr"),
    path("bans/", bans.bans, name="bans"),
    path("appearance/", appearance.appearance, name="appearance"),
    path("language/<slug:code>/", appearance.language, name="language"),
    path("accessibility/", texts.accessibility, name="accessibility"),
    path("privacy/", texts.privacy, name="privacy"),
    path("open-data/", texts.open_data, name="open_data"),
    path("reference/<slug:name>/", reference.table, name="reference"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
