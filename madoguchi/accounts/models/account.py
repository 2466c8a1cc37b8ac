"""The customer ID (お客さまサポートID) itself."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import connections, models
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

    def time_zones(self) -> list[str]:
        """The zones in use. Each is looked up as the next after the last, instead of reading every account."""
        with connections[self.db].cursor() as cursor:
            cursor.execute("""
                WITH RECURSIVE zone AS (
                    SELECT min(time_zone) AS name FROM accounts_account
                    UNION ALL
                    SELECT (SELECT min(time_zone) FROM accounts_account WHERE time_zone > zone.name)
                    FROM zone WHERE zone.name IS NOT NULL
                )
                SELECT name FROM zone WHERE name IS NOT NULL
            """)
            return [name for (name,) in cursor.fetchall()]


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
    # The name of the rules its password was chosen under (accounts/passwords.py).
    password_rules = models.CharField(max_length=20, blank=True)
    # Then everything personal above was emptied (accounts/close.py).
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Derived from the sign-ins, not written at every login.
    last_login = None

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        indexes = [models.Index(fields=["time_zone"], name="account_time_zone")]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_staff(self) -> bool:
        return bool(self.staff_role)

    @property
    def recipient_key(self) -> str:
        """Under which the letters about the ID are found again (``Letter.recipient_key``)."""
        return f"account:{self.pk}"

    @property
    def kana_name(self) -> str:
        return f"{self.family_name_kana} {self.given_name_kana}".strip()
