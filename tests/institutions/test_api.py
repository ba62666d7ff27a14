"""Institutions apply, answer and withdraw through the API: the same services, versions, strict contents."""

import io
import json

import pytest

from apps.accounts.constants import Role
from apps.documents.models import Document
from apps.institutions.models import Application
from tests.institutions.casework import ADDRESS, BASICS, Case, prepare
from tests.institutions.machine import Machine, address, codes, etag, path
from tests.parties.papers import upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


@pytest.fixture
def case() -> Case:
    return Case()


@pytest.fixture
def machine(case) -> Machine:
    return Machine(case.people["applicant"], case.lab)


class TestApplying:
    def test_from_draft_to_submitted_and_corrected(self, case) -> None:
        """The whole of an applicant's part, by machine; the window's part by its services."""
        case.take("applicant", "discard")
        machine = Machine(case.people["applicant"], case.lab)
        items = {item["code"]: item for item in machine.get(address("items")).json()}
        begun = machine.post(address("applications"), {"item": "first"})
        assert begun.status_code == 201
        told, here = begun.json(), begun.headers["Location"]
        assert told["basics"]["address"] == ADDRESS
        assert {task["code"]: task["done"] for task in told["tasks"]} == {
            "basics": False,
            "scope": True,
            "materials": False,
        }
        written = {name: BASICS[name] for name in ("contact_name", "contact_phone", "field", "legal_representative")}
        filled = machine.send("patch", here, written, etag=begun.headers["ETag"])
        assert filled.status_code == 200, filled.content
        for material in items["first"]["materials"]:
            sent = machine.post(f"{here}materials/", {"kind": material["kind"], "file": upload(name="甲.pdf")})
            assert sent.status_code == 201, sent.content
        now = machine.get(here)
        assert [task["missing"] for task in now.json()["tasks"]] == [[], [], []]
        assert {action["step"] for action in now.json()["actions"]} == {"submit", "discard"}
        handed = machine.post(f"{here}steps/", {"step": "submit"}, etag=now.headers["ETag"])
        assert handed.status_code == 201, handed.content
        assert handed.json()["status"]["code"] == "submitted"
        assert handed.json()["with"]["party"] == "office"
        assert handed.json()["with"]["office"]
        assert [clock["code"] for clock in handed.json()["clocks"]] == ["CMA.ACCEPT"]

        case.application = Application.objects.latest("pk")
        case.point()
        case.take(Role.WINDOW_CLERK, "correct")
        waiting = machine.get(here).json()
        assert waiting["with"]["party"] == "applicant"
        (point,) = waiting["demands"]
        early = machine.post(f"{here}steps/", {"step": "answer"}, etag=waiting["etag"])
        assert (early.status_code, codes(early)) == (422, {"unanswered"})
        place = f"{here}demands/correction/{point['n']}/"
        answered = machine.send("put", place, {"answer": "已补充校准日期"}, etag=point["etag"])
        assert answered.status_code == 200, answered.content
        assert answered.json()["demands"][0]["answer"] == "已补充校准日期"
        sent = machine.post(f"{here}steps/", {"step": "answer"}, etag=answered.headers["ETag"])
        assert sent.json()["status"]["code"] == "submitted"
        assert [line["step"] for line in sent.json()["timeline"]][-1] == "提交补正"

    def test_a_draft_with_gaps_is_not_handed_in_and_says_all_of_them(self, machine, case) -> None:
        answer = machine.post(path(case, "steps"), {"step": "submit"}, etag=etag(machine, case))
        assert answer.status_code == 422
        assert "联系人" in answer.json()["problems"][0]["rule"]

    def test_a_second_draft_is_refused(self, machine) -> None:
        answer = machine.post(address("applications"), {"item": "first"})
        assert (answer.status_code, answer.json()["code"]) == (409, "application.draft_exists")

    def test_withdrawing_needs_its_reason(self, machine, case) -> None:
        case.to("submitted")
        offers = {action["step"]: action for action in machine.get(path(case)).json()["actions"]}
        assert offers["withdraw"]["reason_required"]
        silent = machine.post(path(case, "steps"), {"step": "withdraw"}, etag=etag(machine, case))
        assert (silent.status_code, codes(silent)) == (422, {"required"})
        told = machine.post(path(case, "steps"), {"step": "withdraw", "reason": "不再需要"}, etag=etag(machine, case))
        assert told.json()["status"] | {"since": None} == {
            "code": "withdrawn", "label": "已撤回", "since": None, "final": True,
        }  # fmt: skip

    @pytest.mark.parametrize("step", ["accept", "grant", "seal", "deem", "correct", "no_such_step"])
    def test_a_step_of_the_bureau_is_none_of_the_applicants(self, machine, case, step) -> None:
        case.to("submitted")
        answer = machine.post(path(case, "steps"), {"step": step, "reason": "x"}, etag=etag(machine, case))
        assert answer.status_code == 400
        assert case.file.status == "submitted"

    def test_a_state_is_not_skipped(self, machine, case) -> None:
        answer = machine.post(path(case, "steps"), {"step": "rectify"}, etag=etag(machine, case))
        assert (answer.status_code, answer.json()["code"]) == (409, "status")

    def test_materials_by_the_same_rules_as_on_the_page(self, machine, case) -> None:
        strange = machine.post(path(case, "materials"), {"kind": "nonsense", "file": upload()})
        assert (strange.status_code, codes(strange)) == (422, {"kind"})
        kind = case.application.item.materials.earliest("pk").kind
        program = io.BytesIO(b"MZ\x90\x00" * 50)
        program.name = "a.pdf"
        harmful = machine.post(path(case, "materials"), {"kind": kind, "file": program})
        assert harmful.status_code == 422
        assert Document.objects.count() == 0

    def test_a_material_comes_back_as_it_went_and_can_be_taken_out(self, machine, case) -> None:
        kind = case.application.item.materials.earliest("pk").kind
        sent = machine.post(path(case, "materials"), {"kind": kind, "file": upload(name="质量手册.pdf")})
        place = sent.headers["Location"]
        back = machine.get(place)
        assert back.headers["Content-Disposition"].startswith("attachment")
        assert len(b"".join(back.streaming_content)) == sent.json()["size"]
        assert machine.send("delete", place).status_code == 204
        assert machine.get(place).status_code == 404

    def test_papers_are_those_that_the_page_shows(self, machine, case) -> None:
        case.to("accepted")
        assert machine.get(path(case)).json()["papers"] == []  # asked for, not typeset yet
        assert machine.get(path(case, "paper", "00000000-0000-0000-0000-000000000001")).status_code == 404

    def test_the_list_is_leafed_by_number(self, machine, case, monkeypatch) -> None:
        case.take("applicant", "discard")
        begun = machine.post(address("applications"), {"item": "first"})
        assert begun.status_code == 201
        monkeypatch.setattr("apps.institutions.api.applications.PAGE_SIZE", 1)
        first = machine.get(address("applications")).json()
        assert len(first["results"]) == 1
        second = machine.get(first["next"].replace("http://127.0.0.1:8000", "")).json()
        assert second["results"][0]["number"] < first["results"][0]["number"]
        assert second["next"] is None


class TestVersions:
    def test_without_a_version_428_on_another_412(self, machine, case) -> None:
        for given, status in (("", 428), ("*", 428), ('"1-1-x"', 412), ("W/" + etag(machine, case), 412)):
            answer = machine.send("patch", path(case), {"address": "甲"}, etag=given)
            assert answer.status_code == status, given
        assert Application.objects.get().address == ADDRESS

    def test_somebody_else_was_faster(self, machine, case) -> None:
        old = etag(machine, case)
        assert machine.send("patch", path(case), {"address": "甲"}, etag=old).status_code == 200
        late = machine.send("patch", path(case), {"address": "乙"}, etag=old)
        assert (late.status_code, late.json()["code"]) == (412, "stale_version")
        assert late.headers["ETag"] == etag(machine, case)
        assert Application.objects.get().address == "甲"

    def test_a_material_added_meanwhile_is_another_version(self, machine, case) -> None:
        """What is handed in is what was read: also its materials."""
        old = etag(machine, case)
        case.fill()
        assert machine.post(path(case, "steps"), {"step": "submit"}, etag=old).status_code == 412
        assert case.file.status == "draft"


class TestContent:
    @pytest.mark.parametrize(
        "body",
        [
            {"status": "decided"}, {"version": 9}, {"file": 1}, {"route": "commitment"}, {"licence": 1},
            {"organisation": 2}, {"address": "甲", "scope": 1}, {"address": 1}, {"address": ["甲"]}, {"address": None},
            {"address": "a\0b"}, {"address": "\ud800"}, {"address": "x" * 301}, {"field": "99"}, [], "x", 1, None,
        ],
    )  # fmt: skip
    def test_what_is_not_asked_for_is_refused_and_not_stored(self, machine, case, body) -> None:
        before = Application.objects.values().get()
        text = json.dumps(body)
        headers = {"content_type": "application/json", "headers": machine._headers({"If-Match": etag(machine, case)})}
        answer = machine.client.patch(path(case), text, **headers)
        assert answer.status_code == 400, answer.content
        assert Application.objects.values().get() == before

    @pytest.mark.parametrize(
        ("text", "status"),
        [
            ("", 400), ("{", 400), ("[" * 100_000, 400), ('{"a":' * 30 + "1" + "}" * 30, 400), ('{"item": NaN}', 400),
            ('{"item": "first", "item": "first"}', 400), ('{"item": 1' + "0" * 5000 + "}", 400), ("\ufeff{}", 400),
            (b"\xff\xfe", 400), (b'{"item": "\xff"}', 400), ('{"item": "' + "x" * 300_000 + '"}', 413),
        ],
    )  # fmt: skip
    def test_bodies_that_are_no_json_of_ours(self, machine, text, status) -> None:
        headers = machine._headers({"Idempotency-Key": "k"})
        answer = machine.client.post(address("applications"), text, content_type="application/json", headers=headers)
        assert answer.status_code == status, answer.content
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_another_kind_of_content_is_415(self, machine) -> None:
        headers = machine._headers({"Idempotency-Key": "k"})
        answer = machine.client.post(address("applications"), "<a/>", content_type="text/xml", headers=headers)
        assert answer.status_code == 415

    def test_an_upload_beyond_the_limit_is_refused_unread(self, machine, case) -> None:
        headers = machine._headers({"Idempotency-Key": "k"})
        answer = machine.client.post(
            path(case, "materials"), b"x", content_type="multipart/form-data; boundary=b", headers=headers,
            CONTENT_LENGTH=str(40 * 2**20),
        )  # fmt: skip
        assert answer.status_code == 413

    def test_a_field_that_the_item_does_not_ask_for(self, machine, case) -> None:
        answer = machine.send("patch", path(case), {"change_to": "x"}, etag=etag(machine, case))
        assert (answer.status_code, codes(answer)) == (422, {"basics.strange"})

    @pytest.mark.parametrize("method", ["put", "delete", "options", "trace"])
    def test_other_methods_do_not_exist(self, machine, case, method) -> None:
        answer = machine.client.generic(method.upper(), path(case), headers=machine._headers({}))
        assert answer.status_code == 405
