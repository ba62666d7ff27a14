"""Which scope an application puts in force: a deletion takes away only, a draft serves one file, a decision decides."""

import pytest

from apps.accounts.constants import Role
from apps.core.calendar import today
from apps.core.problems import ProblemsFound, Refused
from apps.institutions.constants import ScopeState
from apps.institutions.models import Application, Institution, ScopeRow, ScopeVersion
from apps.institutions.services.scopes import approve_scope
from apps.parties.models import Organisation
from tests import factories
from tests.institutions.casework import Case, prepare

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


def granted() -> Case:
    """A licence under a scope of three rows."""
    return Case().to("decided")


def redraft(case: Case, *rows: dict[str, str]) -> ScopeVersion:
    """A new draft: the first rows of the scope in force, each with what is changed in it."""
    lab = Institution.objects.get(organisation=case.lab)
    present = lab.scopes.get(state=ScopeState.APPROVED)
    lab.scopes.filter(state=ScopeState.DRAFT).update(state=ScopeState.DISCARDED)
    made = ScopeVersion.objects.create(
        institution=lab, n=lab.scopes.count() + 1, rows_count=len(rows), made_at=case.now
    )
    ids = list(present.rows.order_by("n").values_list("capability_id", flat=True))
    ScopeRow.objects.bulk_create(
        ScopeRow(scope=made, n=n, capability_id=ids[n - 1], **changed) for n, changed in enumerate(rows, 1)
    )
    return made


def in_force(lab: Organisation) -> ScopeVersion:
    return ScopeVersion.objects.get(institution__organisation=lab, state=ScopeState.APPROVED)


def asked(case: Case) -> ScopeVersion | None:
    return Application.objects.select_related("scope").get(pk=case.application.pk).scope


@pytest.mark.parametrize("changed", [{"restriction": "不限"}, {"site": "新址"}, {"clause": "第二法"}])
def test_a_deletion_that_adds_is_not_handed_in(changed: dict[str, str]) -> None:
    case = granted()
    redraft(case, {}, changed)
    deletion = Case("deletion", lab=case.lab)
    deletion.fill()
    with pytest.raises(ProblemsFound, match=r"取消项目只能减少.*第 2 行"):
        deletion.take("applicant", "submit")


def test_a_deletion_takes_away_and_nothing_that_was_taken_away_meanwhile_comes_back() -> None:
    case = granted()
    redraft(case, {}, {})
    deletion = Case("deletion", lab=case.lab).to("proposed")
    in_force(case.lab).rows.filter(n=2).delete()  # as another decision would have left it
    with pytest.raises(Refused, match="取消项目只能减少"):
        deletion.take(Role.APPROVER, "grant", reason="符合")
    in_force(case.lab).rows.filter(n=3).update(n=2, capability=asked(deletion).rows.get(n=2).capability)
    deletion.take(Role.APPROVER, "grant", reason="符合")
    assert in_force(case.lab) == asked(deletion)


def test_a_draft_serves_one_file() -> None:
    case = granted()
    draft = redraft(case, {}, {}, {"site": "新址"})
    first, second = Case("extension", lab=case.lab).to("submitted"), Case("standard", lab=case.lab)
    assert asked(first) == draft
    second.fill()
    with pytest.raises(ProblemsFound, match=f"已随申请 {first.file.number} 提交"):
        second.take("applicant", "submit")
    first.take("applicant", "withdraw", reason="不再申请")
    second.take("applicant", "submit")
    assert asked(second) == draft


def test_who_keeps_the_scope_keeps_the_one_of_the_day() -> None:
    """A change of site beside an extension: it asks for no draft of another file, and undoes no decision on it."""
    case = granted()
    before, draft = in_force(case.lab), redraft(case, {}, {}, {"site": "新址"})
    extension = Case("extension", lab=case.lab).to("proposed")
    moved = Case("site", lab=case.lab).to("proposed")
    assert asked(moved) == before
    extension.take(Role.APPROVER, "grant", reason="符合")
    moved.take(Role.APPROVER, "forward", reason="初审合格")
    answer = {"answer_number": "示例〔2026〕1号", "answered_on": today(case.now).isoformat()}
    moved.take(Role.REVIEWER, "record_grant", inputs=answer)
    assert in_force(case.lab) == draft == asked(moved)


@pytest.mark.parametrize("step", [None, "correct"])
def test_nobody_puts_a_scope_in_force_beside_its_file(step: str | None) -> None:
    case = Case().to("submitted")
    scope = asked(case)
    if step:
        case.point()
        case.take(Role.WINDOW_CLERK, step)
    approver = factories.staff(Role.APPROVER, at=factories.unit("anywhere", "520600"))
    case.people["beside"] = approver
    decision = {"version": scope.version, "decision_number": "示例〔2026〕2号", "approved_on": today(case.now)}
    with pytest.raises(Refused, match=case.file.number):
        approve_scope(**case.by("beside"), scope_id=scope.pk, **decision)
    case.take("applicant", "withdraw", reason="不再申请")
    assert approve_scope(**case.by("beside"), scope_id=scope.pk, **decision).state == ScopeState.APPROVED
