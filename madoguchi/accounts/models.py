"""The customer ID (お客さまサポートID) and how it comes to be."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(email=(username or "").lower())

    def create_account(self, email: str, password: str | None = None, **fields: object) -> "Account":
        """A final account. ``password`` is in clear; journeys that hold only its hash set ``password`` afterwards."""
        account = self.model(email=email.lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class StaffRole(models.TextChoices):
    VIEWER = "viewer"
    EDITOR = "editor"
    PUBLISHER = "publisher"
    SUPPORT = "support"
    BILLING = "billing"
    ADMINISTRATOR = "administrator"


class Account(AbstractBaseUser):
    """One customer ID, or one member of the operator's staff. Exists only after final registration."""

    # What other sites and logs may call it: says nothing about the person.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    family_name_kana = models.CharField(max_length=60, blank=True)
    given_name_kana = models.CharField(max_length=60, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=2, default="ja")
    time_zone = models.CharField(max_length=64, default="Asia/Tokyo")
    staff_role = models.CharField(max_length=16, choices=StaffRole, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_staff(self) -> bool:
        return bool(self.staff_role)

    @property
    def kana_name(self) -> str:
        return f"{self.family_name_kana} {self.given_name_kana}".strip()


class Registration(models.Model):
    """A provisional registration (仮登録): everything typed, waiting for its mail link and the password again.

    Once it has ended, or its time is over, everything personal is emptied; what stays for a while is the digest of
    the link, so that the page can say why the link no longer works.
    """

    # Of the form it was made from: pressing the button twice makes one registration.
    draft = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254, db_index=True, blank=True)
    password = models.CharField(max_length=255, blank=True)  # hashed
    family_name_kana = models.CharField(max_length=60, blank=True)
    given_name_kana = models.CharField(max_length=60, blank=True)
    birth_date = models.DateField(null=True)
    language = models.CharField(max_length=2)
    terms_version = models.CharField(max_length=20, blank=True)
    terms_agreed_at = models.DateTimeField()
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    wrong_passwords = models.PositiveSmallIntegerField(default=0)
    # Where the customer came from; a path of this site.
    continue_to = models.CharField(max_length=300, blank=True)

    class End(models.TextChoices):
        COMPLETED = "completed"
        SUPERSEDED = "superseded"  # the address registered again
        WRONG_PASSWORDS = "wrong_passwords"
        EXPIRED = "expired"
        EXISTING = "existing"  # the address had an ID by then

    end = models.CharField(max_length=16, choices=End, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="registration_due", condition=models.Q(end=""))]

    def __str__(self) -> str:
        return f"registration {self.pk}"


class TermsAcceptance(models.Model):
    """Who agreed to which version of which text, and when. Append-only."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="terms_acceptances")
    kind = models.CharField(max_length=20)  # a catalog.LegalText kind
    version = models.CharField(max_length=20)
    accepted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "version"], name="terms_accepted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class AuthEvent(models.Model):
    """The assurance ledger: every proof asked for and its outcome. Append-only; histories derive from it."""

    class Method(models.TextChoices):
        PASSWORD = "password"  # noqa: S105 - the name of a method
        TOTP = "totp"
        CONTACT_PHONE = "contact_phone"
        REGISTRATION = "registration"
        LOGOUT = "logout"
        CALL_RECORDS = "call_records"  # a look at call records

    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="auth_events")
    at = models.DateTimeField(default=timezone.now)
    method = models.CharField(max_length=20, choices=Method)
    succeeded = models.BooleanField()
    # Of the session key, so that the ledger cannot be used to take over a session.
    session_digest = models.CharField(max_length=64, blank=True)
    network = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=300, blank=True)
    contract_number = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-at"], name="auth_event_history")]

    def __str__(self) -> str:
        return f"{self.method} {self.at:%Y-%m-%d %H:%M}"


class TryLevel(models.Model):
    """How full one bucket of tries is (:mod:`madoguchi.accounts.limits`)."""

    key = models.CharField(max_length=64, primary_key=True)  # a digest: whose it is stays unknown
    level = models.FloatField()
    at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.level:.1f} at {self.at:%H:%M:%S}"
