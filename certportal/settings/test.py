"""The test suite: throw-away embedded servers, everything else as in production."""

import os

os.environ.setdefault("SECRET_KEY", "test-only-key-that-production-refuses")

from certportal import logs
from certportal.settings.base import *  # noqa: F403
from certportal.settings.base import BASE_DIR, DATABASES

DEMO = True
LOGGING = logs.configure(terminal=False, requests="WARNING")  # a line per request drowns what failed
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = False
DATABASES["default"]["CONN_MAX_AGE"] = 0
MEDIA_ROOT = BASE_DIR / "var" / "test" / "media"
MAILBOX_DIR = BASE_DIR / "var" / "test" / "mail"
PUBLIC_BUDGETS = {"lookup": 0, "page": 0}  # the tests of apps.core.limits set their own
TOKEN_BUDGETS = {"token": 0, "failed": 0}
DOCUMENT_SEAL = "apps.documents.seals.DrawnSeal"
