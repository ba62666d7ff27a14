"""Cases through their services: every way through the table, each refusal, what is written and what is told."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry, PublicFact
from apps.core.calendar import today
from apps.core.problems import ProblemsFound, Refused
from apps.parties.constants import OrganisationKind
from tests import factories
from tests.matters.casework import EXEMPTION, LINE, Case, prepare

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house() -> None:
    prepare()


def test_a_draft_is_prefilled_and_names_every_gap() -> None:
    first = Case()
    first.write()
    first.take("applicant", "discard")
    again = Case(firm=first.firm)
    assert again.row.contact_name == "示例联系人"
    with pytest.raises(ProblemsFound) as found:
        again.take("applicant", "submit")
    told = str(found.value)
    for gap in ("办理情形", "产品清单", "责任担保书"):
        assert gap in told


def test_an_exemption_comes_to_its_decision() -> None:
    case = Case().to("duties")
    row = case.row
    assert row.token
    assert row.decision_number.startswith(case.file.number)
    assert row.valid_to is not None
    assert case.due("MATTER.EXEMPTION.DUTY").state == "running"
    assert case.due("MATTER.EXEMPTION.DECIDE").state == "met"
    assert {duty.code for duty in row.duties.all()} == {"use_proof", "disposal"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"code": "9999"}, "目录"),
        ({"quantity": "-1"}, "数量"),
        ({"quantity": "1e9"}, "数量"),
        ({"quantity": "NaN"}, "数量"),
        ({"name": " "}, "名称"),
        ({"unit": ""}, "单位"),
    ],
)
def test_a_faulty_line_is_told_with_its_number(line: dict[str, str], said: str) -> None:
    case = Case()
    with pytest.raises(ProblemsFound) as found:
        case.write({**EXEMPTION, "products": [LINE, {**LINE, **line}]})
    assert all("第 2 行" in str(problem) for problem in found.value.problems)
    assert said in str(found.value)


def test_duties_shown_in_time_are_confirmed_by_supervision() -> None:
    case = Case().to("duties")
    with pytest.raises(ProblemsFound):
        case.take("applicant", "show")
    case.show_all()
    case.take("applicant", "show")
    with pytest.raises(Refused):
        case.take(Role.APPROVER, "confirm")
    case.take(Role.SUPERVISOR, "confirm")
    assert case.file.status == "fulfilled"


def test_late_duties_go_to_the_leader_then_to_supervision_and_close_late() -> None:
    case = Case(days=150).to("duties")
    case.later(100)
    assert case.file.status == "overdue"
    case.later(15)
    assert case.file.status == "escalated"
    case.show_all()
    case.take("applicant", "show")
    with pytest.raises(Refused):
        case.take(Role.SUPERVISOR, "confirm")
    case.take(Role.SUPERVISOR, "close_late", reason="销毁证明齐全")
    assert case.file.status == "closed"


def test_a_correction_is_written_only_by_the_decision() -> None:
    case = Case("record_correction").to("proposed")
    certificate = case.certificate
    assert certificate is not None
    certificate.refresh_from_db()
    assert certificate.scope == "茶叶的加工"
    case.take(Role.APPROVER, "grant", reason="证书原件和机构答复一致")
    certificate.refresh_from_db()
    assert certificate.scope == "茶叶的种植和加工"
    entry = AuditEntry.objects.filter(action="certifications.certificate.correct").get()
    assert case.row.decision_number in entry.reason


def test_what_the_body_does_not_confirm_is_not_granted() -> None:
    case = Case("record_correction").to("accepted")
    grant = {"inputs": {"proposal": "grant"}, "reason": "符合"}
    with pytest.raises(ProblemsFound):
        case.take(Role.REVIEWER, "propose", **grant)
    case.take(Role.REVIEWER, "consult")
    answer = {"body_answer": "disagrees", "answered_on": (today(case.now) + dt.timedelta(days=2)).isoformat()}
    with pytest.raises(ProblemsFound):
        case.take(Role.REVIEWER, "record_answer", inputs=answer, reason="来函")
    answer["answered_on"] = today(case.now).isoformat()
    case.take(Role.REVIEWER, "record_answer", inputs=answer, reason="来函")
    with pytest.raises(ProblemsFound):
        case.take(Role.REVIEWER, "propose", **grant)
    case.take(Role.REVIEWER, "propose", inputs={"proposal": "refuse"}, reason="机构不同意")
    case.take(Role.APPROVER, "refuse", reason="发证机构不同意更正")
    assert case.file.status == "refused"


def test_a_sole_trader_counts_as_a_person_in_public() -> None:
    name = "张三丰"
    case = Case(firm=factories.organisation(name, kind=OrganisationKind.SOLE_TRADER)).to("duties")
    page = Client().get(reverse("matters:decision", args=[case.row.token])).content.decode()
    assert name not in page
    assert "张*" in page
    assert name not in PublicFact.objects.get(kind="matter.granted").payload
