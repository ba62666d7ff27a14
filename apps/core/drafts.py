"""Drafts of long forms, as a view uses them: three lines, and the form keeps itself (docs/patterns.md).

    drafting = Drafting(request, actor=actor_of(request), now=timezone.now(), key="parties.claim", title=_("…"))
    form = ClaimForm(drafting.data, request.FILES or None)
    if answered := drafting.step(form):
        return answered
    …                       # as ever: a POST that gets here was meant to be sent
    drafting.done()         # after the service has done its work

The template says `<form data-draft …>`, draws `components/draft_notice.html` above the form and
`components/draft_buttons.html` after the button that sends it. Without JavaScript the person presses “保存草稿”; with
it static/js/draft.js presses it while they type.

What a draft keeps is what was posted under the names of the form's fields, unchecked: files and passwords never, nor
the fields that the form names in `undrafted`.
"""

import datetime as dt
import secrets
from collections.abc import Iterator
from typing import Any, TypeAlias

from django.contrib import messages
from django.forms import BaseForm, FileField, PasswordInput
from django.forms.formsets import BaseFormSet
from django.forms.utils import ErrorDict, ErrorList
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.calendar import SHANGHAI
from apps.core.forms import posted
from apps.core.models import Draft
from apps.core.problems import ProblemsFound
from apps.core.rules import kept
from apps.core.selectors import draft_of
from apps.core.services import DraftConflict, discard_draft, save_draft
from apps.core.text import whole_number

Fields: TypeAlias = "BaseForm | BaseFormSet[Any]"
ACT, VERSION, PAGE = "_draft", "_draft_version", "_draft_page"  # names that no form field of ours has


class Drafting:
    """The draft of one form on one page. `base` is the version of the record that the form changes, if it has one."""

    def __init__(
        self, request: HttpRequest, *, actor: Actor, now: dt.datetime, key: str, title: str, base: str = ""
    ) -> None:
        self.request, self.actor, self.now, self.key = request, actor, now, key
        self.about = {"title": title[:200], "path": request.path[:300], "base": base}
        self.act = request.POST.get(ACT, "") if request.method == "POST" else ""
        self.stored: Draft | None = draft_of(actor, key).first()
        self.conflict = False
        self.page = request.POST.get(PAGE, "")[:32] or secrets.token_hex(8)

    @property
    def data(self) -> QueryDict | None:
        """What the form is bound to: what was posted, else the draft, else nothing."""
        if self.request.method == "POST":
            return posted(self.request)
        if self.stored is None:
            return None
        written = QueryDict(mutable=True)
        for name, values in self.stored.data.items():
            written.setlist(name, values)
        return written

    @property
    def resumed(self) -> bool:
        """Whether the page shows a draft rather than what was posted or an empty form."""
        return self.stored is not None and self.request.method != "POST"

    @property
    def outdated(self) -> bool:
        """Whether the record was changed since the draft was begun."""
        return self.resumed and self.stored is not None and self.stored.base != self.about["base"]

    @property
    def version(self) -> int:
        """The draft's version that this page knows."""
        if self.request.method == "POST":
            return whole_number(self.request.POST.get(VERSION, ""), digits=8) or 0
        return self.stored.version if self.stored is not None else 0

    @property
    def said(self) -> str:
        """What the status beside the button says: when the draft was saved."""
        return saved_text(self.stored, self.now) if self.stored is not None else ""

    def step(self, *forms: Fields) -> HttpResponseBase | None:
        """Answer what was asked of the draft; None if the page goes on as it would without one.

        A save that conflicts goes on too, unless a script asked: the form then holds what was typed, is invalid, and
        says why; nothing of it is sent.
        """
        if self.resumed:
            for form in forms:
                _leave_unchecked(form)
            return None
        if self.act == "discard":
            return self._discard()
        return self._save(*forms) if self.act else None

    def done(self) -> None:
        """The form was sent: the draft has served."""
        discard_draft(actor=self.actor, key=self.key)

    def _discard(self) -> HttpResponse:
        self.done()
        messages.info(self.request, _("草稿已放弃。"))
        return redirect(self.request.path)

    def _save(self, *forms: Fields) -> HttpResponse | None:
        scripted = "application/json" in self.request.headers.get("Accept", "")
        try:
            self.stored = save_draft(
                actor=self.actor,
                now=self.now,
                key=self.key,
                data=kept(self.request.POST.lists(), frozenset(_names(*forms))),
                version=self.version,
                page=self.page,
                overwrite=self.act == "overwrite",
                **self.about,
            )
        except DraftConflict as found:
            self.conflict = True
            return self._refuse(forms, conflict_text(found.stored, self.now), 409, scripted)
        except ProblemsFound as found:
            return self._refuse(forms, " ".join(map(str, found.problems)), 422, scripted)
        if scripted:
            return JsonResponse({"text": self.said, "version": self.stored.version})
        messages.success(self.request, self.said)
        return redirect(self.request.path)

    def _refuse(self, forms: tuple[Fields, ...], text: str, status: int, scripted: bool) -> HttpResponse | None:
        if scripted:
            return JsonResponse({"text": text, "conflict": self.conflict}, status=status)
        for form in forms:
            _leave_unchecked(form)
        _invalidate(forms[0], text, refused=self.conflict)  # one that is invalid keeps all of them from being sent
        return None


def saved_text(draft: Draft, now: dt.datetime) -> str:
    return _("已于 %(time)s 保存") % {"time": moment(draft.saved_at, now)}


def conflict_text(stored: Draft | None, now: dt.datetime) -> str:
    """Why the draft was not saved, and that nothing on this page is lost."""
    if stored is None:
        return _("这份草稿已在另一个窗口提交或者放弃，本页内容没有保存。")
    text = _("另一个窗口于 %(time)s 保存了这份草稿，本页内容没有保存。请选择保留哪一份。")
    return text % {"time": moment(stored.saved_at, now)}


def moment(then: dt.datetime, now: dt.datetime) -> str:
    """The time of day in Shanghai; with the date if that is not today's."""
    local = then.astimezone(SHANGHAI)
    same_day = local.date() == now.astimezone(SHANGHAI).date()
    return local.strftime("%H:%M" if same_day else "%Y-%m-%d %H:%M")


def _names(*forms: Fields) -> Iterator[str]:
    """The names under which the fields of the forms are posted, but for those that a draft never keeps."""
    for form in forms:
        if isinstance(form, BaseFormSet):
            yield from _names(form.management_form, *form.forms)
            continue
        left_out = getattr(form, "undrafted", ())
        for name, field in form.fields.items():
            secret = isinstance(field, FileField) or isinstance(field.widget, PasswordInput)
            if not secret and name not in left_out:
                stem = form.add_prefix(name)
                yield stem
                # A widget of several inputs posts each under its own number.
                yield from (f"{stem}_{n}" for n in range(len(getattr(field.widget, "widgets", ()))))


def _leave_unchecked(form: Fields) -> None:
    """Show what the form is bound to without complaining of what is not there yet."""
    if isinstance(form, BaseFormSet):
        for each in form.forms:
            _leave_unchecked(each)
        form._errors = [each._errors for each in form.forms]  # type: ignore[attr-defined]
        form._non_form_errors = ErrorList()  # type: ignore[attr-defined]
        return
    form._errors = ErrorDict()  # type: ignore[attr-defined]
    form.cleaned_data = {}


def _invalidate(form: Fields, text: str, *, refused: bool) -> None:
    if isinstance(form, BaseFormSet):
        form._non_form_errors = ErrorList([text])  # type: ignore[attr-defined]
        return
    form.add_error(None, text)
    form.refused = refused  # type: ignore[attr-defined]  # read by core.forms.status_of
