"""Who may see which record: unit x place of the record, for whatever it is of (ADR 0008)."""

import pytest
from django.utils import timezone

from apps.accounts.constants import Role, UnitKind
from apps.accounts.models import User
from apps.certifications.models import MismatchReport
from apps.certifications.policies import (
    listed_certificates,
    may_change,
    may_see_internal,
    visible_certificates,
    visible_mismatches,
)
from apps.parties.policies import visible_organisations
from tests import factories

pytestmark = pytest.mark.django_db

PLACES = {"own": "520621", "other county": "520602", "city": "520600", "elsewhere": "371100", "unknown": ""}
UNITS = {
    "bureau": ("520600", set(PLACES)),
    "province": ("520000", set(PLACES)),
    "branch": ("520621", {"own"}),
    "another city": ("520100", set()),
}


def someone(unit: str, role: Role = Role.SUPERVISOR) -> User:
    return factories.staff(role, at=factories.unit(unit, UNITS[unit][0], UnitKind.BUREAU))


@pytest.mark.parametrize("unit", UNITS)
def test_certificates_reports_and_holders_follow_one_rule(unit: str) -> None:
    made = {place: factories.certificate(factories.organisation(division_code=code)) for place, code in PLACES.items()}
    for n, certificate in enumerate(made.values()):
        MismatchReport.objects.create(certificate=certificate, receipt=f"R{n}", received_at=timezone.now())
    user, allowed = someone(unit), UNITS[unit][1]
    assert {place for place, row in made.items() if may_see_internal(user, row)} == allowed
    assert {place for place, row in made.items() if may_change(user, row)} == allowed
    reported = set(visible_mismatches(user).values_list("certificate_id", flat=True))
    assert {place for place, row in made.items() if row.pk in reported} == allowed
    seen = set(visible_organisations(user, timezone.localdate()).values_list("pk", flat=True))
    assert {place for place, row in made.items() if row.holder_id in seen} == allowed


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SUPERVISOR])
def test_roles_see_files_by_their_permission_only(role: Role) -> None:
    certificate = factories.certificate()
    user = someone("bureau", role)
    casework = {Role.WINDOW_CLERK, Role.REVIEWER, Role.APPROVER, Role.OFFICER, Role.LEGAL_REVIEWER, Role.LEADER}
    assert may_see_internal(user, certificate) is (role in casework)
    assert may_change(user, certificate) is (role == Role.WINDOW_CLERK)
    assert visible_mismatches(user).exists() is False


def test_the_daily_list_and_the_one_outside_make_up_what_is_visible() -> None:
    for code in PLACES.values():
        factories.certificate(factories.organisation(division_code=code))
    for unit in UNITS:
        user = someone(unit)
        parts = [set(listed_certificates(user, where=where)) for where in ("inside", "outside")]
        assert (
            parts[0] | parts[1] == set(visible_certificates(user)) == set(listed_certificates(user, where="everywhere"))
        )
        assert not parts[0] & parts[1]
    outsider = factories.person()
    assert not listed_certificates(outsider).exists()


def test_a_report_about_no_known_certificate_is_the_bureaus() -> None:
    report = MismatchReport.objects.create(number_seen="X", receipt="R9", received_at=timezone.now())
    assert visible_mismatches(someone("bureau")).get() == report
    assert not visible_mismatches(someone("branch")).exists()
