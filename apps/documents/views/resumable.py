"""The protocol of uploads in pieces, for static/js/upload.js: begin, append, ask for the offset, give up.

    POST   uploads/                name, size          201 {"id", "offset", "piece"}
    PUT    uploads/<id>/           Upload-Offset: n    204 Upload-Offset: m; 409 with the offset where it stands
    HEAD   uploads/<id>/                               204 Upload-Offset: n
    DELETE uploads/<id>/                               204

CSRF protection is Django's own: each of these carries the token in a header.
"""

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.requests import actor_of
from apps.core.problems import ProblemsFound, Refused
from apps.core.text import whole_number
from apps.documents import services
from apps.documents.constants import CHUNK_BYTES, MAX_CHUNK_BYTES
from apps.documents.policies import get_visible_upload


@require_POST
def begin(request):
    """Announce a file by name and size."""
    size = whole_number(request.POST.get("size", ""), digits=11) or 0
    try:
        upload = services.begin(
            actor=actor_of(request), now=timezone.now(), name=request.POST.get("name", "")[:300], size=size
        )
    except ProblemsFound as found:
        return JsonResponse({"problems": [str(problem) for problem in found.problems]}, status=422)
    return JsonResponse({"id": str(upload.pk), "offset": 0, "piece": CHUNK_BYTES}, status=201)


@require_http_methods(["HEAD", "PUT", "DELETE"])
def one(request, uid):
    """What may be done with an upload that was begun."""
    upload = get_visible_upload(request.user, uid)
    if request.method == "HEAD":
        return _standing(204, upload.received)
    actor, now = actor_of(request), timezone.now()
    if request.method == "DELETE":
        services.cancel(actor=actor, now=now, upload_id=upload.pk)
        return HttpResponse(status=204)
    return _append(request, upload, actor, now)


def _append(request, upload, actor, now):
    offset = whole_number(request.headers.get("Upload-Offset", ""), digits=11)
    if offset is None:
        return HttpResponse("Upload-Offset", status=400, content_type="text/plain")
    if (whole_number(request.headers.get("Content-Length", "")) or 0) > MAX_CHUNK_BYTES:
        return HttpResponse(status=413)
    try:
        received = services.append(actor=actor, now=now, upload_id=upload.pk, offset=offset, data=request.body)
    except Refused as refused:
        if refused.code == "upload.offset":
            return _standing(409, int(refused.reason))
        return HttpResponse(refused.reason, status=400, content_type="text/plain")
    return _standing(204, received)


def _standing(status, offset):
    return HttpResponse(status=status, headers={"Upload-Offset": str(offset), "Cache-Control": "private, no-store"})
