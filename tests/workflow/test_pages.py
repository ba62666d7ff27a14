"""Pages of one file, of absences, rules and tables, over HTTP."""

import datetime as dt
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from apps.accounts.constants import Role
from apps.clock.models import Deadline, DeadlineEvent
from apps.documents import access
from apps.parties.merging import movers
from apps.workflow import bindings
from apps.workflow.constants import SUBJECT
from apps.workflow.diagram import svg
from apps.workflow.docs import pages
from apps.workflow.models import Absence, File, RoutingRule
from apps.workflow.rules import texts_of
from apps.workflow.services import claim
from apps.workflow.services.reconciling import reconcile_due
from tests import factories
from tests.reference import load_calendar
from tests.workflow.casework import BINDING, actor, applicant, applicant_of, opened, take
from tests.workflow.table import APPROVER, CLERK, LEADER, REVIEWER, SAMPLE


@pytest.fixture(autouse=True)
def now(db: None) -> dt.datetime:
    moment = timezone.now()
    load_calendar(moment.year, moment.year + 1)
    return moment


@pytest.fixture
def plain() -> None:
    """The sample process without a case page of its own."""
    bindings.register(SAMPLE, replace(BINDING, url=lambda file: ""))


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sent(now: dt.datetime, **fields: object) -> File:
    file = opened(now=now, **fields)
    take(file, "submit", applicant_of(file), now=now)
    file.refresh_from_db()
    return file


def to(file: File, step: str) -> str:
    return f"/worklist/files/{file.pk}/steps/{step}/"


def test_the_case_page_shows_what_is_possible_and_what_happened(now: dt.datetime, plain: None) -> None:
    file = sent(now)
    clerk = factories.staff(CLERK)
    page = signed_in(clerk).get(f"/worklist/files/{file.pk}/")
    case = page.context["case"]
    assert [action.step.code for action in case.actions] == ["accept", "correct"]
    assert [str(line.label) for line in case.timeline] == ["", "提交"]
    assert (case.may_claim, case.may_hand_over, case.may_assign) == (True, False, False)
    text = page.content.decode()
    assert all(word in text for word in ("可办理的步骤", "期限台账", "办理经过", 'class="flow"'))
    own = signed_in(applicant_of(file)).get(f"/worklist/files/{file.pk}/").context["case"]
    assert [action.step.code for action in own.actions] == ["withdraw"]


def test_the_plain_page_gives_way_to_the_one_of_the_app(now: dt.datetime) -> None:
    file = sent(now)
    for who in (factories.staff(CLERK), applicant_of(file)):
        assert signed_in(who).get(f"/worklist/files/{file.pk}/").headers["Location"] == f"/sample/{file.pk}/"


def test_the_applicant_reads_no_names_and_no_reasons_between_desks(now: dt.datetime, plain: None) -> None:
    file, clerk, reviewer, approver = sent(now), *(factories.staff(role) for role in (CLERK, REVIEWER, APPROVER))
    take(file, "correct", clerk, reason="缺设备清单", now=now)
    take(file, "answer", applicant_of(file), now=now)
    take(file, "accept", clerk, now=now)
    take(file, "conclude", reviewer, inputs={"score": "80"}, reason="内部意见甲", now=now)
    take(file, "return", approver, reason="内部意见乙", now=now)
    claim(actor=actor(reviewer), now=now, file_id=file.pk)
    inside = signed_in(approver).get(f"/worklist/files/{file.pk}/").content.decode()
    outside = signed_in(applicant_of(file)).get(f"/worklist/files/{file.pk}/").content.decode()
    for words in ("内部意见甲", "内部意见乙", reviewer.display_name, clerk.display_name, approver.display_name):
        assert words in inside
        assert words not in outside
    assert "缺设备清单" in outside
    assert applicant_of(file).display_name in outside
    assert f'<p class="small mute">{CLERK.label}</p>' in outside


def test_the_ledger_of_clocks_keeps_no_reason_that_the_applicant_is_not_told(now: dt.datetime, plain: None) -> None:
    resting = replace(SAMPLE.step("conclude"), pauses=("CMA.DECIDE",))
    table = replace(SAMPLE, steps=tuple(resting if each.code == "conclude" else each for each in SAMPLE.steps))
    bindings.register(table, replace(BINDING, url=lambda file: ""))
    file = sent(now)
    take(file, "correct", factories.staff(CLERK), reason="缺设备清单", now=now)
    take(file, "answer", applicant_of(file), now=now)
    take(file, "accept", factories.staff(CLERK), now=now)
    take(file, "conclude", factories.staff(REVIEWER), inputs={"score": "80"}, reason="内部意见甲", now=now)
    paused = DeadlineEvent.objects.filter(kind="pause").order_by("pk")
    assert list(paused.values_list("reason", flat=True)) == ["缺设备清单", "审查已完成。"]
    assert "内部意见甲" not in signed_in(applicant_of(file)).get(f"/worklist/files/{file.pk}/").content.decode()


def test_strangers_find_nothing(now: dt.datetime) -> None:
    file = sent(now)
    stranger, _organisation = applicant()
    for who in (stranger, factories.staff(Role.REVIEW_EXPERT), factories.staff(Role.AUDIT_ADMIN)):
        client = signed_in(who)
        assert client.get(f"/worklist/files/{file.pk}/").status_code == 404
        assert client.post(to(file, "accept"), {"version": 2}).status_code == 404


def test_a_step_is_taken_by_its_form(now: dt.datetime) -> None:
    file = sent(now)
    client = signed_in(factories.staff(CLERK))
    assert client.get(to(file, "accept")).status_code == 200
    assert client.post(to(file, "accept"), {"version": 2}).status_code == 302
    file.refresh_from_db()
    assert file.status == "accepted"


def test_a_crafted_post_skips_no_state(now: dt.datetime) -> None:
    file = sent(now)
    client = signed_in(factories.staff(APPROVER))
    assert client.post(to(file, "grant"), {"version": 2, "status": "granted"}).status_code == 409
    assert client.post(to(file, "nonsense"), {"version": 2}).status_code == 404
    assert signed_in(applicant_of(file)).post(to(file, "accept"), {"version": 2}).status_code == 403
    file.refresh_from_db()
    assert (file.status, file.version) == ("submitted", 2)


def test_an_old_form_is_refused_and_keeps_what_was_typed(now: dt.datetime) -> None:
    file, clerk = sent(now), factories.staff(CLERK)
    client = signed_in(clerk)
    take(file, "correct", clerk, reason="缺材料", now=now)
    take(file, "answer", applicant_of(file), now=now)
    answer = client.post(to(file, "correct"), {"version": 2, "reason": "还缺设备清单"})
    assert (answer.status_code, "还缺设备清单" in answer.content.decode()) == (409, True)
    answer = client.post(to(file, "correct"), {"version": 4, "reason": " "})
    assert answer.status_code == 422


def test_who_may_never_take_a_step_gets_403_and_the_reason(now: dt.datetime) -> None:
    file, both = sent(now), factories.staff(CLERK, REVIEWER)
    client = signed_in(both)
    client.post(to(file, "accept"), {"version": 2})
    answer = client.post(to(file, "conclude"), {"version": 3, "score": "80"})
    assert (answer.status_code, "相邻" in answer.content.decode()) == (403, True)


def test_claiming_and_handing_over(now: dt.datetime) -> None:
    file, clerk, other = sent(now), factories.staff(CLERK), factories.staff(CLERK)
    client = signed_in(clerk)
    assert client.get(f"/worklist/files/{file.pk}/hand-over/").status_code == 404
    client.post(f"/worklist/files/{file.pk}/claim/")
    file.refresh_from_db()
    assert file.holder == clerk
    reviewer = factories.staff(REVIEWER)
    page = client.get(f"/worklist/files/{file.pk}/hand-over/").content.decode()
    offered = [f'<option value="{each.pk}">' in page for each in (other, reviewer, clerk)]
    assert offered == [True, False, False], "whose turn it is, but for the holder"
    assert client.post(f"/worklist/files/{file.pk}/hand-over/", {"user": other.pk}).status_code == 422
    client.post(f"/worklist/files/{file.pk}/hand-over/", {"user": other.pk, "reason": "出差"})
    file.refresh_from_db()
    assert file.holder == other


def test_recusing_oneself(now: dt.datetime) -> None:
    file, clerk = sent(now), factories.staff(CLERK)
    client = signed_in(clerk)
    assert client.post(f"/worklist/files/{file.pk}/recuse/", {"reason": ""}).status_code == 422
    client.post(f"/worklist/files/{file.pk}/recuse/", {"reason": "亲属"})
    answer = client.post(to(file, "accept"), {"version": 2})
    assert answer.status_code == 403


def test_absences(now: dt.datetime) -> None:
    clerk, other, leader = factories.staff(CLERK), factories.staff(CLERK), factories.staff(LEADER)
    day = timezone.localdate(now).isoformat()
    given = {"user": clerk.pk, "first_on": day, "last_on": day, "delegate": other.pk}
    assert signed_in(other).post("/worklist/absences/", given).status_code == 422  # one's own only
    assert signed_in(clerk).post("/worklist/absences/", given).status_code == 302
    assert signed_in(clerk).post("/worklist/absences/", given).status_code == 422  # overlaps
    absence = Absence.objects.get()
    assert signed_in(factories.staff(REVIEWER)).post(f"/worklist/absences/{absence.pk}/end/").status_code == 404
    signed_in(leader).post(f"/worklist/absences/{absence.pk}/end/")
    absence.refresh_from_db()
    assert absence.ended_at is not None


def test_routing_rules(now: dt.datetime) -> None:
    client = signed_in(factories.staff(LEADER))
    given = {"matter": "sample:renewal", "place": "", "role": CLERK, "unit": "", "most": "20"}
    assert client.post("/worklist/routing/", given).status_code == 302
    assert client.post("/worklist/routing/", given).status_code == 422
    rule = RoutingRule.objects.get()
    assert (rule.process, rule.matter, rule.most) == ("sample", "renewal", 20)
    assert "延续" in client.get("/worklist/routing/").content.decode()
    client.post(f"/worklist/routing/{rule.pk}/end/", {"version": "9"})
    rule.refresh_from_db()
    assert rule.ended_at is None
    client.post(f"/worklist/routing/{rule.pk}/end/", {"version": "1"})
    rule.refresh_from_db()
    assert rule.ended_at is not None


def test_the_table_as_page_and_picture() -> None:
    page = signed_in(factories.staff(CLERK)).get("/worklist/processes/sample/").content.decode()
    assert all(str(step.message) in page for step in SAMPLE.steps)
    drawn = str(svg(SAMPLE, "accepted"))
    assert drawn.count("<rect") == len(SAMPLE.states)
    assert drawn.count('class="here"') == 1
    assert "<style>" not in drawn
    assert signed_in(factories.staff(CLERK)).get("/worklist/processes/other/").status_code == 404


def test_every_text_of_the_table_renders_in_both_languages() -> None:
    for language in ("zh-hans", "en"):
        with override(language):
            assert all(str(text).strip() for _place, text in texts_of(SAMPLE))


def test_the_docs_hold_each_process_and_its_picture() -> None:
    made = pages()
    assert "| 1 | 提交 | 草稿 | 待受理 | 申请人 |" in made["processes.md"]
    assert "<style>" in made["processes/sample.svg"]


def test_whoever_sees_a_file_sees_its_documents(now: dt.datetime) -> None:
    file = sent(now)
    sees = access.subject_of(SUBJECT).sees
    stranger, _organisation = applicant()
    assert sees(applicant_of(file), file.organisation_id, file.pk)
    assert sees(factories.staff(CLERK), None, file.pk)
    assert not sees(stranger, file.organisation_id, file.pk)


def test_the_last_day_on_the_worklist_is_healed(now: dt.datetime) -> None:
    file, right = sent(now), sent(now)
    day = file.due_on + dt.timedelta(days=3)
    Deadline.objects.filter(subject_kind=SUBJECT, subject_id=file.pk).update(due_on=day)
    assert reconcile_due() == 1
    file.refresh_from_db()
    assert file.due_on == day
    right.refresh_from_db()
    assert reconcile_due() == 0


def test_the_home_page_counts_what_the_worklist_holds(now: dt.datetime) -> None:
    clerk = factories.staff(CLERK)
    mine, _pooled = sent(now), sent(now)
    claim(actor=actor(clerk), now=now, file_id=mine.pk)
    client = signed_in(clerk)
    figures = {str(f.label): f for f in client.get("/desk/").context["desk"].waiting}
    assert {"我承办的件": 1, "待领取的件": 1, "已超期的件": 0}.items() <= {
        k: f.value for k, f in figures.items()
    }.items()
    for label in ("我承办的件", "待领取的件"):
        assert client.get(figures[label].url).context["page"].paginator.count == figures[label].value


def test_the_files_of_a_merged_organisation_go_over(now: dt.datetime) -> None:
    file, kept = sent(now), factories.organisation()
    mover = next(mover for mover in movers() if mover.name == "workflow.files")
    before = file.organisation_id
    moved = mover.move(before, kept.pk)
    file.refresh_from_db()
    assert (file.organisation, mover.count([kept.pk])) == (kept, {kept.pk: 1})
    mover.restore(moved, before, kept.pk)
    file.refresh_from_db()
    assert file.organisation_id == before


def test_the_docs_are_up_to_date() -> None:
    """In a process of its own: the tables of other tests are no part of the portal."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "process_docs", "--check"]
    nowhere = {"DATABASE_URL": "postgres://127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}
    done = subprocess.run(command, env={**os.environ, **nowhere}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
