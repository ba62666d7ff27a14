"""What the bureau decides itself: cases in the states that look different, their papers' page, the configuration."""

from types import SimpleNamespace

from apps.accounts.constants import Role
from apps.matters.models import Matter
from apps.matters.services.configuration import begin_version, propose_matter
from tests.e2e.pages import PUBLIC, row
from tests.matters.casework import SYSTEM, Case, prepare

CASE = "/matters/cases/"

ROWS = [
    row("/matters/", PUBLIC),
    row("/matters/m/ccc_exemption/", PUBLIC, "exempted"),
    row("/matters/m/record_correction/", PUBLIC),
    row("/matters/mine/", "exempted"),
    row(CASE + "{matter_draft.file.pk}/", "drafting"),
    row(CASE + "{matter_draft.file.pk}/form/", "drafting"),
    row(CASE + "{matter_draft.file.pk}/documents/", "drafting"),
    row(CASE + "{matter_submitted.file.pk}/", Role.WINDOW_CLERK),
    row(CASE + "{matter_submitted.file.pk}/points/", Role.WINDOW_CLERK),
    row(CASE + "{matter_correction.file.pk}/", "mending"),
    row(CASE + "{matter_correction.file.pk}/points/{matter_point.pk}/answer/", "mending"),
    row(CASE + "{matter_accepted.file.pk}/steps/propose/", "examining"),
    row(CASE + "{matter_owed.file.pk}/", "exempted", Role.SUPERVISOR),
    row(CASE + "{matter_owed.file.pk}/duties/{matter_duty.pk}/", "exempted"),
    row("/matters/d/{matter_owed.row.token}/", PUBLIC),
    row("/matters/configuration/", Role.SUPERVISOR),
    row("/matters/configuration/new/", Role.SUPERVISOR),
    row("/matters/configuration/{matter_written.pk}/edit/", Role.SUPERVISOR),
    row("/matters/configuration/{matter_proposed.pk}/", Role.LEADER),
]
NOT_PAGES: dict[str, str] = {}


def seed(city: SimpleNamespace) -> None:
    prepare()
    city.matter_draft, city.matter_submitted = Case(), Case().to("submitted")
    city.matter_correction = Case("record_correction").to("submitted")
    city.matter_point = city.matter_correction.point()
    city.matter_correction.take(Role.WINDOW_CLERK, "correct")
    city.matter_accepted = Case().to("accepted")
    city.matter_owed = Case(days=150).to("duties")
    city.matter_owed.later(100)
    city.matter_duty = city.matter_owed.row.duties.order_by("pk").first()
    written, proposed = (Matter.objects.get(code=code) for code in ("ccc_exemption", "record_correction"))
    call = {"actor": SYSTEM, "now": city.matter_draft.now}
    city.matter_written = begin_version(**call, matter_id=written.pk)
    made = begin_version(**call, matter_id=proposed.pk)
    city.matter_proposed = propose_matter(**call, matter_id=made.pk, version=made.version)
    city.people |= {
        "drafting": city.matter_draft.person("applicant"),
        "mending": city.matter_correction.person("applicant"),
        "examining": city.matter_accepted.person(Role.REVIEWER),
        "exempted": city.matter_owed.person("applicant"),
    }
