"""All settings. The environment overrides the defaults (`tracker/environment.py`).

Without PRODUCTION=1 the tracker runs for one person on one machine: SQLite under `var/`, answers to
loopback names only, a secret key made on the first start. With PRODUCTION=1 the secret key and the
allowed hosts must be given, and cookies and addresses are HTTPS only.
"""

import hashlib
import os
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from commitments.ops.private_files import keep_private
from commitments.web.request_log import add_request_id
from tracker import environment
from tracker.environment import switch, whole_number

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
VERSION: str = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]

environment.refuse_misspelt(list(os.environ))
environment.refuse_path()
PRODUCTION, DEBUG = switch("PRODUCTION"), switch("DEBUG")
if PRODUCTION:
    environment.refuse_unfit_for_public()
keep_private(VAR_DIR, served=PRODUCTION)
SECRET_KEY = os.environ.get("SECRET_KEY") or environment.local_secret_key(VAR_DIR / "secret-key")
SECRET_KEY_FALLBACKS = environment.fallback_keys()
ALLOWED_HOSTS = environment.allowed_hosts("localhost,127.0.0.1,[::1]")
# What makes the public answers, by which they are known (commitments/web/page_cache.py): the code and its settings.
MADE_BY = hashlib.sha256(repr([VERSION, *map(os.environ.get, environment.SETTINGS)]).encode()).hexdigest()

DATABASES = {"default": environment.main_database(VAR_DIR / "tracker.sqlite3")}
if REPLICA_URL := os.environ.get("REPLICA_URL"):
    DATABASES["replica"] = environment.replica(REPLICA_URL)
DATABASE_ROUTERS = ["commitments.web.replica.Router"]
STATEMENT_SECONDS = whole_number("STATEMENT_SECONDS", 15)
# Outside the database, so that whoever exchanges that does not exchange these (commitments/ops/heads.py).
SIGNING_KEY_FILE, HEADS_FILE = VAR_DIR / "signing-key", VAR_DIR / "heads.txt"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "commitments",
    "tracker.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "corsheaders",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "drf_spectacular",  # for its check; rest_framework itself would only bring its pages
]
MIDDLEWARE = [
    "commitments.web.request_log.RequestLog",  # before all others, so that whatever they answer is logged and has an id
    "corsheaders.middleware.CorsMiddleware",  # before all that answer: what they redirect or refuse must be readable
    "commitments.web.security_headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "commitments.i18n.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "commitments.web.security_headers.RequestLimits",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "commitments.accounts.sessions.SessionLimits",
]
ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
TEMPLATES = [
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
            "builtins": ["commitments.templatetags.form_stamps"],  # {% csrf_token %} of every form of staff's
        },
    },
]

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("zh-hant", "繁體中文"), ("zh-hans", "简体中文")]
SITE_NAMES = environment.site_names()
LOCALE_PATHS = [BASE_DIR / "tracker" / "locale"]
TIME_ZONE = "Asia/Hong_Kong"  # the day that deadlines end in
USE_TZ = True
FORMAT_MODULE_PATH = "tracker.formats"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [("help", BASE_DIR / "docs" / "staff" / "pictures")]  # of the pages under Help
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "tracker.static_files.JoinedStaticFilesStorage"
    },
}

# Sign-in: allauth, under /admin/ alone (commitments/accounts/sign_in.py). Accounts are made by administrators.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "account_login", "admin:index", "account_login"
ACCOUNT_ADAPTER = "commitments.accounts.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_FORMS = {
    "login": "commitments.accounts.sign_in.NameAndPasswordForm",
    "reset_password": "commitments.accounts.sign_in.ResetForm",
}
# Django's own: allauth's would keep each address that an account ever had, and let all of them reset it.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_EMAIL_VERIFICATION = "none"  # the administrator who makes the account vouches for its address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": None}  # counted in commitments/accounts/attempts.py, where a known browser is spared
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "add_webauthn": "commitments.accounts.sign_in.PasskeyForm",
    "authenticate_webauthn": "commitments.accounts.sign_in.PasskeyAfterPasswordForm",
    "login_webauthn": "commitments.accounts.sign_in.PasskeyLoginForm",
    "reauthenticate_webauthn": "commitments.accounts.sign_in.PasskeyAgainForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # the code before and the one after: the clocks of telephones are not exact
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # browsers themselves take http://localhost only
REQUIRE_MFA = switch("REQUIRE_MFA")
CLOCK_STEP_SECONDS = 60 * 60  # a server whose clock was set by more records nothing more (commitments/ledger/clock.py)
CACHES = {
    # How often somebody tried to sign in is counted here: in the database, because every worker must count together.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "sign_in_attempts",
        "KEY_FUNCTION": "commitments.accounts.attempts.keyed_digest",  # of names and network addresses
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    # Who asked how often in the last minute (commitments/web/rate_limits.py): in each worker's memory, because it is
    # asked of many requests, may be forgotten, and should be written down nowhere.
    "visits": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "visits",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    # Public answers that were made once (commitments/web/page_cache.py).
    "pages": environment.pages(os.environ.get("CACHE_URL", "")),
}

# A session ends when the browser closes, after so long without a request, and after so long in any case.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 60 * whole_number("SESSION_IDLE_MINUTES", 60, least=5)
SESSION_SECONDS = 60 * 60 * whole_number("SESSION_HOURS", 12, least=1)
SESSION_COOKIE_SAMESITE = "Lax"  # not Strict: a link in a mail to staff must find them signed in

# Files that staff import, checked before anything is parsed. More rows would hold SQLite's one writer for longer
# than the others wait (20 s), and take more than 200 MB.
IMPORT_MAX_BYTES = 10 * 1024 * 1024
IMPORT_MAX_ROWS = 10_000
IMPORT_MAX_CELLS = 1_000_000  # 10,000 rows of 100 columns, empty cells that are there included
IMPORT_SECONDS = 20  # of the processor, for reading a file and again for judging its rows: three times what 10,000 take
# Everything else that is sent: text of a form, in bytes, and how many parts it has. Above that 413 or 400.
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024 // 2
DATA_UPLOAD_MAX_NUMBER_FIELDS, DATA_UPLOAD_MAX_NUMBER_FILES = 1000, 5

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    # Refuses nothing: Django tells it of every new password, whichever way it came, and it tells the owner.
    {"NAME": "commitments.accounts.account_changes.PasswordNotice"},
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # Twice: not every browser has learnt the newer word, which names an address of `Reporting-Endpoints`.
        "report-uri": "/csp-report/",
        "report-to": "csp",
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "commitments.admin.kept_forms.csrf_failure"
KNOWN_BROWSER_COOKIE_NAME = "known-browser"
HSTS_SECONDS = whole_number("HSTS_SECONDS", 365 * 24 * 60 * 60)
if PRODUCTION:
    # Browsers take a cookie of such a name from this host alone, over HTTPS alone.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    KNOWN_BROWSER_COOKIE_NAME = "__Secure-known-browser"  # over HTTPS alone; it goes to staff's pages only
    SECURE_HSTS_SECONDS = HSTS_SECONDS
    SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # asked on the machine itself, where there is no TLS
    # W005 and W021: whether the neighbouring hosts of a government domain are all HTTPS, and whether
    # the domain may be preloaded, is for whoever runs the domain to say, not for one site in it.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
TRUST_PROXY = switch("TRUST_PROXY")
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # the address that it wrote down itself; what a visitor claims stands before it

# The API: for reading, by anybody, in JSON. Who is signed in as staff is of no interest to it.
API_PER_MINUTE = whole_number("API_PER_MINUTE", 120, least=1)
SEARCHES_PER_MINUTE = whole_number("SEARCHES_PER_MINUTE", 60, least=1)
EXPORTS_PER_MINUTE = whole_number("EXPORTS_PER_MINUTE", 20, least=1)
# What must be made anew, by the time that it takes: a third of a processor for one network, kept answers besides.
WORK_SECONDS_PER_MINUTE = whole_number("WORK_SECONDS_PER_MINUTE", 20, least=1)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "commitments.api.openapi.OperationSchema",
    "EXCEPTION_HANDLER": "commitments.api.errors.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": SITE_NAMES["en-gb"],
    "DESCRIPTION": "What governments announced, and what is known to have come of it. For reading; in JSON.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.1",
    "LICENSE": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    "POSTPROCESSING_HOOKS": ["commitments.api.openapi.add_components"],
}
# Programs in other sites' pages may read the API and every file, but no page.
CORS_ALLOW_ALL_ORIGINS = True
CORS_URLS_REGEX = (
    r"^(?:/zh-han[ts])?/(?:api/(?!v1/docs/)|ledger/heads\.txt$|(?!admin/|static/).*\.(?:csv|xlsx|json|jsonl|atom|ics)$)"
)
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "if-none-match"]
CORS_EXPOSE_HEADERS = ["X-Row-Count", "X-Ledger-Head", "ETag", "Link", "Retry-After"]

SITE_URL = environment.site_url(
    os.environ.get("SITE_URL") or (f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if PRODUCTION else "http://127.0.0.1:8000")
)
if PRODUCTION:
    environment.refuse_strange_address(SITE_URL, ALLOWED_HOSTS)
mail = environment.mail_server(
    os.environ.get("EMAIL_URL") or ("smtp://localhost:25" if PRODUCTION else "consolemail://")
)
# Every mail is written into the database first, and sent from there by `manage.py send_outbox`.
EMAIL_BACKEND, MAIL_DELIVERY_BACKEND = "commitments.workflow.outbox.OutboxBackend", str(mail.pop("EMAIL_BACKEND"))
globals().update(mail)
EMAIL_TIMEOUT = 20  # seconds for each answer of the mail server; one that says nothing holds nobody up for long
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.mail_sender(f"noreply@{urlsplit(SITE_URL).hostname}")

LOG_FORMAT = environment.log_format("json" if PRODUCTION else "line")
SLOW_QUERY_MS = whole_number("SLOW_QUERY_MS", 500)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"complete": {"()": "django.utils.log.CallbackFilter", "callback": add_request_id}},
    "formatters": {
        "line": {
            "()": "commitments.web.request_log.LineFormatter",
            "format": "{asctime} {levelname} {name} [{request_id}] {message}",
            "style": "{",
        },
        "json": {"()": "commitments.web.request_log.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["complete"], "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "tracker.access": {"level": "INFO"},
        "gunicorn.error": {"handlers": ["console"], "propagate": False},  # in the same form
        "commitments.accounts.auth_log": {"level": "INFO"},
        # Not every question that was answered 404 or 400: the access log has it, as it may be written down.
        "django.request": {"level": "ERROR"},
    },
}

PUBLISHER = os.environ.get("PUBLISHER", "")
CONTACT = os.environ.get("CONTACT", "")
LOG_DAYS = whole_number("LOG_DAYS", 0)
FOUR_EYES = switch("FOUR_EYES")
