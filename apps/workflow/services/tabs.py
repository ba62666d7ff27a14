"""A person's own tabs."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.problems import Problem, ProblemsFound
from apps.workflow.constants import VIEWS_PER_PERSON
from apps.workflow.models import SavedView


def save_view(*, actor: Actor, now: dt.datetime, name: str, query: str) -> SavedView:
    """Keep the present filter under a name; the same name again replaces it."""
    require(actor, Permission.FILE_WORK)
    with transaction.atomic():
        mine = SavedView.objects.select_for_update().filter(user=actor.user)
        known = {view.name for view in mine}
        if name not in known and len(known) >= VIEWS_PER_PERSON:
            rule = _("最多保存 %(most)s 个筛选") % {"most": VIEWS_PER_PERSON}
            raise ProblemsFound(Problem("too_many", "name", name, rule, _("请先删除不用的筛选")))
        made, _created = SavedView.objects.update_or_create(
            user=actor.user, name=name, defaults={"query": query, "created_at": now}
        )
        _record(actor, now, "workflow.view.save", made.pk, {"name": name, "query": query})
    return made


def delete_view(*, actor: Actor, now: dt.datetime, view_id: int) -> None:
    """Take one's own tab away; nothing happens to another's."""
    with transaction.atomic():
        found = SavedView.objects.select_for_update().filter(user=actor.user, pk=view_id).first()
        if found is not None:
            found.delete()
            _record(actor, now, "workflow.view.delete", view_id, {"name": found.name})


def _record(actor: Actor, now: dt.datetime, action: str, pk: int, after: dict[str, object]) -> None:
    audit.record(actor=actor, now=now, action=action, subject_kind="saved_view", subject_id=pk, after=after)
