"""The registry's list as one that can be taken out (apps.accounts.exporting)."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.accounts.constants import Permission
from apps.accounts.exporting import Column, Source, register
from apps.accounts.policies import has_permission
from apps.certifications import rules
from apps.certifications.constants import Status
from apps.certifications.forms.staff import CertificateFilter
from apps.certifications.models import Certificate
from apps.certifications.policies import listed_certificates
from apps.certifications.selectors.staff import filtered, for_list
from apps.core.actors import Actor
from apps.core.calendar import SHANGHAI, today

NAME = "certifications.certificates"
COLUMNS = (
    Column(_("证书编号"), _("证书上的写法。")),
    Column(_("持证单位"), _("证书所载名称；登记名称可能已变更。")),
    Column(_("统一社会信用代码"), _("18 位；没有代码的为空。")),
    Column(_("认证项目代码"), _("国家认证信息公共服务平台的项目代码；未核实的见参考数据页。")),
    Column(_("认证项目")),
    Column(_("认证机构")),
    Column(_("机构批准号"), _("国家认监委批准书编号。")),
    Column(_("行政区划代码"), _("GB/T 2260，证书覆盖的主要地点。")),
    Column(_("发证日期"), _("年-月-日，下同。")),
    Column(_("有效期自")),
    Column(_("有效期至"), _("含当日。")),
    Column(_("状态"), _("导出时的状态：有效、暂停、撤销、注销、过期失效。")),
    Column(_("状态日期"), _("现状态开始的日期。")),
    Column(_("暂停期至"), _("仅暂停的证书有。")),
    Column(_("下次监督最后期限"), _("最近一次监督后十二个月；不适用的为空。")),
    Column(_("认证范围"), _("证书所载。")),
    Column(_("来源"), _("数据从何而来。")),
    Column(_("最近核对"), _("来源最近一次确认这条记录的时间，北京时间。")),
)


def _allowed(actor: Actor) -> bool:
    return has_permission(actor.user, Permission.CERTIFICATE_VIEW_INTERNAL)


def _found(actor: Actor, query: QueryDict, now: dt.datetime) -> QuerySet[Certificate]:
    wanted = CertificateFilter(query).wanted()
    return filtered(listed_certificates(actor.user, where=wanted.where), wanted, now, today(now))


def _count(actor: Actor, query: QueryDict, now: dt.datetime, most: int) -> int:
    return _found(actor, query, now).order_by().values("pk")[:most].count()


def _rows(actor: Actor, query: QueryDict, now: dt.datetime) -> Iterator[list[Any]]:
    day = today(now)
    for row in for_list(_found(actor, query, now)).iterator(chunk_size=1_000):
        yield [
            row.number,
            row.holder_name,
            row.holder.uscc,
            row.project_id,
            row.project.name,
            row.body.name,
            row.body.approval_number,
            row.division_code,
            row.issued_on,
            row.valid_from,
            row.valid_to,
            Status(rules.effective_status(row.status, row.valid_to, day)).label,
            row.status_since,
            row.suspended_until,
            row.surveillance_due,
            row.scope,
            row.source.name,
            row.confirmed_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        ]


def _asked(query: QueryDict) -> dict[str, Any]:
    wanted = dataclasses.asdict(CertificateFilter(query).wanted())
    return {name: value for name, value in wanted.items() if value not in ("", None, False)}


def register_lists() -> None:
    """Called by AppConfig.ready."""
    register(
        Source(
            name=NAME,
            label=_("证书"),
            stem="certificates",
            columns=COLUMNS,
            action="certifications.certificate.export",
            subject_kind="certificates",
            allowed=_allowed,
            count=_count,
            rows=_rows,
            asked=_asked,
        )
    )
