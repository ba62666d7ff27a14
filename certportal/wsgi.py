"""WSGI entry for gunicorn."""

import os
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from django.utils.http import parse_header_parameters


class Utf8Request(WSGIRequest):
    """Never reads a query in the encoding that its sender names: Django does so before any middleware could object,
    and `charset=hex` or `x*=bogus''` raise there, outside everything that makes an answer of it."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:
            self.content_type, self.content_params = "", {"charset": "unreadable"}  # Utf8OnlyMiddleware refuses it


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "certportal.settings.prod")
application = get_wsgi_application()
application.request_class = Utf8Request
get_resolver().url_patterns  # noqa: B018  imports every view now, once for all workers, not at the first request of each
