"""Settings: what differs between places comes from the environment; the defaults are for one's own machine."""

import contextlib
import os
import pathlib
import secrets
import tempfile

import dj_database_url
from csp.constants import NONE, SELF

from dialogue.languages import LANGUAGES as LANGUAGES
from dialogue.languages import compiled

BASE_DIR = pathlib.Path(__file__).resolve().parent.parent
HOME = pathlib.Path(os.environ.get("DIALOGUE_HOME") or BASE_DIR)  # what the program writes lies here
DATA = HOME / ".data"


def secret_key() -> str:
    """SECRET_KEY from the environment, or one made at the first start and kept beside the data."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    path = DATA / "secret-key"
    if not path.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=DATA)  # readable by its owner alone
        with os.fdopen(handle, "w") as new:
            new.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # another start was faster: its key is the key
            os.link(unfinished, path)
        os.unlink(unfinished)
    return path.read_text()


def database() -> dict:
    """DATABASE_URL (sqlite:///path or postgres://…), or the embedded database beside the data."""
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{DATA / 'dialogue.sqlite3'}"
    if not url.startswith(("sqlite://", "postgres://", "postgresql://")):
        raise SystemExit(f"DATABASE_URL is {url!r}: it must be sqlite:///path or postgres://user@host/name.")
    found: dict = dict(dj_database_url.parse(url, conn_health_checks=True, conn_max_age=0))
    if found["ENGINE"] == "django.db.backends.postgresql":
        # A network that has died is noticed.
        dead = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
        found["OPTIONS"] = {**dead, "tcp_user_timeout": 15_000, **found.get("OPTIONS", {})}
    else:
        pathlib.Path(str(found["NAME"])).absolute().parent.mkdir(parents=True, exist_ok=True)
        # Kept, for opening one costs several times what a request reads; there are as many as there are threads.
        found["CONN_MAX_AGE"] = 600
        # IMMEDIATE: without it nine in ten concurrent read-then-write transactions fail
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
            "PRAGMA secure_delete=ON;",
        }
    return found


WORKERS = int(os.environ.get("WORKERS") or 8)  # requests that are worked on at once, each in a thread
WAITING = int(os.environ.get("WAITING") or 128)  # requests that wait for one of these; more are told to come again
# What a server's threads share (`asgi.py`): connections to PostgreSQL; seconds until one is there, or given up.
POOL = {"min_size": 1, "max_size": WORKERS + 8, "timeout": 5, "max_waiting": 200, "reconnect_timeout": 3}
SECRET_KEY = secret_key()
REDIS_URL = os.environ.get("REDIS_URL", "")  # several processes: hints between them
DEBUG = os.environ.get("DEBUG") == "1"
DEMO = os.environ.get("DIALOGUE_DEMO") == "1"  # set by the demo command alone
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host]
BEHIND_PROXY = os.environ.get("BEHIND_PROXY") == "1"  # X-Forwarded-Proto and X-Real-IP come from our own proxy
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "daphne",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "dialogue",
    "forum",
]

MIDDLEWARE = [
    "dialogue.logs.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "dialogue.health.Health",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dialogue.people.language.OwnLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "dialogue.urls"
ASGI_APPLICATION = "dialogue.asgi.application"
AUTH_USER_MODEL = "dialogue.Person"
AUTHENTICATION_BACKENDS = ["dialogue.people.demo.KnownPeople"]
SESSION_ENGINE = "dialogue.people.sign_ins"
LOGIN_URL = "sign-in"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database()}

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
            ],
            "libraries": {"agreement": "dialogue.positions.bars"},
        },
    }
]

LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [compiled(BASE_DIR / "locale", DATA / "locale")]

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO or DEBUG
        else "dialogue.collected.Collected"
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LOG_LEVEL = os.environ.get("LOG_LEVEL") or ("WARNING" if DEMO else "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "dialogue.logs.Lines"}, "readable": {"()": "dialogue.logs.Readable"}},
    "handlers": {"log": {"class": "dialogue.logs.Unhurried", "formatter": "readable" if DEMO or DEBUG else "lines"}},
    "root": {"handlers": ["log"], "level": "WARNING"},
    "loggers": {
        "roundtable": {"level": "WARNING"},  # until the server raises it to LOG_LEVEL: commands say nothing of requests
        "django": {"handlers": ["log"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["log"], "level": "ERROR", "propagate": False},  # a 404 is nobody's news
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # nor are those who knock at every machine
    },
}
