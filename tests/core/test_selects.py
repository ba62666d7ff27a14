"""Lists of choices are written out by hand: they must say what Django's own templates say."""

import html.parser

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.utils.translation import gettext_lazy as _

CHOICES = [("", _("全部")), ("组<", [("1", "甲"), ("2", '"乙" & <丙>')]), (3, "丁'")]


def events_of(text: str) -> list[tuple[str, object]]:
    """Tags with their attributes in any order, and the words between them."""
    found: list[tuple[str, object]] = []
    reader = html.parser.HTMLParser()
    reader.handle_starttag = lambda tag, attrs: found.append((tag, dict(attrs)))  # type: ignore[method-assign]
    reader.handle_endtag = lambda tag: found.append(("/", tag))  # type: ignore[method-assign]
    reader.handle_data = lambda data: data.strip() and found.append(("words", data.strip()))  # type: ignore[method-assign, func-returns-value]
    reader.feed(text)
    return found


@pytest.mark.parametrize("widget", [forms.Select(choices=CHOICES), forms.SelectMultiple(choices=CHOICES)])
@pytest.mark.parametrize("value", ["", "2", 3, None, ["1", "3"], "</select>"])
def test_a_list_is_what_djangos_templates_draw(widget, value) -> None:
    attrs = {"id": 'i"d', "required": True, "disabled": False, "aria-describedby": "<help>"}
    drawn, wanted = (
        widget.render("n<", value, attrs, renderer=renderer) for renderer in (get_default_renderer(), DjangoTemplates())
    )
    assert events_of(drawn) == events_of(wanted)
