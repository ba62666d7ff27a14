"""Whatever people try in whatever order, the file goes only where the table lets it, in the right hands only."""

import itertools
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from apps.accounts.constants import Role
from apps.core.problems import Refused
from apps.workflow.models import Transition
from apps.workflow.process import APPLICANT, CLOCK
from apps.workflow.rules import barred_by
from tests import factories
from tests.workflow.casework import NEEDED, applicant_of, opened, take
from tests.workflow.table import APPROVER, CLERK, REVIEWER, SAMPLE

STEPS = [step.code for step in SAMPLE.steps]
CAST = {"clerk": (CLERK,), "reviewer": (REVIEWER,), "approver": (APPROVER,), "all": (CLERK, REVIEWER, APPROVER)}


class OneFile(RuleBasedStateMachine):
    """A model of one file: its status, and who took what. The engine must agree with it at every turn."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.file = opened()
        self.people: dict[str, Any] = {name: factories.staff(*roles) for name, roles in CAST.items()}
        self.people["applicant"] = applicant_of(self.file)
        self.status, self.version = SAMPLE.start, 1
        self.took: list[tuple[str, str]] = []

    def allowed(self, who: str, code: str) -> bool:
        step = SAMPLE.step(code)
        if self.status not in step.sources or step.by == (CLOCK,):
            return False
        if step.by == (APPLICANT,):
            return who == "applicant"
        if who == "applicant" or not {str(Role(role)) for role in CAST[who]} & set(step.by):
            return False
        return not any(person == who and earlier in barred_by(SAMPLE, step) for earlier, person in self.took)

    @rule(who=st.sampled_from([*CAST, "applicant"]), code=st.sampled_from(STEPS))
    def somebody_tries_a_step(self, who: str, code: str) -> None:
        given = NEEDED.get(code, {})
        if self.allowed(who, code):
            take(self.file, code, self.people[who], **given)
            self.status, self.version = SAMPLE.step(code).target, self.version + 1
            self.took.append((code, who))
        else:
            with pytest.raises(Refused):
                take(self.file, code, self.people[who], **given)

    @precondition(lambda self: self.version > 1)
    @rule(code=st.sampled_from(STEPS))
    def somebody_repeats_an_old_form(self, code: str) -> None:
        with pytest.raises(Refused):
            take(self.file, code, self.people["all"], version=self.version - 1, **NEEDED.get(code, {}))

    @invariant()
    def the_file_is_where_its_transitions_say(self) -> None:
        self.file.refresh_from_db()
        assert (self.file.status, self.file.version) == (self.status, self.version)
        lines = list(Transition.objects.filter(file=self.file).order_by("version"))
        assert [line.version for line in lines] == list(range(1, self.version + 1))
        assert all(a.to_status == b.from_status for a, b in itertools.pairwise(lines))
        assert (self.file.closed_at is not None) == SAMPLE.state(self.status).final

    def teardown(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)


@pytest.mark.django_db
@pytest.mark.usefixtures("calendar")
def test_the_engine_and_the_table_agree_whatever_is_tried() -> None:
    quiet = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    run_state_machine_as_test(
        OneFile,
        settings=settings(
            max_examples=12, stateful_step_count=18, deadline=None, derandomize=True, suppress_health_check=quiet
        ),
    )
