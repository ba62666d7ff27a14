"""Nobody under a ban is entered as signatory, head, representative, assessor or auditor - anywhere."""

import pytest
from django.urls import reverse

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.accounts.selectors import actor_for
from apps.accounts.services.roles import grant_role
from apps.core.problems import ProblemsFound, Refused
from apps.institutions.models import Institution, Person
from apps.institutions.services.applications import write_application
from apps.institutions.services.reviews import name_member, sign_opinion
from apps.parties.identity import identity_hash
from apps.parties.models import Ban
from apps.parties.selectors import bans_named_in, barred_hashes
from apps.parties.services.bans import record_ban
from tests import factories
from tests.institutions import promising
from tests.institutions.casework import BASICS, OPINION, Case, prepare
from tests.institutions.house import NOW, SYSTEM, TODAY, browse

pytestmark = pytest.mark.django_db
NAME = "示例戊"


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


def barred(name: str = NAME, **fields: object) -> Ban:
    return record_ban(actor=SYSTEM, now=NOW, facts=factories.ban_facts(person_name=name, **fields))


def test_a_free_text_is_asked_for_every_name() -> None:
    barred()
    assert [ban.person_name for ban in bans_named_in("组长示例乙、示 例 戊（审核员）", TODAY)] == [NAME]
    assert bans_named_in("组长示例乙", TODAY) == []
    assert bans_named_in(f"{NAME}己", TODAY, known={f"{NAME}己"}) == [], "shown to be somebody else"


@pytest.mark.parametrize("field", ["legal_representative", "top_manager", "technical_head"])
def test_an_application_names_nobody_barred(field: str) -> None:
    ban, case = barred(), Case()
    page = browse(case.people["applicant"]).post(
        reverse("institutions:basics", args=[case.file.pk]), {**BASICS, field: NAME, "version": 1}
    )
    assert page.status_code == 422
    told = page.context["form"].errors[field][0]
    assert ban.decision_number in told
    assert "2035-02-28" in told


def test_what_is_not_public_of_a_decision_is_not_told() -> None:
    ban, case = barred(public_basis="", facts="不公开的事由"), Case("signatory")
    with pytest.raises(ProblemsFound, match="未公开的决定") as found:
        write_application(**case.by("applicant"), **case.id, version=1, values={"change_to": f"授权签字人变更为{NAME}"})
    told = str(found.value)
    assert [word for word in (ban.decision_number, ban.authority, ban.facts) if word in told] == []


def test_a_ban_after_the_draft_stops_the_hand_in_and_the_decision() -> None:
    case = Case().to("decided")
    change = Case("technical_head", lab=case.lab)
    values = {**BASICS, "change_to": NAME}
    write_application(**change.by("applicant"), **change.id, version=1, values=values)
    barred()
    with pytest.raises(ProblemsFound, match="被禁止从业"):
        change.take("applicant", "submit")


def test_whoever_is_barred_on_the_way_is_not_decided_in() -> None:
    case = Case().to("decided")
    change = Case("technical_head", lab=case.lab).to("proposed")
    barred(BASICS["change_to"])
    with pytest.raises(ProblemsFound, match="被禁止从业"):
        change.take(Role.APPROVER, "grant", reason="符合")
    change.take(Role.APPROVER, "refuse", reason="拟任人员被禁止从业")


def test_a_namesake_in_the_file_of_the_institution_is_known_by_document() -> None:
    barred()
    case = Case()
    lab = Institution.objects.get(organisation=case.lab)
    number = factories.resident_id(77)
    Person.objects.create(
        institution=lab,
        name=NAME,
        id_kind="resident",
        id_hash=identity_hash("resident", number),
        id_masked="5**1",
        recorded_at=NOW,
    )
    values = {"technical_head": NAME}
    assert write_application(**case.by("applicant"), **case.id, version=1, values=values).technical_head == NAME
    barred("别名", id_number=number)
    with pytest.raises(ProblemsFound, match="被禁止从业"):
        write_application(**case.by("applicant"), **case.id, version=2, values={"technical_head": f"{NAME} "})


def test_nobody_barred_is_named_to_a_review_or_signs_in_one() -> None:
    case = Case().to("accepted")
    User.objects.filter(pk=case.person("barred").pk).update(display_name=NAME)
    case.people["barred"].refresh_from_db()
    member = {"user_id": case.person("barred").pk, "duty": "expert", "field": "环境"}
    name_member(**case.by(Role.REVIEWER), **case.id, **member)
    case.plan()
    case.take(Role.REVIEWER, "plan")
    ban = barred()
    with pytest.raises(ProblemsFound, match="被禁止从业"):
        sign_opinion(**case.by("barred"), **case.id, **OPINION)
    case = Case(lab=factories.organisation("示例·另一家")).to("accepted")
    address, given = reverse("institutions:member_add", args=[case.file.pk]), {**member, "user": member["user_id"]}
    page = browse(case.person(Role.REVIEWER)).post(address, given)
    assert page.status_code == 422
    assert ban.decision_number in page.context["member_form"].errors["user"][0]
    assert not case.application.team.exists()


def test_nobody_barred_is_made_a_review_expert() -> None:
    ban, expert = barred(), factories.staff(Role.OFFICER)
    User.objects.filter(pk=expert.pk).update(display_name=NAME)
    granting = {"user": expert, "starts_on": TODAY, "ends_on": None, "reason": "聘任"}
    admin = actor_for(factories.staff(Role.SECURITY_ADMIN))
    with pytest.raises(ProblemsFound, match=ban.decision_number):
        grant_role(actor=admin, now=NOW, role=Role.REVIEW_EXPERT, **granting)
    assert grant_role(actor=admin, now=NOW, role=Role.WINDOW_CLERK, **granting).role == Role.WINDOW_CLERK


def test_an_officer_barred_since_they_were_named_finds_and_signs_nothing() -> None:
    promising.prepare()
    site = promising.OnSite().plan()
    officer = site.person("one")
    User.objects.filter(pk=officer.pk).update(display_name=NAME)
    officer.refresh_from_db()
    barred()
    with pytest.raises(Refused, match="禁止从业"):
        site.note()


def test_a_ban_without_the_kind_of_its_document_shows_beside_the_post_of_that_name() -> None:
    ban = barred()
    Ban.objects.filter(pk=ban.pk).update(id_kind="")
    found = barred_hashes([(NAME, identity_hash("resident", "52220119900101001X")), ("示例己", "")], TODAY)
    assert list(found) == [(NAME, identity_hash("resident", "52220119900101001X"))]
