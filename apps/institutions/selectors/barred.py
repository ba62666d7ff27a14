"""Whom an application names, and who of them is under a ban: nobody barred becomes a signatory by an application."""

import datetime as dt

from apps.core.problems import Problem
from apps.institutions.models import Application, Person
from apps.parties.selectors import ban_on_person, ban_problem, bans_named_in

NAMED = ("legal_representative", "top_manager", "technical_head")
# Items whose new content is a person; what it was before stays as it is.
NAMES_ANOTHER = frozenset({"representative", "top_manager", "technical_head", "signatory"})


def barred_people(application: Application, on: dt.date) -> list[Problem]:
    """A problem for each barred person whom an application names, at the field that does.

    Somebody in the institution's own file is known by document; anybody else by name alone, because nobody has shown
    that it is another of that name.
    """
    fields = [*NAMED, *(["change_to"] if application.item_id in NAMES_ANOTHER else [])]
    texts = {field: text for field in fields if (text := getattr(application, field).strip())}
    staff = Person.objects.filter(institution__organisation=application.file.organisation_id)
    known = list(staff.values_list("name", "id_hash")) if texts else []
    found = []
    for field, text in texts.items():
        here = {(name, id_hash) for name, id_hash in known if name in text}
        own = (ban_on_person(name, id_hash, on) for name, id_hash in sorted(here))
        bans = {ban.pk: ban for ban in own if ban is not None}
        bans |= {ban.pk: ban for ban in bans_named_in(text, on, known={name for name, _id_hash in here})}
        found += [ban_problem(ban, field) for ban in bans.values()]
    return found
