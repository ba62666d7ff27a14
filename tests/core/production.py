"""Production's settings without the folder of collected files, and with a page that breaks."""

from certportal.settings.prod import *  # noqa: F403

ROOT_URLCONF = "tests.core.production_urls"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
