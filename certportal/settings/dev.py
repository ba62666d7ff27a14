"""One machine, demo data, embedded servers. Never for production: it signs with a known key and shows demo accounts."""

import os

os.environ.setdefault("SECRET_KEY", "development-only-key-that-production-refuses")

from certportal import logs
from certportal.settings.base import *  # noqa: F403

DEMO = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "apps.notifications.mailbox.FileMailboxBackend"
LOGGING = logs.configure(terminal=True, requests="WARNING")
DOCUMENT_SEAL = "apps.documents.sealing.DevelopmentSeal"
