"""Production: refuses to start on a default secret, on DEBUG, or without ALLOWED_HOSTS."""

from django.core.exceptions import ImproperlyConfigured

from certportal.env import env
from certportal.settings.base import *  # noqa: F403
from certportal.settings.base import ALLOWED_HOSTS, DOCUMENT_SEAL, NOTIFICATION_CHANNELS, SECRET_KEY

if len(SECRET_KEY) < 50 or "refuses" in SECRET_KEY or "change-me" in SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY must be an own random value of at least 50 characters (.env.example).")
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts that this installation answers for.")
if env.bool("DEBUG", default=False) or env.bool("DEMO", default=False):
    raise ImproperlyConfigured("DEBUG and DEMO are not for production.")
if DOCUMENT_SEAL.endswith((".DevelopmentSeal", ".DrawnSeal")):
    raise ImproperlyConfigured("DOCUMENT_SEAL names a test seal: set a real one, or leave it unset.")

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.int("TRUSTED_PROXIES", default=0) else None
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# The port that writes files reaches nobody: without a gateway's adapter there is no SMS, and no page says there was.
NOTIFICATION_CHANNELS = {**NOTIFICATION_CHANNELS, "sms": env.str("SMS_ADAPTER", default="")}
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
if dsn := env.str("SENTRY_DSN", default=""):
    import sentry_sdk

    sentry_sdk.init(dsn=dsn, send_default_pii=False, include_local_variables=False)  # locals may hold a token
