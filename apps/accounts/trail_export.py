"""The trail as a list that can be taken out (apps.accounts.exporting)."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.accounts.constants import Permission
from apps.accounts.exporting import Column, Source, register
from apps.accounts.forms import TrailForm
from apps.accounts.policies import has_permission
from apps.audit.models import AuditEntry
from apps.audit.selectors import entries, walk
from apps.core.actors import Actor
from apps.core.calendar import SHANGHAI

NAME = "audit.trail"
COLUMNS = (
    Column(_("编号"), _("记录的顺序号，只增不改。")),
    Column(_("时间"), _("北京时间，精确到毫秒。")),
    Column(_("操作人编号"), _("账号编号；系统任务没有。")),
    Column(_("操作人"), _("操作时的姓名，或者系统任务的名称。")),
    Column(_("所代表的组织"), _("组织编号；不代表组织办理的没有。")),
    Column(_("操作"), _("应用.对象.动作。")),
    Column(_("对象类型")),
    Column(_("对象"), _("对象编号。")),
    Column(_("变更前"), _("JSON。")),
    Column(_("变更后"), _("JSON。")),
    Column(_("理由")),
    Column(_("请求编号"), _("与运行日志中的编号相同。")),
    Column(_("地址"), _("操作人的网络地址。")),
)


def _allowed(actor: Actor) -> bool:
    return has_permission(actor.user, Permission.AUDIT_READ)


def _form(query: QueryDict) -> TrailForm:
    form = TrailForm(query)
    form.is_valid()  # the view has refused a faulty one; what was asked stays as it was
    return form


def _count(_actor: Actor, query: QueryDict, _now: dt.datetime, most: int) -> int:
    return entries(_form(query).wanted()).order_by().values("pk")[:most].count()


def _rows(_actor: Actor, query: QueryDict, _now: dt.datetime) -> Iterator[list[Any]]:
    return (_cells(entry) for entry in walk(_form(query).wanted()))


def _asked(query: QueryDict) -> dict[str, Any]:
    return _form(query).as_text()


def _cells(entry: AuditEntry) -> list[Any]:
    return [
        entry.pk,
        entry.at.astimezone(SHANGHAI).isoformat(sep=" ", timespec="milliseconds"),
        entry.actor_id,
        entry.actor_label,
        entry.organisation_id,
        entry.action,
        entry.subject_kind,
        entry.subject_id,
        _json(entry.before),
        _json(entry.after),
        entry.reason,
        entry.request_id,
        entry.ip,
    ]


def _json(value: dict[str, Any] | None) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


register(
    Source(
        name=NAME,
        label=_("审计记录"),
        stem="audit",
        columns=COLUMNS,
        action="audit.trail.export",
        subject_kind="audit_trail",
        allowed=_allowed,
        count=_count,
        rows=_rows,
        asked=_asked,
    )
)
