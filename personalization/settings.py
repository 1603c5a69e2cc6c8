"""Every setting, read from the environment or `.env`, in order of interest."""

from datetime import timedelta
from urllib.parse import urlsplit

import phonenumbers
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static

from personalization import environment
from personalization.signature_settings import signature_scheme

environment.read_env_file()

# Who may talk to us

VAPI_WEBHOOK_SECRETS = environment.secrets("VAPI_WEBHOOK_SECRETS")
VAPI_HMAC = signature_scheme()
PUBLIC_URL = environment.web_address("PUBLIC_URL")
_PUBLIC = urlsplit(PUBLIC_URL)
_PUBLIC_HOST = _PUBLIC.netloc.removesuffix(f":{_PUBLIC.port}")
_HTTPS = _PUBLIC.scheme == "https"
TRUSTED_PROXIES = environment.networks("TRUSTED_PROXIES")

_LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", _LOCAL_HOSTS)
if _PUBLIC_HOST and "*" not in ALLOWED_HOSTS:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, _PUBLIC_HOST]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

# How we talk to Vapi: its private key, for commands and calls that we start; no incoming call waits for it

VAPI_API_KEY = environment.text("VAPI_API_KEY")
VAPI_API_URL = environment.web_address("VAPI_API_URL") or "https://api.vapi.ai"
# The organisation for which short-lived web tokens are signed.
VAPI_ORG_ID = environment.text("VAPI_ORG_ID")

# Who may read /metrics; anybody who reaches it where this is not set
METRICS_TOKEN = environment.text("METRICS_TOKEN")

# How callers are understood

DEFAULT_REGION = environment.region("DEFAULT_REGION", "US", set(phonenumbers.SUPPORTED_REGIONS))

# What else is kept of a number, in the packages above customers, and goes when its owner is erased
FORGET_NUMBERS_WITH = ["assistants.pins_forgotten.forget_pins"]

# What deletes calls at Vapi
DELETE_CALLS_WITH = "assistants.calls_at_vapi.deletion"

# Where data lives

DATA_DIR = environment.data_dir()
# How long personal data is used while PostgreSQL cannot be asked.
COPY_MAX_AGE_HOURS = environment.whole_number("COPY_MAX_AGE_HOURS", 72, low=1, high=24 * 365)
# How long what was said in a call is kept, and how long the call itself.
TRANSCRIPT_RETENTION_DAYS = environment.whole_number("TRANSCRIPT_RETENTION_DAYS", 30, low=1, high=36_500)
CALL_RETENTION_DAYS = environment.whole_number("CALL_RETENTION_DAYS", 400, low=1, high=36_500)
DEMO = environment.boolean("DEMO", default=False)
_DATABASE = environment.database("DATABASE_URL")
# The call path's one query is prepared once per connection: half its cost.
_OPTIONS = {"server_side_binding": True, "prepare_threshold": 2, "connect_timeout": 5}
DATABASES = {
    "default": _DATABASE
    | {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "OPTIONS": _OPTIONS | _DATABASE.get("OPTIONS", {}),  # ?sslmode=require and the like
    }
}

# Production's demands

DEBUG = environment.boolean("DEBUG", default=False)
SECRET_KEY = environment.required("SECRET_KEY", "`make run` writes one into .env; elsewhere set 50 random characters.")
SECRET_KEY_FALLBACKS = environment.secrets("SECRET_KEY_FALLBACKS")  # earlier keys, which still prove what they signed
if not DEBUG and not (VAPI_WEBHOOK_SECRETS or VAPI_HMAC.keys) and set(ALLOWED_HOSTS) - set(_LOCAL_HOSTS):
    raise ImproperlyConfigured(
        "VAPI_WEBHOOK_SECRETS is not set, nor is VAPI_HMAC_SECRETS: a server that others can reach needs a secret that "
        "Vapi sends or signs with."
    )

# A tunnel or proxy ends TLS before us, and says so in headers. What nobody trusted has sent, forwarded.py drops.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS or TRUSTED_PROXIES else None
USE_X_FORWARDED_HOST = bool(TRUSTED_PROXIES)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SECURE_SSL_HOST = _PUBLIC.netloc or None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS

# Who may use the admin

ADMIN_REQUIRE_2FA = environment.boolean("ADMIN_REQUIRE_2FA", default=False)
SESSION_COOKIE_AGE = 12 * 3600
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# Five wrong passwords for one account from one address lock it out there, and there only: nobody can lock out others.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "personalization.lock_out.client_address"
AXES_LOCKOUT_CALLABLE = "personalization.lock_out.locked_out"
AXES_DISABLE_ACCESS_LOG = True  # who signed in when stands in the user's last login
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False  # ours has the admin's look
OTP_TOTP_ISSUER = _PUBLIC_HOST or "Personalization"
OTP_ADMIN_HIDE_SENSITIVE_DATA = True

# What a page of the admin may load and run: our own files, and no inline scripts or handlers. Unfold's Alpine.js reads
# its attributes by `new Function`, hence 'unsafe-eval'; Unfold writes its colours into the page, hence inline styles.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'", "'unsafe-eval'"],
        "script-src-attr": ["'none'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "media-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Django

INSTALLED_APPS = [
    "personalization",  # before Unfold, whose page it extends
    "unfold",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "rest_framework_api_key",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "reversion",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "personalization.api",
    "assistants",
    "customers",
]
# What a person's browser needs. Requests under /api skip all of it: see wsgi.py.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "personalization.two_factor_pages.RequireSecondFactor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "personalization.urls"
WSGI_APPLICATION = "personalization.wsgi.application"
APPEND_SLASH = True
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = ["personalization.formats"]
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# A long call's report holds its transcript and every message.
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024

REST_FRAMEWORK = {
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["personalization.json.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["personalization.json.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Personalization: customers and calls",
    "DESCRIPTION": "Who calls, kept in step with a CRM; names are those of the columns that import_customers reads. "
    "And calls that your own systems start.",
    "VERSION": "1",
    "SERVE_PUBLIC": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": False, "validatorUrl": None},
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_NAME_OVERRIDES": {
        "CallOutcome": "customers.outcomes.Outcome",
        "BulkOutcome": ["created", "updated", "unchanged", "rejected"],
    },
}

LOGIN_REDIRECT_URL = "/admin/"
UNFOLD = {
    "SITE_TITLE": "Personalization",
    "SITE_HEADER": "Personalization",
    "SITE_SUBHEADER": "Vapi assistants",
    "SITE_SYMBOL": "record_voice_over",
    "SITE_FAVICONS": [
        {"rel": "icon", "href": lambda _: static("personalization/favicon.svg"), "type": "image/svg+xml"}
    ],
    "SITE_URL": None,
    "ACCOUNT": {"navigation": "personalization.navigation.account"},
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda _: static("personalization/admin.css")],
    "SIDEBAR": {"navigation": "personalization.navigation.sidebar"},
    "DASHBOARD_CALLBACK": "personalization.first_page.add_state",
    "GLOBAL_CALLBACK": "personalization.navigation.waiting",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "personalization.log_lines.LineFormatter"}},
    "handlers": {"console": {"class": "personalization.log_writer.NeverBlocking", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "axes": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "personalization": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
