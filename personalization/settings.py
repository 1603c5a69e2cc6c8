"""Every setting, read from the environment or `.env`, in order of interest."""

from urllib.parse import urlsplit

import phonenumbers
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static

from personalization import environment

environment.read_env_file()

# Who may talk to us

VAPI_WEBHOOK_SECRETS = environment.secrets("VAPI_WEBHOOK_SECRETS")
PUBLIC_URL = environment.web_address("PUBLIC_URL")
_PUBLIC = urlsplit(PUBLIC_URL)
_HTTPS = _PUBLIC.scheme == "https"

_LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", _LOCAL_HOSTS)
if _PUBLIC.hostname and "*" not in ALLOWED_HOSTS:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, _PUBLIC.hostname]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

# How callers are understood

DEFAULT_REGION = environment.region("DEFAULT_REGION", "US", set(phonenumbers.SUPPORTED_REGIONS))

# Where data lives

DATA_DIR = environment.data_dir()
# How long personal data is used while PostgreSQL cannot be asked.
COPY_MAX_AGE_HOURS = environment.whole_number("COPY_MAX_AGE_HOURS", 72, low=1, high=24 * 365)
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
if not DEBUG and not VAPI_WEBHOOK_SECRETS and set(ALLOWED_HOSTS) - set(_LOCAL_HOSTS):
    raise ImproperlyConfigured(
        "VAPI_WEBHOOK_SECRETS is not set: a server that others can reach needs the secret that Vapi sends."
    )

# A tunnel or proxy ends TLS before us; it says so in this header. Whoever forges it only spares himself a redirect.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SECURE_SSL_HOST = _PUBLIC.netloc or None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS

# Django

INSTALLED_APPS = [
    "personalization",  # before Unfold, whose page it extends
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "reversion",
    "assistants",
    "customers",
]
# What a person's browser needs. Requests under /api skip all of it: see wsgi.py.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda _: static("personalization/admin.css")],
    "SIDEBAR": {"navigation": "personalization.navigation.sidebar"},
    "GLOBAL_CALLBACK": "personalization.navigation.waiting",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "personalization": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}

TRUSTED_PROXIES: tuple[()] = ()  # until the branch with proxies is merged
