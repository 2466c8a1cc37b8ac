"""E5: devices on which a contact phone was proven need no code for a while.

The browser holds a 256-bit secret, we hold its digest. Each use replaces the secret; an old one that comes back was
copied, and ends the device. One secret an ID and browser, so several people can share a browser.
"""

from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from madoguchi.accounts import assurance
from madoguchi.accounts.events import record
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.contracts import contact_phone, mail, verification
from madoguchi.contracts.contact_phone import PhoneKind
from madoguchi.contracts.models import Contract, RetiredSecret, TrustedDevice, TrustedPhone
from madoguchi.contracts.sessions import account_of
from madoguchi.lib.tokens import digest, new_token

log = structlog.get_logger(__name__)


def cookie_name(account: Account) -> str:
    """One cookie an ID. The public id tells nothing about the person."""
    prefix = "__Host-" if settings.SECURE else ""
    return f"{prefix}device-{account.public_id.hex[:12]}"


def remember(request: HttpRequest, response: HttpResponseBase, contract: Contract) -> TrustedDevice:
    """Trust this browser with the phone of ``contract``, which it has just proven."""
    account = account_of(request)
    secret = new_token()
    with transaction.atomic():
        device = _presented(request)
        if device and _usable(device):
            _rotate(device, secret)
        else:
            device = TrustedDevice.objects.create(
                account=account,
                secret_digest=digest(secret),
                password_mark=account.get_session_auth_hash(),
                agent=request.headers.get("User-Agent", "").replace("\0", "")[:300],
            )
        TrustedPhone.objects.update_or_create(
            device=device,
            customer_id=contract.customer_id,
            phone=contract.contact_phone,
            defaults={"expires_at": timezone.now() + timedelta(days=settings.TRUSTED_DEVICE_DAYS)},
        )
    set_cookie(response, account, secret)
    return device


def recognise(request: HttpRequest, contract: Contract) -> str | None:
    """Prove the phone of ``contract`` by this device; return the device's next secret, or None where a code is needed.

    The session keeps its key: other tabs that open at the same moment come with it, find the proof and change nothing.
    """
    with transaction.atomic():
        device = _presented(request)
        # Asked only now that the device is locked: another tab of this session may just have used it.
        if verification.phone_proven(request, contract):
            return None
        if device is None:
            _end_if_retired(request)
            return None
        if not (_usable(device) and _trusts(device, contract)):
            return None
        secret = new_token()
        _rotate(device, secret)
        verification.note(request, contract, device=device)
        record(
            request,
            device.account,
            AuthEvent.Method.CONTACT_PHONE,
            True,
            contract_number=contract.number,
            detail=_how(contract),
        )
    return secret


def set_cookie(response: HttpResponseBase, account: Account, secret: str) -> None:
    response.set_cookie(
        cookie_name(account),
        secret,
        max_age=timedelta(days=settings.TRUSTED_DEVICE_DAYS),
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_phone(contract: Contract) -> int:
    """Trust no device with the present phone of ``contract``, when it changes; return how many did."""
    return TrustedPhone.objects.filter(customer=contract.customer_id, phone=contract.contact_phone).delete()[0]


def _how(contract: Contract) -> str:
    ip_phone = contact_phone.kind(contract.contact_phone) == PhoneKind.IP_PHONE
    return assurance.BY_IP_PHONE_DEVICE if ip_phone else assurance.BY_DEVICE


def _secret(request: HttpRequest) -> str:
    return digest(request.COOKIES.get(cookie_name(account_of(request)), ""))


def _presented(request: HttpRequest) -> TrustedDevice | None:
    """The device whose present secret the browser holds, locked."""
    return (
        TrustedDevice.objects.select_for_update(of=("self",))
        .select_related("account")
        .filter(account=account_of(request), secret_digest=_secret(request), end="")
        .first()
    )


def _usable(device: TrustedDevice) -> bool:
    return device.password_mark == device.account.get_session_auth_hash()


def _trusts(device: TrustedDevice, contract: Contract) -> bool:
    return device.phones.filter(
        customer=contract.customer_id, phone=contract.contact_phone, expires_at__gt=timezone.now()
    ).exists()


def _rotate(device: TrustedDevice, secret: str) -> None:
    RetiredSecret.objects.create(device=device, secret_digest=device.secret_digest)
    device.secret_digest, device.last_used_at = digest(secret), timezone.now()
    device.save(update_fields=["secret_digest", "last_used_at"])


def _end_if_retired(request: HttpRequest) -> None:
    """An old secret: end its device with everything it proved, and say so in the ledger."""
    retired = (
        RetiredSecret.objects.select_related("device__account")
        .filter(secret_digest=_secret(request), device__account=account_of(request), device__end="")
        .first()
    )
    if not retired:
        return
    device = retired.device
    device.forget(TrustedDevice.End.REUSED)
    record(request, device.account, AuthEvent.Method.CONTACT_PHONE, False, detail="device_reused")
    mail.tell_device_copied(device.account)
    log.warning("device_secret_reused", device=device.pk)
