"""Attempts 22, 24 and 33 as far as they touch what exists: what a form does not ask for is not stored.

Each form is sent twice, each time into the same city: as its page does, and with the name of every column of every
table of ours as a further field. What is stored must be the same, apart from identities and moments.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Realm, Role
from apps.accounts.models import User
from apps.certifications.models import MismatchReport
from tests import factories
from tests.journeys import city, test_double_submit, test_two_browsers
from tests.journeys.test_double_submit import Form

pytestmark = pytest.mark.django_db
BESIDE = {"accounts.UserSession", "core.JobRun"}
NAMES = re.compile(r'name="([A-Za-z_][\w-]*)"')


def of_two_browsers(make: Any) -> Form:
    address, told, roles = make()
    texts = dict.fromkeys(("reason", "legal_basis", "note", "basis"), "理由")
    return Form(factories.staff(*roles), address, lambda: {**told, **texts}, "", {})


def account_opened() -> Form:
    told = {"username": "newcomer", "display_name": "示例·新人", "email": "newcomer@example.org"}
    told["unit"] = str(factories.unit().pk)
    return Form(factories.staff(Role.SYSTEM_ADMIN), reverse("accounts:person_new"), lambda: told, "", {})


def role_granted() -> Form:
    person, day = factories.staff(), timezone.localdate().isoformat()
    told = {"role": Role.OFFICER, "starts_on": day, "ends_on": "", "reason": "任命"}
    address = reverse("accounts:grant_new", args=[person.pk])
    return Form(factories.staff(Role.SECURITY_ADMIN), address, lambda: told, "", {})


def report_answered() -> Form:
    address = reverse("certifications:mismatch", args=[MismatchReport.objects.earliest("pk").pk])
    return Form(factories.staff(Role.OFFICER), address, lambda: {"answer": "经核查属实", "version": 1}, "", {})


def signed_up() -> Form:
    password = "Correct-horse-42-battery"
    told = {"display_name": "示例·访客", "email": "visitor@example.org", "password1": password, "password2": password}
    return Form(None, reverse("account_signup"), lambda: told, "", {})


FORMS = [
    *test_double_submit.FORMS,
    *(lambda make=make: of_two_browsers(make) for make in (test_two_browsers.conflict, test_two_browsers.merge)),
    lambda: of_two_browsers(test_two_browsers.claim),
    account_opened,
    role_granted,
    report_answered,
    signed_up,
]


@pytest.fixture(autouse=True)
def _city(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("apps.certifications.views.imports.wake", lambda batch_id: None)
    city.populate()


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("apps.")]


def hostile_fields() -> dict[str, str]:
    """Every column, with a value of its kind that would be seen."""
    found = {}
    for field in (field for model in ours() for field in model._meta.concrete_fields):
        value = "HOSTILE"
        if isinstance(field, models.DateField):
            value = "1999-01-01"
        elif isinstance(field, models.BooleanField):
            value = "on"
        elif isinstance(field, models.IntegerField | models.ForeignKey):
            value = "1"
        found |= {field.name: value, field.attname: value}
    return {**found, "is_superuser": "on", "groups": "1", "user_permissions": "1", "realm": Realm.STAFF, "pk": "1"}


def stored() -> dict[str, list[str]]:
    """What the tables hold, without identities, moments and secrets, in an order of its own."""
    held = {}
    for model in ours():
        if model._meta.label in BESIDE or model._default_manager.count() > 500:
            continue
        columns = [field.attname for field in model._meta.concrete_fields if compared(field)]
        rows = model._default_manager.values_list(*columns)
        held[model._meta.label] = sorted(settled(row) for row in rows)
    return held


def compared(field: Any) -> bool:
    secret = field.name in ("token", "token_hash", "receipt", "key", "request_id", "password", "file", "params")
    moment = isinstance(field, models.DateTimeField)
    return not (field.primary_key or moment or secret or isinstance(field, models.ForeignKey | models.FileField))


def settled(row: tuple[Any, ...]) -> str:
    """One row as text; numbers inside JSON and payloads may be identities, and moments differ."""
    told = json.dumps(row, ensure_ascii=False, default=str)
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.+]+Z?|[0-9A-HJKMNP-TV-Z]{12}|\d{6}-[0-9A-Z]{8}|\b\d+\b", "#", told)


def outcome(form: Form, extra: dict[str, str]) -> tuple[int, dict[str, list[str]]]:
    with transaction.atomic():
        client = Client()
        if form.user is not None:
            client.force_login(form.user)
        page = client.get(form.address)
        asked = set(NAMES.findall(page.content.decode())) if page.status_code == 200 else set()
        told = form.data()
        further = {name: value for name, value in extra.items() if name not in {*asked, *told}}
        status = client.post(form.address, {**further, **told}).status_code
        held = stored()
        transaction.set_rollback(True)
    return status, held


def test_what_a_form_does_not_ask_for_is_not_stored() -> None:
    wrong, extra = {}, hostile_fields()
    assert len(extra) > 200
    for n, make in enumerate(FORMS):
        form = make()
        plain, attacked = outcome(form, {}), outcome(form, extra)
        cache.clear()
        if plain != attacked or plain[0] != 302:
            told = {
                name: (plain[1][name], attacked[1][name]) for name in plain[1] if plain[1][name] != attacked[1][name]
            }
            wrong[f"{n} {form.address}"] = (plain[0], attacked[0], str(told)[:1500])
    assert wrong == {}


def test_who_signs_up_is_nobody_special() -> None:
    form = signed_up()
    assert Client().post(form.address, {**hostile_fields(), **form.data()}).status_code == 302
    made = User.objects.get(email="visitor@example.org")
    assert (made.realm, made.unit_id, made.is_staff, made.is_superuser, made.demo) == (
        "external",
        None,
        False,
        False,
        False,
    )
    assert made.role_grants.count() == 0
    assert made.date_joined > timezone.now() - dt.timedelta(hours=1)
