"""A matter is data: written on the page by one person, approved by another, and then worked like those shipped."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.accounts.selectors import actor_for
from apps.core.calendar import today
from apps.core.problems import ProblemsFound, Refused
from apps.matters.constants import Effect
from apps.matters.models import Matter
from apps.matters.rules.configuration import Duty, Question, Rows, limit_problems, read_rows, row_problems
from apps.matters.selectors.matters import matter_on
from apps.matters.services import configuration as services
from tests import factories
from tests.matters.casework import Case, prepare

TEXTS = {
    "name": "示例认证标志样品备案",
    "name_en": "Filing of sample marks",
    "who": "获证组织",
    "who_en": "Certified organisations",
    "result": "出具备案决定书",
    "result_en": "A decision",
    "basis": "示例依据（未核对原文）",
}
REST = {
    "competence": "own",
    "effect": "none",
    "validity_months": "12",
    "limit_accept": "MATTER.ACCEPT",
    "limit_correct": "MATTER.CORRECT",
    "limit_decide": "MATTER.EXEMPTION.DECIDE",
    "limit_duty": "MATTER.DUTY",
}


def posted(**changes: str) -> dict[str, str]:
    """What the page sends for a matter with one field, one document and no duties."""
    counts = {f"{name}-{what}": "1" for name in ("fields", "documents") for what in ("TOTAL_FORMS",)}
    counts |= {f"{name}-TOTAL_FORMS": "0" for name in ("grounds", "duties")}
    counts |= {f"{name}-INITIAL_FORMS": "0" for name in ("fields", "documents", "grounds", "duties")}
    field = {"code": "mark", "label": "标志式样", "label_en": "The mark", "kind": "text", "required": "on"}
    paper = {"code": "picture", "label": "标志图样", "label_en": "Picture of the mark", "required": "on"}
    rows = {f"fields-0-{key}": value for key, value in field.items()}
    rows |= {f"documents-0-{key}": value for key, value in paper.items()}
    first = {"code": "sample_mark", "effective_from": today(timezone.now()).isoformat()}
    return {**TEXTS, **REST, **first, **counts, **rows, **changes}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def act(user: User, matter: Matter, verb: str, **more: str) -> int:
    matter.refresh_from_db()
    path = reverse("matters:configuration_act", args=[matter.pk, verb])
    return browser(user).post(path, {"version": matter.version, **more}).status_code


@pytest.mark.django_db
def test_a_third_matter_is_made_on_the_page_and_worked_to_its_decision() -> None:
    prepare()
    author, second = factories.staff(Role.SUPERVISOR), factories.staff(Role.LEADER)
    response = browser(author).post(reverse("matters:configuration_new"), posted())
    made = Matter.objects.get(code="sample_mark")
    assert response.status_code == 302
    assert act(author, made, "propose") == 302
    assert act(author, made, "approve") in (403, 409)
    assert matter_on("sample_mark", today(timezone.now())) is None
    assert act(second, made, "approve") == 302
    assert b"sample_mark" in Client().get(reverse("matters:guide")).content
    case = Case("sample_mark")
    case.write({"mark": "方形红色标志"})
    case.paper("picture")
    case.take("applicant", "submit")
    case.take(Role.WINDOW_CLERK, "accept")
    case.take(Role.REVIEWER, "propose", inputs={"proposal": "grant"}, reason="符合要求")
    case.take(Role.APPROVER, "grant", reason="符合要求")
    assert case.file.status == "granted"
    assert case.due("MATTER.EXEMPTION.DECIDE").state == "met"
    assert case.row.valid_to is not None


@pytest.mark.django_db
def test_a_faulty_configuration_keeps_its_input_and_says_where() -> None:
    prepare()
    author = factories.staff(Role.SUPERVISOR)
    wrong = posted(**{"fields-0-code": "Bad Code", "limit_decide": "MATTER.ACCEPT", "effect": "correct"})
    response = browser(author).post(reverse("matters:configuration_new"), wrong)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Bad Code" in page
    assert not Matter.objects.filter(code="sample_mark").exists()


@pytest.mark.django_db
def test_only_those_who_hold_the_right_write_and_a_new_version_leaves_cases_alone() -> None:
    prepare()
    now = timezone.now()
    current = Matter.objects.get(code="ccc_exemption")
    with pytest.raises(Refused):
        services.begin_version(actor=actor_for(factories.staff(Role.WINDOW_CLERK)), now=now, matter_id=current.pk)
    author, second = factories.staff(Role.REVIEWER), factories.staff(Role.SUPERVISOR)
    begun = Case()
    by: dict[str, Any] = {"actor": actor_for(author), "now": now}
    made = services.begin_version(**by, matter_id=current.pk)
    with pytest.raises(Refused):
        services.begin_version(**by, matter_id=current.pk)
    config = services.config_of(made, name="免予办理强制性产品认证（新）")
    made = services.write_matter(**by, matter_id=made.pk, version=made.version, config=config)
    made = services.propose_matter(**by, matter_id=made.pk, version=made.version)
    services.approve_matter(actor=actor_for(second), now=now, matter_id=made.pk, version=made.version)
    assert begun.row.matter_id == current.pk
    begun.fill()
    with pytest.raises(ProblemsFound, match="新版本"):
        begun.take("applicant", "submit")
    assert Case().row.matter_id == made.pk


def test_lists_are_checked_row_by_row() -> None:
    twice = Rows(duties=(Duty("proof", "证明", "Proof"), Duty("proof", "证明", "Proof")))
    assert [each.code for each in row_problems(twice, Effect.NONE)] == ["twice"]
    mixed = Rows(fields=(Question("day", "日期", "Day", kind="date", rule="ccc"),))
    assert [each.code for each in row_problems(mixed, Effect.NONE)] == ["rule"]
    assert [each.code for each in row_problems(Rows(), Effect.CORRECT)] == ["corrects"]
    two = Rows(fields=tuple(Question(code, "清单", "List", kind="lines") for code in ("one", "two")))
    assert [each.code for each in row_problems(two, Effect.NONE)] == ["lines"]
    assert read_rows({"duties": [{"code": "a", "label": "甲", "label_en": "A", "unknown": 1}]}).duties[0].label == "甲"


@pytest.mark.parametrize("code", ["MATTER.ACCEPT", "CMA.DECIDE", "MATTER.X.Y.DECIDE", "MATTER.NONE.DECIDE", ""])
def test_a_limit_stands_for_its_own_stage_only(code: str) -> None:
    known = ["MATTER.DECIDE", "MATTER.ACCEPT", "CMA.DECIDE", "MATTER.X.Y.DECIDE", "MATTER.EXEMPTION.DECIDE"]
    assert limit_problems({"limit_decide": code}, known)
    assert not limit_problems({"limit_decide": "MATTER.EXEMPTION.DECIDE"}, known)


@pytest.mark.parametrize(
    ("first", "last", "fault"), [(None, None, True), (-1, None, True), (0, None, False), (3, 2, True)]
)
def test_a_version_never_holds_for_days_that_have_passed(first: int | None, last: int | None, fault: bool) -> None:
    on = dt.date(2026, 7, 1)
    days = [None if n is None else on + dt.timedelta(days=n) for n in (first, last)]
    assert bool(services.day_problems(days[0], days[1], on)) == fault
