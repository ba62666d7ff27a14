"""How long a session lives, how many one may have, and what staff must do before anything else."""

import datetime as dt
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client, override_settings
from django.utils import timezone

from apps.accounts.constants import Role, SessionEnd
from apps.accounts.models import User, UserSession
from apps.accounts.rules import browser_name, character_classes, password_expired, session_over
from apps.audit.models import AuditEntry
from tests import factories
from tests.accounts.conftest import LOGIN, confirmed

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
minutes = lambda n: dt.timedelta(minutes=n)  # noqa: E731


@pytest.mark.parametrize(
    ("realm", "since_start", "since_seen", "verdict"),
    [
        ("staff", 14, 14, None),
        ("staff", 15, 15, SessionEnd.IDLE),
        ("staff", 8 * 60 - 1, 1, None),
        ("staff", 8 * 60, 1, SessionEnd.ABSOLUTE),
        ("external", 29, 29, None),
        ("external", 30, 30, SessionEnd.IDLE),
        ("external", 12 * 60, 1, SessionEnd.ABSOLUTE),
    ],
)
def test_limits(realm: str, since_start: int, since_seen: int, verdict: SessionEnd | None) -> None:
    now = START + dt.timedelta(days=1)
    assert session_over(realm, now - minutes(since_start), now - minutes(since_seen), now) == verdict


def test_a_staff_password_lasts_ninety_days_and_others_for_ever() -> None:
    assert not password_expired("staff", START, START + dt.timedelta(days=89))
    assert password_expired("staff", START, START + dt.timedelta(days=90))
    assert password_expired("staff", None, START)
    assert not password_expired("external", START, START + dt.timedelta(days=900))


@pytest.mark.parametrize(
    ("password", "classes"), [("abc", 1), ("abC", 2), ("abC1", 3), ("abC1-", 4), ("密码a1", 3), ("", 0)]
)
def test_classes_of_characters(password: str, classes: int) -> None:
    assert character_classes(password) == classes


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 12; HarmonyOS) Chrome/99 Safari/537.36 MicroMessenger/8", "微信 · HarmonyOS"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_a_browser_by_its_name(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name


def _age(**fields: dt.timedelta) -> None:
    row = UserSession.objects.filter(ended_at=None).latest("pk")
    UserSession.objects.filter(pk=row.pk).update(**{name: timezone.now() - age for name, age in fields.items()})


def _open(client: Client) -> bool:
    return client.get("/accounts/email/").status_code == 200


@pytest.mark.parametrize("age", [{"seen_at": minutes(31)}, {"started_at": minutes(12 * 60 + 1)}])
def test_a_session_past_its_limit_ends_and_says_why(client: Client, age: dict) -> None:
    client.force_login(factories.person())
    assert _open(client)
    _age(**age)
    assert client.get("/accounts/email/").status_code == 302
    ended = UserSession.objects.get()
    assert ended.ended_because == ("idle" if "seen_at" in age else "absolute")
    assert str(SessionEnd(ended.ended_because).label) in client.get(LOGIN).content.decode()
    assert AuditEntry.objects.filter(action="accounts.session.end").count() == 1


def test_a_new_sign_in_of_staff_ends_the_older_one_which_says_why() -> None:
    clerk = factories.staff(Role.WINDOW_CLERK)
    older, newer = Client(), Client()
    older.force_login(clerk)
    newer.force_login(clerk)
    assert not _open(older)
    assert _open(newer)
    assert "已在别处登录" in older.get(LOGIN).content.decode()


def test_others_may_have_three_sessions_and_the_oldest_goes_first() -> None:
    citizen = factories.person()
    clients = [Client() for _ in range(4)]
    for client in clients:
        client.force_login(citizen)
    assert [_open(client) for client in clients] == [False, True, True, True]


def test_the_row_is_touched_at_most_once_a_minute(client: Client, counted) -> None:
    client.force_login(factories.person())
    _open(client)
    with counted() as queries:
        _open(client)
    assert not [q for q in queries if q["sql"].startswith("UPDATE")]
    _age(seen_at=minutes(2))
    _open(client)
    assert timezone.now() - UserSession.objects.get().seen_at < minutes(1)


def test_a_session_without_a_row_is_nobodys(client: Client) -> None:
    client.force_login(factories.person())
    UserSession.objects.all().delete()
    assert not _open(client)


def _staff_without_factor() -> User:
    return confirmed(factories.staff(Role.WINDOW_CLERK, demo=False))


@pytest.mark.parametrize("path", ["/", "/accounts/email/", "/accounts/password/change/"])
def test_staff_without_a_second_factor_reach_only_its_enrolment(client: Client, path: str) -> None:
    client.force_login(_staff_without_factor())
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")
    assert client.get("/accounts/2fa/").status_code == 200
    fragment = client.get(path, headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"], fragment.content) == (401, "/accounts/2fa/", b"")


@override_settings(DEMO=False)
def test_the_demo_bypass_is_closed_outside_a_demo(client: Client) -> None:
    user = factories.staff(demo=False)
    client.force_login(user)
    assert client.get("/accounts/email/")["Location"] == "/accounts/2fa/"


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.mark.django_db(transaction=True)
def test_binding_a_factor_opens_the_portal_and_the_next_sign_in_asks_for_it(client: Client, sign_in) -> None:
    clerk = _staff_without_factor()
    sign_in(client, clerk.email)
    assert client.get("/accounts/2fa/totp/activate/")["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": _code(secret)})
    assert _open(client)
    assert AuditEntry.objects.filter(action="accounts.factor.bind", after={"type": "totp"}).count() == 1
    assert secret not in str(Authenticator.objects.get(type="totp").data)

    again = Client()
    assert sign_in(again, clerk.email)["Location"].startswith("/accounts/2fa/authenticate/")
    assert not _open(again)
    again.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert not _open(again)
    assert AuditEntry.objects.filter(action="accounts.session.fail", after__factor="second").exists()


def test_a_code_opens_once(sign_in) -> None:
    clerk, secret = _staff_without_factor(), generate_totp_secret()
    TOTP.activate(clerk, secret)
    code, first, second = _code(secret), Client(), Client()
    for client in (first, second):
        sign_in(client, clerk.email)
        client.post("/accounts/2fa/authenticate/", {"code": code})
    assert not _open(second)
    assert _open(first)


def test_second_factor_guesses_stop(sign_in) -> None:
    clerk, secret = _staff_without_factor(), generate_totp_secret()
    TOTP.activate(clerk, secret)
    client = Client()
    sign_in(client, clerk.email)
    for _ in range(6):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    client.post("/accounts/2fa/authenticate/", {"code": _code(secret)})
    assert not _open(client)


def test_an_old_staff_password_must_be_changed_first_and_not_for_a_former_one(client: Client) -> None:
    clerk = factories.staff(Role.WINDOW_CLERK, password_changed_at=timezone.now() - dt.timedelta(days=91))
    confirmed(clerk)
    client.force_login(clerk)
    assert client.get("/")["Location"] == "/accounts/password/change/"
    assert client.get("/accounts/password/change/").status_code == 200

    def change(old: str, new: str) -> bool:
        cache.clear()  # allauth lets one try five times a minute
        data = {"oldpassword": old, "password1": new, "password2": new}
        return client.post("/accounts/password/change/", data).status_code == 302

    assert not change(factories.PASSWORD, factories.PASSWORD)
    assert not change(factories.PASSWORD, "only lower case letters")
    assert not change(factories.PASSWORD, "Short-1")
    old = factories.PASSWORD
    for n in range(6):
        assert change(old, f"Passphrase number {n}")
        old = f"Passphrase number {n}"
    assert client.get("/accounts/email/").status_code == 200
    for former in range(1, 6):
        assert not change(old, f"Passphrase number {former}")
    assert change(old, "Passphrase number 0")


def test_others_need_length_but_no_mixture(client: Client) -> None:
    citizen = confirmed(factories.person())
    client.force_login(citizen)
    data = {"oldpassword": factories.PASSWORD, "password1": "quiet river under bridge"}
    assert client.post("/accounts/password/change/", {**data, "password2": data["password1"]}).status_code == 302
