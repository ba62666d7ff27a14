"""Posts: who may hold them, and that a person under a ban is entered nowhere."""

import datetime as dt

import pytest

from apps.audit.models import AuditEntry
from apps.core.problems import ProblemsFound, Refused
from apps.institutions.models import Appointment, ChangeFiling, Person
from apps.institutions.selectors.files import file_of
from apps.institutions.services.people import appoint, end_appointment
from apps.parties.services.bans import lift_ban, record_ban
from tests import factories
from tests.institutions.house import SYSTEM, TODAY, browse, call, lab, post_facts, rules, url

pytestmark = pytest.mark.django_db


def ban(number: str, **fields):
    facts = factories.ban_facts(id_number=number, ends_on=TODAY + dt.timedelta(days=400), **fields)
    return record_ban(actor=SYSTEM, now=dt.datetime.now(dt.UTC), facts=facts)


class TestAppointing:
    def test_the_document_is_hashed_and_forgotten(self) -> None:
        made, user = lab()
        facts = post_facts()
        post = appoint(**call(user), institution_id=made.pk, facts=facts)
        assert post.person.id_masked == f"522***********{facts.id_number[-4:]}"
        told = AuditEntry.objects.get(action="institutions.person.appoint")
        for text in (str(vars(post.person)), str(told.after)):
            assert facts.id_number not in text
        assert facts.name not in str(told.after)

    def test_one_person_may_hold_two_posts_but_no_post_twice(self) -> None:
        made, user = lab()
        facts = post_facts(position="technical_head", fields="")
        appoint(**call(user), institution_id=made.pk, facts=facts)
        appoint(**call(user), institution_id=made.pk, facts=post_facts(id_number=facts.id_number))
        assert Person.objects.count() == 1
        with pytest.raises(ProblemsFound, match="已担任此职"):
            appoint(**call(user), institution_id=made.pk, facts=facts)

    def test_some_posts_have_one_holder(self) -> None:
        rules()
        made, user = lab()
        first = appoint(**call(user), institution_id=made.pk, facts=post_facts(position="top_manager"))
        with pytest.raises(ProblemsFound, match="现由"):
            appoint(**call(user), institution_id=made.pk, facts=post_facts(position="top_manager"))
        end_appointment(**call(user), appointment_id=first.pk, until=TODAY, end_reason="退休")
        appoint(**call(user), institution_id=made.pk, facts=post_facts(position="top_manager", since=TODAY))
        assert ChangeFiling.objects.filter(kind="top_manager").count() == 2
        assert [p.end_reason for p in file_of(made, TODAY + dt.timedelta(days=1)).former_posts] == ["退休"]

    @pytest.mark.parametrize(
        ("fields", "codes"),
        [
            ({"fields": " "}, {"post.fields"}),
            ({"name": " ", "id_number": "123"}, {"person.name", "resident_id.shape"}),
            ({"id_kind": "other", "id_number": "E1"}, {"person.document"}),
            ({"since": TODAY + dt.timedelta(days=1)}, {"post.later"}),
        ],
    )
    def test_faults(self, fields: dict, codes: set) -> None:
        made, user = lab()
        with pytest.raises(ProblemsFound) as found:
            appoint(**call(user), institution_id=made.pk, facts=post_facts(**fields))
        assert {p.code for p in found.value.problems} == codes

    def test_ending_before_its_beginning_or_twice(self) -> None:
        made, user = lab()
        post = appoint(**call(user), institution_id=made.pk, facts=post_facts())
        for until in (post.since - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)):
            with pytest.raises(ProblemsFound):
                end_appointment(**call(user), appointment_id=post.pk, until=until, end_reason="x")
        end_appointment(**call(user), appointment_id=post.pk, until=TODAY, end_reason="x")
        with pytest.raises(Refused):
            end_appointment(**call(user), appointment_id=post.pk, until=TODAY, end_reason="x")


class TestBans:
    def test_the_form_says_which_decision_and_until_when(self) -> None:
        made, user = lab()
        facts = post_facts()
        decision = ban(facts.id_number, facts="内部调查材料")
        form = {"name": "改过的名字", "id_kind": "resident", "id_number": facts.id_number, "position": "signatory"}
        form |= {"fields_signed": "食品", "since": TODAY}
        answer = browse(user).post(url("post_add", made.pk), form)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert decision.decision_number in page
        assert decision.ends_on.isoformat() in page
        assert "内部调查材料" not in page
        assert decision.id_masked not in page
        assert not Appointment.objects.exists()

    def test_what_is_not_public_is_not_named(self) -> None:
        made, user = lab()
        facts = post_facts()
        decision = ban(facts.id_number, public_basis="")
        with pytest.raises(ProblemsFound) as found:
            appoint(**call(user), institution_id=made.pk, facts=facts)
        told = str(found.value.problems[0])
        assert decision.decision_number not in told
        assert decision.authority not in told
        assert decision.ends_on.isoformat() in told

    def test_a_namesake_is_not_barred(self) -> None:
        made, user = lab()
        ban(factories.resident_id(), person_name="示例乙")
        assert appoint(**call(user), institution_id=made.pk, facts=post_facts(name="示例乙")).pk

    def test_not_back_into_the_time_of_a_lifted_ban(self) -> None:
        made, user = lab()
        facts = post_facts()
        decision = ban(facts.id_number)
        lift = {"lifted_on": TODAY, "lift_number": "新1号", "lift_authority": "x", "lift_reason": "x", "version": 1}
        lift_ban(**call(None), ban_id=decision.pk, **lift)
        with pytest.raises(ProblemsFound, match="禁止从业"):
            appoint(**call(user), institution_id=made.pk, facts=facts)
        assert appoint(**call(user), institution_id=made.pk, facts=post_facts(id_number=facts.id_number, since=TODAY))

    def test_a_holder_who_is_barred_later_is_marked_on_the_file(self) -> None:
        made, user = lab()
        facts = post_facts()
        appoint(**call(user), institution_id=made.pk, facts=facts)
        ban(facts.id_number)
        assert "被禁止从业，须更换" in browse(user).get(url("file", made.pk)).content.decode()
