"""Objects for tests. Plain rows here; states that a service makes (a merged organisation, a suspended certificate)
are made by calling that service."""

import datetime as dt
import itertools
from typing import Any

from django.utils import timezone

from apps.accounts.constants import Realm, Role, UnitKind
from apps.accounts.models import RoleGrant, Unit, User
from apps.certifications.constants import Shape, Status
from apps.certifications.models import Certificate, Project, Source
from apps.core.grams import fold, fold_names, vector_literal
from apps.institutions.models import Institution
from apps.parties.constants import BanSubject, MembershipRole, NameKind, OrganisationKind
from apps.parties.models import Membership, Organisation
from apps.parties.rules.resident import resident_check_character
from apps.parties.services.bans import BanFacts

_serial = itertools.count(1)
PASSWORD = "correct horse 42 Battery"


def unit(code: str = "bureau", division_code: str = "520600", kind: str = UnitKind.BUREAU) -> Unit:
    found, _ = Unit.objects.get_or_create(
        code=code, defaults={"name": f"示例·{code}", "kind": kind, "division_code": division_code}
    )
    return found


def person(**fields: Any) -> User:
    """An external account."""
    n = next(_serial)
    user = User(username=f"person{n}", email=f"person{n}@example.org", display_name=f"示例用户{n}", **fields)
    user.set_password(PASSWORD)
    user.save()
    return user


def staff(*roles: Role, at: Unit | None = None, **fields: Any) -> User:
    """A member of staff holding the roles since 2020. As a demo account it signs in without a second factor."""
    fields = {"demo": True, "password_changed_at": timezone.now(), **fields}
    user = person(realm=Realm.STAFF, unit=at or unit(), **fields)
    for role in roles:
        RoleGrant.objects.create(user=user, role=role, starts_on=dt.date(2020, 1, 1))
    return user


def organisation(name: str = "", **fields: Any) -> Organisation:
    """An enterprise without a code unless one is given."""
    now = timezone.now()
    name = name or f"示例·碧江第{next(_serial)}茶业有限公司"
    text = fold_names([name])
    defaults: dict[str, Any] = {
        "kind": OrganisationKind.ENTERPRISE,
        "division_code": "520602",
        "source": "test",
        "search_text": text,
        "search": vector_literal(text),
        "created_at": now,
        "updated_at": now,
    }
    found = Organisation.objects.create(name=name, **{**defaults, **fields})
    found.names.create(kind=NameKind.REGISTERED, name=name, source=found.source)
    return found


def member(user: User, of: Organisation, role: str = MembershipRole.MANAGER, **fields: Any) -> Membership:
    """`user` may act for `of`."""
    return Membership.objects.create(user=user, organisation=of, role=role, starts_on=dt.date(2020, 1, 1), **fields)


def body(approval: str = "CNCA-R-2026-001", **fields: Any) -> Organisation:
    """A certification body."""
    name = f"示例认证{approval[-3:]}有限公司"
    return organisation(name, kind=OrganisationKind.BODY, approval_number=approval, **fields)


def institution(name: str = "", **fields: Any) -> Institution:
    """An inspection and testing institution of Bijiang, with an open file and nothing in it."""
    n = next(_serial)
    on = fields.pop("organisation", None) or organisation(
        name or f"示例·碧江第{n}检测有限公司",
        kind=OrganisationKind.INSTITUTION,
        **fields.pop("organisation_fields", {}),
    )
    now = timezone.now()
    return Institution.objects.create(organisation=on, token=f"W{n:011d}", created_at=now, updated_at=now, **fields)


def resident_id(n: int = 0) -> str:
    """A valid resident ID of nobody, another one each time unless `n` names it."""
    n = n or next(_serial)
    first = f"522201{1950 + n // 1000 % 50}0115{n % 1000:03d}"
    return first + resident_check_character(first)


def ban_facts(**fields: Any) -> BanFacts:
    """A decision against a person, as its document has it."""
    n = next(_serial)
    defaults: dict[str, Any] = {
        "subject": BanSubject.PERSON,
        "person_name": "示例甲",
        "id_number": resident_id(),
        "basis": "food138",
        "basis_text": "第一百三十八条第一款",
        "starts_on": dt.date(2025, 3, 1),
        "ends_on": dt.date(2035, 2, 28),
        "decision_number": f"示市监罚〔2025〕{n}号",
        "authority": "示例·市场监督管理局",
        "decided_on": dt.date(2025, 3, 1),
        "public_basis": "《市场监督管理行政处罚信息公示规定》",
    }
    return BanFacts(**{**defaults, **fields})


def project(code: str = "A010101", shape: int = Shape.MANAGEMENT) -> Project:
    defaults = {"name": "质量管理体系认证", "name_en": "QMS", "group": "qms", "shape": shape, "source_note": "test"}
    return Project.objects.get_or_create(code=code, defaults=defaults)[0]


def source(code: str = "national", cadence_days: int = 30, authority: int = 1) -> Source:
    defaults = {"name": "国家平台", "cadence_days": cadence_days, "authority": authority}
    return Source.objects.get_or_create(code=code, defaults=defaults)[0]


def certificate(holder: Organisation | None = None, **fields: Any) -> Certificate:
    """A valid certificate for three years, with its first period and status row."""
    n = next(_serial)
    now = timezone.now()
    number = fields.pop("number", f"00126Q{n:05d}R0S")
    holder = holder or organisation()
    scope = fields.get("scope", "")
    start = fields.get("issued_on", dt.date(2026, 1, 15))
    defaults: dict[str, Any] = {
        "body": fields.pop("body", None) or body(f"CNCA-R-2026-{n:03d}"),
        "number_key": number.upper(),
        "token": f"T{n:011d}",
        "shape": Shape.MANAGEMENT,
        "project": fields.pop("project", None) or project(),
        "holder_name": holder.name,
        "search_text": fold(scope),
        "search": vector_literal(fold(scope)),
        "division_code": holder.division_code,
        "issued_on": start,
        "valid_from": start,
        "valid_to": start + dt.timedelta(days=3 * 365),
        "status": Status.VALID,
        "status_since": start,
        "source": fields.pop("source", None) or source(),
        "confirmed_at": now,
        "created_at": now,
        "updated_at": now,
    }
    made = Certificate.objects.create(holder=holder, number=number, **{**defaults, **fields})
    made.periods.create(
        n=1,
        kind="initial",
        issued_on=made.issued_on,
        valid_from=made.valid_from,
        valid_to=made.valid_to,
        source_code=made.source_id,
        recorded_at=now,
    )
    made.status_changes.create(
        n=1,
        to_status=made.status,
        on=made.status_since,
        reason_class="initial",
        source_code=made.source_id,
        recorded_by="test",
        recorded_at=now,
    )
    return made
