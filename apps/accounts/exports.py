"""Taking a list out, as a view does it: one line. Short lists leave at once, long ones become a file in “我的导出”.

@require_POST
@staff_permission(Permission.CERTIFICATE_VIEW_INTERNAL)
def export(request, file_format):
    return answer_export(request, "certifications.certificates", file_format, request.GET, back=…)
"""

import tempfile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.constants import DIRECT_ROWS, MOST_ROWS
from apps.accounts.exporting import source_of
from apps.accounts.requests import actor_of
from apps.accounts.services.exports import notes_of, record_export, request_export
from apps.accounts.tasks import wake
from apps.core.calendar import SHANGHAI
from apps.core.problems import ProblemsFound
from apps.core.sheets import csv_chunks, write_xlsx

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def answer_export(
    request: HttpRequest, name: str, file_format: str, query: QueryDict, *, back: str
) -> HttpResponseBase:
    """The list as a file, or the way to where it will be; `back` is where to go if it is too long to be either."""
    source = source_of(name)
    assert source is not None, f"no list is registered as {name!r}"
    actor, now = actor_of(request), timezone.now()
    rows = source.count(actor, query, now, MOST_ROWS[file_format] + 1)
    call: dict[str, Any] = {
        "actor": actor,
        "now": now,
        "source": source,
        "query": query,
        "rows": rows,
        "file_format": file_format,
    }
    if rows > DIRECT_ROWS:
        try:
            wake(request_export(**call).pk)
        except ProblemsFound as found:
            messages.error(request, " ".join(map(str, found.problems)))
            return redirect(back)
        messages.info(request, _("清单较长，正在后台生成文件；完成后会通知您，也可以在本页下载。"))
        return redirect("accounts:exports")
    record_export(**call)
    filename = f"{source.stem}-{now.astimezone(SHANGHAI):%Y%m%d-%H%M}.{file_format}"
    found_rows = source.rows(actor, query, now)
    if file_format == "csv":
        response = StreamingHttpResponse(csv_chunks(source.header(), found_rows), content_type=MEDIA["csv"])
        response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
        return response
    file = tempfile.TemporaryFile()  # noqa: SIM115  FileResponse closes it
    notes = (str(_("说明")), notes_of(source, query, now))
    write_xlsx(file, str(source.label), source.header(), found_rows, notes=notes)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=filename, content_type=MEDIA["xlsx"])
