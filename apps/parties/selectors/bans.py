"""Who is barred on a day. Every form that enters a person asks here, each time, so that a ban holds at once."""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Replace, StrIndex
from django.utils.translation import gettext as _

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.core.problems import Problem
from apps.parties.constants import BanSubject
from apps.parties.models import Ban


def running_bans(on: dt.date) -> QuerySet[Ban]:
    """Bans in force on a day (parties.rules.bans.state_on says the same of one record)."""
    begun = Ban.objects.filter(starts_on__lte=on).filter(Q(ends_on=None) | Q(ends_on__gte=on))
    return begun.filter(Q(lifted_on=None) | Q(lifted_on__gt=on))


def ban_on_person(name: str, id_hash: str, on: dt.date) -> Ban | None:
    """The ban that bars this person on a day, the longest if there are several.

    By document, whatever the name: people change names, and two people share one. Without a document (`id_hash`
    empty) a person of the same name counts, because nobody has shown that it is another; so does a ban that was once
    recorded without the kind of its document, whose hash is therefore nobody's.
    """
    same_name = Q(person_name=name.strip())
    who = Q(id_hash=id_hash) | Q(same_name, id_kind="") if id_hash else same_name
    found = running_bans(on).filter(who, subject=BanSubject.PERSON)
    return found.order_by("-ends_on", "-pk").first()  # PostgreSQL puts null (for life) first when descending


def bans_named_in(text: str, on: dt.date, *, known: Iterable[str] = ()) -> list[Ban]:
    """The bans on people whom a free text names: an audit team, who follows whom. One for each name, the longest.

    By name alone, as above. `known`: names in the text that a document has shown to be somebody else's.
    """
    for name in sorted(known, key=len, reverse=True):
        text = text.replace(name, "\n")
    told = Value("".join(text.split()), output_field=TextField())
    listed = Replace(F("person_name"), Value(" "), Value(""))
    found = running_bans(on).filter(subject=BanSubject.PERSON).exclude(person_name="")
    found = found.annotate(at=StrIndex(told, listed)).filter(at__gt=0).order_by("ends_on", "pk")
    return list({ban.person_name: ban for ban in found}.values())


def ban_problem(ban: Ban, place: str) -> Problem:
    """Why a person cannot be entered: the decision and its end, and nothing that is not public.

    Asked by every form that enters a signatory, an assessor or a practitioner.
    """
    if ban.public_basis:
        rule = _("该人员被禁止从业：%(authority)s %(number)s") % {
            "authority": ban.authority,
            "number": ban.decision_number,
        }
    else:
        rule = _("该人员被一项未公开的决定禁止从业")
    until = _("期限至 %(day)s") % {"day": ban.ends_on.isoformat()} if ban.ends_on else _("终身禁止")
    return Problem("person.barred", place, "", f"{rule}，{until}", _("请更换人选；如有异议，请与决定机关联系"))


def barred_hashes(people: Collection[tuple[str, str]], on: dt.date) -> dict[tuple[str, str], Ban]:
    """The bans on any of many people, each a name and the hash of a document, in one query: as `ban_on_person` asks
    for one of them."""
    names, hashes = {name.strip() for name, _hash in people}, {id_hash for _name, id_hash in people if id_hash}
    who = Q(id_hash__in=hashes) | Q(person_name__in=names)
    bans = list(running_bans(on).filter(who, subject=BanSubject.PERSON).order_by("ends_on", "pk"))
    found = {}
    for name, id_hash in people:
        for ban in bans:
            same = ban.person_name == name.strip() and (not id_hash or ban.id_kind == "")
            if same or (id_hash and ban.id_hash == id_hash):
                found[name, id_hash] = ban  # the longest last
    return found


def bars_from_role(user: User, role: Role, on: dt.date) -> Problem | None:
    """Nobody under a ban becomes a review expert. An account shows no document, so the name counts."""
    ban = ban_on_person(user.display_name, "", on) if role == Role.REVIEW_EXPERT else None
    return ban_problem(ban, "role") if ban is not None else None


def bans_on_organisation(organisation_id: int, on: dt.date) -> QuerySet[Ban]:
    """The bans in force on an organisation on a day, the newest first."""
    return running_bans(on).filter(organisation_id=organisation_id).order_by("-decided_on", "-pk")


def public_bans(on: dt.date) -> QuerySet[Ban]:
    """What anyone may see: running bans whose publication a law demands (PIPL art. 25)."""
    found = running_bans(on).exclude(public_basis="").select_related("organisation")
    return found.order_by("-decided_on", "-pk")


def find_bans(*, query: str = "", subject: str = "", state: str = "", on: dt.date) -> QuerySet[Ban]:
    """The register as staff read it, newest first. `query`: a name, a masked number's end, or a decision number."""
    found = Ban.objects.select_related("organisation").order_by("-decided_on", "-pk")
    if subject:
        found = found.filter(subject=subject)
    if state == "running":
        found = found.filter(pk__in=running_bans(on).values("pk"))
    elif state == "ended":
        found = found.exclude(pk__in=running_bans(on).values("pk"))
    if query := query.strip():
        named = Q(person_name__contains=query) | Q(organisation__name__contains=query)
        found = found.filter(named | Q(decision_number__contains=query))
    return found
