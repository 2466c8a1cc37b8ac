"""Asking for a customer ID: what was entered becomes a provisional registration and a mail with a link.

There is no account yet: :mod:`madoguchi.accounts.activate` makes it of the link and the password. What happens after
the form is the same for every address, whether it has an ID or not; only the mail, written later by the worker,
differs.
"""

import json
import time
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import F, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation

from madoguchi.accounts import limits
from madoguchi.accounts.models import Registration
from madoguchi.accounts.network import source_network
from madoguchi.accounts.passwords import profile
from madoguchi.delivery.post import post
from madoguchi.lib.lanes import Lane
from madoguchi.lib.tokens import BrokenSeal, digest, new_token, seal, unseal

LINK_VALID = timedelta(hours=24)
# How long a page can still say why a link no longer works.
REMEMBERED = timedelta(days=90)
_FORM = "registration_form"
_FORM_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Form:
    """What was entered, between the page that asks and the page that confirms. Kept sealed in the session.

    ``password`` is hashed already, so that neither the page nor the session ever holds it again. ``at``, seconds since
    1970, is when the button was pressed that agrees to the terms, ``terms_version`` the version that was shown.
    """

    email: str
    password: str
    password_length: int
    password_rules: str
    family_name_kana: str
    given_name_kana: str
    birth_date: date
    terms_version: str
    continue_to: str
    draft: str
    at: float


def keep_form(request: HttpRequest, *, password: str, **entered: object) -> None:
    """Hash the password and keep what was entered, for an hour, until it is confirmed.

    Raises :class:`limits.TooMany`: a hash is costly, and whoever asks for one here is unknown.
    """
    limits.take(limits.REGISTRATION_FORM, source_network(request))
    form = Form(
        password=make_password(password),
        password_length=len(password),
        password_rules=profile().name,
        draft=new_token(),
        at=time.time(),
        **entered,  # type: ignore[arg-type]
    )
    sealed = seal(json.dumps(asdict(form), default=date.isoformat))
    request.session[_FORM] = sealed.decode("ascii")


def kept_form(request: HttpRequest) -> Form | None:
    try:
        kept = json.loads(unseal(request.session.get(_FORM, "").encode()))
    except BrokenSeal:
        return None
    if time.time() - kept["at"] > _FORM_SECONDS:
        return None
    return Form(**{**kept, "birth_date": date.fromisoformat(kept["birth_date"])})


def forget_form(request: HttpRequest) -> None:
    request.session.pop(_FORM, None)


def register_provisionally(request: HttpRequest, form: Form, *, language: str) -> None:
    """Keep the registration and post its mail, one for each form confirmed. Raises :class:`limits.TooMany`.

    A registration of the same address that still waits is over: its link dies, this one counts.
    """
    limits.take(limits.REGISTRATION_SOURCE, source_network(request))
    limits.take(limits.REGISTRATION_SHARE, f"{form.email} from {source_network(request)}")
    limits.take(limits.REGISTRATION_TARGET, form.email)
    token, now = new_token(), timezone.now()
    with transaction.atomic():
        _one_at_a_time(form.email)
        if Registration.objects.filter(draft=digest(form.draft)).exists():
            return  # the button was pressed twice
        Registration.objects.filter(email=form.email, end="").update(end=Registration.End.SUPERSEDED, ended_at=now)
        registration = Registration.objects.create(
            draft=digest(form.draft),
            email=form.email,
            password=form.password,
            password_rules=form.password_rules,
            family_name_kana=form.family_name_kana,
            given_name_kana=form.given_name_kana,
            birth_date=form.birth_date,
            language=language,
            terms_version=form.terms_version,
            terms_agreed_at=datetime.fromtimestamp(form.at, UTC),
            token_digest=digest(token),
            expires_at=now + LINK_VALID,
            continue_to=form.continue_to,
        )
        _post_link(registration, token)


def waiting(email: str) -> Registration | None:
    """The registration of ``email`` whose link still works."""
    found = Registration.objects.filter(email=email, end="", expires_at__gt=timezone.now())
    return found.order_by("-pk").first()


def send_again(registration: Registration) -> Registration:
    """Post a fresh link because staff, whom the customer told that none came, asked for it; the former one dies.

    It is the same registration with another 24 hours and its wrong passwords. Raises :class:`limits.TooMany`, and
    ValueError where it is over.
    """
    limits.take(limits.REGISTRATION_TARGET, registration.email)
    token, now = new_token(), timezone.now()
    with transaction.atomic():
        _one_at_a_time(registration.email)
        again = Registration.objects.select_for_update().get(pk=registration.pk)
        if again.end or again.expires_at <= now:
            raise ValueError("this registration is over")
        Registration.objects.filter(pk=again.pk).update(end=Registration.End.SUPERSEDED, ended_at=now)
        again.pk, again.draft, again.token_digest = None, digest(new_token()), digest(token)
        again.created_at, again.expires_at = now, now + LINK_VALID
        again.save(force_insert=True)
        _post_link(again, token)
    return again


def _post_link(registration: Registration, token: str) -> None:
    with translation.override(registration.language):
        link = settings.SITE_URL + reverse("identity:activate", args=[token])
    post(
        renderer="accounts.registration",
        reference=str(registration.pk),
        lane=Lane.CODES,
        to=registration.email,
        language=registration.language,
        expires_at=registration.expires_at,
        sealed={"link": link},
    )


def purge(*, now: datetime) -> int:
    """Empty what is personal in registrations that are over, drop those long over. Returns how many were emptied."""
    Registration.objects.filter(expires_at__lt=now, end="").update(
        end=Registration.End.EXPIRED, ended_at=F("expires_at")
    )
    Registration.objects.filter(expires_at__lt=now - REMEMBERED).delete()
    # The mail of one superseded a moment ago may still be on its way, and looks up the address.
    over = Registration.objects.filter(~Q(end=""), ~Q(email=""), ended_at__lt=now - timedelta(minutes=30))
    return over.update(email="", password="", family_name_kana="", given_name_kana="", birth_date=None, continue_to="")


def _one_at_a_time(email: str) -> None:
    """Let only one transaction at a time register this address."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"registration of {email}"])
