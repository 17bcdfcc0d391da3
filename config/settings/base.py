"""Settings of every installation. What differs between installations comes from CX_* variables."""

from typing import Any

import django_stubs_ext
import structlog
from django.utils.translation import gettext_lazy as _

from config.env import ROOT, env, kept_secret
from config.logs import where_it_failed
from config.settings.log_in import *  # noqa: F403

django_stubs_ext.monkeypatch()

DEBUG = False
SECRET_KEY = kept_secret("SECRET_KEY")
FIELD_KEY = kept_secret("FIELD_KEY")  # encrypts what must be shown again: secrets of sources
KEY_PEPPER = kept_secret("KEY_PEPPER")  # hashes what must not: API keys, hook tokens, customers
PUBLIC_URL = env.str("CX_PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS: list[str] = env.list(
    "CX_ALLOWED_HOSTS",
    default=["127.0.0.1", "localhost", "[::1]", PUBLIC_URL.split("/")[2].split(":")[0]],
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# how many proxies of one's own stand in front; what they say about the caller is believed then
TRUSTED_PROXIES = env.int("CX_TRUSTED_PROXIES", default=0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "config",
    "tasks",
    "alerts",
    "cx_loop",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "cx_loop.web.middleware.AskOnce",
    "cx_loop.web.middleware.TrustProxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cx_loop.web.middleware.SpeakTheReadersLanguage",
    "cx_loop.web.middleware.SecondFactorFirst",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cx_loop.web.middleware.ContentSecurityPolicy",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cx_loop.ui.navigation.context",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "cx_loop.ui.templatetags.cx",
            ],
        },
    }
]

DATABASE = env.db_url("CX_DATABASE_URL", default="postgres://cxl@127.0.0.1:5432/cxl")
DATABASES = {
    "default": {
        **DATABASE,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        # without a threshold psycopg prepares nothing, also where it is told to; the statements
        # of the hot paths would be planned anew each time, at several times their cost
        "OPTIONS": {**DATABASE.get("OPTIONS", {}), "prepare_threshold": 5},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

BROKER_URL = env.str("CX_BROKER_URL", default="")
CACHES = {
    "default": {
        "BACKEND": "config.cache.Cache",
        "LOCATION": BROKER_URL,
        "KEY_PREFIX": "cxl",
    }
    if BROKER_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# requests of one caller in ten seconds, by kind of address
RATES = {
    "ingest": env.int("CX_INGEST_RATE", default=10_000),
    "read": env.int("CX_READ_RATE", default=2_000),
    "work": env.int("CX_WORK_RATE", default=1_000),
    "all": env.int("CX_GLOBAL_RATE", default=100_000),  # of everybody together, a process
}
# a web server evaluates in a thread of its own, after the answer; see config/evaluator.py
EVALUATES_BESIDE_REQUESTS = True
MAX_LAG = env.int("CX_MAX_LAG", default=600)  # seconds evaluation may be behind; 0: any
# days; 0: for ever
KEEP = {
    "observations": env.int("CX_KEEP_OBSERVATIONS", default=0),
    "comments": env.int("CX_KEEP_COMMENTS", default=0),
    "deliveries": env.int("CX_KEEP_DELIVERIES", default=90),
    "provisional": env.int("CX_KEEP_PROVISIONAL", default=90),
    "evaluations": env.int("CX_KEEP_EVALUATIONS", default=400),
}
# vectors that the nightly model may lean on (the extra `embeddings`): a folder, or ''
VOICE_EMBEDDINGS = env.str("CX_VOICE_EMBEDDINGS", default="")
# networks of one's own that messages may be sent to, also without TLS
OUTGOING_NETWORKS: list[str] = env.list("CX_OUTGOING_NETWORKS", default=[])
MAX_LOCATIONS = env.int("CX_MAX_LOCATIONS", default=500)  # of one metric at one touchpoint

AUTH_USER_MODEL = "cx_loop.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "cx_loop:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "cx_loop:login"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https:")
SECURE_CONTENT_TYPE_NOSNIFF = True
FILE_UPLOAD_HANDLERS = [
    "config.uploads.NotTooMuch",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [ROOT / "cx_loop" / "locale"]

STATIC_URL = "static/"
STATIC_ROOT = ROOT / "staticfiles"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

EMAIL_CONFIG = env.email_url("CX_EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
if EMAIL_CONFIG["EMAIL_BACKEND"].endswith("smtp.EmailBackend"):
    EMAIL_BACKEND = "cx_loop.messaging.mail_server.EmailBackend"
if env.str("CX_MAIL_DIR", default=""):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = env.str("CX_MAIL_DIR")
DEFAULT_FROM_EMAIL = env.str("CX_MAIL_FROM", default="CX Loop <cx-loop@localhost>")
EMAIL_TIMEOUT = 15
# more mails to one person within so many minutes leave as one digest
FLOOD_MAILS = env.int("CX_FLOOD_MAILS", default=10)
FLOOD_MINUTES = env.int("CX_FLOOD_MINUTES", default=10)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "cx_loop.api.authentication.ApiKeyAuthentication",
        "cx_loop.api.authentication.SignedInSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["cx_loop.api.permissions.NobodyUnlessDeclared"],
    "DEFAULT_PARSER_CLASSES": ["cx_loop.api.bodies.SmallJson"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "cx_loop.api.pagination.KeysetPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "cx_loop.api.problems.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "CX Loop",
    "DESCRIPTION": "Measure, warn, mend, prove.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "cx_loop.api.schema.tell_refusals",
    ],
    # lists of words that share a field's name; otherwise their types are named by a digest
    "ENUM_NAME_OVERRIDES": {
        "TaskState": "tasks.models.Task.State",
        "VerificationState": "tasks.models.Verification.State",
        "AlertState": "alerts.models.Alert.State",
        "DeliveryState": "cx_loop.models.Delivery.State",
        "SilenceKind": "alerts.models.Silence.Kind",
        "CountermeasureKind": "alerts.logic.playbooks.PLAYBOOK_KINDS",
        "Severity": "alerts.api.shapes.SEVERITIES",
        "StepType": "alerts.logic.playbooks.STEP_TYPES",
        "PainCategory": "cx_loop.logic.voice.words.CATEGORIES",
        "MentionKind": "cx_loop.logic.voice.words.KINDS",
        "MomentType": "cx_loop.logic.moments.TYPES",
        "MomentAnswer": "cx_loop.logic.moments.ANSWER_WORDS",
        "Resolution": "tasks.logic.lifecycle.RESOLUTIONS",
        "DismissTaskResolution": "tasks.api.calls.DISMISS",
        "FollowUpAnswer": "tasks.logic.checklist.ANSWERS",
        "PermanenceAnswer": "tasks.logic.permanence.ANSWERS",
        "DismissAlertResolution": "alerts.logic.lifecycle.DISMISS_RESOLUTIONS",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                where_it_failed,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("CX_LOG_LEVEL", default="WARNING")},
}
structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
)
