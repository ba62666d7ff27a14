"""The template checks find what they are for."""

from pathlib import Path

import pytest

from apps.core import templatecheck


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('<p style="color:red">', "style attribute"),
        ('<a class="x" onclick="go()">', "event attribute"),
        ('<div hx-on:click="go()">', "event attribute"),
        ("<script>go()</script>", "inline script"),
        ("<style>p{}</style>", "inline style sheet"),
        ('<a href="javascript:go()">', "javascript: address"),
        ("{% if %}", "syntax"),
        ("{% load i18n static %}<img src=\"{% static 'x.svg' %}\">", "loads i18n and uses nothing of it"),
        ("{% load day from nothing %}", "syntax"),
        ("{% url 'no:such' %}", "no URL is called 'no:such'"),
        ('{% include "no/such.html" %}', "no template is called 'no/such.html'"),
        ('{% if a %}{% for b in c %}{% extends "no.html" %}{% endfor %}{% endif %}', "syntax"),
    ],
)
def test_each_fault_is_found(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(text)
    assert [found for found in templatecheck.faults_of(path, {"portal:home"}) if found.startswith(fault)]


@pytest.mark.parametrize(
    "text",
    [
        '<script src="/static/x.js" defer></script>',
        '{# <p style="x"> #}<p data-style="x" class="on">{% url "portal:home" %}</p>',
        '{% include "base.html" %}{% include name %}',
        "<p>once upon = a time</p>",
        '{% load ui i18n %}{% if a|uscc == "1" %}{% translate "是" %}{% endif %}',
    ],
)
def test_what_is_allowed_passes(tmp_path: Path, text: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(text)
    assert list(templatecheck.faults_of(path, {"portal:home"})) == []


def test_the_project_is_in_order() -> None:
    assert templatecheck.faults() == []
