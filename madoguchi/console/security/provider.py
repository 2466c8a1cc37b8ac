"""What is asked of the OpenID Connect provider: read from its engine, its rules and the sites it knows."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.console.security.requirement import Requirement, Verdict, asvs, verdict
from madoguchi.provider.models.grants import OFFLINE_AT_MOST, OFFLINE_IDLE
from madoguchi.provider.server import Server
from madoguchi.provider.validator import CODE_LIFE, Validator


def _engine() -> Server:
    return Server(Validator())


def _code_life(settings: Any) -> Verdict:
    seconds = int(CODE_LIFE.total_seconds())
    return verdict(seconds <= 600, _("A code is valid for %(found)s seconds.") % {"found": seconds})


def _grants(settings: Any) -> Verdict:
    found = sorted(_engine().grant_types)
    return verdict(
        set(found) <= {"authorization_code", "refresh_token"}, _("Offered: %(found)s.") % {"found": ", ".join(found)}
    )


def _answers(settings: Any) -> Verdict:
    found = sorted(_engine().response_types)
    return verdict(set(found) <= {"code"}, _("Offered: %(found)s.") % {"found": ", ".join(found)})


def _challenge(settings: Any) -> Verdict:
    code = _engine().response_types["code"].proxy_target
    found = sorted(code._code_challenge_methods)
    return verdict(
        settings.OAUTH2_PROVIDER.get("PKCE_REQUIRED") is True and found == ["S256"],
        _("Each code needs a proof of who asked for it (PKCE, %(found)s).") % {"found": ", ".join(found)},
    )


def _refresh(settings: Any) -> Verdict:
    said = settings.OAUTH2_PROVIDER
    return verdict(
        bool(said.get("ROTATE_REFRESH_TOKEN") and said.get("REFRESH_TOKEN_REUSE_PROTECTION")),
        _("A refresh token is good once; one that comes again ends everything issued on it."),
        otherwise=_("A copied refresh token stays good."),
    )


def _refresh_end(settings: Any) -> Verdict:
    words = {"most": OFFLINE_AT_MOST.days, "idle": OFFLINE_IDLE.days}
    return verdict(
        timedelta() < OFFLINE_AT_MOST <= timedelta(days=365),
        _("A site's access ends %(most)s days after the consent, and after %(idle)s days without use.") % words,
    )


REQUIREMENTS: tuple[Requirement, ...] = (
    asvs("10.4.3", 1, gettext_lazy("Authorization codes are short-lived."), _code_life),
    asvs(
        "10.4.4", 1, gettext_lazy("Sites use only the grants they need, never the implicit or password grant."), _grants
    ),
    asvs("10.4.5", 1, gettext_lazy("A refresh token that was copied is of no use."), _refresh),
    asvs("10.4.6", 2, gettext_lazy("Codes are bound to who asked for them by PKCE, never plain."), _challenge),
    asvs("10.4.8", 2, gettext_lazy("Refresh tokens have an end."), _refresh_end),
    asvs("10.6.1", 2, gettext_lazy("The provider answers with a code alone."), _answers),
)
