"""Passkeys (WebAuthn): kept as allauth's authenticators, checked by the fido2 library it uses.

Where this site is for a browser is its *relying party*: a host name. In production that is the host of
``SITE_URL`` and nothing else. The demo may also be opened at ``localhost``, because browsers refuse passkeys at an IP
address. A challenge lies in the session, is taken out before it is looked at, and lives for ten minutes.
"""

import binascii
import json
import struct
import time
from dataclasses import dataclass
from typing import Any, Literal, cast
from urllib.parse import urlsplit
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn, get_authenticator_by_credential_id, get_credentials
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestationConveyancePreference,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from madoguchi.accounts.assurance import USER_VERIFIED
from madoguchi.accounts.models import Account

_KEY = "passkey_challenge"
CHALLENGE_SECONDS = 600
# Of one ID. More than anybody has devices, few enough to go through at a login.
MOST = 20
NAME_LENGTH = 40

Purpose = Literal["add", "login", "code", "prove"]


class Refused(Exception):
    """The passkey was not accepted; the text is a short word for the ledger. ``account``: whose it claimed to be."""

    def __init__(self, word: str, account: Account | None = None) -> None:
        super().__init__(word)
        self.account = account


class TooManyPasskeys(Exception):
    """The ID has :data:`MOST` already."""


@dataclass(frozen=True, slots=True)
class Used:
    """A passkey that proved itself; ``detail`` is the ledger's: whether its device verified its holder."""

    account: Account
    detail: str


def relying_party(request: HttpRequest) -> str | None:
    """The host name passkeys are made for here; None where browsers know none."""
    host = _host(request)
    if host == "localhost" or host.endswith(".localhost"):
        return host
    return host if settings.SECURE and not _is_ip_address(host) else None


def elsewhere(request: HttpRequest) -> str:
    """Where the same page can make passkeys: the demo's on this machine, opened by number. Empty anywhere else."""
    host = _host(request)
    if not settings.DEMO or host not in ("127.0.0.1", "[::1]") or "localhost" not in settings.ALLOWED_HOSTS:
        return ""
    return f"{request.scheme}://localhost{request.get_host().removeprefix(host)}{request.path}"


def of(account: Account) -> list[Authenticator]:
    """The account's passkeys, the oldest first. Their name is in ``data["name"]``."""
    return list(
        Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN).order_by("created_at", "pk")
    )


def creation_options(request: HttpRequest, account: Account) -> dict[str, Any]:
    """What the browser is asked for a new passkey (``PublicKeyCredentialCreationOptionsJSON``)."""
    options, state = _server(request).register_begin(
        user=PublicKeyCredentialUserEntity(
            id=account.public_id.bytes, name=account.email, display_name=account.kana_name or account.email
        ),
        credentials=get_credentials(account),
        # On the device under this site's name, so that it also logs in without a password, where the device can.
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
        extensions={"credProps": True},
    )
    _challenge(request, "add", account, state)
    return cast(dict[str, Any], dict(options)["publicKey"])


def request_options(request: HttpRequest, account: Account | None, *, purpose: Purpose) -> dict[str, Any]:
    """What the browser is asked for a proof (``PublicKeyCredentialRequestOptionsJSON``).

    Without an account any passkey of this site will do, and its device must verify its holder: it stands for the
    password too.
    """
    known = account is not None
    options, state = _server(request).authenticate_begin(
        credentials=get_credentials(account) if known else None,
        user_verification=UserVerificationRequirement.PREFERRED if known else UserVerificationRequirement.REQUIRED,
    )
    _challenge(request, purpose, account, state)
    return cast(dict[str, Any], dict(options)["publicKey"])


def add(request: HttpRequest, account: Account, *, name: str, credential: str) -> Authenticator:
    """Keep the passkey a browser made (``RegistrationResponseJSON``).

    Raises :class:`Refused`, :class:`TooManyPasskeys`.
    """
    state = _taken(request, "add", account)
    try:
        response = RegistrationResponse.from_dict(json.loads(credential))
        made = _server(request).register_complete(state, response)
    except _MALFORMED as wrong:
        raise Refused("wrong answer") from wrong
    if made.credential_data is None or made.credential_data.credential_id != response.raw_id:
        raise Refused("wrong answer")
    kept = dict(response)
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)  # one at a time: they are counted
        if len(of(account)) >= MOST:
            raise TooManyPasskeys
        try:
            with transaction.atomic():
                passkey = WebAuthn.add(account, name, kept).instance
        except IntegrityError:  # migration 0003: a passkey belongs to one ID
            raise Refused("known already") from None
        passkey.data = {**passkey.data, "sign_count": made.counter, "user_verified": made.is_user_verified()}
        passkey.save(update_fields=["data"])
    return cast(Authenticator, passkey)


def redeem(request: HttpRequest, account: Account | None, *, purpose: Purpose, credential: str) -> Used:
    """Whose passkey answered (``AuthenticationResponseJSON``): ``account``'s where one is given.

    Raises :class:`Refused`.
    """
    state = _taken(request, purpose, account)
    holder = account
    try:
        response = AuthenticationResponse.from_dict(json.loads(credential))
        holder = account or _holder(response)
        if response.response.user_handle not in (None, b"", holder.public_id.bytes):
            raise Refused("another account's", holder)
        _server(request).authenticate_complete(state, get_credentials(holder), response)
    except _MALFORMED as wrong:
        raise Refused("wrong answer", holder) from wrong
    answered = response.response.authenticator_data
    with transaction.atomic():
        passkey = get_authenticator_by_credential_id(holder, response.raw_id)
        passkey = passkey and Authenticator.objects.select_for_update().filter(pk=passkey.pk).first()
        if passkey is None:
            raise Refused("removed", holder)
        _count(passkey, answered, holder)
    return Used(holder, USER_VERIFIED if answered.is_user_verified() else "")


def rename(passkey: Authenticator, name: str) -> None:
    passkey.data = {**passkey.data, "name": name}
    passkey.save(update_fields=["data"])


def is_discoverable(passkey: Authenticator) -> bool:
    """Whether it logs in without an address and a password: it lies on its device and verifies its holder."""
    found = passkey.data["credential"].get("clientExtensionResults", {}).get("credProps", {}).get("rk")
    return bool(found) and bool(passkey.data.get("user_verified"))


def _count(passkey: Authenticator, answered: AuthenticatorData, holder: Account) -> None:
    """Keep how often it has signed: a count that does not grow is a copy's (WebAuthn, 6.1.1). 0 is no count."""
    before = cast(int, passkey.data.get("sign_count", 0))
    if (answered.counter or before) and answered.counter <= before:
        raise Refused("copied", holder)
    passkey.data = {**passkey.data, "sign_count": answered.counter}
    passkey.last_used_at = timezone.now()
    passkey.save(update_fields=["data", "last_used_at"])


def _holder(response: AuthenticationResponse) -> Account:
    handle = response.response.user_handle or b""
    account = Account.objects.filter(public_id=UUID(bytes=handle), is_active=True).first()
    if account is None:
        raise Refused("unknown")
    return account


def _server(request: HttpRequest) -> Fido2Server:
    host = relying_party(request)
    if host is None:
        raise Refused("no passkeys at this address")
    origin = f"{request.scheme}://{request.get_host()}" if settings.DEMO else _origin(settings.SITE_URL)
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=host, name=settings.OPERATOR["name_en"]),
        attestation=AttestationConveyancePreference.NONE,
        verify_origin=lambda given: given == origin,
    )


def _host(request: HttpRequest) -> str:
    if settings.DEMO:
        return request.get_host().rpartition(":")[0] or request.get_host()  # one of ALLOWED_HOSTS
    return urlsplit(settings.SITE_URL).hostname or ""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_ip_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def _challenge(request: HttpRequest, purpose: Purpose, account: Account | None, state: dict[str, Any]) -> None:
    request.session[_KEY] = {
        "purpose": purpose,
        "account": account.pk if account else None,
        "state": {name: str(value) for name, value in state.items()},
        "at": time.time(),
    }


def _taken(request: HttpRequest, purpose: Purpose, account: Account | None) -> dict[str, str]:
    """The challenge that was set for this purpose and account; there is none afterwards."""
    kept = request.session.pop(_KEY, None)
    request.session.save()  # at once: another request with the same answer finds nothing
    if not kept or kept["purpose"] != purpose or kept["account"] != (account.pk if account else None):
        raise Refused("no challenge")
    if time.time() - kept["at"] > CHALLENGE_SECONDS:
        raise Refused("too late")
    return cast(dict[str, str], kept["state"])


# What the library raises over an answer no browser gives.
_MALFORMED = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, OverflowError, RecursionError,
    NotImplementedError, struct.error, binascii.Error,
)  # fmt: skip
