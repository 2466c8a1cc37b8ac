"""What is asked of cookies and headers: read from the settings the middleware sends them by."""

from typing import Any

from csp.constants import NONE
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.console.security.requirement import Requirement, Verdict, asvs, nist, verdict

_HTTPS = "MADOGUCHI_SITE_URL=https://…"
_UNSAFE = ("'unsafe-inline'", "'unsafe-eval'", "*", "data:", "http:", "https:")


def _cookies(settings: Any) -> dict[str, tuple[str, bool, bool, str]]:
    """Name, Secure, HttpOnly and SameSite of the cookies that stand for a person or a form."""
    return {
        _("session"): (
            settings.SESSION_COOKIE_NAME,
            settings.SESSION_COOKIE_SECURE,
            settings.SESSION_COOKIE_HTTPONLY,
            settings.SESSION_COOKIE_SAMESITE,
        ),
        _("forms"): (
            settings.CSRF_COOKIE_NAME,
            settings.CSRF_COOKIE_SECURE,
            settings.CSRF_COOKIE_HTTPONLY,
            settings.CSRF_COOKIE_SAMESITE,
        ),
    }


def _secure(settings: Any) -> Verdict:
    bare = [kind for kind, (_name, secure, _http, _site) in _cookies(settings).items() if not secure]
    return verdict(
        not bare,
        _("Cookies go over https alone."),
        _HTTPS,
        otherwise=_("The site has no https, so its cookies go in the clear."),
    )


def _host(settings: Any) -> Verdict:
    bare = [name for name, _secure_, _http, _site in _cookies(settings).values() if not name.startswith("__Host-")]
    return verdict(
        not bare and settings.SESSION_COOKIE_DOMAIN is None and settings.SESSION_COOKIE_PATH == "/",
        _("Cookies are bound to this host by their name."),
        _HTTPS,
        otherwise=_("Without https no cookie can be bound to its host: %(found)s.") % {"found": ", ".join(bare)},
    )


def _same_site(settings: Any) -> Verdict:
    found = {site for _name, _secure_, _http, site in _cookies(settings).values()}
    words = {"found": ", ".join(sorted(map(str, found)))}
    return verdict(found <= {"Lax", "Strict"}, _("SameSite=%(found)s.") % words)


def _http_only(settings: Any) -> Verdict:
    open_ = [name for name, _secure_, http, _site in _cookies(settings).values() if not http]
    return verdict(
        not open_,
        _("No script can read the cookies of session and forms."),
        otherwise=_("Scripts can read: %(found)s.") % {"found": ", ".join(open_)},
    )


def _browser_cookies(settings: Any) -> Verdict:
    return next(
        (found for check in (_secure, _host, _http_only, _same_site) if (found := check(settings)).met != "yes"),
        _host(settings),
    )


def _hsts(settings: Any) -> Verdict:
    days = settings.SECURE_HSTS_SECONDS // 86_400
    return verdict(
        days >= 365 and settings.SECURE_HSTS_INCLUDE_SUBDOMAINS,
        _("Browsers are told to use https for %(found)s days.") % {"found": days},
        _HTTPS,
    )


def _https(settings: Any) -> Verdict:
    return verdict(
        settings.SECURE and settings.SECURE_SSL_REDIRECT,
        _("The site is at %(found)s.") % {"found": settings.SITE_URL},
        _HTTPS,
    )


def _policy(settings: Any) -> Verdict:
    said = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    loose = sorted({source for sources in said.values() for source in sources if source in _UNSAFE})
    closed = said.get("object-src") == [NONE] and said.get("base-uri") == [NONE] and "default-src" in said
    if loose:
        return verdict(False, _("The policy allows %(found)s.") % {"found": ", ".join(loose)})
    return verdict(
        closed,
        _("Scripts and styles come from this site alone, none from inside a page."),
        otherwise=_("The policy leaves object-src, base-uri or default-src open."),
    )


def _framing(settings: Any) -> Verdict:
    said = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].get("frame-ancestors")
    return verdict(
        said == [NONE] and settings.X_FRAME_OPTIONS == "DENY",
        _("No other page may frame this site."),
        otherwise=_("Other pages may frame this site."),
    )


def _sniffing(settings: Any) -> Verdict:
    on = "django.middleware.security.SecurityMiddleware" in settings.MIDDLEWARE
    return verdict(
        on and settings.SECURE_CONTENT_TYPE_NOSNIFF,
        _("X-Content-Type-Options: nosniff."),
        otherwise=_("X-Content-Type-Options is not sent."),
    )


def _referrer(settings: Any) -> Verdict:
    found = settings.SECURE_REFERRER_POLICY
    return verdict(
        found in {"same-origin", "no-referrer", "strict-origin"}, _("Referrer-Policy: %(found)s.") % {"found": found}
    )


def _opener(settings: Any) -> Verdict:
    found = settings.SECURE_CROSS_ORIGIN_OPENER_POLICY
    return verdict(
        found in {"same-origin", "same-origin-allow-popups"},
        _("Cross-Origin-Opener-Policy: %(found)s.") % {"found": found},
    )


def _forms(settings: Any) -> Verdict:
    on = "django.middleware.csrf.CsrfViewMiddleware" in settings.MIDDLEWARE
    return verdict(
        on,
        _("A form counts only from a page of this site."),
        otherwise=_("A form counts from wherever it is sent."),
    )


REQUIREMENTS: tuple[Requirement, ...] = (
    nist(
        "5.1.1 cookies",
        "SHALL",
        gettext_lazy("The session's cookie is for https, this host and no script."),
        _browser_cookies,
    ),
    asvs("3.3.1", 1, gettext_lazy("Cookies are sent over https alone."), _secure),
    asvs("3.3.2", 2, gettext_lazy("Cookies say on which requests from other sites they go along."), _same_site),
    asvs("3.3.3", 2, gettext_lazy("Cookies are bound to the host."), _host),
    asvs("3.3.4", 2, gettext_lazy("No script can read the session."), _http_only),
    asvs("3.4.1", 1, gettext_lazy("Browsers are told to use https for a year."), _hsts),
    asvs("3.4.3", 2, gettext_lazy("A policy says what a page may load and run."), _policy),
    asvs("3.4.4", 2, gettext_lazy("Browsers do not guess what an answer is."), _sniffing),
    asvs("3.4.5", 2, gettext_lazy("Other sites do not learn the address of a page."), _referrer),
    asvs("3.4.6", 2, gettext_lazy("Other sites cannot show a page in a frame."), _framing),
    asvs("3.4.8", 3, gettext_lazy("Other windows cannot reach into a page."), _opener),
    asvs("3.5.1", 1, gettext_lazy("Other sites cannot send a form in the customer's name."), _forms),
    asvs("12.2.1", 1, gettext_lazy("The site is reached over TLS alone."), _https),
)
