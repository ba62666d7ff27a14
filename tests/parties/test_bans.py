"""The ban register: who is barred, from when, until which decision; and that no document number is kept."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.accounts.constants import Role
from apps.accounts.selectors import actor_for
from apps.audit.models import AuditEntry, PublicFact
from apps.core.actors import Actor
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.parties.constants import BanState
from apps.parties.identity import identity_hash, identity_mask
from apps.parties.models import Ban
from apps.parties.rules.bans import state_on
from apps.parties.selectors import ban_on_person, bans_on_organisation, barred_hashes, public_bans
from apps.parties.services.bans import lift_ban, record_ban
from tests import factories
from tests.parties.browsing import KNOWN, browse, clerk

NOW = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 24)


def supervisor():
    return factories.staff(Role.SUPERVISOR)


def made(**fields) -> Ban:
    return record_ban(actor=actor_for(supervisor()), now=NOW, facts=factories.ban_facts(**fields))


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (dt.date(2025, 2, 28), BanState.COMING),
        (dt.date(2025, 3, 1), BanState.RUNNING),
        (dt.date(2026, 6, 30), BanState.RUNNING),
        (dt.date(2026, 7, 1), BanState.LIFTED),
        (dt.date(2036, 1, 1), BanState.LIFTED),
    ],
)
def test_state_on_a_day(on: dt.date, state: BanState) -> None:
    assert state_on(dt.date(2025, 3, 1), dt.date(2035, 2, 28), dt.date(2026, 7, 1), on) == state


def test_the_last_day_still_counts() -> None:
    start, end = dt.date(2025, 3, 1), dt.date(2035, 2, 28)
    assert state_on(start, end, None, end) == BanState.RUNNING
    assert state_on(start, end, None, end + dt.timedelta(days=1)) == BanState.OVER
    assert state_on(start, None, None, dt.date(2999, 1, 1)) == BanState.RUNNING


def test_the_hash_reads_every_spelling_as_one_number(settings) -> None:
    first = identity_hash("resident", "52220119900101001x")
    assert first == identity_hash("resident", " ５２２２０１ 1990-0101 001X ")
    assert first != identity_hash("other", "52220119900101001X")
    settings.IDENTITY_KEY = "another key of the installation"
    assert first != identity_hash("resident", "52220119900101001X")
    assert identity_mask("other", "E12345678") == "******678"
    assert identity_mask("other", "E12") == "***"


@pytest.mark.django_db
class TestRecording:
    def test_a_person_is_barred_at_once_whatever_the_name(self) -> None:
        facts = factories.ban_facts()
        ban = record_ban(actor=actor_for(supervisor()), now=NOW, facts=facts)
        key = identity_hash("resident", facts.id_number)
        assert ban_on_person("另一个名字", key, TODAY) == ban
        assert ban_on_person(facts.person_name, identity_hash("resident", "other"), TODAY) is None
        assert ban_on_person(facts.person_name, "", TODAY) == ban  # nobody has shown that it is another
        assert barred_hashes([("别名", key), ("无关", "")], TODAY) == {("别名", key): ban}
        assert ban_on_person(facts.person_name, key, dt.date(2025, 2, 28)) is None

    def test_a_person_without_the_kind_of_their_document_is_not_barred_in_vain(self) -> None:
        with pytest.raises(ProblemsFound, match="id_kind"):
            made(id_kind="")
        with pytest.raises(ProblemsFound, match="id_kind"):
            made(id_kind="x")
        # A row of the time when none was asked: its hash is nobody's, so the name counts.
        ban = made()
        number = identity_hash("", "52220119900101001X")
        Ban.objects.filter(pk=ban.pk).update(id_kind="", id_hash=number)
        key = identity_hash("resident", factories.resident_id())
        assert ban_on_person(ban.person_name, key, TODAY) is not None
        assert ban_on_person("另一个名字", key, TODAY) is None

    def test_the_longest_of_two_bans_is_told(self) -> None:
        facts = factories.ban_facts()
        life = factories.ban_facts(id_number=facts.id_number, ends_on=None)
        for each in (facts, life):
            record_ban(actor=actor_for(supervisor()), now=NOW, facts=each)
        found = ban_on_person("", identity_hash("resident", facts.id_number), TODAY)
        assert found is not None
        assert found.ends_on is None

    def test_no_row_holds_the_document_number(self) -> None:
        facts = factories.ban_facts()
        ban = record_ban(actor=actor_for(supervisor()), now=NOW, facts=facts)
        told = AuditEntry.objects.get(action="parties.ban.record").after
        fact = PublicFact.objects.get(kind="ban.imposed", subject_id=str(ban.pk)).payload
        for text in (str(vars(ban)), str(told), fact):
            assert facts.id_number not in text
        assert facts.person_name not in fact
        assert "示*" in fact

    def test_what_no_law_makes_public_is_not_published(self) -> None:
        ban = made(public_basis="")
        assert not PublicFact.objects.filter(subject_id=str(ban.pk), subject_kind="ban").exists()
        assert not public_bans(TODAY).exists()

    def test_an_organisation(self) -> None:
        firm = factories.organisation(uscc=KNOWN, org_code=KNOWN[8:17])
        ban = made(subject="organisation", organisation_code=KNOWN, person_name="", id_number="", basis="device96")
        assert list(bans_on_organisation(firm.pk, TODAY)) == [ban]
        assert ban.id_hash == ""

    @pytest.mark.parametrize(
        ("fields", "codes"),
        [
            ({"basis": "car72", "ends_on": None}, {"ban.permanent"}),
            ({"basis_text": " "}, {"ban.article"}),
            ({"ends_on": dt.date(2025, 1, 1)}, {"ban.reversed"}),
            ({"basis": "none"}, {"ban.basis"}),
            ({"id_number": "522201199001010010"}, {"resident_id.check"}),
            ({"id_kind": "other", "id_number": "E12"}, {"ban.document"}),
            ({"decided_on": dt.date(2027, 1, 1)}, {"ban.decided_later"}),
            ({"subject": "organisation", "organisation_code": "nobody"}, {"ban.organisation"}),
            ({"person_name": "", "decision_number": " "}, {"ban.name", "ban.decision_number"}),
        ],
    )
    def test_faults_are_told_all_at_once(self, fields: dict, codes: set) -> None:
        with pytest.raises(ProblemsFound) as found:
            made(**fields)
        assert {problem.code for problem in found.value.problems} == codes
        assert not Ban.objects.exists()
        assert "522201199001010010" not in str(found.value.problems)

    def test_one_decision_on_one_person_is_one_record(self) -> None:
        facts = factories.ban_facts()
        record_ban(actor=Actor.system("test"), now=NOW, facts=facts)
        with pytest.raises(ProblemsFound, match="已经登记"):
            record_ban(actor=Actor.system("test"), now=NOW, facts=facts)

    def test_only_who_holds_the_permission(self) -> None:
        with pytest.raises(Refused):
            record_ban(actor=actor_for(clerk()), now=NOW, facts=factories.ban_facts())


@pytest.mark.django_db
class TestLifting:
    def lift(self, ban: Ban, **fields) -> Ban:
        call = {"version": ban.version, "lifted_on": TODAY, "lift_number": "示市监撤〔2026〕1号"}
        call |= {"lift_authority": "示例·市场监督管理局", "lift_reason": "原决定被撤销", **fields}
        return lift_ban(actor=actor_for(supervisor()), now=NOW, ban_id=ban.pk, **call)

    def test_a_new_decision_ends_it(self) -> None:
        ban = self.lift(made())
        assert ban_on_person("", ban.id_hash, TODAY) is None
        assert ban_on_person("", ban.id_hash, TODAY - dt.timedelta(days=1)) == ban
        assert AuditEntry.objects.filter(action="parties.ban.lift", reason="原决定被撤销").count() == 1
        assert PublicFact.objects.filter(kind="ban.lifted").count() == 1

    def test_the_same_decision_cannot_end_itself(self) -> None:
        ban = made()
        with pytest.raises(ProblemsFound, match="相同"):
            self.lift(ban, lift_number=ban.decision_number)

    def test_not_before_its_day_nor_twice_nor_on_a_stale_page(self) -> None:
        ban = made()
        with pytest.raises(ProblemsFound):
            self.lift(ban, lifted_on=TODAY + dt.timedelta(days=1))
        with pytest.raises(StaleVersion):
            self.lift(ban, version=9)
        self.lift(ban)
        with pytest.raises(Refused, match="已经由新决定解除"):
            self.lift(ban)


@pytest.mark.django_db
class TestPages:
    def test_recording_and_lifting_over_http(self) -> None:
        client, facts = browse(supervisor()), factories.ban_facts()
        fields = {name: getattr(facts, name) or "" for name in type(facts).__slots__}
        answer = client.post(reverse("parties:ban_new"), fields)
        ban = Ban.objects.get()
        assert answer.headers["Location"] == reverse("parties:ban", args=[ban.pk])
        page = client.get(answer.headers["Location"]).content.decode()
        assert ban.id_masked in page
        assert facts.id_number not in page
        lift = {"lift_number": "x1", "lift_authority": "x", "lifted_on": "2026-01-01", "lift_reason": "r", "version": 1}
        assert client.post(reverse("parties:ban", args=[ban.pk]), lift).status_code == 302
        assert client.post(reverse("parties:ban", args=[ban.pk]), lift).status_code == 409

    def test_a_faulty_form_keeps_its_input_but_not_the_number(self) -> None:
        answer = browse(supervisor()).post(reverse("parties:ban_new"), {"person_name": "示例乙", "subject": "person"})
        assert answer.status_code == 422
        assert "示例乙" in answer.content.decode()

    def test_the_list_finds_by_name_and_number(self) -> None:
        made(person_name="示例丙")
        client = browse(factories.staff(Role.OFFICER))
        assert "示例丙" in client.get(reverse("parties:bans"), {"q": "例丙"}).content.decode()
        assert "示例丙" not in client.get(reverse("parties:bans"), {"state": "ended"}).content.decode()
        assert client.post(reverse("parties:ban_new"), {}).status_code == 403

    def test_the_public_sees_a_surname_and_the_decision(self, client) -> None:
        ban = made(person_name="张三丰")
        made(person_name="李四光", public_basis="")
        page = client.get(reverse("portal:bans")).content.decode()
        assert ban.decision_number in page
        assert "张*" in page
        assert "张三丰" not in page
        assert "李" not in page
        assert ban.id_masked not in page
