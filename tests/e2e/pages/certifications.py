"""The registry's staff pages: list, file, recording, imports, conflicts, mismatches."""

import datetime as dt
from types import SimpleNamespace

from django.utils import timezone

from apps.accounts.constants import Role
from apps.certifications.constants import Shape
from apps.certifications.models import CccDetail, Certificate, ImportConflict, IndustrialDetail, ManagementDetail
from apps.certifications.services.imports import batches, conflicts
from apps.certifications.services.mismatches import handle_mismatch, report_mismatch
from apps.certifications.services.reference import load_reference
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.notifications.services import load_rules, plan_reminders
from apps.parties.rules.codes import make_uscc
from tests import factories
from tests.certifications import importing
from tests.e2e.pages import row

CLERK, SUPERVISOR = Role.WINDOW_CLERK, Role.SUPERVISOR
DEMO = Actor.system("demo")

FORMS = ["status", "renew", "surveillance", "correct", "sites", "detail"]
ROWS = [
    row("/registry/staff/", CLERK, SUPERVISOR),
    row("/registry/staff/?tab=expiring", CLERK),
    row("/registry/staff/?q=没有这一家", CLERK),
    *(row(f"/registry/staff/{{{name}.pk}}/", CLERK) for name in ("certificate", "ccc", "food", "industrial")),
    row("/registry/staff/{suspended.pk}/", SUPERVISOR),
    *(row(f"/registry/staff/{{certificate.pk}}/{form}/", CLERK) for form in FORMS),
    *(row(f"/registry/staff/{{{name}.pk}}/detail/", CLERK) for name in ("ccc", "food", "industrial")),
    row("/registry/staff/{suspended.pk}/status/", CLERK),
    row("/registry/staff/new/", CLERK),
    *(row(f"/registry/staff/new/{shape}/", CLERK) for shape in Shape.values),
    row("/registry/mismatches/", SUPERVISOR),
    row("/registry/mismatches/{mismatch.pk}/", SUPERVISOR),
    row("/registry/mismatches/{answered.pk}/", Role.OFFICER),
    row("/registry/imports/", CLERK),
    row("/registry/imports/new/", CLERK),
    row("/registry/imports/{preview.pk}/", CLERK),
    *(row(f"/registry/imports/{{preview.pk}}/?tab={tab}", CLERK) for tab in ("new", "conflict")),
    row("/registry/imports/{waiting.pk}/", CLERK),
    row("/registry/imports/{done.pk}/", CLERK),
    row("/registry/imports/{cancelled.pk}/", CLERK),
    row("/registry/conflicts/", CLERK),
    row("/registry/conflicts/{conflict.pk}/", CLERK),
    row("/registry/conflicts/{decided.pk}/", CLERK),
]

NOT_PAGES = {
    "certifications:import_template": "a download",
    "certifications:import_annotated": "a download",
    "certifications:import_progress": "a part of the import's page, which is walked while it waits",
}


def seed(city: SimpleNamespace) -> None:
    """A firm with a certificate of each shape and of each kind of trouble, and an import in each state."""
    now = timezone.now()
    load_reference(actor=DEMO, now=now)
    load_rules(actor=DEMO, now=now)
    seed_certificates(city, today(now))
    shapes(city)
    seed_imports(city)
    city.mismatch = report(city.certificate, "包装上的地址与证书不一致", contact="13800000000")
    city.answered = report(city.ccc, "产品上没有标志")
    supervisor = Actor("示例·监管人员", user=factories.staff(SUPERVISOR))
    handle_mismatch(actor=supervisor, now=now, report_id=city.answered.pk, answer="已核实，标志在包装内", version=1)
    plan_reminders()


def seed_certificates(city: SimpleNamespace, today: dt.date) -> None:
    firm = city.organisation
    city.certificate = factories.certificate(firm, scope="绿茶、红茶的种植与加工", scope_codes=["IAF:03", "GB:C15"])
    city.certificate.sites.create(
        name="示例·江口厂区", address="江口县示例路 8 号", activity="加工", division_code="520621"
    )
    ManagementDetail.objects.create(certificate=city.certificate, headcount=86, surveillance_count=1)
    city.certificate.surveillance.create(
        activity="监督审核", on=dt.date(2026, 6, 1), result="minor", source_code="national"
    )
    factories.certificate(firm, valid_to=today + dt.timedelta(days=20))
    city.suspended = factories.certificate(
        firm,
        status="suspended",
        status_since=today - dt.timedelta(days=90),
        suspended_until=today + dt.timedelta(days=5),
    )
    factories.certificate(firm, surveillance_due=today - dt.timedelta(days=3))
    city.expired = factories.certificate(firm, issued_on=dt.date(2020, 1, 15))
    city.revoked = factories.certificate(firm, status="revoked", status_since=today - dt.timedelta(days=9))


def shapes(city: SimpleNamespace) -> None:
    """One certificate of each of the other three shapes, its details filled."""
    firm = city.organisation
    city.ccc = shaped(city, "2026010101000001", Shape.CCC)
    parties = {"applicant": firm, "manufacturer": city.bare, "factory": city.bare}
    names = {"product_code": "0101", "product_name": "电线组件", "models_text": "RVV 3×1.5"}
    CccDetail.objects.create(certificate=city.ccc, **parties, **names)
    city.food = shaped(city, "100OP2600001", Shape.FOOD)
    city.food.product_lines.create(product="绿茶", place="江口县", area_mu=1200, output="36.5", output_unit="吨")
    city.industrial = shaped(city, "CQC26000000001", Shape.INDUSTRIAL)
    IndustrialDetail.objects.create(
        certificate=city.industrial, product_name="示例茶叶揉捻机", mode="型式试验＋工厂检查"
    )


def shaped(city: SimpleNamespace, number: str, shape: Shape) -> Certificate:
    return factories.certificate(
        city.organisation, number=number, shape=shape, project=factories.project(f"W{shape}", shape)
    )


def line(**cells: str) -> list[str]:
    """A record of a firm that is in no other file: the one of tests.certifications.importing has the code of a firm in
    cnca_records.json, which tests/e2e/test_keyboard_journey.py imports."""
    return importing.row(**{"orgCode": make_uscc("520602", "MA6DW001"), **cells})


def seed_imports(city: SimpleNamespace) -> None:
    """One file done, one waiting to be confirmed with rows of every kind, one not yet read, one cancelled."""
    known = [line(certNumber=f"00126Q2000{n}R0S") for n in range(3)]
    city.done = importing.take(importing.csv_bytes(known), "上月.csv")
    other = [line(certNumber=f"00126Q2000{n}R0S", certiEDate="2030-01-01") for n in range(2)]
    importing.take(importing.csv_bytes(other), "机构报送.csv", source="body")
    city.conflict, city.decided = ImportConflict.objects.order_by("row")
    clerk = Actor("示例·窗口人员", user=city.clerk)
    conflicts.decide(
        actor=clerk, now=timezone.now(), conflict_id=city.decided.pk, take=True, reason="电话核实", version=1
    )
    rows = [
        known[0],
        line(certNumber="00126Q20003R0S"),
        line(certNumber="X1", rzjgId="CNCA-R-2099-999"),
    ]
    rows += [line(certNumber=f"00126Q3000{n}R0S", certiEDate="2029.13.45") for n in range(3)]
    city.preview = importing.read(importing.csv_bytes(rows), "本月.csv")
    city.waiting = importing.upload(importing.csv_bytes([line(certNumber="00126Q40001R0S")]), "下月.csv")
    city.cancelled = importing.read(importing.csv_bytes([line(certNumber="00126Q50001R0S")]), "误传.csv")
    batches.cancel(actor=DEMO, now=timezone.now(), batch_id=city.cancelled.pk)


def report(certificate: Certificate, description: str, **fields: str):
    return report_mismatch(actor=DEMO, now=timezone.now(), certificate=certificate, description=description, **fields)
