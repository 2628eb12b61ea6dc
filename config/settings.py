"""All of Greenroom's settings. The only place that reads the environment; see `.env.example`."""

from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# --- What kind of installation this is

DEBUG: bool = env.bool("DEBUG", default=False)
ALLOW_SANDBOX: bool = env.bool("ALLOW_SANDBOX", default=False)
RELAXED = DEBUG or ALLOW_SANDBOX
SITE_URL: str = env.str("SITE_URL", default="http://127.0.0.1:8000" if RELAXED else "").rstrip("/")
SECRET_KEY = environment.secret_key(env.str("SECRET_KEY", default=""), relaxed=RELAXED)
TOKEN_KEYS = environment.token_keys(env.str("TOKEN_KEYS", default=""), secret=SECRET_KEY, relaxed=RELAXED)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=list(environment.LOOPBACK) if RELAXED else [])
if not ALLOWED_HOSTS or not SITE_URL:
    raise ImproperlyConfigured("ALLOWED_HOSTS and SITE_URL must be set.")
if not RELAXED and not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured("SITE_URL must use https: people's sessions and OAuth codes travel there.")
if DEBUG and not set(ALLOWED_HOSTS) <= {*environment.LOOPBACK, "testserver"}:
    raise ImproperlyConfigured("DEBUG is for local hosts only: ALLOWED_HOSTS names another.")

# --- Apps

# Each platform is one app: its object here mounts its streams, actions, URLs and sandbox.
PLATFORMS = {"youtube": "youtube.platform.youtube"}

INSTALLED_APPS = [
    "crm.apps.CRMConfig",
    "youtube.apps.YouTubeConfig",
    "enrichment.apps.EnrichmentConfig",
    "connections.apps.ConnectionsConfig",
    "config.apps.GreenroomAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_celery_beat",
    "social_django",
    "rest_framework",
    "django_filters",
    "django_htmx",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.NoStoreMiddleware",
    "config.middleware.RefuseNulMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database and broker

DATABASES: dict[str, Any] = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True

REDIS_URL: str = env.str("REDIS_URL", default="")
CACHES = {"default": environment.cache(REDIS_URL)}

CELERY_BROKER_URL = REDIS_URL or "redis://127.0.0.1:6379/0"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "health_check_interval": 15,
    "socket_timeout": 15,
    "socket_connect_timeout": 5,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_RETRY_ON_WORKER_LOST = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0.1, "interval_step": 0.2}
CELERY_TASK_DEFAULT_QUEUE = "sync"
CELERY_TASK_ROUTES = {
    "connections.tasks.sweep": {"queue": "beat"},
    "crm.tasks.enrich_comments_batch": {"queue": "enrich"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
DJANGO_CELERY_BEAT_TZ_AWARE = True

# --- Sync: every wait is a setting, so that tests can shorten it

SYNC_LEASE_SECONDS: int = env.int("SYNC_LEASE_SECONDS", default=90)
# Short, so that a worker that is told to stop is done with its task soon.
SYNC_TASK_SECONDS: int = env.int("SYNC_TASK_SECONDS", default=20)
SYNC_TASK_PAGES: int = env.int("SYNC_TASK_PAGES", default=50)
SYNC_RETRY_SECONDS: float = env.float("SYNC_RETRY_SECONDS", default=5)
SYNC_REDISPATCH_SECONDS: int = env.int("SYNC_REDISPATCH_SECONDS", default=60)
SYNC_SWEEP_SECONDS: int = env.int("SYNC_SWEEP_SECONDS", default=30)
HTTP_TIMEOUT_SECONDS: float = env.float("HTTP_TIMEOUT_SECONDS", default=20)
HTTP_DEADLINE_SECONDS: float = env.float("HTTP_DEADLINE_SECONDS", default=60)
# Where a test kills the process; see `connections.faults`. Empty in every real installation.
FAULT_POINT: str = env.str("FAULT_POINT", default="") if ALLOW_SANDBOX else ""

# --- Platforms


def _vendor_url(name: str, default: str) -> str:
    return environment.vendor_url(name, env.str(name, default=default), relaxed=RELAXED)


YOUTUBE_API_URL = _vendor_url("YOUTUBE_API_URL", "https://youtube.googleapis.com")
YOUTUBE_ANALYTICS_API_URL = _vendor_url("YOUTUBE_ANALYTICS_API_URL", "https://youtubeanalytics.googleapis.com")
YOUTUBE_REPORTING_API_URL = _vendor_url("YOUTUBE_REPORTING_API_URL", "https://youtubereporting.googleapis.com")
GOOGLE_OAUTH_AUTHORIZE_URL = _vendor_url("GOOGLE_OAUTH_AUTHORIZE_URL", "https://accounts.google.com/o/oauth2/v2/auth")
GOOGLE_OAUTH_TOKEN_URL = _vendor_url("GOOGLE_OAUTH_TOKEN_URL", "https://oauth2.googleapis.com/token")
GOOGLE_OAUTH_REVOKE_URL = _vendor_url("GOOGLE_OAUTH_REVOKE_URL", "https://oauth2.googleapis.com/revoke")
GOOGLE_CLIENT_ID: str = env.str("GOOGLE_CLIENT_ID", default="")
GOOGLE_CLIENT_SECRET: str = env.str("GOOGLE_CLIENT_SECRET", default="")
YOUTUBE_DAILY_QUOTA: int = env.int("YOUTUBE_DAILY_QUOTA", default=10_000)
YOUTUBE_QUOTA_FOR_PEOPLE: int = env.int("YOUTUBE_QUOTA_FOR_PEOPLE", default=2_000)

# --- People and sessions

AUTH_USER_MODEL = "connections.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_NAME = "sessionid" if RELAXED else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if RELAXED else "__Host-csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not RELAXED
CSRF_COOKIE_HTTPONLY = True

# --- Connecting accounts (python-social-auth does the handshake, never a login: no backend of its is above)

SOCIAL_AUTH_STATE_LIFETIME = 600
# The lease must outlast a refresh, which HTTP_DEADLINE_SECONDS bounds; others wait for it this long.
TOKEN_LEASE_SECONDS: int = env.int("TOKEN_LEASE_SECONDS", default=75)
TOKEN_WAIT_SECONDS: float = env.float("TOKEN_WAIT_SECONDS", default=20)

# --- Transport

SECURE_SSL_REDIRECT = not RELAXED
SECURE_HSTS_SECONDS = 0 if RELAXED else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not RELAXED
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
TRUSTED_PROXIES: int = env.int("TRUSTED_PROXIES", default=0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # The buttons that start an OAuth handshake are forms that redirect to the vendor.
        "form-action": [SELF, environment.origin(GOOGLE_OAUTH_AUTHORIZE_URL)],
    }
}

# --- API

API_USER_RATE: str = env.str("API_USER_RATE", default="600/min")
API_ANONYMOUS_RATE: str = env.str("API_ANONYMOUS_RATE", default="60/min")
API_QUOTA_RATE: str = env.str("API_QUOTA_RATE", default="60/hour")
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "connections.api.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "connections.api.permissions.TokenMayWrite",
    ],
    "DEFAULT_THROTTLE_CLASSES": [
        "connections.api.throttling.PersonThrottle",
        "connections.api.throttling.AddressThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"user": API_USER_RATE, "anon": API_ANONYMOUS_RATE, "quota": API_QUOTA_RATE},
    # Further names in X-Forwarded-For are whatever a stranger wrote there.
    "NUM_PROXIES": TRUSTED_PROXIES,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["connections.api.parsing.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "connections.api.paging.KeysetPaging",
    "DEFAULT_SCHEMA_CLASS": "connections.api.schema.APISchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
}
DRF_STANDARDIZED_ERRORS = {"EXCEPTION_FORMATTER_CLASS": "connections.api.errors.Formatter"}
KNOX_TOKEN_MODEL = "connections.APIToken"  # noqa: S105 - a model
# Our own table takes the place of the library's, whose migrations would make it all the same and leave it empty.
MIGRATION_MODULES = {"knox": None}
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer"}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Greenroom",
    "DESCRIPTION": (BASE_DIR / "config" / "api_description.md").read_text(),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "defaultModelsExpandDepth": 0},
    "PREPROCESSING_HOOKS": ["connections.api.schema.without_final_slash"],
    "ENUM_NAME_OVERRIDES": {
        "ConnectionStatus": "connections.models.Connection.Status",
        "SyncTrigger": "connections.models.SyncRun.Trigger",
        "SyncState": "connections.models.SyncRun.State",
        "Role": "connections.models.Role",
        "ErrorType": "connections.api.schema.ERROR_TYPES",
        "Category": "connections.records.CATEGORIES",
        "Sentiment": "crm.models.Interaction.Sentiment",
        "SignalSource": "crm.models.Interaction.SignalSource",
        "InteractionType": "crm.models.Interaction.Type",
        "InteractionStatus": "crm.models.Interaction.Status",
        "Moderation": "crm.models.Interaction.Moderation",
        "TriageEventKind": "crm.models.TriageEvent.Kind",
        "TriageEventSource": "crm.models.TriageEvent.Source",
        "ContentType": "crm.models.ContentPiece.Type",
        "YouTubeModeration": "youtube.models.YouTubeComment.Moderation",
        "YouTubePrivacy": "youtube.models.YouTubeVideo.Privacy",
    },
}

# --- Language, files, mail, logs

LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
if not RELAXED:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
WHITENOISE_USE_FINDERS = RELAXED

vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="greenroom@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "connections.redaction.RedactingFilter"}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["redact"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "urllib3": {"level": "WARNING"},
        "googleapiclient": {"level": "ERROR"},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
