"""The frame of every page: navigation, appearance, language, and what the stylesheets and templates may contain."""

import gzip
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client

from apps.accounts.constants import Role
from apps.portal import frame
from tests.factories import person, staff

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PUBLIC = ["/", "/accessibility/", "/privacy/", "/open-data/", "/appearance/"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_needs_no_session(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert "sessionid" not in response.cookies


@pytest.mark.django_db
def test_home_is_a_door_for_each_kind_of_person(client: Client) -> None:
    client.force_login(staff(Role.WINDOW_CLERK))
    assert client.get("/").headers["Location"] == "/desk/"
    client.force_login(person())
    assert client.get("/").headers["Location"] == "/my/"


@pytest.mark.django_db
def test_desk_is_for_staff_only(client: Client) -> None:
    client.force_login(person())
    assert client.get("/desk/").status_code == 403


@pytest.mark.django_db
def test_language_switch_keeps_the_page_and_refuses_others(client: Client) -> None:
    response = client.get("/language/en/", {"next": "/privacy/?a=1"})
    assert response.headers["Location"] == "/privacy/?a=1"
    assert '<html lang="en"' in client.get("/privacy/").content.decode()
    for evil in ("//evil.example/", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"):
        assert client.get("/language/en/", {"next": evil}).headers["Location"] == "/"
    assert client.get("/language/xx/").status_code == 404


@pytest.mark.django_db
def test_appearance_is_drawn_by_the_server(client: Client) -> None:
    client.post("/appearance/", {"theme": "dark", "size": "large", "density": "", "keys": "off", "next": "/privacy/"})
    page = client.get("/").content.decode()
    assert 'data-theme="dark" data-size="large" data-keys="off"' in page
    client.post("/appearance/", {"theme": "", "size": "", "density": "", "keys": ""})
    assert "data-theme" not in client.get("/").content.decode()
    client.cookies["theme"] = '"><script>'
    assert "<script>" not in client.get("/").content.decode().split("<head>")[0]
    assert client.post("/appearance/", {"theme": "pink"}).status_code == 422


def drawn(client: Client, path: str = "/privacy/") -> tuple[str, str]:
    """Header and footer of a page."""
    page = client.get(path).content.decode()
    return page[page.index("<header") : page.index("</header>")], page[page.index("<footer") : page.index("</footer>")]


@pytest.mark.django_db
def test_what_strangers_share_of_the_frame_holds_nothing_of_anybody(client: Client) -> None:
    """A person's own frame is never kept, and a kept one never shown to a person: whoever comes first."""
    person_of_staff = staff(Role.WINDOW_CLERK)
    signed_in = Client()
    signed_in.force_login(person_of_staff)
    frame.forget()
    own_before = drawn(signed_in)
    stranger = drawn(client)
    own_after, own_elsewhere = drawn(signed_in), drawn(signed_in, "/open-data/")
    name = str(person_of_staff)
    assert name in own_before[0]
    assert name in own_after[0]
    assert name in own_elsewhere[0]
    assert "csrfmiddlewaretoken" in own_after[0]
    for piece in (*stranger, *drawn(Client())):
        assert name not in piece
        assert "csrf" not in piece
        assert "/accounts/logout" not in piece
    assert "登录" in stranger[0]
    assert "登录" not in own_after[0].replace("登录名", "")


@pytest.mark.django_db
def test_only_the_frames_of_strangers_are_kept(client: Client) -> None:
    frame.forget()
    own = Client()
    own.force_login(person())
    own.get("/privacy/")
    spent = Client()
    spent.cookies[settings.SESSION_COOKIE_NAME] = "a-session-that-ended"
    spent.get("/privacy/")
    assert not frame._drawn
    client.get("/privacy/")
    assert len(frame._drawn) == 2
    assert not any("csrf" in piece or "data-theme" in piece for piece in frame._drawn.values())


@pytest.mark.django_db
def test_a_kept_frame_leads_back_to_the_page_that_shows_it(client: Client) -> None:
    hostile = "/lookup/?q=" + quote('"><script>alert(1)</script>&next=//evil.example')
    for path in ("/privacy/", "/open-data/?a=1&b=2", hostile):
        for piece in drawn(client, path):
            assert f"?next={quote(path)}" in piece
            assert "here" not in re.findall(r"next=([a-z]+)", piece)
            assert "<script" not in piece
    assert 'aria-current="page"' in drawn(client, "/lookup/")[0]
    assert 'aria-current="page"' not in drawn(client, "/privacy/")[0]


@pytest.mark.django_db
def test_a_kept_frame_speaks_the_language_of_its_reader(client: Client) -> None:
    chinese, english = drawn(client), None
    other = Client()
    other.get("/language/en/")
    english = drawn(other)
    assert "登录" in chinese[0]
    assert "Sign in" in english[0]
    assert drawn(client) == chinese
    other.post("/appearance/", {"theme": "dark", "size": "large", "density": "compact", "keys": ""})
    assert 'data-theme="dark"' in other.get("/privacy/").content.decode()
    assert drawn(other) == english, "what somebody chose stands in the html element, not in the frame"
    assert "data-theme" not in client.get("/privacy/").content.decode()


def test_stylesheets_stay_small() -> None:
    text = b"".join(path.read_bytes() for path in sorted((ROOT / "static/css").glob("*.css")))
    assert len(gzip.compress(text, 9)) <= 12 * 1024


def test_stylesheets_stay_on_the_browser_floor() -> None:
    for path in (ROOT / "static/css").glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
        for newer in ("color-mix(", "light-dark(", "@layer", ":has(", "@container", "&"):
            assert newer not in text, f"{path.name}: {newer} is above the browser floor"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_obeys_the_content_security_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text), "inline style"
    assert not re.search(r"<[^>]+\son[a-z]+\s*=", text), "inline handler"
    assert not re.search(r"<script(?![^>]*(\bsrc=|application/json))", text), "inline script"
    assert "<style" not in text
    assert not re.search(r"hx-on|hx-vars|javascript:", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_every_icon_is_in_the_sprite(path: Path) -> None:
    sprite = (ROOT / "static/vendor/tabler-icons-3.51.0/sprite.svg").read_text(encoding="utf-8")
    names = set(re.findall(r"""{% icon ["']([\w-]+)["']""", path.read_text(encoding="utf-8")))
    names |= set(re.findall(r"""{% chip "\w+" \w+ ["']([\w-]+)["'] %}""", path.read_text(encoding="utf-8")))
    missing = {name for name in names if f'id="i-{name}"' not in sprite}
    assert not missing, f"add {missing} to vendor.lock.json and run manage.py vendor_assets"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_every_form_of_fields_begins_with_the_error_summary(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    fields = re.search(r"{{ \w*form }}|as_field_group", text)
    answered_here = re.search(r"<form(?=[^>]*post)(?![^>]*action=)", text)
    if fields and answered_here and "components/forms/" not in str(path):
        assert "components/error_summary.html" in text


@pytest.mark.django_db
def test_no_other_site_may_frame_a_page(client: Client) -> None:
    """Clickjacking: told both ways, because old browsers read only the older header."""
    response = client.get("/")
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
