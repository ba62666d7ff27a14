"""The renewal window and its draft: when it opens and closes, what stands in it, nothing asked twice."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.accounts.selectors import actor_for
from apps.core.calendar import add_months, today
from apps.core.problems import Refused
from apps.documents.selectors import current_documents
from apps.institutions.models import Application, Licence
from apps.institutions.selectors.applications import materials_of, tasks_of
from apps.institutions.selectors.renewals import offer_of
from apps.institutions.services.applications import write_application
from apps.institutions.services.renewals import draft_renewal
from apps.workflow.constants import SUBJECT
from tests import factories
from tests.institutions.casework import Case, prepare
from tests.institutions.house import browse
from tests.institutions.lifework import held

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# Expiry, first day of the draft (180 days before), last day to apply (three calendar months before).
WINDOWS = [
    ("2027-05-31", "2026-12-02", "2027-02-28"),
    ("2028-05-31", "2027-12-03", "2028-02-29"),
    ("2028-05-29", "2027-12-01", "2028-02-29"),
    ("2026-11-30", "2026-06-03", "2026-08-30"),
    ("2026-12-31", "2026-07-04", "2026-09-30"),
    ("2028-02-29", "2027-09-02", "2027-11-29"),
    ("2027-02-28", "2026-09-01", "2026-11-28"),
    ("2026-03-31", "2025-10-02", "2025-12-31"),
    ("2026-07-31", "2026-02-01", "2026-04-30"),
]


@pytest.mark.parametrize(("expiry", "opens", "last"), WINDOWS)
def test_a_window_opens_and_closes_on_its_days(expiry: str, opens: str, last: str) -> None:
    licence = held(valid_from=day(expiry) - dt.timedelta(days=2000), valid_to=day(expiry))
    one = dt.timedelta(days=1)
    states = {
        on: offer_of(licence, on).open for on in (day(opens) - one, day(opens), day(last), day(last) + one, day(expiry))
    }
    assert list(states.values()) == [False, True, True, False, False]
    assert offer_of(licence, day(opens)).window.last_day == day(last)
    late = offer_of(licence, day(last) + one).why
    assert last in late
    assert "首次申请" in late
    assert "资质认定管理办法" in late
    assert "已过期" in offer_of(licence, day(expiry) + one).why


def test_one_press_fills_the_draft_and_nothing_is_asked_twice() -> None:
    case = Case().to("decided")
    soon = today(case.now) + dt.timedelta(days=150)
    Licence.objects.filter(pk=case.licence.pk).update(
        sealed_at=case.now, valid_from=add_months(soon, -72), valid_to=soon
    )
    licence, holder = case.licence, case.person("applicant")
    made = draft_renewal(actor=actor_for(holder), now=case.now, licence_id=licence.pk)
    assert (made.item_id, made.licence_id, made.address) == ("renewal", licence.pk, licence.address)
    handed = {material.kind: len(documents) for material, documents in materials_of(made)}
    assert {kind for kind, n in handed.items() if n} == {"premises", "equipment", "people", "manual"}
    gaps = {task.code: task.gaps for task in tasks_of(made)}
    assert gaps["basics"] == gaps["scope"] == ()
    assert set(map(str, gaps["materials"])) == {"资质认定申请书（签章件）", "典型检验检测报告"}
    before = {document.sha256 for document in current_documents(SUBJECT, case.file.pk)}
    assert {document.sha256 for document in current_documents(SUBJECT, made.file_id)} <= before
    again = draft_renewal(actor=actor_for(holder), now=case.now, licence_id=licence.pk)
    assert again.pk == made.pk
    write_application(
        actor=actor_for(holder),
        now=case.now,
        application_id=made.pk,
        version=made.version,
        values={"statement": "延续"},
    )


def test_a_filed_renewal_closes_the_window() -> None:
    licence = held(valid_from=today(timezone.now()) - dt.timedelta(days=2050))
    case = Case("renewal", lab=licence.organisation).to("submitted")
    offer = offer_of(licence, today(case.now))
    assert (offer.open, offer.filed.pk if offer.filed else None) == (False, case.application.pk)
    with pytest.raises(Refused, match=case.file.number):
        draft_renewal(actor=actor_for(case.person("applicant")), now=case.now, licence_id=licence.pk)


@pytest.mark.parametrize("left", [20, 89])
def test_too_late_is_refused_with_the_rule(left: int) -> None:
    now = timezone.now()
    licence = held(valid_from=today(now) - dt.timedelta(days=2000), valid_to=today(now) + dt.timedelta(days=left))
    holder = factories.person()
    factories.member(holder, licence.organisation)
    with pytest.raises(Refused, match="资质认定管理办法"):
        draft_renewal(actor=actor_for(holder), now=now, licence_id=licence.pk)
    assert not Application.objects.exists()
    page = reverse("institutions:licence_page", args=[licence.pk])
    assert "一键生成" not in browse(holder).get(page).content.decode()
    assert browse(holder).post(reverse("institutions:renew", args=[licence.pk])).url == page


def test_only_the_holder_renews() -> None:
    licence = held(valid_from=today(timezone.now()) - dt.timedelta(days=2050))
    renew = reverse("institutions:renew", args=[licence.pk])
    for stranger in (factories.person(), factories.staff(Role.REVIEWER)):
        assert browse(stranger).post(renew).status_code == 404
        with pytest.raises(Refused):
            draft_renewal(actor=actor_for(stranger), now=timezone.now(), licence_id=licence.pk)
    holder = factories.person()
    factories.member(holder, licence.organisation)
    page = reverse("institutions:licence_page", args=[licence.pk])
    assert "一键生成" in browse(holder).get(page).content.decode()
    assert browse(holder).post(renew).url.startswith("/institutions/cases/")
    assert "继续填写" in browse(holder).get(page).content.decode()
