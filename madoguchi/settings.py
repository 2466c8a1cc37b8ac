"""All settings, from the environment alone; ``docs/settings.md`` lists every variable.

An empty environment is the demo. ``MADOGUCHI_MODE=production`` has no defaults for what must differ between
operators: a missing or wrong value stops the start and names the variable.
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from madoguchi.accounts.business.providers import providers
from madoguchi.delivery import charset
from madoguchi.delivery.engine.pacing import limits
from madoguchi.delivery.engine.relays import relays
from madoguchi.lib import own_links, registration_number
from madoguchi.lib.environment import Environment, cores
from madoguchi.shell.logs import logging_config
from madoguchi.statements.imports.folders import folders

ENV = Environment(os.environ)
BASE_DIR = Path(__file__).resolve().parent

MODE = ENV.choice("MADOGUCHI_MODE", ("demo", "production"), "demo")
DEMO = MODE == "demo"
DEBUG = False

# Files of this installation: embedded database, demo mail, archives.
VAR = Path(ENV.text("MADOGUCHI_VAR", "var", wanted="a folder")).resolve()

# --- where the site is ---------------------------------------------------------------------------------------------
PORT = ENV.integer("PORT", 8000, least=1, most=65535)
SITE_URL = ENV.url("MADOGUCHI_SITE_URL", ("http", "https"), f"http://127.0.0.1:{PORT}" if DEMO else None).rstrip("/")
SECURE = SITE_URL.startswith("https:")
SECRET_KEY = ENV.secret("MADOGUCHI_SECRET_KEY", "demo-only-key-never-used-in-production-0" if DEMO else None)
# What texts are sealed with (lib/tokens.py): the first seals, all unseal, so that a key can be changed.
SEALING_KEYS = ENV.secrets("MADOGUCHI_SEALING_KEYS", (SECRET_KEY,))
# How many proxies of ours stand in front and append to X-Forwarded-For.
PROXIES = ENV.integer("MADOGUCHI_PROXIES", 0, most=9)
ALLOWED_HOSTS = list(ENV.words("MADOGUCHI_HOSTS", ("127.0.0.1", "localhost", "[::1]") if DEMO else None))

# How many calls the demo loads: ``small`` is for tests.
DEMO_VOLUME = ENV.choice("MADOGUCHI_DEMO_VOLUME", ("full", "small"), "full")

# The pretend telephone serves outside the demo only when told to, for a rehearsal; its page is then for staff.
DEMO_TELEPHONE = ENV.boolean("MADOGUCHI_DEMO_TELEPHONE", DEMO)

# --- the operator ---------------------------------------------------------------------------------------------------
OPERATOR = {
    "name_ja": ENV.text("MADOGUCHI_OPERATOR_NAME_JA", "あおば通信" if DEMO else None),
    "name_en": ENV.text("MADOGUCHI_OPERATOR_NAME_EN", "Aoba Telecom" if DEMO else None),
    "domain": ENV.text("MADOGUCHI_OPERATOR_DOMAIN", "aoba.example" if DEMO else None),
    "logo": ENV.text("MADOGUCHI_OPERATOR_LOGO", "shell/brand/aoba.svg"),
    "colour": ENV.colour("MADOGUCHI_OPERATOR_COLOUR", "#0b5e4a"),
}

# --- applications ---------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "madoguchi.shell",  # first: its widget templates stand in for Django's
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "madoguchi.delivery",
    "madoguchi.accounts",
    "madoguchi.catalog",
    "madoguchi.contracts",
    "madoguchi.provider",  # before the toolkit: its cleartokens stands in for theirs
    "oauth2_provider",
    "madoguchi.notices",
    "madoguchi.statements",
    "madoguchi.alerts",
    "madoguchi.inquiries",
    "madoguchi.support.public",
    "madoguchi.support.identity",
    "madoguchi.support.sites",
    "madoguchi.support.business",
    "madoguchi.support.mypage",
    "madoguchi.support.mynotices",
    "madoguchi.support.charges",
    "madoguchi.support.alerts",
    "madoguchi.support.contact",
    "madoguchi.console",
    *(["madoguchi.demo"] if DEMO else []),
    *(["madoguchi.demo.telephone"] if DEMO_TELEPHONE else []),
]

MIDDLEWARE = [
    "madoguchi.shell.figures.FiguresMiddleware",
    "madoguchi.shell.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "madoguchi.shell.policy.PolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "madoguchi.shell.health.DatabaseAwayMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "madoguchi.shell.languages.PathLanguageMiddleware",
    "madoguchi.shell.errors.NotAllowedMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "madoguchi.accounts.sessions.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "madoguchi.urls"
WSGI_APPLICATION = "madoguchi.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "madoguchi.shell.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "madoguchi.shell.forms.Renderer"

# --- database -------------------------------------------------------------------------------------------------------
# Without DATABASE_URL the command line starts the embedded server and sets it (madoguchi/demo/embedded.py).
_database = urlsplit(ENV.url("DATABASE_URL", ("postgres", "postgresql"), "postgresql:///madoguchi" if DEMO else None))
_query = dict(pair.split("=", 1) for pair in _database.query.split("&") if "=" in pair)
DATABASES = {
    "default": {
        "ENGINE": "madoguchi.lib.postgresql",
        "NAME": unquote(_database.path.lstrip("/")),
        "USER": unquote(_database.username or ""),
        "PASSWORD": unquote(_database.password or ""),
        "HOST": unquote(_query.get("host", _database.hostname or "")),
        "PORT": str(_database.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # The statements a login is made of are planned once a connection (lib/statements.py), if the way there lets
        # them be: the ORM's take no part in it.
        "OPTIONS": {
            "connect_timeout": 5,
            "application_name": "madoguchi",  # who waits for a lock is told whose (lib/postgresql/waits.py)
            "prepare_threshold": 5 if ENV.boolean("MADOGUCHI_PREPARED_STATEMENTS", True) else None,
        },
    }
}
# Procrastinate finds each room's jobs in its module of that name.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# --- language and time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
# Our words before those of libraries, which translate some of the same for pages of their own.
LOCALE_PATHS = sorted(BASE_DIR.glob("**/locale"))
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

# --- identity -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["madoguchi.accounts.backend.Backend"]
PASSWORD_HASHERS = ["madoguchi.accounts.hashers.Argon2idHasher"]
SECURITY_PROFILE = ENV.choice("MADOGUCHI_SECURITY_PROFILE", ("classic", "strict"), "classic")
STAY_SIGNED_IN_DAYS = ENV.integer("MADOGUCHI_STAY_SIGNED_IN_DAYS", 30, least=1, most=30)
# Without staying signed in: the longest a session lasts, and how long it waits for the next page. Staff have their own.
SESSION_HOURS = ENV.integer("MADOGUCHI_SESSION_HOURS", 24, least=1, most=24 * 30)
SESSION_IDLE_MINUTES = ENV.integer("MADOGUCHI_SESSION_IDLE_MINUTES", 120, least=5, most=60 * 24)
STAFF_SESSION_HOURS = ENV.integer("MADOGUCHI_STAFF_SESSION_HOURS", 12, least=1, most=24)
STAFF_IDLE_MINUTES = ENV.integer("MADOGUCHI_STAFF_IDLE_MINUTES", 60, least=5, most=60 * 12)
# Wrong logins from one network in 15 minutes. Generous: a company or a mobile carrier shows many people as one address.
LOGIN_TRIES_PER_SOURCE = ENV.integer("MADOGUCHI_LOGIN_TRIES_PER_SOURCE", 100, least=10)
# Each password hash takes 19 MiB while it is made, and walks through all of it: more at once than cores only push each
# other out of the cache. As shipped, two processes share the cores.
HASHES_AT_ONCE = ENV.integer("MADOGUCHI_HASHES_AT_ONCE", max(1, cores() // 2), least=1, most=256)
# Mailbox logins: the operator's own mail domains, and the mail system that knows their passwords.
MAILBOX_DOMAINS = tuple(domain.lower() for domain in ENV.words("MADOGUCHI_MAILBOX_DOMAINS", ()))
MAILBOX_URL = ENV.url("MADOGUCHI_MAILBOX_URL", ("imaps", "imap+starttls"), None if MAILBOX_DOMAINS else "")
MAILBOX_CA = ENV.text("MADOGUCHI_MAILBOX_CA", "", wanted="the path of a file")
MAILBOX_AT_ONCE = ENV.integer("MADOGUCHI_MAILBOX_AT_ONCE", 4, least=1, most=256)
MAILBOX_PASSWORD_PAGE = ENV.url("MADOGUCHI_MAILBOX_PASSWORD_PAGE", ("https",), "")
# Business logins: the operator's OpenID Connect providers.
BUSINESS_PROVIDERS = providers(ENV)
LOGIN_URL = "/id/login/"
LOGIN_REDIRECT_URL = "/my/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "madoguchi.accounts.adapter.AccountAdapter"
MFA_ADAPTER = "madoguchi.accounts.adapter.SecondFactorAdapter"

# --- OpenID Connect provider: the operator's other sites (docs/provider.md) -----------------------------------------
OAUTH2_PROVIDER_APPLICATION_MODEL = "provider.Site"
OAUTH2_PROVIDER_GRANT_MODEL = "provider.Grant"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "provider.AccessToken"  # noqa: S105 - the name of a model
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "provider.RefreshToken"  # noqa: S105 - the name of a model
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "provider.IdToken"  # noqa: S105 - the name of a model
OAUTH2_PROVIDER = {
    "OIDC_ENABLED": True,
    "OIDC_ISS_ENDPOINT": SITE_URL,
    "OAUTH2_SERVER_CLASS": "madoguchi.provider.server.Server",
    "OAUTH2_VALIDATOR_CLASS": "madoguchi.provider.validator.Validator",
    "SCOPES": {"openid": "", "email": "", "profile": "", "offline_access": ""},
    "ACCESS_TOKEN_EXPIRE_SECONDS": 600,
    "PKCE_REQUIRED": True,
    "ROTATE_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    # http is let through for loopback alone, by our own rule (provider/uris.py).
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    # RFC 9700, every switch.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
}

# --- cookies and headers --------------------------------------------------------------------------------------------
# The __Host- prefix needs https; the demo on loopback has none.
COOKIE_PREFIX = "__Host-" if SECURE else ""
SESSION_ENGINE = "madoguchi.accounts.session_store"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * STAY_SIGNED_IN_DAYS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked by machines on the inside
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "madoguchi.shell.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "media-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- static files ---------------------------------------------------------------------------------------------------
# ``hashed`` needs ``madoguchi collectstatic`` at each new version; ``plain`` serves the files where they lie.
STATIC_FILES = ENV.choice("MADOGUCHI_STATIC", ("hashed", "plain"), "hashed")
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_FILES == "hashed"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = STATIC_FILES == "plain"

# --- mail -----------------------------------------------------------------------------------------------------------
# Connections to the database that write a mailing's letters at the same time. Each waits for the disk now and then, so
# two keep a processor busy.
AUDIENCE_HANDS = ENV.integer("MADOGUCHI_AUDIENCE_HANDS", min(4, 2 * (os.cpu_count() or 1)), least=1, most=16)
# The relays every letter goes through; read by the delivery engine, see docs/delivery.md.
SMTP_CONNECTIONS = ENV.integer("MADOGUCHI_SMTP_CONNECTIONS", 10, least=1, most=100)
SMTP_MESSAGES = ENV.integer("MADOGUCHI_SMTP_MESSAGES", 1000, least=1)  # over one connection
# In order of preference: the next is used while those before it are away.
_DEMO_RELAY = "smtp://127.0.0.1:8025" if DEMO else None
_WANTED = "an address beginning with smtp:, smtps:, smtp+starttls: or anymail:, or several separated by spaces,"
SMTP_URL = ENV.text("MADOGUCHI_SMTP_URL", _DEMO_RELAY, wanted=_WANTED)
SMTP_RELAYS = ENV.parsed(
    "MADOGUCHI_SMTP_URL",
    lambda urls: relays(urls, hello=OPERATOR["domain"], connections=SMTP_CONNECTIONS, messages=SMTP_MESSAGES),
    relays(SMTP_URL, hello=OPERATOR["domain"]) if SMTP_URL == _DEMO_RELAY else None,
    wanted=_WANTED,
)
# What django-anymail asks for the provider of an "anymail:" address: POSTMARK_SERVER_TOKEN=… and the like.
ANYMAIL = ENV.pairs("MADOGUCHI_ANYMAIL", {})
# Limits of single groups of addresses: docomo=rate:50,connections:2 …
SMTP_GROUPS = ENV.parsed("MADOGUCHI_SMTP_GROUPS", limits, limits(""), wanted="limits as docomo=rate:50,connections:2")
MAIL_FROM_NOTICES = ENV.text("MADOGUCHI_MAIL_FROM_NOTICES", "notice@aoba.example" if DEMO else None)
MAIL_FROM_ID = ENV.text("MADOGUCHI_MAIL_FROM_ID", "id@aoba.example" if DEMO else None)
MAIL_FROM_SUPPORT = ENV.text("MADOGUCHI_MAIL_FROM_SUPPORT", "support@aoba.example" if DEMO else None)
# Whether a relay takes addresses beyond ASCII (SMTPUTF8, RFC 6531): only then may they be registered.
SMTPUTF8 = ENV.boolean("MADOGUCHI_SMTPUTF8", DEMO)
# Whose short text in Japanese leaves in ISO-2022-JP: groups of addresses, or all; every other mail is UTF-8.
ISO_2022_JP = ENV.parsed(
    "MADOGUCHI_ISO_2022_JP",
    charset.groups,
    charset.groups("off"),
    wanted="off, short, or groups as docomo au example.jp",
)
# Keys we sign mail with (DKIM), as selector=file; none: the relay signs.
DKIM_KEYS = ENV.pairs("MADOGUCHI_DKIM_KEYS", {})
DKIM_DOMAIN = ENV.text("MADOGUCHI_DKIM_DOMAIN", OPERATOR["domain"]).lower()
# Which DKIM key signs the mail, ours or the relay's: ``madoguchi doctor`` looks it up.
DKIM_SELECTOR = ENV.text("MADOGUCHI_DKIM_SELECTOR", next(iter(DKIM_KEYS), ""))
# What comes back (docs/delivery.md). The domain of return paths; empty: the sender's address is the envelope's too.
RETURN_DOMAIN = ENV.text("MADOGUCHI_RETURN_DOMAIN", "return.aoba.example" if DEMO else "").lower()
RETURN_LISTEN = ENV.url("MADOGUCHI_RETURN_LISTEN", ("lmtp", "smtp"), "lmtp://127.0.0.1:8024" if DEMO else "")
RETURN_MAILBOX_URL = ENV.url("MADOGUCHI_RETURN_MAILBOX_URL", ("imaps", "imap+starttls"), "")
RETURN_MAILBOX_CA = ENV.text("MADOGUCHI_RETURN_MAILBOX_CA", "", wanted="the path of a file")
# What a gateway of one's own signs its news of mail with; empty: none is believed.
MAIL_TOKEN = ENV.secret("MADOGUCHI_MAIL_TOKEN", "demo-only-mail-token-never-in-production" if DEMO else "")

# Servers it asks; empty: the system's.
DNS_SERVERS = ENV.words("MADOGUCHI_DNS", ())

# --- notices --------------------------------------------------------------------------------------------------------
# ``on``: planned work is published only when a second person approved it; trouble may go first and is signed off after.
NOTICE_APPROVAL = ENV.choice("MADOGUCHI_NOTICE_APPROVAL", ("off", "on"), "off") == "on"
# Customers' own programs are called at these ports of the open internet alone, over https; networks of ours that may be
# called besides, over http too, are opened one by one.
WEBHOOK_PORTS = ENV.integers("MADOGUCHI_WEBHOOK_PORTS", (443, 8443), least=1, most=65535)
WEBHOOK_INSIDE = ENV.networks("MADOGUCHI_WEBHOOK_INSIDE", ("127.0.0.1/32",) if DEMO else ())

# --- telephone ------------------------------------------------------------------------------------------------------
TELEPHONE_GATEWAY = ENV.choice("MADOGUCHI_TELEPHONE_GATEWAY", ("twilio", "webhook"), "twilio")
TELEPHONE_URL = ENV.url("MADOGUCHI_TELEPHONE_URL", ("http", "https"), "http://127.0.0.1:8026" if DEMO else None)
TELEPHONE_ACCOUNT = ENV.text("MADOGUCHI_TELEPHONE_ACCOUNT", "AC-demo" if DEMO else None)
TELEPHONE_TOKEN = ENV.secret("MADOGUCHI_TELEPHONE_TOKEN", "demo-only-telephone-token-0123456789" if DEMO else None)
TELEPHONE_CALLER = ENV.text("MADOGUCHI_TELEPHONE_CALLER", "+81312345678" if DEMO else None)
# The numbers a call with a code may show, as customers are told beforehand.
TELEPHONE_CALLERS = ENV.words("MADOGUCHI_TELEPHONE_CALLERS", (TELEPHONE_CALLER,))
# Codes to contact phones that may go out to one prefix of the numbering plan; 0 stops them.
CODES_AN_HOUR = ENV.integer("MADOGUCHI_CODES_AN_HOUR", 300)
CODES_A_DAY = ENV.integer("MADOGUCHI_CODES_A_DAY", 3000)
# Who is told by mail when such a budget is spent.
ALARM_ADDRESS = ENV.text("MADOGUCHI_ALARM_ADDRESS", "alarm@aoba.example" if DEMO else None)
# What opens call records: always the contact phone; with ``factor`` a second factor of the ID too, without a call.
CONTACT_PROOF_BY = ENV.choice("MADOGUCHI_CONTACT_PROOF_BY", ("phone", "phone,factor"), "phone").split(",")
# 050 numbers (VoIP) are not bound to a device or a place; NIST SP 800-63B-4, 3.1.3.1 takes none as a proof.
ACCEPT_IP_PHONE = ENV.boolean("MADOGUCHI_ACCEPT_IP_PHONE", True)
# How long a proven contact phone opens call records before the code (or the remembered device) is asked for again.
CONTACT_PROOF_MINUTES = ENV.integer("MADOGUCHI_CONTACT_PROOF_MINUTES", 60, least=1, most=1440)
TRUSTED_DEVICE_DAYS = ENV.integer("MADOGUCHI_TRUSTED_DEVICE_DAYS", 90, least=1, most=365)

# --- My page --------------------------------------------------------------------------------------------------------
# Links of the operator's own, and the service of the catalogue that this site itself is: its notices stand on My page.
OWN_LINKS = ENV.parsed(
    "MADOGUCHI_OWN_LINKS",
    own_links.read,
    own_links.read(
        '[{"ja": "お申し込み", "en": "Apply for a service", "href": "/services/"},'
        ' {"ja": "プランの変更", "en": "Change your plan", "href": "/contact/"},'
        ' {"ja": "お支払い方法", "en": "How you pay", "href": "/faq/"}]'
        if DEMO
        else "[]"
    ),
    wanted="a list of links as JSON",
)
SITE_SERVICE = ENV.text("MADOGUCHI_SITE_SERVICE", "support-site", wanted="the slug of a service")

# --- statements -----------------------------------------------------------------------------------------------------
# Whether the holder of a contract sees whole numbers of others in call records; colleagues never do.
WHOLE_NUMBERS = ENV.choice("MADOGUCHI_WHOLE_NUMBERS", ("nobody", "holder"), "holder" if DEMO else "nobody")
# The operator's own file of numbers that calls to may be hidden of; empty: the shipped one.
SENSITIVE_NUMBERS = ENV.text("MADOGUCHI_SENSITIVE_NUMBERS", "")
# The day of the following month on which a month is closed, and how long after it bills are due.
CLOSE_DAY = ENV.integer("MADOGUCHI_CLOSE_DAY", 10, least=1, most=28)
DUE_DAYS = ENV.integer("MADOGUCHI_DUE_DAYS", 20, least=1, most=90)
# Who issues bills, as the law wants to be told; without a registration number a bill is no qualified invoice.
INVOICE_ISSUER = {
    "ja": ENV.text("MADOGUCHI_INVOICE_ISSUER_JA", "あおば通信株式会社" if DEMO else OPERATOR["name_ja"]),
    "en": ENV.text("MADOGUCHI_INVOICE_ISSUER_EN", "Aoba Telecom Co., Ltd." if DEMO else OPERATOR["name_en"]),
}
INVOICE_NUMBER = ENV.parsed(
    "MADOGUCHI_INVOICE_NUMBER",
    registration_number.checked,
    "T9000000000000" if DEMO else "",
    wanted="a registration number, T and 13 digits,",
)
# How many parts a closing is split into: so many workers can take part.
CLOSING_SHARDS = ENV.integer("MADOGUCHI_CLOSING_SHARDS", 8, least=1, most=1024)
TAX_ROUNDING = ENV.choice("MADOGUCHI_TAX_ROUNDING", ("down", "half_up", "up"), "down")
# Months whose calls stay in the database, the current one not counted; older ones are in the archive alone.
CALLS_MONTHS = ENV.integer("MADOGUCHI_CALLS_MONTHS", 24, least=6, most=240)
# Comparisons of two tariffs over a month are kept so long.
COMPARISON_DAYS = ENV.integer("MADOGUCHI_COMPARISON_DAYS", 90, least=1, most=400)
# Files of usage wait here, uploaded by the console, for a worker to read them; and how long they do, undecided.
RECEIVED = Path(ENV.text("MADOGUCHI_RECEIVED", str(VAR / "received"), wanted="a folder")).resolve()
RECEIVED_DAYS = ENV.integer("MADOGUCHI_RECEIVED_DAYS", 7, least=1, most=90)
# Folders whose files are taken in as they come (docs/call-records.md).
WATCHED = folders(ENV, zone=TIME_ZONE)
# The largest file the console takes, in MB; anything else that is uploaded is small.
UPLOAD_MB = ENV.integer("MADOGUCHI_UPLOAD_MB", 1024, least=1, most=102_400)
FILE_UPLOAD_HANDLERS = [
    "madoguchi.shell.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "madoguchi.shell.uploads.ToFolder",
]
ARCHIVE = Path(ENV.text("MADOGUCHI_ARCHIVE", str(VAR / "archive"), wanted="a folder")).resolve()

# --- inquiries ------------------------------------------------------------------------------------------------------
# How long an inquiry is kept after it was closed.
INQUIRY_DAYS = ENV.integer("MADOGUCHI_INQUIRY_DAYS", 3 * 365, least=30, most=3650)

# --- figures for Prometheus -----------------------------------------------------------------------------------------
# Who may read ``/metrics``: with a token whoever has it, else whoever asks from these networks and through no proxy.
METRICS_TOKEN = ENV.secret("MADOGUCHI_METRICS_TOKEN", "")
METRICS_NETWORKS = ENV.networks("MADOGUCHI_METRICS_NETWORKS", ("127.0.0.0/8", "::1/128"))
# Where a worker tells its own, as ``host:port``; empty: nowhere.
WORKER_METRICS = ENV.text("MADOGUCHI_WORKER_METRICS", "")

# --- logs -----------------------------------------------------------------------------------------------------------
LOG_FORMAT = ENV.choice("MADOGUCHI_LOG_FORMAT", ("json", "text"), "text" if DEMO else "json")
LOGGING = logging_config(format=LOG_FORMAT)
