"""The current list as a file. A POST, because it leaves a trail entry."""

import tempfile
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import FileResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.requests import actor_of
from apps.certifications import rules
from apps.certifications.constants import Status
from apps.certifications.forms.staff import CertificateFilter
from apps.certifications.policies import listed_certificates
from apps.certifications.selectors.staff import filtered, for_list
from apps.certifications.services.exports import record_export
from apps.core.calendar import SHANGHAI, today
from apps.core.sheets import csv_chunks, write_xlsx

XLSX_ROWS = 5_000
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_POST
@staff_permission(Permission.CERTIFICATE_VIEW_INTERNAL)
def export(request, file_format):
    """CSV of any length, streamed; XLSX up to XLSX_ROWS rows."""
    now = timezone.now()
    wanted = CertificateFilter(request.GET).wanted()
    found = filtered(listed_certificates(request.user, where=wanted.where), wanted, now, today(now))
    count = found.count()
    if file_format == "xlsx" and count > XLSX_ROWS:
        messages.error(request, _("XLSX 最多 %(most)s 行；请缩小筛选范围，或者导出 CSV。") % {"most": XLSX_ROWS})
        return redirect(f"{_list_url()}?{request.GET.urlencode()}")
    record_export(actor=actor_of(request), now=now, wanted=wanted, rows=count, file_format=file_format)
    rows = _rows(for_list(found), now)
    name = f"certificates-{now.astimezone(SHANGHAI):%Y%m%d-%H%M}.{file_format}"
    if file_format == "csv":
        response = StreamingHttpResponse(csv_chunks(_header(), rows), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    file = tempfile.TemporaryFile()  # noqa: SIM115  FileResponse closes it
    write_xlsx(file, _("证书"), _header(), rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)


def _list_url() -> str:
    return redirect("certifications:staff_list").url


def _header() -> list[str]:
    return [
        _("证书编号"),
        _("持证单位"),
        _("统一社会信用代码"),
        _("认证项目代码"),
        _("认证项目"),
        _("认证机构"),
        _("机构批准号"),
        _("行政区划代码"),
        _("发证日期"),
        _("有效期自"),
        _("有效期至"),
        _("状态"),
        _("状态日期"),
        _("暂停期至"),
        _("下次监督最后期限"),
        _("认证范围"),
        _("来源"),
        _("最近核对"),
    ]


def _rows(found, now) -> Iterator[list[Any]]:
    day = today(now)
    for row in found.iterator(chunk_size=1_000):
        status = rules.effective_status(row.status, row.valid_to, day)
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
            Status(status).label,
            row.status_since,
            row.suspended_until,
            row.surveillance_due,
            row.scope,
            row.source.name,
            row.confirmed_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        ]
