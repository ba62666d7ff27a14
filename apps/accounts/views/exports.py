"""One's own files: what is being made, what can be downloaded, and until when."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.constants import EXPORT_OPEN
from apps.accounts.exporting import source_of
from apps.accounts.exports import MEDIA
from apps.accounts.policies import get_visible_export
from apps.accounts.requests import actor_of
from apps.accounts.selectors import exports_of
from apps.accounts.services.exports import notes_of, record_download
from apps.core.calendar import SHANGHAI
from apps.core.sheets import csv_chunks


@require_safe
def export_list(request):
    return render(request, "accounts/exports.html", _context(request))


@require_safe
def export_rows(request):
    """The table alone, asked for again and again while a file is being made."""
    return render(request, "accounts/_exports.html", _context(request))


@require_safe
def export_download(request, pk):
    export = get_visible_export(request.user, pk)
    record_download(actor=actor_of(request), now=timezone.now(), export=export)
    try:
        file = default_storage.open(export.file)
    except FileNotFoundError as gone:
        raise Http404 from gone
    source = source_of(export.source)
    assert source is not None, "record_download has asked it"
    assert export.finished_at is not None, "a file that is ready was finished"
    made = export.finished_at.astimezone(SHANGHAI)
    name = f"{source.stem}-{made:%Y%m%d-%H%M}.{export.file_format}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=MEDIA[export.file_format])


@require_safe
def export_dictionary(request, pk):
    """What the columns of a CSV mean; a workbook has a sheet for that."""
    export = get_visible_export(request.user, pk)
    source = source_of(export.source)
    if source is None or export.finished_at is None:
        raise Http404
    rows = notes_of(source, export.query_dict, export.finished_at)
    response = StreamingHttpResponse(csv_chunks([_("项目"), _("内容")], rows), content_type=MEDIA["csv"])
    response.headers["Content-Disposition"] = f'attachment; filename="{source.stem}-notes.csv"'
    return response


def _context(request):
    rows = exports_of(request.user)
    return {"rows": rows, "making": any(row.export.state in EXPORT_OPEN for row in rows)}
