"""Tokens of an organisation: made once, shown once, and dead as soon as what they rest on is gone."""

import datetime as dt
import hashlib
import json
import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from apps.accounts.constants import Role
from apps.accounts.selectors import actor_for
from apps.audit.models import AuditEntry
from apps.core.actors import Actor
from apps.core.problems import ProblemsFound, Refused
from apps.parties.constants import MembershipRole, OrganisationKind, TokenState
from apps.parties.models import ApiToken, Membership
from apps.parties.rules import tokens as rules
from apps.parties.selectors.tokens import acting_label, standing_of, token_by_prefix, tokens_of
from apps.parties.services.merges import decide_merge, suggest_merge, undo_merge
from apps.parties.services.tokens import MOST_TOKENS, make_token, revoke_token, touch_token
from tests import factories
from tests.factories.tokens import api_token
from tests.parties.browsing import NOW, TODAY, browse, form_of, url

DAY = dt.timedelta(days=1)
WHOLE = re.compile(r"tqp_[0-9A-Z]{8}_[\w-]{43}")


@pytest.fixture
def lab(db):
    return factories.organisation("示例·检测", kind=OrganisationKind.INSTITUTION)


@pytest.fixture
def boss(lab):
    user = factories.person()
    factories.member(user, lab)
    return user


def make(user, lab, **fields):
    wanted = {"name": "系统", "scopes": ["applications:read"], "expires_on": TODAY + 30 * DAY, **fields}
    return make_token(actor=actor_for(user), now=NOW, organisation_id=lab.pk, **wanted)


class TestRules:
    @pytest.mark.parametrize(
        "text", ["", "x", "tqp_", "tqp_ABCDEFGH_short", f"tqp_ABCDEFGI_{'a' * 43}", f" tqp_ABCDEFGH_{'a' * 43}", "\0"]
    )
    def test_what_is_no_token(self, text) -> None:
        assert rules.parted(text) is None

    def test_a_token_falls_into_prefix_and_secret(self) -> None:
        assert rules.parted(rules.whole_token("K7M2XD9A", "s" * 43)) == ("K7M2XD9A", "s" * 43)

    def test_networks_are_read_in_their_usual_form(self) -> None:
        read = rules.read_networks("203.0.113.7, 10.1.2.3/8\n2001:db8::1/64；x 1.2.3.4/40")
        assert read == (["203.0.113.7/32", "10.0.0.0/8", "2001:db8::/64"], ["x", "1.2.3.4/40"])

    @pytest.mark.parametrize(
        ("address", "allowed"), [("10.9.9.9", True), ("11.0.0.1", False), (None, False), ("2001:db8::5", True)]
    )
    def test_where_a_call_comes_from(self, address, allowed) -> None:
        assert rules.comes_from(address, ["10.0.0.0/8", "2001:db8::/64"]) is allowed
        assert rules.comes_from(address, []) is True

    @pytest.mark.parametrize(
        ("changed", "state"),
        [
            ({}, TokenState.ACTIVE),
            ({"revoked": True, "merged": True}, TokenState.REVOKED),
            ({"merged": True, "maker_manages": False}, TokenState.MERGED),
            ({"expires_on": TODAY - DAY}, TokenState.EXPIRED),
            ({"maker_manages": False}, TokenState.ORPHANED),
        ],
    )
    def test_the_plainest_reason_first(self, changed, state) -> None:
        holding = {"revoked": False, "expires_on": TODAY, "merged": False, "maker_manages": True}
        assert rules.state_of(**{**holding, **changed}, on=TODAY) == state


class TestMaking:
    def test_only_a_hash_is_kept_and_the_trail_has_no_secret(self, boss, lab) -> None:
        made, token = make(boss, lab, networks="203.0.113.7")
        prefix, secret = rules.parted(token)
        stored = ApiToken.objects.get()
        assert (stored.prefix, stored.digest) == (prefix, hashlib.sha256(secret.encode()).hexdigest())
        assert secret not in json.dumps(list(ApiToken.objects.values()), default=str)
        entry = AuditEntry.objects.get(action="parties.token.make")
        assert (entry.actor_id, entry.subject_id) == (boss.pk, str(made.pk))
        assert entry.after["scopes"] == ["applications:read"]
        assert secret not in json.dumps(entry.after)

    @pytest.mark.parametrize(
        ("fields", "places"),
        [
            ({"name": " "}, {"name"}),
            ({"name": "x" * 61}, {"name"}),
            ({"scopes": []}, {"scopes"}),
            ({"scopes": ["applications:read", "registry:write"]}, {"scopes"}),
            ({"expires_on": TODAY - DAY}, {"expires_on"}),
            ({"expires_on": TODAY + 366 * DAY}, {"expires_on"}),
            ({"networks": "10.0.0.0/8 nonsense"}, {"networks"}),
            ({"networks": " ".join(f"10.0.0.{n}" for n in range(21))}, {"networks"}),
            ({"name": "", "networks": "?", "scopes": []}, {"name", "scopes", "networks"}),
        ],
    )
    def test_everything_wrong_is_said_at_once(self, boss, lab, fields, places) -> None:
        with pytest.raises(ProblemsFound) as found:
            make(boss, lab, **fields)
        assert {problem.place for problem in found.value.problems} == places
        assert not ApiToken.objects.exists()

    def test_a_year_is_the_longest(self, boss, lab) -> None:
        assert make(boss, lab, expires_on=TODAY + 365 * DAY)

    def test_a_name_is_free_again_after_revocation(self, boss, lab) -> None:
        made, _token = make(boss, lab)
        with pytest.raises(ProblemsFound):
            make(boss, lab)
        revoke_token(actor=actor_for(boss), now=NOW, token_id=made.pk)
        assert make(boss, lab)

    @pytest.mark.parametrize("role", [MembershipRole.MEMBER, MembershipRole.AGENT])
    def test_only_a_manager_makes_and_revokes(self, boss, lab, role) -> None:
        other = factories.person()
        factories.member(other, lab, role=role, ends_on=TODAY)
        made, _token = make(boss, lab)
        for act in (lambda: make(other, lab), lambda: revoke_token(actor=actor_for(other), now=NOW, token_id=made.pk)):
            with pytest.raises(Refused):
                act()
        assert ApiToken.objects.get().revoked_at is None

    def test_an_enterprise_is_not_offered_what_is_for_institutions(self, boss) -> None:
        firm = factories.organisation()
        factories.member(boss, firm)
        with pytest.raises(ProblemsFound):
            make(boss, firm)

    def test_not_without_end(self, boss, lab) -> None:
        for n in range(MOST_TOKENS):
            make(boss, lab, name=str(n))
        with pytest.raises(Refused):
            make(boss, lab, name="one more")

    def test_expired_tokens_hold_no_place(self, boss, lab) -> None:
        for n in range(MOST_TOKENS):
            make(boss, lab, name=str(n))
        ApiToken.objects.filter(name="0").update(expires_on=TODAY - DAY)
        assert make(boss, lab, name="in its place")
        with pytest.raises(Refused):
            make(boss, lab, name="one more")

    def test_the_database_keeps_no_token_that_may_nothing(self, boss, lab) -> None:
        made, _token = make(boss, lab)
        with pytest.raises(IntegrityError), transaction.atomic():
            ApiToken.objects.filter(pk=made.pk).update(scopes=[])


class TestHolding:
    def test_it_ends_with_its_day(self, boss, lab) -> None:
        made, _token = make(boss, lab, expires_on=TODAY)
        assert standing_of(made, TODAY) == TokenState.ACTIVE
        assert standing_of(made, TODAY + DAY) == TokenState.EXPIRED

    def test_it_ends_with_its_makers_management(self, boss, lab) -> None:
        made, _token = make(boss, lab)
        Membership.objects.filter(user=boss).update(role=MembershipRole.MEMBER)
        assert standing_of(made, TODAY) == TokenState.ORPHANED
        Membership.objects.filter(user=boss).update(role=MembershipRole.MANAGER, ended_at=NOW)
        assert standing_of(made, TODAY) == TokenState.ORPHANED

    def test_it_ends_with_its_makers_account(self, boss, lab) -> None:
        made, _token = make(boss, lab)
        type(boss).objects.filter(pk=boss.pk).update(is_active=False)
        assert standing_of(token_by_prefix(made.prefix), TODAY) == TokenState.ORPHANED
        assert [row.state for row in tokens_of([lab.pk], TODAY)] == [TokenState.ORPHANED]

    def test_it_does_not_follow_its_organisation_into_a_merge(self, boss, lab) -> None:
        """Who merged two records did not mean to open the one to a machine of the other."""
        made, _token = make(boss, lab)
        kept = factories.organisation("示例·检测甲", kind=OrganisationKind.INSTITUTION)
        clerk = Actor("x", user=factories.staff(Role.WINDOW_CLERK))
        pair = suggest_merge(actor=clerk, now=NOW, first_id=kept.pk, second_id=lab.pk)
        pair = decide_merge(actor=clerk, now=NOW, merge_id=pair.pk, version=1, kept_id=kept.pk, reason="同一单位")
        assert Membership.objects.get(user=boss).organisation_id == kept.pk
        assert standing_of(token_by_prefix(made.prefix), TODAY) == TokenState.MERGED
        undo_merge(actor=clerk, now=NOW, merge_id=pair.pk, version=pair.version, reason="误并")
        assert standing_of(token_by_prefix(made.prefix), TODAY) == TokenState.ACTIVE

    def test_the_last_use_is_written_once_a_minute(self, boss, lab) -> None:
        made, _token = make(boss, lab)
        touch_token(token_id=made.pk, now=NOW, ip="203.0.113.7")
        touch_token(token_id=made.pk, now=NOW + dt.timedelta(seconds=59), ip="203.0.113.8")
        assert ApiToken.objects.get().last_used_ip == "203.0.113.7"
        touch_token(token_id=made.pk, now=NOW + dt.timedelta(seconds=61), ip="203.0.113.8")
        assert ApiToken.objects.get().last_used_ip == "203.0.113.8"

    def test_the_trail_names_person_and_token(self, boss, lab) -> None:
        made, _token = make(boss, lab)
        assert str(boss) in acting_label(made)
        assert f"tqp_{made.prefix}" in acting_label(made)


class TestPages:
    def test_made_shown_once_listed_by_its_prefix_revoked(self, boss, lab) -> None:
        client = browse(boss)
        data = {"name": "实验室信息系统", "scopes": ["applications:read"], "expires_on": (TODAY + DAY).isoformat()}
        answer = client.post(url("token_new", lab.pk), data)
        assert answer.status_code == 201
        assert "no-store" in answer.headers["Cache-Control"]
        (token,) = set(WHOLE.findall(form_of(answer)))
        made = ApiToken.objects.get()
        assert token_by_prefix(rules.parted(token)[0]) == made
        listed = form_of(client.get(url("tokens")))
        assert f"tqp_{made.prefix}…" in listed
        assert not WHOLE.search(listed)
        page = form_of(client.get(url("token_revoke", made.pk)))
        assert "不能恢复" in page
        assert client.post(url("token_revoke", made.pk)).status_code == 302
        assert standing_of(ApiToken.objects.get(), TODAY) == TokenState.REVOKED
        assert client.get(url("token_revoke", made.pk)).status_code == 404

    def test_a_faulty_form_keeps_its_input(self, boss, lab) -> None:
        data = {"name": "系统甲", "scopes": ["applications:read"], "expires_on": "2020-01-01", "networks": "x"}
        answer = browse(boss).post(url("token_new", lab.pk), data)
        assert answer.status_code == 422
        assert "系统甲" in form_of(answer)
        assert "203.0.113.0/24" in form_of(answer)

    def test_who_does_not_manage_finds_nothing(self, boss, lab) -> None:
        made, _token = api_token(boss, lab)
        member, stranger = factories.person(), factories.person()
        factories.member(member, lab, role=MembershipRole.MEMBER)
        factories.member(stranger, factories.organisation())
        for user in (member, stranger, factories.staff(*[role for role in Role if "admin" not in role])):
            client = browse(user)
            for address in (url("token_new", lab.pk), url("token_revoke", made.pk)):
                assert client.get(address).status_code == 404
                assert client.post(address).status_code == 404
            assert "tqp_" not in form_of(client.get(url("tokens")))
        assert Client().get(url("tokens")).status_code == 302
        assert ApiToken.objects.get().revoked_at is None

    def test_an_enterprise_is_told_that_there_is_nothing_for_it_yet(self, boss) -> None:
        firm = factories.organisation()
        factories.member(boss, firm)
        assert "公开信息无需令牌" in form_of(browse(boss).get(url("token_new", firm.pk)))
