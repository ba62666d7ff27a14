"""What every form shares: how it is drawn (one renderer, templates/components/forms/), days, versions, refusals."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.forms import BaseForm, ClearableFileInput, Select
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.http import HttpRequest, QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils.functional import lazy
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.core.problems import ProblemsFound, Refused, StaleVersion


class PortalFormRenderer(TemplatesSetting):
    """Django's fields with the portal's field group (label, help, error, control).

    A list of choices is written out, not drawn: with a template for each choice, the hundred colleagues of a bureau
    cost a fifth of the whole worklist.
    """

    form_template_name = "components/forms/form.html"
    field_template_name = "components/forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if template_name == Select.template_name:
            return _drawn_select(context["widget"])
        return super().render(template_name, context, request)


def _drawn_select(widget: dict[str, Any]) -> SafeString:
    groups = [
        format_html('<optgroup label="{}">{}</optgroup>', label, options) if label is not None else options
        for label, choices, _n in widget["optgroups"]
        for options in [format_html_join("", '<option value="{}"{}>{}</option>', map(_choice, choices))]
    ]
    attributes = flatatt({"name": widget["name"], **widget["attrs"]})
    return format_html("<select{}>{}</select>", attributes, mark_safe("".join(groups)))


def _choice(option: dict[str, Any]) -> tuple[str, SafeString, Any]:
    return str(option["value"]), flatatt(option["attrs"]) if option["attrs"] else SafeString(), option["label"]


class RegisterSelect(Select):
    """A list of names that stay Chinese in every language (bodies, standards, products); each option says so."""

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **options)
        if value:
            option["attrs"]["lang"] = "zh"
        return option


class DateInput(forms.DateInput):
    """The browser's own calendar; the value is ISO in every language, because browsers take no other."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day, picked or typed as 2026-11-24."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=DateInput(), **options)


class VersionField(forms.IntegerField):
    """The version of the record that the person saw: what somebody else changed meanwhile is not overwritten."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput)


class UploadInput(ClearableFileInput):
    """A file input that says before the upload which types and what size it takes.

    `types` are extensions without the dot. This is help, not a check: the service checks the content.
    """

    def __init__(self, *, types: tuple[str, ...], max_bytes: int, attrs: dict[str, Any] | None = None) -> None:
        accept = ",".join(f".{extension}" for extension in types)
        limits = {"accept": accept, "data-max-bytes": str(max_bytes), "data-too-big": lazy(self._too_big, str)()}
        super().__init__({**limits, **(attrs or {})})
        self.types, self.max_bytes = types, max_bytes

    @property
    def statement(self) -> str:
        names = _("、").join(extension.upper() for extension in self.types)
        return _("可上传 %(types)s，每个文件不超过 %(size)s。") % {
            "types": names,
            "size": filesizeformat(self.max_bytes),
        }

    def _too_big(self) -> str:
        return _("文件超过 %(size)s，请压缩或拆分后再选。") % {"size": filesizeformat(self.max_bytes)}

    def __deepcopy__(self, memo: dict[int, Any]) -> "UploadInput":
        copy = super().__deepcopy__(memo)
        copy.types, copy.max_bytes = self.types, self.max_bytes
        return copy


def posted(request: HttpRequest) -> QueryDict | None:
    """What binds a form: whatever a POST carried, even nothing. An empty POST is a faulty form, not an unasked one."""
    return request.POST if request.method == "POST" else None


def way_back(request: HttpRequest) -> str:
    """The address of ours that `next` names, where a person came from; empty for anything else.

    Only an absolute path: `redirect` takes any other word for the name of a view, and breaks if there is none.
    """
    asked = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if ours and asked.startswith("/") else ""


def put_problems(form: BaseForm, found: ProblemsFound | Refused) -> None:
    """Show what a service refused where its author typed it: each problem at its field, with its remedy.

    A refusal without a sentence is one of permission: it is raised on, to the 403 page.
    """
    if isinstance(found, Refused):
        form.refused = True  # type: ignore[attr-defined]  # read by status_of
        if isinstance(found, StaleVersion):
            form.add_error(None, _("在您填写期间，他人修改了这份记录。您填写的内容仍在，请核对最新内容后重新提交。"))
        elif found.reason:
            form.add_error(None, found.reason)
        else:
            raise found
        return
    for problem in found.problems:
        form.add_error(problem.place if problem.place in form.fields else None, str(problem))


def attempt(form: BaseForm, call: Callable[[], Any]) -> int:
    """Run the service. 200 if it did its work, else the status of the page that shows why it did not."""
    try:
        call()
    except (ProblemsFound, Refused) as found:
        put_problems(form, found)
    return status_of(form)


def status_of(form: BaseForm | None) -> int:
    """200; 422 if the input is faulty; 409 if somebody else was faster, or the state does not allow it."""
    if form is None or not form.errors:
        return 200
    return 409 if getattr(form, "refused", False) else 422


def on_top_of(form: BaseForm, version: int | str, *, field: str = "version") -> None:
    """Let what was typed be sent again, now on top of `version`: its author has been told of the other's change."""
    if form.is_bound and getattr(form, "refused", False):
        typed = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        typed[field] = str(version)
        form.data = typed


def put_on_open(form: BaseForm, found: ProblemsFound | Refused, *, version: int, is_open: bool) -> None:
    """Show on the form why it was not taken, while there is something to decide. What somebody else has settled needs
    no form any more: that refusal is raised on, to the page that says so and shows what was typed."""
    if isinstance(found, Refused) and not is_open:
        raise found
    put_problems(form, found)
    on_top_of(form, version)
