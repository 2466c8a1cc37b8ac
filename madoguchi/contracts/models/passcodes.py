"""Codes sent to a contract's phone (認証番号)."""

import secrets
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from madoguchi.accounts.models import SignIn
from madoguchi.contracts.contact_phone import Channel
from madoguchi.contracts.models.customers import Contract
from madoguchi.lib.tokens import digest, seal

TRIES = 5


def lifetime() -> timedelta:
    """30 minutes as in the classic profile; 10 as NIST SP 800-63B-4 3.1.3.2 and ASVS 6.5.5 ask in the strict one."""
    return timedelta(minutes=10 if settings.SECURITY_PROFILE == "strict" else 30)


class PasscodeQuerySet(models.QuerySet["Passcode"]):
    def live(self) -> "PasscodeQuerySet":
        """Those that can still be redeemed."""
        return self.filter(end="", expires_at__gt=timezone.now())

    def forget_expired(self) -> int:
        """End those whose time is over, and wipe their codes; return how many."""
        return self.filter(end="", expires_at__lte=timezone.now()).update(
            end=Passcode.End.EXPIRED, ended_at=timezone.now(), sealed_code=None
        )

    def supersede(self) -> int:
        return self.filter(end="").update(end=Passcode.End.SUPERSEDED, ended_at=timezone.now(), sealed_code=None)


class Passcode(models.Model):
    """A six-digit code for one purpose, sign-in, contract, phone and channel, redeemed once or never."""

    class Purpose(models.TextChoices):
        CONFIRM = "confirm"  # the contact phone, before call records
        LINK = "link"  # the contract to this ID
        OLD_PHONE = "old_phone"  # the contact phone that is about to be changed
        NEW_PHONE = "new_phone"  # the one that replaces it

    class End(models.TextChoices):
        REDEEMED = "redeemed"
        USED_UP = "used_up"  # too many wrong tries
        EXPIRED = "expired"
        SUPERSEDED = "superseded"  # another one was asked for

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passcodes")
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="passcodes")
    sign_in = models.ForeignKey(SignIn, on_delete=models.CASCADE, related_name="passcodes")
    purpose = models.CharField(max_length=9, choices=Purpose, default=Purpose.CONFIRM)
    channel = models.CharField(max_length=5, choices=Channel)
    phone = models.CharField(max_length=16)  # E.164, where it goes: the contract's own or the one to replace it
    language = models.CharField(max_length=2)
    # Keyed, over everything the code is bound to; what a typed code is compared with.
    code_digest = models.CharField(max_length=64)
    # For sending it once more; wiped at the end of the passcode.
    sealed_code = models.BinaryField(null=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    end = models.CharField(max_length=10, choices=End, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Passcode"]] = PasscodeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["sign_in", "-created_at"], name="passcode_session"),
            models.Index(fields=["expires_at"], name="passcode_open", condition=Q(end="")),
        ]

    def __str__(self) -> str:
        return f"passcode {self.pk}"

    @classmethod
    def make(  # noqa: PLR0913 - everything a code is bound to
        cls,
        *,
        sign_in: SignIn,
        contract: Contract,
        channel: Channel,
        language: str,
        purpose: "Passcode.Purpose" = Purpose.CONFIRM,
        phone: str = "",
    ) -> "Passcode":
        """A fresh code for ``phone``, or else the contract's own, stored; nothing is sent yet."""
        code = f"{secrets.randbelow(1_000_000):06d}"
        passcode = cls(
            account=sign_in.account,
            sign_in=sign_in,
            contract=contract,
            purpose=purpose,
            channel=channel,
            phone=phone or contract.contact_phone,
            language=language,
            sealed_code=seal(code),
            expires_at=timezone.now() + lifetime(),
        )
        passcode.code_digest = passcode._bound(code)
        passcode.save()
        return passcode

    @property
    def is_live(self) -> bool:
        return not self.end and self.expires_at > timezone.now()

    @property
    def tries_left(self) -> int:
        return TRIES - self.wrong_tries

    def redeem(self, code: str) -> bool:
        """Whether ``code`` is right; either way it counts. For the holder of the row's lock and of a live passcode."""
        if constant_time_compare(self.code_digest, self._bound(code)):
            self._end(self.End.REDEEMED)
            return True
        self.wrong_tries += 1
        self.save(update_fields=["wrong_tries"])
        if not self.tries_left:
            self._end(self.End.USED_UP)
        return False

    def _end(self, end: "Passcode.End") -> None:
        self.end, self.ended_at, self.sealed_code = end, timezone.now(), None
        self.save(update_fields=["end", "ended_at", "sealed_code"])

    def _bound(self, code: str) -> str:
        return digest(
            f"passcode:{self.purpose}:{self.sign_in_id}:{self.account_id}:{self.contract_id}:{self.phone}"
            f":{self.channel}:{code}"
        )
