"""Sending a file so that no browser runs it: attachment, no sniffing, sandboxed, never stored by a proxy."""

import re

from django.http import FileResponse, HttpResponse

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_PIECE = 64 * 1024
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Accept-Ranges": "bytes",
}


def send(request, file, *, name, content_type, size, inline=False):
    """The whole file, or the one range that was asked for. `name` goes out by RFC 6266, Chinese and all."""
    span = _span(request.headers.get("Range", ""), size)
    if span is None:
        return HttpResponse(status=416, headers={**_SAFE, "Content-Range": f"bytes */{size}"})
    start, end = span
    handle = file.open("rb")
    handle.seek(start)
    whole = (start, end) == (0, size - 1)
    response = FileResponse(
        handle if whole else _Part(handle, end - start + 1),
        as_attachment=not inline,
        filename=name,
        content_type=content_type,
        status=200 if whole else 206,
    )
    response.headers["Content-Length"] = str(end - start + 1)
    if not whole:
        response.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    for header, value in _SAFE.items():
        response.headers[header] = value
    return response


def send_made(handle, *, name, content_type):
    """What was just made and is nowhere kept: whole, or not at all."""
    headers = {**_SAFE, "Accept-Ranges": "none"}
    return FileResponse(handle, as_attachment=True, filename=name, content_type=content_type, headers=headers)


def _span(header, size):
    """First and last byte to send; None if nothing of the range exists. Several ranges, or nonsense: everything."""
    found = _RANGE.fullmatch(header.strip())
    if found is None or found.group(0) == "bytes=-" or len(header) > 60:
        return 0, size - 1
    first, last = found.groups()
    if not first:
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last) if last else size - 1, size - 1)
    return (start, end) if start <= end else None


class _Part:
    """A file that ends early."""

    def __init__(self, handle, left):
        self.handle, self.left = handle, left

    def read(self, n=-1):
        piece = self.handle.read(min(self.left, _PIECE if n < 0 else n))
        self.left -= len(piece)
        return piece

    def close(self):
        self.handle.close()
