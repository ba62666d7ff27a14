"""The worklist as a list that can be taken out (apps.accounts.exporting).

The filter comes as the view has read it (`Asked.address`), not as somebody typed it: which tab is the first and whose
files may be asked for depend on the person, and a field that lost its choices meanwhile must not widen a file that a
worker makes. Which files a person sees, and what is theirs, is asked when the rows are read.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.accounts.constants import Permission
from apps.accounts.exporting import Column, Source, register
from apps.accounts.policies import has_permission
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.parties.selectors.divisions import division_name
from apps.workflow.models import File
from apps.workflow.policies import visible_files
from apps.workflow.selectors.worklist import Asked, Row, asked_for, desk_for, ordered, rows_of

NAME = "workflow.worklist"
BATCH = 1_000  # files whose deadlines are read together
COLUMNS = (
    Column(_("编号"), _("建件时取得，按年连续。")),
    Column(_("申请单位"), _("登记名称，导出时的。")),
    Column(_("统一社会信用代码"), _("18 位；没有代码的为空。")),
    Column(_("业务类型"), _("所办业务中的类型。")),
    Column(_("事项"), _("所申请的内容，由申请人填写或由系统概括。")),
    Column(_("区县"), _("按所在地行政区划代码（GB/T 2260）。")),
    Column(_("环节"), _("导出时所处的环节。")),
    Column(_("承办人"), _("无人承办的为空。")),
    Column(_("收件日期"), _("年-月-日，北京时间，下同。")),
    Column(_("截止日"), _("进行中的期限里最早的最后一日；计时中止或者没有期限的为空。")),
    Column(_("时限状态"), _("最近一项期限在导出当日的状态，按工作日计。")),
    Column(_("办结日期"), _("在办的为空。")),
)


def _allowed(actor: Actor) -> bool:
    return has_permission(actor.user, Permission.FILE_WORK)


def _found(actor: Actor, query: QueryDict, now: dt.datetime) -> QuerySet[File]:
    day = today(now)
    desk = desk_for(actor.user, day, leads=has_permission(actor.user, Permission.FILE_ASSIGN))
    return asked_for(visible_files(actor.user, day), Asked.at(query), desk)


def _count(actor: Actor, query: QueryDict, now: dt.datetime, most: int) -> int:
    return _found(actor, query, now).order_by().values("pk")[:most].count()


def _rows(actor: Actor, query: QueryDict, now: dt.datetime) -> Iterator[list[Any]]:
    found = ordered(_found(actor, query, now), Asked.at(query))
    shown = found.select_related("organisation", "holder")
    files = shown.defer("organisation__search", "organisation__search_text").iterator(chunk_size=BATCH)
    while batch := list(islice(files, BATCH)):
        yield from map(_cells, rows_of(batch, today(now)))


def _asked(query: QueryDict) -> dict[str, Any]:
    return {name: value for name, value in dataclasses.asdict(Asked.at(query)).items() if value}


def _cells(row: Row) -> list[Any]:
    file = row.file
    return [
        file.number,
        file.organisation.name,
        file.organisation.uscc,
        str(row.matter),
        file.title,
        division_name(file.division_code),
        str(row.stage),
        str(file.holder or ""),
        today(file.submitted_at) if file.submitted_at else None,
        file.due_on,
        row.deadline.text if row.deadline else "",
        today(file.closed_at) if file.closed_at else None,
    ]


def register_lists() -> None:
    """Called by AppConfig.ready."""
    register(
        Source(
            name=NAME,
            label=_("待办件"),
            stem="worklist",
            columns=COLUMNS,
            action="workflow.worklist.export",
            subject_kind="worklist",
            allowed=_allowed,
            count=_count,
            rows=_rows,
            asked=_asked,
        )
    )
