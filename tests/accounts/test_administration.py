"""Three administrators: accounts, roles and the trail are in three hands (MLPS 8.1.5)."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from apps.accounts.constants import Permission, Role
from apps.accounts.models import RoleGrant, User
from apps.accounts.policies import has_permission
from apps.accounts.selectors import actor_for
from apps.accounts.services import accounts, roles
from apps.audit.models import AuditEntry
from apps.core.calendar import today
from apps.core.problems import ProblemsFound, Refused
from tests import factories

NOW = timezone.now()
pytestmark = pytest.mark.django_db


@pytest.fixture
def system(db: None) -> User:
    return factories.staff(Role.SYSTEM_ADMIN)


@pytest.fixture
def security(db: None) -> User:
    return factories.staff(Role.SECURITY_ADMIN)


@pytest.fixture
def clerk(db: None) -> User:
    return factories.staff(Role.WINDOW_CLERK)


def _grant(by: User, to: User, role: Role, **changes):
    given = {"starts_on": today(NOW), "ends_on": None, "reason": "示例", **changes}
    return roles.grant_role(actor=actor_for(by), now=NOW, user=to, role=role, **given)


def _codes(found: pytest.ExceptionInfo[ProblemsFound]) -> list[str]:
    return [problem.code for problem in found.value.problems]


def test_the_security_administrator_grants_and_ends_a_role(security: User, clerk: User) -> None:
    grant = _grant(security, clerk, Role.OFFICER, ends_on=today(NOW) + dt.timedelta(days=30))
    assert has_permission(User.objects.get(pk=clerk.pk), Permission.MISMATCH_HANDLE)
    entry = AuditEntry.objects.get(action="accounts.role.grant")
    assert (entry.actor_id, entry.subject_id, entry.reason) == (security.pk, str(clerk.pk), "示例")
    assert entry.before == {"roles": ["window_clerk"]}
    roles.end_role(actor=actor_for(security), now=NOW, grant=grant, reason="到期")
    assert not has_permission(User.objects.get(pk=clerk.pk), Permission.MISMATCH_HANDLE)
    assert AuditEntry.objects.get(action="accounts.role.end").reason == "到期"
    with pytest.raises(Refused, match="已经终止"):
        roles.end_role(actor=actor_for(security), now=NOW, grant=grant, reason="再次")


def test_all_faults_of_a_grant_are_told_at_once(security: User, clerk: User) -> None:
    yesterday = today(NOW) - dt.timedelta(days=1)
    with pytest.raises(ProblemsFound) as found:
        _grant(security, clerk, Role.WINDOW_CLERK, starts_on=yesterday, ends_on=yesterday - dt.timedelta(days=1))
    assert _codes(found) == ["already_held", "starts_in_past", "ends_before_start"]
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("held", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
@pytest.mark.parametrize("wanted", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_nobody_holds_two_of_the_three(security: User, held: Role, wanted: Role) -> None:
    person = factories.staff(held)
    with pytest.raises(ProblemsFound) as found:
        _grant(security, person, wanted)
    assert _codes(found) == [("already_held" if held == wanted else "administrators_apart")]
    with pytest.raises(IntegrityError):
        RoleGrant.objects.create(user=person, role=wanted, starts_on=today(NOW))


def test_a_run_out_administrator_role_stands_in_nobodys_way(security: User) -> None:
    person = factories.staff()
    RoleGrant.objects.create(
        user=person, role=Role.AUDIT_ADMIN, starts_on=dt.date(2020, 1, 1), ends_on=dt.date(2020, 2, 1)
    )
    _grant(security, person, Role.SYSTEM_ADMIN)
    assert RoleGrant.objects.get(role=Role.AUDIT_ADMIN).ended_at == NOW


def test_nobody_changes_their_own_roles(security: User) -> None:
    with pytest.raises(Refused, match="自己的角色"):
        _grant(security, security, Role.OFFICER)
    with pytest.raises(Refused, match="自己的角色"):
        roles.end_role(actor=actor_for(security), now=NOW, grant=security.role_grants.get(), reason="x")


def test_outside_and_closed_people_get_no_role(security: User) -> None:
    for person in (factories.person(), factories.staff(is_active=False)):
        with pytest.raises(ProblemsFound) as found:
            _grant(security, person, Role.OFFICER)
        assert _codes(found) == ["not_staff"]


def test_system_and_security_administrator_cannot_do_each_others_work(
    system: User, security: User, clerk: User
) -> None:
    with pytest.raises(Refused):
        _grant(system, clerk, Role.OFFICER)
    new = {"username": "x", "email": "x@example.org", "display_name": "示例", "unit": clerk.unit}
    with pytest.raises(Refused):
        accounts.create_staff_account(actor=actor_for(security), now=NOW, **new)
    with pytest.raises(Refused):
        accounts.set_account_active(actor=actor_for(security), now=NOW, user=clerk, active=False, reason="x")
    assert not AuditEntry.objects.exists()


def test_taken_names_are_told_together(system: User, clerk: User) -> None:
    new = {"username": clerk.username.upper(), "email": clerk.email.upper(), "display_name": "示例", "unit": clerk.unit}
    with pytest.raises(ProblemsFound) as found:
        accounts.create_staff_account(actor=actor_for(system), now=NOW, **new)
    assert [problem.place for problem in found.value.problems] == ["username", "email"]


def test_the_last_system_administrator_stays(system: User, security: User) -> None:
    other = factories.staff(Role.SYSTEM_ADMIN)
    accounts.set_account_active(actor=actor_for(other), now=NOW, user=system, active=False, reason="离职")
    accounts.set_account_active(actor=actor_for(other), now=NOW, user=system, active=True, reason="返岗")
    grant = system.role_grants.get()
    roles.end_role(actor=actor_for(security), now=NOW, grant=grant, reason="转岗")
    with pytest.raises(Refused, match="最后一名"):
        roles.end_role(actor=actor_for(security), now=NOW, grant=other.role_grants.get(), reason="转岗")
    third = factories.staff(Role.SYSTEM_ADMIN)
    third.role_grants.update(ends_on=dt.date(2020, 2, 1))
    with pytest.raises(Refused):
        accounts.set_account_active(actor=actor_for(third), now=NOW, user=other, active=False, reason="x")


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_close_each_other_at_once_leave_one() -> None:
    pair = [factories.staff(Role.SYSTEM_ADMIN), factories.staff(Role.SYSTEM_ADMIN)]

    def close(actor: User, user: User) -> str:
        try:
            accounts.set_account_active(actor=actor_for(actor), now=NOW, user=user, active=False, reason="x")
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "closed"

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(close, pair, reversed(pair)))
    assert results == ["closed", "last_system_admin"]
    assert User.objects.filter(is_active=True).count() == 1


def test_nobody_closes_their_own_account(system: User) -> None:
    factories.staff(Role.SYSTEM_ADMIN)
    with pytest.raises(Refused, match="自己的账号"):
        accounts.set_account_active(actor=actor_for(system), now=NOW, user=system, active=False, reason="x")


def test_closing_ends_the_sessions(system: User, clerk: User, client: Client) -> None:
    client.force_login(clerk)
    accounts.set_account_active(actor=actor_for(system), now=NOW, user=clerk, active=False, reason="离职")
    assert client.get("/people/me/").status_code == 302
    assert "已停用" in client.get("/accounts/login/").content.decode()


def test_resetting_the_second_factor_ends_the_sessions(system: User, client: Client) -> None:
    person = factories.staff(Role.OFFICER, demo=False)
    TOTP.activate(person, generate_totp_secret())
    client.force_login(person)
    assert accounts.reset_second_factor(actor=actor_for(system), now=NOW, user=person, reason="遗失手机") == 1
    assert not Authenticator.objects.exists()
    assert client.get("/accounts/2fa/").status_code == 302
    assert AuditEntry.objects.get(action="accounts.factor.reset").before == {"factors": ["totp"]}


def test_what_cannot_be_recorded_does_not_happen(system: User, clerk: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditentry ADD CONSTRAINT full_disk CHECK (false) NOT VALID")
    with pytest.raises(IntegrityError), transaction.atomic():
        accounts.set_account_active(actor=actor_for(system), now=NOW, user=clerk, active=False, reason="x")
    clerk.refresh_from_db()
    assert clerk.is_active


# over HTTP


def test_a_new_member_of_staff_is_invited_and_sets_a_password(system: User, client: Client) -> None:
    client.force_login(system)
    data = {"username": "zhangsan", "display_name": "示例·张三", "email": "z@example.org", "unit": system.unit_id}
    answer = client.post("/people/accounts/new/", data)
    person = User.objects.get(username="zhangsan")
    assert answer["Location"] == f"/people/accounts/{person.pk}/"
    link = re.search(r"http://127.0.0.1:8000(/\S+)", str(mail.outbox[0].body))
    assert link is not None
    newcomer = Client()
    form = newcomer.get(link[1], follow=True).request["PATH_INFO"]
    weak = {"password1": "onlylowercaseletters", "password2": "onlylowercaseletters"}
    assert newcomer.post(form, weak).status_code == 200
    newcomer.post(form, {"password1": "Plum-Blossom-88", "password2": "Plum-Blossom-88"})
    newcomer.post("/accounts/login/", {"login": "zhangsan", "password": "Plum-Blossom-88"})
    assert newcomer.get("/people/me/")["Location"] == "/accounts/2fa/"
    assert client.post(f"/people/accounts/{person.pk}/invite/", follow=True).context["messages"]


def test_faults_come_back_with_what_was_typed(system: User, clerk: User, client: Client) -> None:
    client.force_login(system)
    data = {"username": clerk.username, "display_name": "示例·李四", "email": "l@example.org", "unit": system.unit_id}
    answer = client.post("/people/accounts/new/", data)
    assert answer.status_code == 422
    assert "已被使用" in answer.content.decode()
    assert "示例·李四" in answer.content.decode()


@pytest.mark.parametrize("act", ["close", "unit", "second-factor"])
def test_acts_need_a_reason(system: User, clerk: User, client: Client, act: str) -> None:
    client.force_login(system)
    path = f"/people/accounts/{clerk.pk}/{act}/"
    assert client.get(path).status_code == 200
    assert client.post(path, {"unit": clerk.unit_id}).status_code == 422
    assert client.post(path, {"unit": clerk.unit_id, "reason": "示例"})["Location"] == f"/people/accounts/{clerk.pk}/"
    assert AuditEntry.objects.filter(subject_id=str(clerk.pk), reason="示例").count() == 1


def test_a_refused_act_says_why(system: User, client: Client) -> None:
    client.force_login(system)
    answer = client.post(f"/people/accounts/{system.pk}/close/", {"reason": "示例"})
    assert answer.status_code == 409
    assert "另一名系统管理员" in answer.content.decode()


def test_granting_over_http(security: User, clerk: User, client: Client) -> None:
    client.force_login(security)
    path = f"/people/accounts/{clerk.pk}/roles/new/"
    assert client.get(path).status_code == 200
    data = {"role": Role.OFFICER, "starts_on": str(today(NOW)), "ends_on": "", "reason": "示例"}
    assert client.post(path, data)["Location"] == f"/people/accounts/{clerk.pk}/"
    answer = client.post(path, data)
    assert answer.status_code == 422
    assert "已持有" in answer.content.decode()
    grant = clerk.role_grants.get(role=Role.OFFICER)
    assert "终止" in client.get(f"/people/accounts/{clerk.pk}/").content.decode()
    client.post(f"/people/accounts/roles/{grant.pk}/end/", {"reason": "示例"})
    grant.refresh_from_db()
    assert grant.ended_at is not None


def test_the_security_administrator_sees_staff_only(security: User, client: Client) -> None:
    outside = factories.person()
    client.force_login(security)
    assert client.get(f"/people/accounts/{outside.pk}/").status_code == 404
    assert outside.username not in client.get("/people/accounts/").content.decode()


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("q=zebra", {"zebra"}),
        ("realm=external", {"outside"}),
        ("role=officer", {"zebra"}),
        ("state=closed", {"closed"}),
        ("unit=520621", {"zebra"}),
        ("realm=nonsense", set()),
        ("q=%25", set()),
        ("q=%00", set()),
        ("page=1000000000", {"zebra", "outside", "closed"}),
        ("page=x", {"zebra", "outside", "closed"}),
    ],
)
def test_the_list_is_narrowed_by_what_is_asked(system: User, client: Client, query: str, shown: set[str]) -> None:
    factories.staff(Role.OFFICER, at=factories.unit("520621", "520621", "branch"))
    User.objects.filter(role_grants__role=Role.OFFICER).update(username="zebra")
    User.objects.filter(pk=factories.person().pk).update(username="outside")
    User.objects.filter(pk=factories.staff(is_active=False).pk).update(username="closed")
    client.force_login(system)
    answer = client.get(f"/people/accounts/?{query}")
    found = {person.username for person in answer.context["page"].object_list} - {system.username}
    assert found == shown


def test_a_page_of_people_costs_the_same_for_one_and_for_fifty(
    system: User, client: Client, django_assert_max_num_queries
) -> None:
    for _ in range(30):
        factories.staff(Role.OFFICER)
    client.force_login(system)
    with django_assert_max_num_queries(12):
        client.get("/people/accounts/")


def test_my_sessions_can_be_ended_and_nobody_elses(client: Client) -> None:
    citizen, other = factories.person(), factories.person()
    elsewhere, third, foreign = Client(), Client(), Client()
    for who, at in ((citizen, elsewhere), (citizen, third), (citizen, client), (other, foreign)):
        at.force_login(who)
    page = client.get("/people/me/sessions/")
    rows = {row.pk for row in page.context["sessions"]}
    assert len(rows) == 3
    foreign_row = other.sessions.get()
    assert client.post(f"/people/me/sessions/{foreign_row.pk}/end/").status_code == 404
    assert foreign.get("/people/me/").status_code == 200
    client.post(f"/people/me/sessions/{min(rows)}/end/")
    assert elsewhere.get("/people/me/").status_code == 302
    client.post("/people/me/sessions/end-others/")
    assert third.get("/people/me/").status_code == 302
    assert client.get("/people/me/").status_code == 200
    assert client.get("/people/me/sessions/end-others/").status_code == 405
