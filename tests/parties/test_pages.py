"""The pages of firms and claimants over HTTP: what they show to whom, and what a hostile user tries there."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry
from apps.core.actors import Actor
from apps.core.models import Draft
from apps.parties.constants import ClaimState, MembershipRole
from apps.parties.models import Claim, Invitation, Membership, Organisation
from apps.parties.services.claims import submit_claim
from apps.parties.services.invitations import invite
from apps.parties.services.merges import decide_merge, suggest_merge
from tests import factories
from tests.parties.browsing import KNOWN, NOW, TODAY, browse, clerk, form_of, url
from tests.parties.papers import PDF, upload

pytestmark = pytest.mark.django_db
XSS = '<img src=x onerror=alert(1) hx-get="/x">'


def actor(user) -> Actor:
    return Actor(label=str(user), user=user)


@pytest.fixture(autouse=True)
def _media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def firm() -> Organisation:
    return factories.organisation("示例·翠峰茶业", uscc=KNOWN, org_code=KNOWN[8:17], division_code="520602")


@pytest.fixture
def boss(firm):
    user = factories.person()
    factories.member(user, firm)
    return user


def claim(user=None, uscc: str = KNOWN, **texts) -> Claim:
    filled = {"organisation_name": "示例·翠峰茶业", "position": "经理", "statement": "", **texts}
    made_by = actor(user or factories.person())
    return submit_claim(actor=made_by, now=NOW, uscc=uscc, documents=[upload()], **filled)


class TestClaimPages:
    def post(self, client: Client, **changes):
        data = {"uscc": KNOWN, "organisation_name": "示例·翠峰茶业", "position": "经理", "documents": [upload()]}
        return client.post(url("claim_new"), {**data, **changes})

    def test_the_whole_story(self, firm, boss) -> None:
        user = factories.person()
        mine = browse(user)
        response = self.post(mine)
        made = Claim.objects.get()
        assert response.url == url("claim", made.pk)
        assert "待确认" in form_of(mine.get(response.url))
        assert "确认绑定" not in form_of(mine.get(response.url))
        theirs = browse(boss)
        assert str(user) in form_of(theirs.get(url("mine_detail", firm.pk)))
        done = theirs.post(url("claim_confirm", made.pk), {"role": "member", "version": made.version})
        assert done.status_code == 302
        assert firm.name in form_of(mine.get(url("mine")))
        again = theirs.post(url("claim_confirm", made.pk), {"role": "member", "version": made.version})
        assert again.status_code == 409  # 17

    def test_faulty_input_keeps_what_was_typed_and_says_what_is_wrong(self) -> None:
        response = self.post(browse(factories.person()), uscc="91520602MA6DLOO11J", position="")
        page = form_of(response)
        assert response.status_code == 422
        assert 'value="91520602MA6DLOO11J"' in page
        assert "aria-invalid" in page

    def test_a_draft_keeps_the_words_and_not_the_papers(self, firm) -> None:
        client = browse(factories.person())
        assert self.post(client, position="厂长", _draft="save").url == url("claim_new")
        assert not Claim.objects.exists()
        page = form_of(client.get(url("claim_new")))
        assert 'value="厂长"' in page
        assert "草稿不含附件" in page
        assert self.post(client, position="厂长").status_code == 302
        assert not Draft.objects.exists()

    def test_two_files_and_six_files(self, firm) -> None:
        client = browse(factories.person())
        assert self.post(client, documents=[upload() for _ in range(6)]).status_code == 422  # 61
        self.post(client, documents=[upload(), upload()])
        assert Claim.objects.get().documents.count() == 2

    def test_a_thousand_files_are_refused_before_anything_is_read(self) -> None:  # 61
        client = browse(factories.person())
        files = [SimpleUploadedFile(f"{n}.pdf", PDF) for n in range(101)]
        assert self.post(client, documents=files).status_code == 400

    def test_nobody_else_sees_a_claim_or_its_documents(self, firm) -> None:  # 1, 2, 4, 7
        made = claim()
        document = made.documents.get()
        pages = [url("claim", made.pk), url("claim_document", made.pk, document.pk)]
        member = factories.person()
        factories.member(member, firm, MembershipRole.MEMBER)
        strangers = [factories.person(), member, clerk("520621"), factories.staff(Role.SUPERVISOR)]
        for user in strangers:
            for page in pages:
                assert browse(user).get(page).status_code == 404
            for act in ("claim_confirm", "claim_refuse", "claim_withdraw"):
                response = browse(user).post(url(act, made.pk), {"role": "manager", "version": 1, "reason": "x"})
                assert response.status_code == 404
        made.refresh_from_db()
        assert made.state == ClaimState.SUBMITTED

    def test_a_document_of_another_claim_is_not_reached_through_ones_own(self, firm) -> None:  # 2, 25
        user = factories.person()
        mine, theirs = claim(user), claim()
        assert browse(user).get(url("claim_document", mine.pk, theirs.documents.get().pk)).status_code == 404

    def test_documents_go_out_inert(self, firm) -> None:
        user = factories.person()
        made = claim(user)
        response = browse(user).get(url("claim_document", made.pk, made.documents.get().pk))
        assert b"".join(response.streaming_content) == PDF
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert response.headers["Cache-Control"] == "private, no-store"

    def test_a_claimant_cannot_confirm_their_own_claim(self, firm) -> None:  # 14
        user = factories.person()
        made = claim(user)
        factories.member(user, firm)
        response = browse(user).post(url("claim_confirm", made.pk), {"role": "manager", "version": 1})
        assert response.status_code == 403
        assert AuditEntry.objects.filter(action="accounts.act.refuse").count() == 1

    def test_posted_fields_that_are_none_of_the_form_are_ignored(self, firm) -> None:  # 24
        other = factories.organisation()
        self.post(browse(factories.person()), state="confirmed", organisation=other.pk, user=1, decided_by=1)
        made = Claim.objects.get()
        assert (made.state, made.organisation) == (ClaimState.SUBMITTED, firm)
        assert made.decided_by is None

    def test_hostile_text_is_text(self, firm, boss) -> None:  # 44, 45
        user = factories.person()
        made = claim(user, statement=XSS, position=XSS[:90], organisation_name=XSS)
        made.documents.update(original_name=XSS)
        for viewer in (user, boss, clerk()):
            page = form_of(browse(viewer).get(url("claim", made.pk)))
            assert "<img" not in page
            assert "&lt;img" in page
        browse(boss).post(url("claim_refuse", made.pk), {"reason": XSS, "version": 1})
        assert "<img" not in form_of(browse(user).get(url("claim", made.pk)))

    def test_staff_are_refused_and_the_queue_is_scoped(self, firm) -> None:
        claim()
        assert browse(clerk()).get(url("claim_new")).status_code == 403
        assert KNOWN[8:16] in form_of(browse(clerk("520602")).get(url("claims")))
        assert KNOWN[8:16] not in form_of(browse(clerk("520621")).get(url("claims")))
        for state in ("confirmed", "nonsense", "' OR 1=1"):
            assert browse(clerk()).get(url("claims"), {"state": state}).status_code == 200

    def test_the_name_of_the_clerk_is_not_shown_outside(self, firm) -> None:
        user, window = factories.person(), clerk()
        made = claim(user)
        browse(window).post(url("claim_refuse", made.pk), {"reason": "缺公章", "version": 1})
        page = form_of(browse(user).get(url("claim", made.pk)))
        assert "缺公章" in page
        assert str(window) not in page


class TestMyOrganisations:
    def test_only_ones_own(self, firm, boss) -> None:  # 1, 3, 4
        other = factories.organisation("示例·别家")
        client = browse(boss)
        assert client.get(url("mine_detail", firm.pk)).status_code == 200
        assert client.get(url("mine_detail", other.pk)).status_code == 404
        assert "别家" not in form_of(client.get(url("mine"), {"org": other.pk, "organisation": other.pk}))
        assert browse(factories.person()).get(url("mine_detail", firm.pk)).status_code == 404

    def test_an_expired_member_is_out_at_once(self, firm) -> None:  # 11
        user = factories.person()
        row = factories.member(user, firm, ends_on=TODAY)
        client = browse(user)
        assert client.get(url("mine_detail", firm.pk)).status_code == 200
        Membership.objects.filter(pk=row.pk).update(ends_on=TODAY - dt.timedelta(days=1))
        assert client.get(url("mine_detail", firm.pk)).status_code == 404

    def test_choosing_whom_to_act_for(self, firm, boss) -> None:
        second, foreign = factories.organisation(), factories.organisation()
        row = factories.member(boss, second)
        client = browse(boss)
        client.get(url("mine"))
        assert client.session.get("acting_for") is None
        for elsewhere in ("//evil.example/", "portal:nowhere", "²", "a\0b"):  # 52
            response = client.post(url("acting_for"), {"organisation": second.pk, "next": elsewhere})
            assert response.url == url("mine")
        assert client.session["acting_for"] == second.pk
        for stranger in (foreign.pk, "x", ""):
            assert client.post(url("acting_for"), {"organisation": stranger}).status_code == 404
        Membership.objects.filter(pk=row.pk).update(ended_at=NOW)
        client.get(url("mine"))
        assert client.session["acting_for"] == firm.pk  # the only one left

    def test_a_merged_record_leads_to_the_survivor(self, firm, boss) -> None:
        other = factories.organisation("示例·重复")
        pair = suggest_merge(actor=Actor.system("t"), now=NOW, first_id=firm.pk, second_id=other.pk)
        decide_merge(actor=Actor.system("t"), now=NOW, merge_id=pair.pk, version=1, kept_id=other.pk, reason="执照一致")
        assert browse(boss).get(url("mine_detail", other.pk)).status_code == 200
        assert "示例·重复" in form_of(browse(boss).get(url("mine")))
        assert other.name in form_of(browse(clerk()).get(url("detail", firm.pk)))

    def test_get_only_and_post_only(self, firm, boss) -> None:  # 12
        client = browse(boss)
        for name, args in (("acting_for", ()), ("invite", (firm.pk,))):
            assert client.get(url(name, *args)).status_code == 405
        assert client.put(url("claim", 1)).status_code == 405
        assert client.post(url("claim", 1), HTTP_X_HTTP_METHOD_OVERRIDE="GET").status_code == 405

    def test_without_a_token_nothing_is_posted(self, firm, boss) -> None:  # 55
        client = Client(enforce_csrf_checks=True)
        client.force_login(boss)
        assert client.post(url("acting_for"), {"organisation": firm.pk}).status_code == 403


class TestPeople:
    def test_inviting_from_the_page(self, firm, boss) -> None:
        response = browse(boss).post(url("invite", firm.pk), {"email": "a@example.org", "role": "member"})
        assert response.url == url("mine_detail", firm.pk)
        made = Invitation.objects.get()
        assert "a@example.org" in form_of(browse(boss).get(response.url))
        bad = browse(boss).post(url("invite", firm.pk), {"email": "a@example.org", "role": "agent"})
        assert bad.status_code == 422
        assert "代理人须有结束日期" in form_of(bad)
        assert browse(factories.person()).post(url("invitation_revoke", made.pk)).status_code == 404
        assert browse(boss).post(url("invitation_revoke", made.pk)).status_code == 302
        assert browse(boss).post(url("invitation_revoke", made.pk)).status_code == 409

    def test_one_invitation_too_many_is_said_on_the_form(self, firm, boss, monkeypatch) -> None:
        monkeypatch.setattr("apps.parties.services.invitations.MOST_OPEN", 0)
        answer = browse(boss).post(url("invite", firm.pk), {"email": "a@example.org", "role": "member"})
        assert answer.status_code == 409
        assert "未接受的邀请已达上限" in form_of(answer)
        assert 'value="a@example.org"' in form_of(answer)

    def test_the_link(self, firm, boss) -> None:
        invited, other = factories.person(), factories.person()
        _made, token = invite(
            actor=actor(boss), now=NOW, organisation_id=firm.pk, email=invited.email, role="member", ends_on=None
        )
        link = url("invitation", token)
        assert Client().get(link).status_code == 302
        page = browse(other).get(link)
        assert "另一个邮箱" in form_of(page)
        assert browse(other).post(link).status_code == 409
        mine = browse(invited)
        mine.get(link)
        assert not Membership.objects.filter(user=invited).exists()  # reading changes nothing
        assert mine.post(link).url == url("mine_detail", firm.pk)
        assert mine.post(link).status_code == 409
        assert mine.get(url("invitation", "guessed")).status_code == 404

    def test_members_may_look_but_not_change(self, firm, boss) -> None:
        member = factories.person()
        row = factories.member(member, firm, MembershipRole.MEMBER)
        others = Membership.objects.get(user=boss)
        client = browse(member)
        page = form_of(client.get(url("mine_detail", firm.pk)))
        assert boss.email not in page
        assert "邀请成员" not in page
        assert client.get(url("membership", others.pk)).status_code == 404
        assert client.post(url("membership_end", others.pk), {"reason": ""}).status_code == 404
        assert client.get(url("membership", row.pk)).status_code == 404  # nobody promotes themselves
        assert client.post(url("invite", firm.pk), {"email": "x@example.org", "role": "manager"}).status_code == 404
        assert client.post(url("membership_end", row.pk), {"reason": ""}).url == url("mine")

    def test_the_last_manager_is_told_what_to_do(self, firm, boss) -> None:
        row = Membership.objects.get(user=boss)
        response = browse(boss).post(url("membership_end", row.pk), {"reason": ""})
        assert response.status_code == 422
        assert "唯一的管理人" in form_of(response)

    def test_changing_a_role(self, firm, boss) -> None:
        row = factories.member(factories.person(), firm, MembershipRole.MEMBER)
        response = browse(boss).post(url("membership", row.pk), {"role": "manager", "ends_on": ""})
        assert response.status_code == 302
        row.refresh_from_db()
        assert row.role == MembershipRole.MANAGER
