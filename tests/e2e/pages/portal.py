"""Public pages and home pages."""

from types import SimpleNamespace

from django.utils import timezone

from apps.accounts.constants import Role
from apps.core.models import Draft
from apps.portal.views.reference import TABLES
from tests.e2e.pages import ENTERPRISE, PUBLIC, person_of, row

CLERK = Role.WINDOW_CLERK

ROWS = [
    row("/", PUBLIC),
    row("/accessibility/", PUBLIC),
    row("/privacy/", PUBLIC),
    row("/open-data/", PUBLIC),
    row("/appearance/", PUBLIC, CLERK),
    row("/no-such-page/", PUBLIC, status=404),
    row("/desk/", CLERK, Role.SUPERVISOR, Role.LEADER, Role.AUDIT_ADMIN),
    row("/desk/", ENTERPRISE, status=403),
    row("/operations/", Role.SYSTEM_ADMIN, Role.LEADER),
    row("/desk/expiring/?within=60", Role.SUPERVISOR),
    row("/my/", ENTERPRISE),
    row("/styleguide/", PUBLIC),
    row("/lookup/", PUBLIC),
    row("/lookup/?q=翠峰", PUBLIC, CLERK),
    row("/lookup/?q=没有这一家", PUBLIC),
    row("/lookup/summary/?q=翠峰", PUBLIC),
    row("/lookup/?page=9", PUBLIC, status=400),
    row("/bans/", PUBLIC),
    row("/c/{certificate.token}", PUBLIC, ENTERPRISE),
    row("/c/{certificate.token}?product=绿茶&site=江口&day=2026-03-01", PUBLIC),
    row("/c/7Q4KM2XD9A1B", PUBLIC, status=404),
    row("/c/{certificate.token}/report/", PUBLIC),
    row("/c/{certificate.token}/report/261124-7Q4KM2XD", PUBLIC),
    *(row(f"/c/{{{name}.token}}", PUBLIC) for name in ("ccc", "food", "industrial", "suspended", "revoked", "expired")),
    row("/o/{organisation.uscc}", PUBLIC),
    *(row(f"/reference/{name}/", PUBLIC) for name in TABLES),
]

NOT_PAGES = {
    "portal:certificate_by_number": "leads on to the certificate or the lookup",
    "portal:certificate_qr": "a picture",
    "portal:institution_qr": "a picture",
    "portal:language": "sets the language and leads back",
}


def seed(city: SimpleNamespace) -> None:
    """Forms begun and not sent: one for the organisation, one of a clerk."""
    manager, clerk = city.people[ENTERPRISE], person_of(CLERK, city)
    for person, organisation_id, title, path in [
        (manager, 0, "申请绑定组织", "/organisations/claims/new/"),
        (manager, city.organisation.pk, "资质认定首次申请", "/my/"),
        (clerk, 0, "登记管理体系认证证书", "/registry/staff/new/1/"),
    ]:
        whose = {"person_id": person.pk, "organisation_id": organisation_id}
        Draft.objects.create(**whose, key=f"walk.{title}", title=title, path=path, saved_at=timezone.now())
