"""Drafts: kept, given up, dropped when old. Used through apps.core.drafts by the views of long forms."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.constants import DRAFT_BYTES, DRAFT_DAYS, DRAFTS_EACH
from apps.core.models import Draft
from apps.core.problems import Problem, ProblemsFound
from apps.core.rules import size_of
from apps.core.selectors import draft_of, drafts_of


class DraftConflict(Exception):
    """Another window saved the draft, or ended it, since this one read it. `stored` is what is there now, if anything.

    No Refused: nobody tried what they may not do, so the trail keeps no entry of it.
    """

    def __init__(self, stored: Draft | None) -> None:
        super().__init__("draft conflict")
        self.stored = stored


def save_draft(
    *,
    actor: Actor,
    now: dt.datetime,
    key: str,
    data: dict[str, list[str]],
    version: int,
    page: str,
    overwrite: bool = False,
    **about: str,
) -> Draft:
    """Keep what the person has typed so far. `version` is the draft's version that the page knows, 0 for none.

    `about`: title, path and base of the draft. Raises DraftConflict if another page saved in between, unless the person
    said `overwrite`. A page never conflicts with itself: an answer that got lost on the way is no second writer.
    """
    _require_room(actor, key, data)
    with transaction.atomic():
        stored = draft_of(actor, key).select_for_update().first()
        if stored is None and (overwrite or version == 0):
            stored = _begun(actor, now, key)
        if stored is None or not (overwrite or version == stored.version or page == stored.page):
            raise DraftConflict(stored)
        changes = {"data": data, "page": page, "saved_at": now, **about, "version": stored.version + 1}
        for name, value in changes.items():
            setattr(stored, name, value)
        stored.save(update_fields=list(changes))
    return stored


def _begun(actor: Actor, now: dt.datetime, key: str) -> Draft:
    """A new row of version 0, or the one that another window began at the same moment."""
    own = {"person_id": actor.user_id, "organisation_id": actor.organisation_id or 0, "key": key}
    Draft.objects.bulk_create([Draft(**own, version=0, saved_at=now)], ignore_conflicts=True)
    return draft_of(actor, key).select_for_update().get()


def _require_room(actor: Actor, key: str, data: dict[str, list[str]]) -> None:
    if size_of(data) > DRAFT_BYTES:
        rule = _("内容过长，草稿未能保存")
        raise ProblemsFound(Problem("draft.long", "", "", rule, _("请直接提交，或者分开填写")))
    if drafts_of(actor).exclude(key=key)[:DRAFTS_EACH].count() == DRAFTS_EACH:
        rule = _("最多保留 %(most)d 份草稿") % {"most": DRAFTS_EACH}
        raise ProblemsFound(Problem("draft.many", "", "", rule, _("请先提交或者放弃其中一份")))


def discard_draft(*, actor: Actor, key: str) -> None:
    """The form was sent, or the person gave it up: the draft is gone for good."""
    draft_of(actor, key).delete()


def drop_old_drafts(*, now: dt.datetime) -> int:
    """Delete drafts that nobody has touched for DRAFT_DAYS. Called daily."""
    return Draft.objects.filter(saved_at__lt=now - dt.timedelta(days=DRAFT_DAYS)).delete()[0]
