"""Certificates after issue: lists, one in each state, the cases about them as each side sees them."""

from types import SimpleNamespace

from apps.accounts.constants import Role
from apps.certifying.models import WatchFinding
from apps.clock.models import Deadline
from apps.core.calendar import today
from apps.workflow.models import File
from tests import factories
from tests.certifying.lifework import Life, body_with_people, ccc, prepare, qms
from tests.e2e.pages import row

TOY = "/certifying/certificates/{toy.certificate.pk}/"
ROWS = [
    row("/certifying/certificates/", "toymaker", "planner"),
    row("/certifying/certificates/?as=holder", "planner"),
    row(TOY, "toymaker", "planner", Role.SUPERVISOR),
    row(TOY + "class/", "planner"),
    row("/certifying/certificates/{resting.certificate.pk}/cert_resume/new/", "resting"),
    row("/certifying/certificates/{moving.certificate.pk}/", "moving"),
    row("/certifying/certificates/{watched.certificate.pk}/cert_release/new/", "watched"),
    row("/certifying/certificates/{moving.certificate.pk}/cert_watch/new/", Role.OFFICER),
    row("/certifying/life/{toy.file.pk}/", "toymaker", "planner"),
    row("/certifying/life/{toy.file.pk}/steps/propose/", "planner"),
    row("/certifying/life/{moving.file.pk}/", "moving", "planner"),
    row("/certifying/life/{watched.file.pk}/", "auditor", "planner"),
    row("/certifying/life/{watched.file.pk}/findings/new/", "auditor"),
    row("/certifying/life/{watched.file.pk}/findings/{found.pk}/close/", "auditor"),
    row("/certifying/life/{watched.file.pk}/auditors/new/", "planner"),
    row("/certifying/transfers/{moving.file.pk}/", "receiving"),
    row("/certifying/late/", Role.SUPERVISOR),
]

NOT_PAGES: dict[str, str] = {}


def seed(city: SimpleNamespace) -> None:
    prepare()
    body, people = body_with_people("CNCA-R-2026-951")
    other, theirs = body_with_people("CNCA-R-2026-952")
    city.toy = Life("cert_suspend", "spot_check_failed", ccc(body, number="2026012202000951"), {**people})
    city.toy.take("holder", "state")
    city.resting = Life("cert_suspend", "spot_check_failed", ccc(body, number="2026012202000952"), {**people}).suspend()
    city.moving = Life(
        "cert_release", "transfer", qms(body), {**people}, facts="服务调整", receiving_id=other.pk, consent=True
    )
    city.watched = Life("cert_watch", "surveillance", qms(body), {**people})
    city.watched.name_auditor()
    city.watched.take("planning", "plan", inputs={"planned_on": city.watched.in_days(7)})
    city.found = WatchFinding.objects.create(
        case=city.watched.case,
        grade="minor",
        clause="8.5.1",
        text="作业指导书版本未受控",
        correct_by=today(city.watched.now),
        recorded_at=city.watched.now,
        recorded_by="示例",
    )
    Deadline.objects.filter(subject_id=city.moving.file.pk).update(due_on="2026-01-05")
    File.objects.filter(pk=city.moving.file.pk).update(due_on="2026-01-05")
    holder = factories.person()
    factories.member(holder, city.watched.certificate.holder)
    city.people |= {
        "toymaker": city.toy.people["holder"],
        "resting": city.resting.people["holder"],
        "moving": city.moving.people["holder"],
        "watched": holder,
        "planner": people["planning"],
        "auditor": people["audit"],
        "receiving": theirs["planning"],
    }
