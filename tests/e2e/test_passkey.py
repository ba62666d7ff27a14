"""A passkey from enrolment to removal, with Chromium's virtual authenticator (WebAuthn over the DevTools protocol).

The relying party's id is the host name: `localhost` is one, an address is none. Names and wishes of the buttons are
allauth's ids, because their texts are translated.
"""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import Page, expect

from apps.accounts.models import User, UserSession
from apps.audit.models import AuditEntry
from tests import factories
from tests.e2e.looking import in_both_themes, sideways, unseen_focus

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def person(city: SimpleNamespace) -> User:
    user = factories.person()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def plug_in(page: Page) -> tuple[object, str]:
    """A security key in this browser. Returns the session of the protocol and the key's name in it."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    return protocol, protocol.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]


def actions(user: User) -> list[str]:
    return list(AuditEntry.objects.filter(actor_id=user.pk).order_by("pk").values_list("action", flat=True))


def test_enrol_sign_in_and_remove(opened: Callable[..., Page], person: User) -> None:
    page = opened(person)
    protocol, key = plug_in(page)

    page.goto("/accounts/2fa/webauthn/add/")
    page.fill("input[name=name]", "示例·通行密钥")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "webauthn/add" not in url)
    enrolled = Authenticator.objects.get(user=person, type=Authenticator.Type.WEBAUTHN)
    assert enrolled.wrap().name == "示例·通行密钥"
    [credential] = protocol.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    assert credential["rpId"] == "localhost"
    assert "accounts.factor.bind" in actions(person)

    page.context.clear_cookies()
    page.goto("/accounts/login/?next=/people/me/")
    page.click("#passkey_login")
    page.wait_for_url("**/people/me/")
    expect(page.locator("main")).to_contain_text(person.display_name)
    page.set_default_timeout(8000)
    session = UserSession.objects.filter(user=person).latest("pk")
    assert session.second_factor, "a passkey is both factors"

    page.goto(f"/accounts/2fa/webauthn/keys/{enrolled.pk}/remove/")
    assert "reauthenticate" in page.url, "to remove a factor one shows once more who one is"
    page.goto(f"{reverse('mfa_reauthenticate_webauthn')}?next={page.url.partition('next=')[2]}")
    assert in_both_themes(page) + unseen_focus(page) + sideways(page, 720, 320) == []
    page.click("#mfa_webauthn_reauthenticate")
    page.wait_for_url("**/remove/")
    page.locator("main form[method=post] button[type=submit]").last.click()
    page.wait_for_url(lambda url: "remove" not in url)
    assert not Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).exists()
    assert "accounts.factor.remove" in actions(person)

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_load_state("networkidle")
    page.goto("/people/me/")
    assert "/accounts/login/" in page.url, "a removed passkey opens nothing"
    protocol.detach()
