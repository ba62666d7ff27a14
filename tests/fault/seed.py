"""Certificates to remind of, in the fault test's own database. Run as a process with the fault settings."""

import datetime as dt
import sys

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.certifications.models import Certificate  # noqa: E402
from apps.core.actors import Actor  # noqa: E402
from apps.core.calendar import today  # noqa: E402
from apps.notifications.jobs import plan  # noqa: E402
from apps.notifications.services import beat, enqueue, load_rules  # noqa: E402
from apps.parties.models import Membership, Organisation  # noqa: E402
from tests import factories as make  # noqa: E402


def main(due: int, tomorrow: int, texts: int) -> None:
    """`due` people with a certificate at a threshold today, `tomorrow` at one tomorrow, `texts` short messages."""
    now = timezone.now()
    load_rules(actor=Actor.system("fault"), now=now)
    base = make.certificate()
    count = due + tomorrow
    people = User.objects.bulk_create(
        [User(username=f"f{n}", email=f"f{n}@example.org", phone="13800000000") for n in range(count)]
    )
    firms = Organisation.objects.bulk_create(
        [
            Organisation(kind="enterprise", name=f"示例·{n}", source="test", created_at=now, updated_at=now)
            for n in range(count)
        ]
    )
    Membership.objects.bulk_create(
        [
            Membership(user=user, organisation=firm, role="manager", starts_on=dt.date(2020, 1, 1))
            for user, firm in zip(people, firms, strict=True)
        ]
    )
    Certificate.objects.bulk_create([_copy(base, n, firm, n < due, now) for n, firm in enumerate(firms)])
    with transaction.atomic():
        for n in range(texts):
            enqueue(topic="t", key=(n,), params={}, user_ids=[people[n].pk], channels=["sms"], now=now)
    beat()
    plan()
    plan()


def _copy(base: Certificate, n: int, firm: Organisation, due: bool, now: dt.datetime) -> Certificate:
    return Certificate(
        body_id=base.body_id,
        holder=firm,
        number=f"F{n}",
        number_key=f"F{n}",
        token=f"F{n:011d}",
        shape=base.shape,
        project_id=base.project_id,
        holder_name=firm.name,
        valid_to=today(now) + dt.timedelta(days=30 if due else 181),
        status="valid",
        source_id=base.source_id,
        confirmed_at=now,
        created_at=now,
        updated_at=now,
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
