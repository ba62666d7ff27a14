"""Claims, invitations, memberships, and guardian's grants in step with them."""

import datetime as dt
import threading
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry
from apps.core import events
from apps.core.actors import Actor
from apps.core.models import JobRun
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.parties.constants import ClaimState, MembershipRole, Topic
from apps.parties.models import Claim, Invitation, Membership, Organisation
from apps.parties.policies import can_act_for, is_manager
from apps.parties.rules.codes import make_uscc
from apps.parties.services.claims import confirm_claim, refuse_claim, submit_claim, withdraw_claim
from apps.parties.services.grants import sync_grants
from apps.parties.services.invitations import accept_invitation, invite, revoke_invitation
from apps.parties.services.memberships import change_membership, end_membership, sweep_memberships
from apps.parties.tasks import daily_round
from tests import factories
from tests.parties.papers import BAD, image, upload

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
UNKNOWN = make_uscc("520621", "MA7000A1")
KNOWN = make_uscc("520602", "MA7000B2")
MANAGER, MEMBER, AGENT = MembershipRole.MANAGER, MembershipRole.MEMBER, MembershipRole.AGENT


def actor(user) -> Actor:
    return Actor(label=str(user), user=user)


def clerk(division: str = "520600") -> Actor:
    return actor(factories.staff(Role.WINDOW_CLERK, at=factories.unit(f"unit{division}", division)))


@pytest.fixture
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def heard():
    """What was told to higher apps, by topic."""
    told: list[tuple[str, dict]] = []
    handlers = {topic: (lambda payload, topic=topic: told.append((str(topic), dict(payload)))) for topic in Topic}
    for topic, handler in handlers.items():
        events.subscribe(topic, handler)
    yield told
    for topic, handler in handlers.items():
        events.unsubscribe(topic, handler)


@pytest.fixture
def firm(db) -> Organisation:
    return factories.organisation("示例·茶业", uscc=KNOWN, org_code=KNOWN[8:17], division_code="520602")


def claim(user=None, uscc: str = KNOWN, documents=None, **texts) -> Claim:
    filled = {"organisation_name": "示例·茶业", "position": "经理", "statement": "", **texts}
    papers = [upload()] if documents is None else documents
    return submit_claim(actor=actor(user or factories.person()), now=NOW, uscc=uscc, documents=papers, **filled)


def granted(user, organisation) -> set[str]:
    fresh = type(user).objects.get(pk=user.pk)
    return {name for name in ("act_for_organisation", "manage_organisation") if fresh.has_perm(name, organisation)}


@pytest.mark.django_db
class TestClaiming:
    def test_a_claim_keeps_its_documents_under_names_of_ours(self, media, firm, heard) -> None:
        made = claim(uscc=KNOWN.lower(), documents=[upload(), upload(image(), "../照片.png")])
        assert (made.uscc, made.organisation, made.division_code) == (KNOWN, firm, "520602")
        first, second = made.documents.order_by("pk")
        assert second.original_name == "照片.png"
        assert "照片" not in second.file.name
        assert len(first.sha256) == 64
        assert len(list(media.rglob("*.*"))) == 2
        assert AuditEntry.objects.filter(action="parties.claim.submit").count() == 1
        [(topic, told)] = heard
        assert (topic, told["claim_id"]) == (Topic.CLAIM_SUBMITTED, made.pk)

    def test_every_problem_at_once_and_no_file_left(self, media, firm) -> None:
        with pytest.raises(ProblemsFound) as found:
            claim(uscc="1", organisation_name=" ", position="", documents=[upload(BAD["svg"][0])])
        assert {p.place for p in found.value.problems} == {"uscc", "organisation_name", "position", "documents"}
        assert not list(media.rglob("*.*"))
        assert not Claim.objects.exists()

    def test_the_white_listed_code_is_blocked_for_the_public(self, media) -> None:
        with pytest.raises(ProblemsFound) as found:
            claim(uscc="91350203M0001QAY9B")
        assert "窗口" in found.value.problems[0].remedy

    def test_a_failing_trail_takes_the_files_back(self, media, firm, monkeypatch) -> None:
        def fail(**_):
            raise RuntimeError

        monkeypatch.setattr("apps.parties.services.trail.record", fail)
        with pytest.raises(RuntimeError):
            claim()
        assert not list(media.rglob("*.*"))

    def test_one_open_claim_and_limits(self, media, firm) -> None:
        user = factories.person()
        made = claim(user)
        with pytest.raises(ProblemsFound) as found:
            claim(user)
        assert found.value.problems[0].code == "claim.open"
        withdraw_claim(actor=actor(user), now=NOW, claim_id=made.pk)
        claim(user)
        for n in range(4):
            claim(user, uscc=make_uscc("520602", f"MA70000{n}"))
        with pytest.raises(ProblemsFound) as found:
            claim(user, uscc=make_uscc("520602", "MA70000X"))
        assert found.value.problems[0].code == "claim.many"

    def test_members_and_staff_need_not_claim(self, media, firm) -> None:
        user = factories.person()
        factories.member(user, firm)
        with pytest.raises(ProblemsFound) as found:
            claim(user)
        assert found.value.problems[0].code == "claim.member"
        with pytest.raises(Refused):
            claim(factories.staff(Role.WINDOW_CLERK))

    @pytest.mark.parametrize(("uscc", "division"), [(UNKNOWN, "520621"), (make_uscc("110000", "MA7000C3"), "520600")])
    def test_whose_window_decides(self, media, db, uscc: str, division: str) -> None:
        assert claim(uscc=uscc).division_code == division


@pytest.mark.django_db
class TestDeciding:
    def decide(self, made: Claim, by: Actor, **options):
        return confirm_claim(actor=by, now=NOW, claim_id=made.pk, version=1, **{"role": MANAGER, **options})

    def test_a_manager_or_the_window_confirms_and_grants_follow(self, media, firm, heard) -> None:
        manager, first, second = (factories.person() for _ in range(3))
        factories.member(manager, firm)
        self.decide(claim(first), actor(manager), role=MEMBER)
        self.decide(claim(second), clerk("520602"))
        assert granted(first, firm) == {"act_for_organisation"}
        assert granted(second, firm) == {"act_for_organisation", "manage_organisation"}
        assert [told["confirmed"] for topic, told in heard if topic == Topic.CLAIM_DECIDED] == [True, True]

    def test_who_may_not_confirm(self, media, firm) -> None:
        claimant, member = factories.person(), factories.person()
        factories.member(member, firm, MEMBER)
        lapsed = factories.person()
        factories.member(lapsed, firm, ends_on=TODAY - dt.timedelta(days=1))
        made = claim(claimant)
        others = [claimant, member, lapsed, factories.person(), factories.staff(Role.SUPERVISOR), clerk("520621").user]
        for user in others:
            with pytest.raises(Refused) as refused:
                self.decide(made, actor(user))
            assert refused.value.code == "permission"
        made.refresh_from_db()
        assert made.state == ClaimState.SUBMITTED
        assert not can_act_for(claimant, firm.pk, TODAY)

    def test_a_claimant_who_became_a_manager_cannot_confirm_their_own(self, media, firm) -> None:
        user = factories.person()
        made = claim(user)
        factories.member(user, firm)
        with pytest.raises(Refused):
            self.decide(made, actor(user))

    def test_an_unknown_organisation_is_recorded_by_the_window(self, media, db) -> None:
        made = self.decide(claim(uscc=UNKNOWN, organisation_name="示例·新户"), clerk("520621"))
        assert (made.organisation.name, made.organisation.uscc) == ("示例·新户", UNKNOWN)
        assert made.organisation.division_code == "520621"
        assert is_manager(made.user, made.organisation.pk, TODAY)
        assert Organisation.objects.count() == 1

    def test_refusing_needs_a_reason_and_deciding_twice_is_refused(self, media, firm, heard) -> None:
        made = claim()
        with pytest.raises(ProblemsFound):
            refuse_claim(actor=clerk(), now=NOW, claim_id=made.pk, version=1, reason=" ")
        refuse_claim(actor=clerk(), now=NOW, claim_id=made.pk, version=1, reason="授权书缺公章")
        for again in (lambda: self.decide(made, clerk()), lambda: withdraw_claim(
            actor=actor(made.user), now=NOW, claim_id=made.pk)):  # fmt: skip
            with pytest.raises(Refused) as refused:
                again()
            assert refused.value.code == "claim.decided"
        assert heard[-1][1]["reason"] == "授权书缺公章"
        assert not Membership.objects.exists()

    def test_stale_version_and_agents_without_end(self, media, firm) -> None:
        made = claim()
        with pytest.raises(StaleVersion):
            confirm_claim(actor=clerk(), now=NOW, claim_id=made.pk, version=7, role=MEMBER)
        with pytest.raises(ProblemsFound):
            self.decide(made, clerk(), role=AGENT)
        with pytest.raises(ProblemsFound):
            self.decide(made, clerk(), role=AGENT, ends_on=TODAY - dt.timedelta(days=1))

    def test_only_the_claimant_withdraws(self, media, firm) -> None:
        made = claim()
        with pytest.raises(Refused):
            withdraw_claim(actor=clerk(), now=NOW, claim_id=made.pk)


@pytest.mark.django_db
class TestInviting:
    @pytest.fixture
    def manager(self, firm) -> Actor:
        user = factories.person()
        factories.member(user, firm)
        return actor(user)

    def send(self, by: Actor, firm: Organisation, email: str, **options) -> tuple[Invitation, str]:
        terms = {"role": MEMBER, "ends_on": None, "now": NOW, **options}
        return invite(actor=by, organisation_id=firm.pk, email=email, **terms)

    def test_the_link_works_once_for_its_address(self, firm, manager, heard) -> None:
        invited, other = factories.person(), factories.person()
        made, token = self.send(manager, firm, invited.email.upper())
        assert token not in str(Invitation.objects.values().get())
        assert heard[0][1]["path"].endswith(f"{token}/")
        with pytest.raises(Refused) as refused:
            accept_invitation(actor=actor(other), now=NOW, token=token)
        assert refused.value.code == "invitation.email"
        accept_invitation(actor=actor(invited), now=NOW, token=token)
        assert granted(invited, firm) == {"act_for_organisation"}
        with pytest.raises(Refused) as refused:
            accept_invitation(actor=actor(invited), now=NOW, token=token)
        assert refused.value.code == "invitation.closed"
        assert made.pk

    def test_late_revoked_and_guessed_links(self, firm, manager) -> None:
        invited = factories.person()
        _made, token = self.send(manager, firm, invited.email)
        with pytest.raises(Refused):
            accept_invitation(actor=actor(invited), now=NOW + dt.timedelta(days=14, seconds=1), token=token)
        made, newer = self.send(manager, firm, invited.email, now=NOW + dt.timedelta(minutes=2))
        with pytest.raises(Refused):  # the newer one replaced it
            accept_invitation(actor=actor(invited), now=NOW, token=token)
        revoke_invitation(actor=manager, now=NOW, invitation_id=made.pk)
        for bad in (newer, "x", ""):
            with pytest.raises(Refused):
                accept_invitation(actor=actor(invited), now=NOW, token=bad)
        with pytest.raises(Refused):
            revoke_invitation(actor=manager, now=NOW, invitation_id=made.pk)
        assert Membership.objects.count() == 1

    def test_who_may_not_invite(self, firm) -> None:
        member = factories.person()
        factories.member(member, firm, MEMBER)
        for user in (member, factories.person(), factories.staff(Role.SUPERVISOR), clerk("520621").user):
            with pytest.raises(Refused):
                self.send(actor(user), firm, "x@example.org")
        self.send(clerk("520602"), firm, "x@example.org")

    def test_problems(self, firm, manager) -> None:
        with pytest.raises(ProblemsFound) as found:
            self.send(manager, firm, "a@b\r\nBcc: c@d", role=AGENT)
        assert {p.place for p in found.value.problems} == {"email", "ends_on"}
        with pytest.raises(ProblemsFound) as found:
            self.send(manager, firm, manager.user.email)
        assert found.value.problems[0].code == "invitation.member"

    def test_staff_cannot_accept(self, firm, manager) -> None:
        staff = factories.staff(Role.OFFICER)
        _made, token = self.send(manager, firm, staff.email)
        with pytest.raises(Refused) as refused:
            accept_invitation(actor=actor(staff), now=NOW, token=token)
        assert refused.value.code == "invitation.staff"


@pytest.mark.django_db
class TestMemberships:
    def test_change_moves_the_grants(self, firm) -> None:
        boss, user = factories.person(), factories.person()
        factories.member(boss, firm)
        row = factories.member(user, firm, MEMBER)
        change_membership(actor=actor(boss), now=NOW, membership_id=row.pk, role=MANAGER, ends_on=None)
        assert granted(user, firm) == {"act_for_organisation", "manage_organisation"}
        end_membership(actor=actor(boss), now=NOW, membership_id=row.pk)
        assert granted(user, firm) == set()
        assert not can_act_for(user, firm.pk, TODAY)

    def test_the_last_manager_stays_until_there_is_another(self, firm) -> None:
        boss = factories.person()
        row = factories.member(boss, firm)
        factories.member(factories.person(), firm, ends_on=TODAY)  # one who goes today is no successor
        acts = [
            lambda: end_membership(actor=actor(boss), now=NOW, membership_id=row.pk, reason="x"),
            lambda: change_membership(actor=actor(boss), now=NOW, membership_id=row.pk, role=MEMBER, ends_on=None),
            lambda: change_membership(actor=actor(boss), now=NOW, membership_id=row.pk, role=MANAGER, ends_on=TODAY),
            lambda: end_membership(actor=clerk(), now=NOW, membership_id=row.pk, reason=" "),
        ]
        for act in acts:
            with pytest.raises(ProblemsFound) as found:
                act()
            assert found.value.problems[0].code == "membership.last_manager"
        end_membership(actor=clerk("520602"), now=NOW, membership_id=row.pk, reason="企业来函")
        assert AuditEntry.objects.get(action="parties.membership.end").reason == "企业来函"

    def test_members_leave_by_themselves_and_cannot_touch_others(self, firm, heard) -> None:
        factories.member(factories.person(), firm)
        user, other = factories.person(), factories.person()
        mine, theirs = factories.member(user, firm, MEMBER), factories.member(other, firm, MEMBER)
        with pytest.raises(Refused):
            end_membership(actor=actor(user), now=NOW, membership_id=theirs.pk)
        with pytest.raises(Refused):
            change_membership(actor=actor(user), now=NOW, membership_id=mine.pk, role=MANAGER, ends_on=None)
        end_membership(actor=actor(user), now=NOW, membership_id=mine.pk)
        assert heard[-1][1]["cause"] == "left"
        with pytest.raises(Refused):
            end_membership(actor=actor(user), now=NOW, membership_id=mine.pk)

    def test_what_ran_out_stops_at_once_and_is_swept_later(self, firm, heard) -> None:
        user = factories.person()
        row = factories.member(user, firm, AGENT, ends_on=TODAY)
        sync_grants(user.pk, firm.pk, TODAY)
        tomorrow = NOW + dt.timedelta(days=1)
        assert can_act_for(user, firm.pk, TODAY)
        assert not can_act_for(user, firm.pk, TODAY + dt.timedelta(days=1))
        assert sweep_memberships(actor=Actor.system("test"), now=NOW) == 0
        assert sweep_memberships(actor=Actor.system("test"), now=tomorrow) == 1
        assert sweep_memberships(actor=Actor.system("test"), now=tomorrow) == 0
        row.refresh_from_db()
        assert row.ended_at == tomorrow
        assert granted(user, firm) == set()
        assert heard[-1][1]["cause"] == "expired"

    def test_the_daily_round_records_itself(self, firm) -> None:
        factories.member(factories.person(), firm, AGENT, ends_on=dt.date(2020, 2, 1))
        daily_round()
        run = JobRun.objects.get(name="parties.daily_round")
        assert run.outcome == {"memberships_ended": 1, "records_joined": 0, "pairs_found": 0, "answers_dropped": 0}


def race(*acts) -> list[str]:
    """Run the acts at once, each on its own connection; what became of each, sorted."""
    start, outcomes = threading.Barrier(len(acts)), []

    def run(act) -> None:
        start.wait(10)
        try:
            act()
            outcomes.append("done")
        except (Refused, ProblemsFound) as fault:
            outcomes.append(getattr(fault, "code", None) or fault.problems[0].code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_a_double_submit_makes_one_claim(self, media) -> None:
        user = factories.person()
        outcomes = race(*[lambda: claim(user, uscc=UNKNOWN)] * 6)
        assert outcomes.count("done") == 1
        assert set(outcomes) == {"done", "claim.open"}
        assert Claim.objects.count() == 1
        assert len(list(media.rglob("*.*"))) == 1

    def test_two_confirmers_one_membership(self, media) -> None:
        made = claim(uscc=UNKNOWN)
        one, two = clerk(), clerk()
        options = {"now": NOW, "claim_id": made.pk, "version": 1, "role": MANAGER}
        outcomes = race(lambda: confirm_claim(actor=one, **options), lambda: confirm_claim(actor=two, **options))
        assert outcomes == ["claim.decided", "done"]
        assert Membership.objects.count() == Organisation.objects.count() == 1

    def test_a_link_opened_twice_at_once_works_once(self) -> None:
        firm, boss, invited = factories.organisation(), factories.person(), factories.person()
        factories.member(boss, firm)
        _made, token = invite(
            actor=actor(boss), now=NOW, organisation_id=firm.pk, email=invited.email, role=MEMBER, ends_on=None
        )
        outcomes = race(*[lambda: accept_invitation(actor=actor(invited), now=NOW, token=token)] * 2)
        assert outcomes == ["done", "invitation.closed"]

    def test_two_last_managers_cannot_both_leave(self) -> None:
        firm, one, two = factories.organisation(), factories.person(), factories.person()
        rows = [factories.member(one, firm), factories.member(two, firm)]
        outcomes = race(
            lambda: end_membership(actor=actor(one), now=NOW, membership_id=rows[0].pk),
            lambda: end_membership(actor=actor(two), now=NOW, membership_id=rows[1].pk),
        )
        assert outcomes == ["done", "membership.last_manager"]
