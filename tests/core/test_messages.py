"""The translations: extraction, checks, compilation, and whose strings appear in which language."""

from io import StringIO
from pathlib import Path

import allauth
import django
import pytest
import rest_framework
from django.core.management import CommandError, call_command
from django.utils.translation import gettext, ngettext, override
from django.utils.translation.trans_real import translation

from apps.core import catalogues

TEMPLATE = """{% load i18n %}
  <h1>{% translate "证书" %}</h1>
      {% blocktranslate count n=n trimmed %}
        共 {{ n }} 张
      {% plural %}共 {{ n }} 张证书{% endblocktranslate %}
  {% translate "有效" context "certificate" %}{{ x|default:_("无") }}
"""
PYTHON = """from django.utils.translation import gettext_lazy as _, pgettext
name = _("证书 %(number)s")
other = pgettext("act", "注销")
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small project of one app."""
    app = tmp_path / "apps" / "demo"
    app.mkdir(parents=True)
    (app / "apps.py").write_text("")
    (app / "constants.py").write_text(PYTHON)
    (tmp_path / "certportal").mkdir()
    (tmp_path / "templates" / "demo").mkdir(parents=True)
    (tmp_path / "templates" / "demo" / "list.html").write_text(TEMPLATE)
    (tmp_path / "templates" / "base.html").write_text('{% load i18n %}{% translate "首页" %}')
    return tmp_path


ENGLISH = {
    "证书 %(number)s": "Certificate %(number)s",
    "证书": "Certificate",
    "有效": "Valid",
    "无": "None",
    "注销": "Cancel",
    "首页": "Home",
}


def complete(tree: Path) -> Path:
    """Extract and translate everything; returns the app's catalogue."""
    catalogues.extract_all(tree)
    for owner in ("demo", ""):
        path = catalogues.catalogue_path(owner, tree)
        catalogue = catalogues.read(path)
        for (text, _context), message in catalogues.entries(catalogue).items():
            message.string = ENGLISH.get(text, ("%(n)s certificate", "%(n)s certificates"))
        path.write_text(catalogues.rendered(catalogue))
    return catalogues.catalogue_path("demo", tree)


def test_every_form_of_marking_is_found(tree: Path) -> None:
    found = catalogues.entries(catalogues.extracted(tree)["demo"])
    assert set(found) == {
        ("证书", None),
        ("共 %(n)s 张", None),
        ("有效", "certificate"),
        ("无", None),
        ("证书 %(number)s", None),
        ("注销", "act"),
    }


def test_a_complete_catalogue_has_no_faults_and_compiles(tree: Path) -> None:
    path = complete(tree)
    assert catalogues.faults(tree) == []
    assert catalogues.compile_all(tree) == 2
    assert catalogues.compile_all(tree) == 0
    assert path.with_suffix(".mo").stat().st_size > 100


def test_extraction_keeps_translations_and_drops_what_is_gone(tree: Path) -> None:
    path = complete(tree)
    before = path.read_text()
    catalogues.extract_all(tree)
    assert path.read_text() == before
    (tree / "apps" / "demo" / "constants.py").write_text("")
    assert {fault.problem.split(":")[0] for fault in catalogues.faults(tree)} == {"no longer in the sources"}
    catalogues.extract_all(tree)
    assert "Cancel" not in path.read_text()
    assert "Valid" in path.read_text()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('msgstr "Valid"', 'msgstr ""', "missing translation"),
        ('msgctxt "act"', '#, fuzzy\nmsgctxt "act"', "fuzzy translation"),
        ("Certificate %(number)s", "Certificate %(numbr)s", "placeholders differ"),
        ('[1] "%(n)s certificates"', '[1] ""', "missing translation"),
        ('[1] "%(n)s certificates"', '[1] "certificates"', "placeholders differ"),
    ],
)
def test_each_gap_is_named(tree: Path, old: str, new: str, problem: str) -> None:
    path = complete(tree)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert [fault.problem.split(" (")[0] for fault in catalogues.faults(tree)] == [problem]


def test_one_text_cannot_mean_two_things_without_a_context(tree: Path) -> None:
    complete(tree)
    (tree / "templates" / "base.html").write_text('{% load i18n %}{% translate "首页" %}{% translate "证书" %}')
    catalogues.extract_all(tree)
    home = catalogues.catalogue_path("", tree)
    home.write_text(home.read_text().replace('msgid "证书"\nmsgstr ""', 'msgid "证书"\nmsgstr "Licence"'))
    assert [fault.problem.split(" in ")[0] for fault in catalogues.faults(tree)] == ["translated otherwise"]


def test_bare_chinese_is_seen_in_templates_and_scripts(tree: Path) -> None:
    (tree / "templates" / "demo" / "bare.html").write_text(
        '<p>直接写的</p>{# 注释 #}{% comment %}注释{% endcomment %}<a lang="zh-Hans" href="/">简体中文</a>'
    )
    (tree / "static" / "js").mkdir(parents=True)
    (tree / "static" / "js" / "a.js").write_text('// 注释\nalert("不可以")')
    assert [fault.text for fault in catalogues.unwrapped(tree)] == ["直接写的", "不可以"]


def test_owner_of_a_template() -> None:
    apps = {"accounts", "parties", "notifications"}
    assert catalogues.template_owner(("base.html",), apps) == ""
    assert catalogues.template_owner(("components", "pager.html"), apps) == ""
    assert catalogues.template_owner(("account", "login.html"), apps) == "accounts"
    assert catalogues.template_owner(("parties", "list.html"), apps) == "parties"
    assert catalogues.template_owner(("email", "parties", "body.txt"), apps) == "parties"
    assert catalogues.template_owner(("email", "digest", "body.txt"), apps) == "notifications"


def test_the_command_refuses_an_unknown_app() -> None:
    with pytest.raises(CommandError, match="No app 'nonsense'"):
        call_command("messages", "nonsense", stdout=StringIO())


def test_each_language_speaks_for_us_and_for_our_libraries() -> None:
    with override("en"):
        assert gettext("简体中文") == "Simplified Chinese"
        assert gettext("Enter a valid email address.") == "Enter a valid email address."
        assert gettext("Sign In") == "Sign In"
    with override("zh-hans"):
        assert gettext("简体中文") == "简体中文"
        assert gettext("Enter a valid email address.") == "请输入合法的邮件地址。"
        assert gettext("Sign In") == "登录"
        assert ngettext("%(n)d day", "%(n)d days", 2) == "%(n)d days"


# What our answers show of django-filter; the labels of its own widgets appear nowhere.
SHOWN = ["Range query expects two values.", "Select a lookup.", "Multiple values may be separated by commas."]


def upstream() -> list[Path]:
    home = Path(django.__file__).parent
    folders = [home / "core", home / "forms", home / "contrib" / "auth", home / "db", home / "views", home / "utils"]
    allauth_home = Path(allauth.__file__).parent
    folders += [allauth_home / "account", allauth_home / "mfa", allauth_home / "core"]
    folders += [Path(rest_framework.__file__).parent]
    skipped = {"migrations", "management", "tests", "templates"}
    return [path for folder in folders for path in folder.rglob("*.py") if not skipped & set(path.parts)]


def test_libraries_speak_chinese_everywhere() -> None:
    catalogue = translation("zh-hans")._catalog
    texts = [(text, context) for path in upstream() for text, context in catalogues.messages_of(path)]
    texts += [(text, None) for text in SHOWN]
    missing = []
    for text, context in texts:
        first = text if isinstance(text, str) else text[0]
        key = f"{context}\x04{first}" if context else first
        if first and catalogue.get(key) is None and catalogue.get((key, 0)) is None:
            missing.append(first)
    assert missing == [], "translate these in locale/zh_Hans/LC_MESSAGES/django.po"
