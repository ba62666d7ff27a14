"""Licences in force and cases about them, made by the services that make them, with fresh people at each desk."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils import timezone

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.accounts.selectors import actor_for
from apps.core.calendar import today
from apps.core.tokens import new_token
from apps.institutions.models import Licence, LifeCase
from apps.institutions.rules.licence import valid_to
from apps.institutions.services.life_cases import add_evidence, open_life_case
from apps.parties.constants import OrganisationKind
from apps.parties.models import Organisation
from apps.workflow.models import File, Transition
from apps.workflow.services import advance
from tests import factories
from tests.parties.papers import upload

REASON = "查明的事实清楚，依据充分"


def held(lab: Organisation | None = None, **fields: Any) -> Licence:
    """A licence in force, its certificate handed out."""
    now = timezone.now()
    lab = lab or factories.organisation(
        "示例·持证检测有限公司", kind=OrganisationKind.INSTITUTION, division_code="520602"
    )
    first = fields.pop("valid_from", today(now) - dt.timedelta(days=30))
    n = Licence.objects.count() + 1
    given = {
        "number": f"26241200{n:04d}",
        "authority": settings.BUREAU_NAME,
        "holder_name": lab.name,
        "address": "示例路1号",
        "field": "12",
        "issued_on": first,
        "valid_from": first,
        "valid_to": valid_to(first, 72),
        "status_since": first,
        "sealed_at": now,
        "token": new_token(),
    }
    return Licence.objects.create(organisation=lab, **{**given, **fields})


class Life:
    """One case about a licence and everybody who has a part in it."""

    def __init__(self, process: str, cause: str, licence: Licence | None = None, **given: Any) -> None:
        self.now = timezone.now()
        self.licence = licence or held()
        self.people: dict[Any, User] = {"holder": factories.person()}
        factories.member(self.people["holder"], self.licence.organisation)
        opener = Role.OFFICER if process == "cma_rectify" else Role.REVIEWER
        who = given.pop("who", "holder" if cause == "wish" else opener)
        asked = {"facts": "三台设备的校准证书不实", "requirements": "停用设备\n重新校准", **given}
        self.case: LifeCase = open_life_case(
            **self.by(who), process=process, licence_id=self.licence.pk, cause=cause, **asked
        )

    @property
    def file(self) -> File:
        return File.objects.get(pk=self.case.file_id)

    def person(self, who: Any) -> User:
        if who not in self.people:
            self.people[who] = factories.staff(who)
        return self.people[who]

    def by(self, who: Any) -> dict[str, Any]:
        return {"actor": actor_for(self.person(who)), "now": self.now}

    def take(self, who: Any, step: str, **more: Any) -> Transition:
        file = self.file
        return advance(**self.by(who), file_id=file.pk, version=file.version, step=step, **{"reason": REASON, **more})

    def prove(self) -> None:
        add_evidence(**self.by("holder"), case_id=self.case.pk, upload=upload(name="校准证书.pdf"))

    def status_of_licence(self) -> str:
        return Licence.objects.get(pk=self.licence.pk).status
