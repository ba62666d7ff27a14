"""Drafts: kept per person, organisation and form; one window never overwrites another unasked; nothing secret kept."""

import datetime as dt
import threading
from typing import Any

import pytest
from django import forms
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory

from apps.core.actors import Actor
from apps.core.constants import DRAFT_BYTES, DRAFT_DAYS, DRAFTS_EACH
from apps.core.drafts import Drafting, conflict_text, moment
from apps.core.models import Draft
from apps.core.problems import ProblemsFound
from apps.core.selectors import drafts_of
from apps.core.services import DraftConflict, discard_draft, drop_old_drafts, save_draft

NOW = dt.datetime(2026, 11, 24, 6, 32, tzinfo=dt.UTC)  # 14:32 in Shanghai
ABOUT = {"title": "表", "path": "/form/", "base": ""}


class Person:
    def __init__(self, pk: int) -> None:
        self.pk = pk


def actor(pk: int = 1, acting_for: int | None = None) -> Actor:
    return Actor(label="示例", user=Person(pk), organisation_id=acting_for)


def save(who: Actor | None = None, **changes: Any) -> Draft:
    call = {"now": NOW, "key": "test.form", "data": {"name": ["甲"]}, "version": 0, "page": "a", **ABOUT, **changes}
    return save_draft(actor=who or actor(), **call)


@pytest.mark.django_db
class TestKeeping:
    def test_each_save_is_a_version(self) -> None:
        assert save().version == 1
        assert save(version=1, data={"name": ["乙"]}).version == 2
        assert Draft.objects.get().data == {"name": ["乙"]}

    def test_another_window_is_told_instead_of_overwriting(self) -> None:
        save()
        with pytest.raises(DraftConflict) as found:
            save(page="b", data={"name": ["乙"]})
        assert found.value.stored.version == 1
        assert Draft.objects.get().data == {"name": ["甲"]}

    def test_it_may_overwrite_when_the_person_says_so(self) -> None:
        save()
        assert save(page="b", data={"name": ["乙"]}, overwrite=True).version == 2

    def test_a_lost_answer_is_no_second_writer(self) -> None:
        save()
        assert save(data={"name": ["甲乙"]}).version == 2

    def test_what_was_sent_elsewhere_does_not_come_back_by_itself(self) -> None:
        save()
        discard_draft(actor=actor(), key="test.form")
        with pytest.raises(DraftConflict) as found:
            save(version=1)
        assert found.value.stored is None
        assert not Draft.objects.exists()

    def test_drafts_of_other_people_organisations_and_forms_are_apart(self) -> None:
        for who in (actor(), actor(2), actor(1, acting_for=7)):
            save(who)
        save(key="test.other")
        assert Draft.objects.count() == 4
        assert [draft.key for draft in drafts_of(actor(1, acting_for=7))] == ["test.form"]
        discard_draft(actor=actor(), key="test.form")
        assert Draft.objects.count() == 3

    def test_too_long(self) -> None:
        with pytest.raises(ProblemsFound) as found:
            save(data={"name": ["长" * DRAFT_BYTES]})
        assert found.value.problems[0].code == "draft.long"

    def test_too_many(self) -> None:
        for n in range(DRAFTS_EACH):
            save(key=f"test.{n}")
        assert save(key="test.0", version=1).version == 2
        with pytest.raises(ProblemsFound) as found:
            save(key="test.one-more")
        assert found.value.problems[0].code == "draft.many"

    def test_old_ones_go(self) -> None:
        save()
        save(key="test.other", now=NOW - dt.timedelta(days=DRAFT_DAYS, seconds=1))
        assert drop_old_drafts(now=NOW) == 1
        assert Draft.objects.get().key == "test.form"


@pytest.mark.django_db(transaction=True)
def test_of_two_windows_at_once_one_wins() -> None:
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def window(page: str) -> None:
        ready.wait()
        try:
            save(page=page, data={"name": [page]})
            outcomes.append("saved")
        except DraftConflict:
            outcomes.append("conflict")
        finally:
            connection.close()

    windows = [threading.Thread(target=window, args=(page,)) for page in "ab"]
    for each in windows:
        each.start()
    for each in windows:
        each.join()
    assert sorted(outcomes) == ["conflict", "saved"]
    assert Draft.objects.get().version == 1


class Form(forms.Form):
    undrafted = frozenset({"secret"})
    name = forms.CharField()
    agreed = forms.BooleanField()
    kinds = forms.MultipleChoiceField(choices=[("a", "甲"), ("b", "乙")])
    when = forms.SplitDateTimeField()
    secret = forms.CharField()
    password = forms.CharField(widget=forms.PasswordInput)
    paper = forms.FileField()


Lines = forms.formset_factory(Form, extra=1)


def request(data: dict[str, Any] | None = None, **headers: str) -> HttpRequest:
    factory = RequestFactory()
    made = factory.get("/form/") if data is None else factory.post("/form/", data, headers=headers or None)
    made.session = {}
    made._messages = FallbackStorage(made)
    return made


def drafting(data: dict[str, Any] | None = None, base: str = "", **headers: str) -> Drafting:
    return Drafting(request(data, **headers), actor=actor(), now=NOW, key="test.form", title="表", base=base)


FILLED = {"name": "甲\0", "kinds": ["a", "b"], "when_0": "2026-01-31", "secret": "s", "password": "p", "other": "x"}


@pytest.mark.django_db
class TestOnAPage:
    def test_saving_and_going_on(self) -> None:
        saving = drafting({**FILLED, "paper": SimpleUploadedFile("a.pdf", b"%PDF"), "_draft": "save"})
        answered = saving.step(Form(saving.data))
        assert (answered.status_code, answered.url) == (302, "/form/")
        assert Draft.objects.get().data == {"name": ["甲"], "kinds": ["a", "b"], "when_0": ["2026-01-31"]}
        again = drafting()
        form = Form(again.data)
        assert again.step(form) is None
        assert (again.resumed, again.said, again.version) == (True, "已于 14:32 保存", 1)
        assert (form["name"].value(), form["kinds"].value(), form["agreed"].value()) == ("甲", ["a", "b"], False)
        assert not form.errors

    def test_a_script_is_answered_in_json(self) -> None:
        saving = drafting({**FILLED, "_draft": "save"}, Accept="application/json")
        assert (
            saving.step(Form(saving.data)).content.decode()
            == '{"text": "\\u5df2\\u4e8e 14:32 \\u4fdd\\u5b58", "version": 1}'
        )
        other = drafting({**FILLED, "_draft": "save"}, Accept="application/json")
        answered = other.step(Form(other.data))
        assert answered.status_code == 409
        assert b'"conflict": true' in answered.content

    def test_a_conflict_without_a_script_sends_nothing_and_keeps_what_was_typed(self) -> None:
        save()
        mine = drafting({"name": "乙", "_draft": "save"})
        form = Form(mine.data)
        assert mine.step(form) is None
        assert not form.is_valid()
        assert (form["name"].value(), mine.conflict) == ("乙", True)
        assert "14:32" in form.non_field_errors()[0]

    def test_a_plain_post_is_none_of_its_business(self) -> None:
        save()
        sending = drafting({"name": "乙"})
        form = Form(sending.data)
        assert sending.step(form) is None
        assert "agreed" in form.errors
        sending.done()
        assert not Draft.objects.exists()

    def test_giving_up(self) -> None:
        save()
        answered = drafting({"_draft": "discard"}).step(Form())
        assert answered.url == "/form/"
        assert not Draft.objects.exists()

    def test_too_long_for_a_draft_is_said_on_the_form(self) -> None:
        saving = drafting({"name": "长" * DRAFT_BYTES, "_draft": "save"})
        form = Form(saving.data)
        assert saving.step(form) is None
        assert "草稿未能保存" in form.non_field_errors()[0]

    def test_the_record_changed_meanwhile(self) -> None:
        save(base="3")
        assert drafting(base="4").outdated
        assert not drafting(base="3").outdated

    def test_formsets(self) -> None:
        rows = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-name": "甲", "form-1-name": "乙"}
        saving = drafting({**rows, "_draft": "save"})
        saving.step(Lines(saving.data))
        again = drafting()
        lines = Lines(again.data)
        again.step(lines)
        assert [form["name"].value() for form in lines] == ["甲", "乙"]
        assert not any(form.errors for form in lines)
        other = drafting({**rows, "_draft": "save"})
        faulty = Lines(other.data)
        other.step(faulty)
        assert not faulty.is_valid()

    @pytest.mark.parametrize("version", ["", "x", "-1", "９", "9" * 30])
    def test_a_nonsense_version_counts_as_none(self, version: str) -> None:
        assert drafting({"_draft": "save", "_draft_version": version}).version == 0


def test_the_time_is_that_of_shanghai() -> None:
    assert moment(NOW, NOW) == "14:32"
    assert moment(NOW - dt.timedelta(hours=15), NOW) == "2026-11-23 23:32"


def test_what_a_conflict_says() -> None:
    assert "提交或者放弃" in conflict_text(None, NOW)
