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
        found["ENGINE"] = "dialogue.db.sqlite3"
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


def limit(name: str, usual: str) -> str:
    """A limit from the environment, "0" for none; as "30/60" (so many within so many seconds), or a number."""
    given = os.environ.get(name) or usual
    if given == "0":
        return ""
    parts = given.split("/")
    are_numbers = all(part.isascii() and part.isdigit() and int(part) for part in parts)
    if not are_numbers or len(parts) != len(usual.split("/")):
        raise SystemExit(f"{name} is {given!r}: write it as {usual}, or 0 for no limit.")
    return given


def rate(written: str) -> str:
    """The same as allauth writes it; without a limit one that nobody reaches."""
    amount, seconds = (written or "1000000/60").split("/")
    return f"{amount}/{seconds}s/key"


# What one person, or one network that nobody is signed in from, may do; see docs/running.md.
QUOTAS = {
    "statement": limit("LIMIT_STATEMENTS", "30/60"),
    "stance": limit("LIMIT_STANCES", "120/60"),
    "rename": limit("LIMIT_RENAMES", "5/600"),
}
PAGES_OF_ONE = int(limit("LIMIT_PAGES", "30") or 10**9)  # open live pages of one person
PAGES_OF_NETWORK = int(limit("LIMIT_VISITOR_PAGES", "500") or 10**9)  # of all visitors of one network: a school
CODES_OF_STRANGERS = limit("LIMIT_CODES", "5/600")  # to one address, from one network
CODES_A_DAY = limit("LIMIT_CODES_A_DAY", "30")  # to one address, from networks and browsers that it is not known from
WORKERS = int(os.environ.get("WORKERS") or 8)  # requests that are worked on at once, each in a thread
WAITING = int(os.environ.get("WAITING") or 128)  # requests that wait for one of these; more are told to come again
# What a server's threads share (`asgi.py`): connections to PostgreSQL; seconds until one is there, or given up.
POOL = {"min_size": 1, "max_size": WORKERS + 8, "timeout": 5, "max_waiting": 200, "reconnect_timeout": 3}
SECRET_KEY = secret_key()
FORMER_SECRET_KEYS = os.environ.get("FORMER_SECRET_KEYS", "").split()  # good for nothing but checking the audit
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
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
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
    "dialogue.charset.OurCharset",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dialogue.people.no_store.NoStore",
    "dialogue.people.language.OwnLanguage",
    "dialogue.entrance.known.KnownBrowsers",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "dialogue.urls"
ASGI_APPLICATION = "dialogue.asgi.application"
AUTH_USER_MODEL = "dialogue.Person"
AUTHENTICATION_BACKENDS = ["dialogue.people.demo.KnownPeople"]
SESSION_ENGINE = "dialogue.people.sign_ins"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "dialogue.factors.adapter.Steps"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # whoever has the code has the address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600  # seconds
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "60/m/ip",  # a whole table comes in from one network
    "code_to_stranger": rate(CODES_OF_STRANGERS),  # the key is the address and the network together
    "code_to_stranger_daily": rate(CODES_A_DAY and f"{CODES_A_DAY}/86400"),  # the key is the address
    "code_to_known": "5/10m/key,30/d/key",  # the key is a letter's own link, or a browser that the address is known in
    "try_number": "60/10m/ip",
    "try_short_number": "300/10m/key",  # the key is everybody: of 10⁸ numbers, a dozen are good at once
    "login_failed": "60/m/ip,5/5m/key",  # tries of a second factor; the key is the person
    "passkey": "120/m/ip",
    "openid": "60/m/ip",  # each asks the provider something
}

# A second factor: an authenticator app or a passkey, and recovery codes beside it. Our pages ask anew who one is before
# anything of it is changed (`factors/actions.py`): allauth's own way of asking needs a password.
MFA_ADAPTER = "dialogue.factors.adapter.Sealed"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_REAUTHENTICATION_REQUIRED = False
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Roundtable"
MFA_TOTP_TOLERANCE = 1  # half a minute that a telephone's clock may be wrong
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a key that was found or stolen does not do

# OpenID Connect, where somebody has an identity provider: all three, or none (`startup.require_whole_openid`).
OIDC_ISSUER = os.environ.get("OIDC_ISSUER", "").rstrip("/")
OIDC_CLIENT_ID = os.environ.get("OIDC_CLIENT_ID", "")
OIDC_SECRET = os.environ.get("OIDC_SECRET", "")
OIDC_NAME = os.environ.get("OIDC_NAME") or "OpenID"
SOCIALACCOUNT_ADAPTER = "dialogue.entrance.openid.Provider"

# Counted in the database: all processes share it, and a Redis that hangs keeps nobody out. Django's own limit is 300
# entries, then it drops a third of all: whoever asks for 300 codes would have everybody's tries forgotten.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "roundtable_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND") or "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT") or 587)
EMAIL_HOST_USER = os.environ.get("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_PASSWORD", "")
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_USE_TLS = not EMAIL_USE_SSL and os.environ.get("EMAIL_TLS", "1") == "1"
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM") or "roundtable@localhost"
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
            "libraries": {"agreement": "dialogue.positions.bars", "retention": "dialogue.events.retention"},
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
