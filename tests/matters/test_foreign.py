"""A case is nobody's but its organisation's and the bureau's: every address, asked and posted to by all others."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.matters.constants import PROCESS
from apps.matters.models import Matter
from apps.workflow.models import Transition
from tests import factories
from tests.architecture.test_access import ANONYMOUS, OUTSIDER, patterns, table
from tests.matters.casework import Case, prepare

pytestmark = pytest.mark.django_db
ELSEWHERE = "520621"
BUSINESS = [role for role in Role if role not in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)]
NO_CASE = {"matters:begin", "matters:configuration", "matters:configuration_edit", "matters:configuration_act"}
POSTED = {
    "version": "1",
    "reason": "越权",
    "answer": "越权",
    "statement": "越权",
    "about": "越权",
    "contact_name": "越权",
}


def visitor(who: str) -> User | None:
    if who == ANONYMOUS:
        return None
    if who == OUTSIDER:
        user = factories.person()
        factories.member(user, factories.organisation(division_code=ELSEWHERE))
        return user
    return factories.staff(*BUSINESS, at=factories.unit(ELSEWHERE, ELSEWHERE))


def addresses(case: Case, arguments: dict[str, Any]) -> dict[str, str]:
    """Every address of the app that takes a case of somebody's."""
    closed = {name for name, row in table().items() if row.who not in ("anyone", "flow")}
    names = {name: found for name, found in patterns() if name.startswith("matters:") and found and name in closed}
    wanted = {name: found for name, found in names.items() if name not in NO_CASE}
    return {name: reverse(name, kwargs={key: arguments[key] for key in found}) for name, found in wanted.items()}


@pytest.mark.parametrize("who", [ANONYMOUS, OUTSIDER, "every role of another county at once"])
def test_a_foreign_case_is_refused_and_stays_as_it_was(who: str) -> None:
    prepare()
    owed = Case().to("duties")
    owed.case.refresh_from_db()
    correction = Case("record_correction").to("submitted")
    point = correction.point()
    correction.take(Role.WINDOW_CLERK, "correct")
    of_duties = {
        "pk": owed.file.pk,
        "duty": owed.row.duties.earliest("pk").pk,
        "step": "show",
        "document": 1,
        "point": 1,
    }
    of_points = {"pk": correction.file.pk, "duty": 1, "step": "answer", "document": 1, "point": point.pk}
    client, user = Client(), visitor(who)
    if user is not None:
        client.force_login(user)
    before = (Transition.objects.count(), owed.row.version, correction.row.version)
    tried = 0
    for case, arguments in ((owed, of_duties), (correction, of_points)):
        for name, path in addresses(case, arguments).items():
            for method in ("get", "post"):
                response = getattr(client, method)(path, POSTED if method == "post" else {})
                allowed = (302,) if user is None else (403, 404, 405)
                assert response.status_code in allowed, (who, name, method, response.status_code)
                tried += 1
    assert tried >= 30
    assert (Transition.objects.count(), owed.row.version, correction.row.version) == before
    assert not Transition.objects.filter(file__process=PROCESS, reason="越权").exists()


def test_colleagues_see_the_case_and_strangers_to_matters_no_configuration() -> None:
    prepare()
    case = Case().to("submitted")
    for user, status in ((case.person("applicant"), 200), (case.person(Role.WINDOW_CLERK), 200)):
        client = Client()
        client.force_login(user)
        assert client.get(reverse("matters:case", args=[case.file.pk])).status_code == status
    clerk = Client()
    clerk.force_login(factories.staff(Role.WINDOW_CLERK))
    version = Matter.objects.earliest("pk")
    assert clerk.get(reverse("matters:configuration", args=[version.pk])).status_code == 403
    assert clerk.post(reverse("matters:configuration_act", args=[version.pk, "next"])).status_code == 403
