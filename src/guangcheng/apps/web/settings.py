"""Django's settings for one city: ``GUANGCHENG_CITY`` names its folder.

Without a folder (type checker, ``makemigrations``) the database is in memory and the keys are thrown away; the server
refuses to start so (:mod:`guangcheng.apps.web.wsgi`).
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from guangcheng.apps.web.config import DATABASE_NAME, LEDGER_KEY_NAME, SECRET_NAME, WebConfig, key_of, web_config

HERE = Path(__file__).resolve().parent
_named = os.environ.get("GUANGCHENG_CITY", "")
CITY_FOLDER = Path(_named) if _named else Path()
WEB = web_config(CITY_FOLDER) if _named else WebConfig()

SECRET_KEY = (key_of(CITY_FOLDER, SECRET_NAME) if _named else secrets.token_bytes(32)).hex()
LEDGER_KEY = key_of(CITY_FOLDER, LEDGER_KEY_NAME) if _named else secrets.token_bytes(32)
DEBUG = False
ALLOWED_HOSTS = list(WEB.hosts)

INSTALLED_APPS = [
    "guangcheng.programme.platform",
    "guangcheng.programme.members",
    "guangcheng.programme.targets",
    "guangcheng.programme.tasks",
    "guangcheng.programme.projects",
    "guangcheng.programme.desk",
    "guangcheng.programme.acceptance",
    "guangcheng.programme.submissions",
    "guangcheng.programme.monthly",
    "guangcheng.apps.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "axes",
    "ninja",
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
    "django_htmx.middleware.HtmxMiddleware",
    "guangcheng.apps.web.middleware.people",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "guangcheng.apps.web.urls"
WSGI_APPLICATION = "guangcheng.apps.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "guangcheng.apps.web.http.page_context",
            ],
            "builtins": ["guangcheng.apps.web.templatetags.words"],
        },
    }
]


def _sqlite(name: str) -> dict[str, Any]:
    # an acknowledged act survives a power cut: WAL with full sync; writers queue instead of failing: IMMEDIATE
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": pragmas},
        "CONN_MAX_AGE": None,
    }


def _postgres(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": "guangcheng.apps.web.postgres",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": os.environ.get("GUANGCHENG_DATABASE_PASSWORD", unquote(parts.password or "")),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        # who waits in the queue of writers waits as long as with SQLite
        "OPTIONS": {"options": "-c lock_timeout=20s"},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {
    "default": _postgres(WEB.database)
    if WEB.database
    else _sqlite(str(CITY_FOLDER / DATABASE_NAME) if _named else ":memory:")
}
AUTH_USER_MODEL = "platform.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

# five wrong passwords for one name from one address shut that pair out for a quarter of an hour
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "guangcheng.apps.web.pages.account.locked_out"
AXES_CLIENT_IP_CALLABLE = "guangcheng.apps.web.pages.account.address_of"
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# room for the limiter's counts of many addresses: a count pushed out would let its address ask anew
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 << 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 << 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "guangcheng.apps.web.pages.faults.csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = WEB.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if WEB.https else None
SECURE_HSTS_SECONDS = 31_536_000 if WEB.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = WEB.https
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
RESULTS_PATIENCE_S = 1.0
"""Seconds a page waits for a figure before it says that it is being worked out."""

X_FRAME_OPTIONS = "DENY"
_own = ["'self'"]
_maps = [f"https://{urlsplit(WEB.base_map).hostname}"] if WEB.base_map else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": _own,
        "script-src": _own,
        "style-src": _own,
        "img-src": [*_own, "data:", *_maps],
        "connect-src": [*_own, *_maps],
        "worker-src": _own,
        "font-src": _own,
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": _own,
        "frame-ancestors": ["'none'"],
    }
}
if WEB.oidc:
    INSTALLED_APPS += ["mozilla_django_oidc"]
    AUTHENTICATION_BACKENDS += ["guangcheng.apps.web.oidc.ExistingUsers"]
    OIDC_RP_CLIENT_ID = WEB.oidc.client_id
    OIDC_RP_CLIENT_SECRET = os.environ.get("GUANGCHENG_OIDC_SECRET", "")
    OIDC_OP_AUTHORIZATION_ENDPOINT = WEB.oidc.authorization_endpoint
    OIDC_OP_TOKEN_ENDPOINT = WEB.oidc.token_endpoint
    OIDC_OP_USER_ENDPOINT = WEB.oidc.user_endpoint
    OIDC_OP_JWKS_ENDPOINT = WEB.oidc.jwks_endpoint
    OIDC_RP_SIGN_ALGO = WEB.oidc.sign_algorithm
    OIDC_CREATE_USER = False
if WEB.mail:
    EMAIL_HOST, EMAIL_PORT = WEB.mail.host, WEB.mail.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = WEB.mail.user, os.environ.get("GUANGCHENG_MAIL_PASSWORD", "")
    EMAIL_USE_SSL, DEFAULT_FROM_EMAIL = WEB.mail.ssl, WEB.mail.sender
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
