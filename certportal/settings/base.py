"""Settings that hold everywhere. What differs by place is in dev.py, test.py and prod.py; what differs by
installation comes from the environment (.env.example lists every variable)."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from certportal import logs
from certportal.env import ROOT, database, env, redis

BASE_DIR = ROOT
DEBUG = False
DEMO = False  # demo accounts, their marked second-factor bypass, and the local mailbox; production refuses it
SECRET_KEY = env.str("SECRET_KEY", default="")
IDENTITY_KEY = env.str("IDENTITY_KEY", default="") or SECRET_KEY  # recognises document numbers that are not kept
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000")  # links in mail and QR, never from the Host header

# The jurisdiction this installation serves: a division code of GB/T 2260. 520600 is Tongren.
HOME_DIVISION = env.str("HOME_DIVISION", default="520600")
BUREAU_NAME = env.str("BUREAU_NAME", default="铜仁市市场监督管理局")
LICENSING_AUTHORITY = env.str("LICENSING_AUTHORITY", default="贵州省市场监督管理局")  # decides what is only relayed
RECONSIDERATION_AUTHORITY = env.str("RECONSIDERATION_AUTHORITY", default="铜仁市人民政府")  # named in every decision
COMPETENT_COURT = env.str("COMPETENT_COURT", default="有管辖权的人民法院")
BUREAU_NAME_EN = env.str("BUREAU_NAME_EN", default="Tongren Administration for Market Regulation")

OUR_APPS = [
    "apps.core",
    "apps.audit",
    "apps.clock",
    "apps.accounts",
    "apps.parties",
    "apps.documents",
    "apps.webhooks",
    "apps.notifications",
    "apps.workflow",
    "apps.institutions",
    "apps.certifications",
    "apps.schemes",
    "apps.matters",
    "apps.certifying",
    "apps.portal",
]
INSTALLED_APPS = [
    *OUR_APPS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "guardian",
    "pgtrigger",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "django_structlog",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "apps.core.middleware.ContentPolicyMiddleware",
    "apps.core.middleware.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.accounts.middleware.RequestLogMiddleware",
    "apps.core.middleware.Utf8OnlyMiddleware",
    "apps.core.middleware.StorableTextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "apps.core.middleware.StorableFormMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.middleware.SessionLimitsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.access.SignInRequiredMiddleware",
    "apps.accounts.middleware.SecondFactorMiddleware",
    "apps.accounts.middleware.RefusalsMiddleware",
    "apps.parties.middleware.ActingForMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "apps.core.middleware.PrivatePagesMiddleware",
]

ROOT_URLCONF = "certportal.urls"
WSGI_APPLICATION = "certportal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.core.context.site",
                "apps.parties.context.acting_for",
                "apps.portal.context.navigation",
                "apps.notifications.context.unread",
            ],
            "builtins": ["apps.core.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "apps.core.forms.PortalFormRenderer"

DATABASES: dict[str, dict[str, Any]] = {
    "default": {**database(), "ENGINE": "apps.core.postgres", "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
}
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c statement_timeout=30000 -c lock_timeout=10000"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "apps.core.cache.PortalCache", "LOCATION": redis()}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "apps.accounts.backends.PortalBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "apps.accounts.passwords.StaffPasswordValidator"},
]
ANONYMOUS_USER_NAME = None  # guardian's anonymous user costs a query per check (guardian issue 799)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]  # a user name asked here would tell which exist
ACCOUNT_FORMS = {"login": "apps.accounts.forms.SignInForm", "signup": "apps.accounts.forms.RegistrationForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # else registering tells whether an address has an account
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False  # the cookie dies with the browser; SessionLimitsMiddleware ends the rest
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key"}  # second factor only; passwords: apps.accounts.throttle
ACCOUNT_ADAPTER = "apps.accounts.adapters.AccountAdapter"
MFA_FORMS = {"add_webauthn": "apps.accounts.forms.KeyForm", "edit_webauthn": "apps.accounts.forms.KeyNameForm"}
MFA_ADAPTER = "apps.accounts.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "apps.core.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
RATELIMIT_USE_CACHE = "default"
# Requests a minute from one address (apps.core.limits). "lookup": search, verification; "page": a known permalink.
PUBLIC_BUDGETS = {"lookup": env.int("LOOKUP_BUDGET", default=30), "page": env.int("PAGE_BUDGET", default=300)}
# Requests a minute with one token of the API; failed ones of one address, before it is no longer read.
TOKEN_BUDGETS = {"token": env.int("TOKEN_BUDGET", default=240), "failed": env.int("FAILED_TOKEN_BUDGET", default=30)}
TRUSTED_PROXIES: int = env.int("TRUSTED_PROXIES", default=0)  # proxies in front that we believe

# Chinese is the language of the sources and of the law; English is the one catalogue (ADR 0006).
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
# The local mailbox and the SMS port of a machine without a gateway; beside the media, where a container may write.
MAILBOX_DIR = env.path("MAILBOX_DIR", default=str(Path(MEDIA_ROOT).parent / "mail"))
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="")  # tcp://host:port or unix:///path; empty: documents stay unscanned
DOCUMENT_FONTS = env.str("DOCUMENT_FONTS", default="")  # folder of further fonts for rare characters
DOCUMENT_SEAL = env.str("DOCUMENT_SEAL", default="apps.documents.seals.Unsealed")
SEAL_FILE = env.str("SEAL_FILE", default="")  # PKCS#12 of apps.documents.sealing.CertificateSeal
SEAL_PASSWORD = env.str("SEAL_PASSWORD", default="")
DEVELOPMENT_SEAL = BASE_DIR / "var" / "keys" / "test-seal.p12"
WEBHOOK_NETWORKS = env.list("WEBHOOK_NETWORKS", default=[])  # networks of one's own that events may be pushed to
WEBHOOK_CA = env.str("WEBHOOK_CA", default="")  # a file of certificate authorities; empty: the system's
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="noreply@localhost")
EMAIL_TIMEOUT = 10
EMAIL_KEYED = env.bool("EMAIL_KEYED", default=True)  # False: the relay would show a second copy of a Message-ID twice
NOTIFICATION_CHANNELS = {
    "email": "apps.notifications.channels.EmailAdapter",
    "sms": env.str("SMS_ADAPTER", default="apps.notifications.channels.SmsFileAdapter"),
}
NOTIFICATION_LEASE_SECONDS = 30  # more than EMAIL_TIMEOUT, or a slow relay would count as a dead worker
NOTIFICATION_BACKOFF_SCALE = 1

CELERY_BROKER_URL = redis()
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 10, "socket_connect_timeout": 5}
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_TIMEZONE = TIME_ZONE
# Static: code decides what runs when. The schedule itself comes from the declared jobs (apps.core.jobs).
CELERY_BEAT_SCHEDULER = "certportal.beat:DeclaredScheduler"

# What manage.py setup_data runs after the migrations, in this order; the demo once, into an empty database.
REFERENCE_COMMANDS = [
    "load_divisions",
    "load_reference",
    "load_guide",
    "load_institutions",
    "load_calendar",
    "load_rules",
    "load_items",
    "load_matters",
]
DEMO_COMMANDS = ["demo_city", "demo_institutions", "demo_licences", "demo_certificate_lives", "demo_matters"]

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Quality certification portal API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,  # our choices are codes: their names would say the same twice
    "COMPONENT_SPLIT_REQUEST": True,  # what is sent and what is answered are two things (files above all)
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "apps.parties.api.openapi.close_requests",
    ],
    # Choice sets that several fields name alike, or one that two fields name differently (`answer`, `covers`).
    "ENUM_NAME_OVERRIDES": {
        "AnswerEnum": "apps.certifications.api.serializers.ANSWERS",
        "CertificateStatusEnum": "apps.certifications.api.serializers.STATUSES",
        "LicenceStatusEnum": "apps.institutions.api.serializers.LICENCE_STATUSES",
        "ApplicationStatusEnum": "apps.institutions.api.serializers.STATUSES",
        "ItemEnum": "apps.institutions.api.serializers.MATTERS",
        "FieldEnum": "apps.institutions.api.serializers.FIELDS",
    },
}

LOGGING = logs.configure(terminal=False, requests="INFO")
