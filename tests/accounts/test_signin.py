"""Signing in: who gets in, what a stranger learns, and how often one may try (docs/security-attempts.md, 52 to 59)."""

import io
import json
import logging
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.test import Client, override_settings

from apps.accounts import throttle
from apps.accounts.models import User, UserSession
from apps.audit.models import AuditEntry
from tests import factories
from tests.accounts.conftest import LOGIN, confirmed

pytestmark = pytest.mark.django_db


def _signed_in(client: Client) -> bool:
    return client.get("/accounts/email/").status_code == 200


@pytest.mark.parametrize("name", ["username", "email"])
def test_a_person_signs_in_by_user_name_or_by_e_mail(client: Client, citizen: User, sign_in, name: str) -> None:
    answer = sign_in(client, getattr(citizen, name).upper())
    assert answer.status_code == 302
    assert _signed_in(client)
    entry = AuditEntry.objects.get(action="accounts.session.start")
    assert (entry.actor_id, entry.ip) == (citizen.pk, "127.0.0.1")


def test_the_session_id_changes_at_sign_in(client: Client, citizen: User, sign_in) -> None:
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    sign_in(client, citizen.email)
    assert client.cookies["sessionid"].value != planted
    assert not _signed_in(_with_cookie(planted))


def _with_cookie(session_key: str) -> Client:
    client = Client()
    client.cookies["sessionid"] = session_key
    return client


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_next_leads_nowhere_else(client: Client, citizen: User, sign_in, target: str) -> None:
    assert sign_in(client, citizen.email, data={"next": target})["Location"] == "/"


def test_next_leads_back_to_our_own_page(client: Client, citizen: User, sign_in) -> None:
    assert sign_in(client, citizen.email, data={"next": "/accounts/email/"})["Location"] == "/accounts/email/"


def test_a_cookie_is_dead_after_signing_out(client: Client, citizen: User, sign_in) -> None:
    sign_in(client, citizen.email)
    cookie = client.cookies["sessionid"].value
    client.post("/accounts/logout/")
    assert not _signed_in(_with_cookie(cookie))
    assert UserSession.objects.get().ended_because == "signed_out"


def test_signing_out_needs_a_post_with_a_token(citizen: User, sign_in) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(citizen)
    client.get("/accounts/logout/")
    assert _signed_in(client)
    assert client.post("/accounts/logout/").status_code == 403
    assert _signed_in(client)


def test_other_sessions_die_with_the_password(client: Client, citizen: User, sign_in) -> None:
    elsewhere = Client()
    sign_in(elsewhere, citizen.email)
    sign_in(client, citizen.email)
    new = "another long Passphrase 7"
    data = {"oldpassword": factories.PASSWORD, "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", data).status_code == 302
    assert _signed_in(client)
    assert not _signed_in(elsewhere)
    assert "密码已更改" in elsewhere.get(LOGIN).content.decode()
    assert AuditEntry.objects.filter(action="accounts.password.change", actor_id=citizen.pk).exists()


def test_a_closed_account_does_not_sign_in(client: Client, citizen: User, sign_in) -> None:
    User.objects.update(is_active=False)
    sign_in(client, citizen.email)
    assert not _signed_in(client)


@override_settings(DEMO=False)
def test_production_refuses_demo_accounts_even_with_a_live_session(client: Client, sign_in) -> None:
    demo = confirmed(factories.person(demo=True))
    sign_in(client, demo.email)
    assert not _signed_in(client)
    with override_settings(DEMO=True):
        sign_in(client, demo.email)
        assert _signed_in(client)
    assert not _signed_in(client)


def test_known_and_unknown_names_get_the_same_answer(citizen: User, sign_in) -> None:
    pages = []
    for name in (citizen.email, "nobody@example.org"):
        page = sign_in(Client(), name, "wrong password 1A").content.decode().replace(name, "NAME")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page))
    assert pages[0] == pages[1]


def test_the_sixth_wrong_password_is_not_even_read(client: Client, citizen: User, sign_in) -> None:
    for _ in range(throttle.PAIR.attempts):
        sign_in(client, citizen.email, "wrong password 1A")
    for _ in range(3):
        sign_in(client, citizen.email)
    assert not _signed_in(client)
    assert AuditEntry.objects.filter(action="accounts.session.fail").count() == throttle.PAIR.attempts
    assert AuditEntry.objects.get(action="accounts.session.block").after["limit"] == "pair"


def test_right_passwords_do_not_count(client: Client, citizen: User, sign_in) -> None:
    for _ in range(throttle.PAIR.attempts + 2):
        sign_in(client, citizen.email)
        assert _signed_in(client)
        client.post("/accounts/logout/")


def test_a_forged_forwarding_header_does_not_help(client: Client, citizen: User, sign_in) -> None:
    for n in range(throttle.PAIR.attempts):
        sign_in(client, citizen.email, "wrong password 1A", headers={"X-Forwarded-For": f"9.9.9.{n}"})
    sign_in(client, citizen.email, headers={"X-Forwarded-For": "8.8.8.8"})
    assert not _signed_in(client)


def test_nobody_elsewhere_can_lock_the_owner_out(client: Client, citizen: User, sign_in) -> None:
    sign_in(client, citizen.email, REMOTE_ADDR="10.0.0.1")
    client.post("/accounts/logout/")
    for n in range(throttle.STRANGERS.attempts + 1):
        sign_in(Client(), citizen.email, "wrong password 1A", REMOTE_ADDR=f"10.1.0.{n}")
    stranger = Client()
    sign_in(stranger, citizen.email, REMOTE_ADDR="10.2.0.1")
    assert not _signed_in(stranger)
    sign_in(client, citizen.email, REMOTE_ADDR="10.0.0.1")
    assert _signed_in(client)


def test_forty_attempts_at_once_count_as_forty() -> None:
    def attempt(_: int) -> int:
        return throttle.count(throttle.PAIR, "race", "10.0.0.1")

    with ThreadPoolExecutor(20) as pool:
        counted = sorted(pool.map(attempt, range(40)))
    assert counted == list(range(1, 41))


def test_registering_tells_nobody_which_addresses_have_an_account(citizen: User) -> None:
    answers = []
    for email in (citizen.email, "newcomer@example.org"):
        data = {"email": email, "display_name": "示例·新人", "password1": factories.PASSWORD}
        answer = Client().post("/accounts/signup/", {**data, "password2": factories.PASSWORD})
        answers.append((answer.status_code, answer["Location"]))
    assert answers[0] == answers[1]
    assert [len(message.to) for message in mail.outbox] == [1, 1]
    assert User.objects.get(email="newcomer@example.org").display_name == "示例·新人"


def test_a_newcomer_confirms_the_address_and_signs_in(client: Client, sign_in) -> None:
    data = {"email": "new@example.org", "display_name": "示例·新人", "password1": factories.PASSWORD}
    client.post("/accounts/signup/", {**data, "password2": factories.PASSWORD})
    sign_in(client, "new@example.org")
    assert not _signed_in(client)
    link = re.search(r"http://\S+/confirm-email/\S+", str(mail.outbox[0].body))
    assert link is not None
    client.post(link[0].removeprefix("http://127.0.0.1:8000"))
    sign_in(client, "new@example.org")
    assert _signed_in(client)


def _reset_link(client: Client, email: str) -> str:
    client.post("/accounts/password/reset/", {"email": email})
    link = re.search(r"http://\S+/reset/key/\S+", str(mail.outbox[-1].body))
    assert link is not None
    return link[0]


def test_a_reset_link_comes_from_the_settings_and_works_once(client: Client, citizen: User, sign_in) -> None:
    link = _reset_link(client, citizen.email)
    assert link.startswith("http://127.0.0.1:8000/")
    path = link.removeprefix("http://127.0.0.1:8000")
    new = {"password1": "another long Passphrase 7", "password2": "another long Passphrase 7"}
    first, second = Client(), Client()
    form = first.get(path, follow=True).request["PATH_INFO"]
    assert first.post(form, new).status_code == 302
    again = second.get(path, follow=True)
    second.post(
        again.request["PATH_INFO"], {"password1": "a third Passphrase 88", "password2": "a third Passphrase 88"}
    )
    citizen.refresh_from_db()
    assert citizen.check_password("another long Passphrase 7")


def test_reset_answers_the_same_for_unknown_addresses(client: Client, citizen: User) -> None:
    answers = [
        (answer.status_code, answer["Location"])
        for email in (citizen.email, "nobody@example.org")
        if (answer := client.post("/accounts/password/reset/", {"email": email}))
    ]
    assert answers[0] == answers[1]
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
def test_a_foreign_host_reaches_no_mail(client: Client, citizen: User, header: str) -> None:
    answer = client.post("/accounts/password/reset/", {"email": citizen.email}, headers={header: "evil.example"})
    assert answer.status_code == (400 if header == "Host" else 302)
    assert all("evil" not in str(message.body) for message in mail.outbox)


def test_a_hostile_login_name_is_one_json_line_in_the_log_and_harmless_in_the_trail(
    client: Client, sign_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    console = next(handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler)
    monkeypatch.setattr(console, "stream", io.StringIO())
    sign_in(client, 'x\n{"event": "sign_in"}\x1b[31m\u202e', "wrong password 1A")
    lines = [line for line in console.stream.getvalue().splitlines() if "sign_in_failed" in line]
    assert len(lines) == 1
    assert "\x1b" not in lines[0]
    assert json.loads(lines[0])["event"] == "sign_in_failed"
    name = AuditEntry.objects.get(action="accounts.session.fail").after["login_name"]
    assert name.isprintable()


def test_hashes_are_argon2id() -> None:
    from certportal.settings import base

    with override_settings(PASSWORD_HASHERS=base.PASSWORD_HASHERS):
        assert factories.person().password.startswith("argon2$argon2id$")


def test_public_pages_ask_for_no_session_and_no_person(client: Client, counted) -> None:
    client.get("/")
    with counted() as queries:
        answer = client.get("/")
    assert answer.status_code == 200
    assert not [q["sql"] for q in queries if "django_session" in q["sql"] or "accounts_" in q["sql"]]
    assert "sessionid" not in answer.cookies
