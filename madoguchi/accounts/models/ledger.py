"""Evidence: what was proven and changed, what was agreed to; and how often things were tried."""

from django.db import models
from django.utils import timezone

from madoguchi.accounts.models.account import Account
from madoguchi.accounts.models.sign_in import SignIn


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
    """The assurance ledger: every proof asked for with its outcome, and every change of the ID. Append-only.

    Login history, last-used dates, ``auth_time``, ``amr``, ``acr`` and the mails about new devices derive from it.
    """

    class Method(models.TextChoices):
        # proofs of who it is
        PASSWORD = "password"  # noqa: S105 - the name of a method
        MAILBOX = "mailbox"
        BUSINESS = "business"
        REGISTRATION = "registration"
        PASSKEY = "passkey"
        TOTP = "totp"
        RECOVERY_CODE = "recovery_code"
        CONTACT_PHONE = "contact_phone"
        # what was done with the session
        LOGOUT = "logout"
        SESSION_ENDED = "session_ended"
        DEVICE_FORGOTTEN = "device_forgotten"
        CALL_RECORDS = "call_records"  # a look at call records
        # what was changed
        PASSWORD_CHANGED = "password_changed"  # noqa: S105
        PASSWORD_RESET = "password_reset"  # noqa: S105
        EMAIL_CHANGED = "email_changed"
        PROFILE_CHANGED = "profile_changed"
        TOTP_ON = "totp_on"
        TOTP_OFF = "totp_off"
        PASSKEY_ADDED = "passkey_added"
        PASSKEY_REMOVED = "passkey_removed"
        RECOVERY_CODES = "recovery_codes"  # a new set was made
        CONTACT_PHONE_CHANGED = "contact_phone_changed"
        CONTRACT_LINKED = "contract_linked"
        CONTRACT_UNLINKED = "contract_unlinked"
        BUSINESS_LINKED = "business_linked"
        BUSINESS_UNLINKED = "business_unlinked"
        SITE_CONNECTED = "site_connected"
        SITE_DISCONNECTED = "site_disconnected"
        TERMS_ACCEPTED = "terms_accepted"
        EXPORTED = "exported"
        UNLOCKED = "unlocked"
        CLOSED = "closed"

    # The index of the history begins with it too.
    account = models.ForeignKey(
        Account, null=True, on_delete=models.CASCADE, related_name="auth_events", db_index=False
    )
    # None where nobody got in, and where it was done by staff or by a job.
    sign_in = models.ForeignKey(SignIn, null=True, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    # Where somebody else vouches: when it was proven to them, as far as we can be sure.
    proven_at = models.DateTimeField(null=True)
    method = models.CharField(max_length=24, choices=Method)
    succeeded = models.BooleanField()
    # Digest of the browser's mark (accounts/known_device.py): the same in every session of that browser.
    device = models.CharField(max_length=64, blank=True)
    network = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=300, blank=True)
    contract_number = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-at"], name="auth_event_history"),
            # Who looked at a contract's records: a few of the rows.
            models.Index(
                fields=["contract_number", "-at"], name="auth_event_looks", condition=models.Q(method="call_records")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.at:%Y-%m-%d %H:%M}"


class TryLevel(models.Model):
    """How full one bucket of tries is (:mod:`madoguchi.accounts.limits`)."""

    key = models.CharField(max_length=64, primary_key=True)  # a digest: whose it is stays unknown
    level = models.FloatField()
    # Not indexed: a bucket is written several times at every login, and a row of which no index knows what has changed
    # is written in its place. Who looks for old ones reads a day's.
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.level:.1f} at {self.at:%H:%M:%S}"
