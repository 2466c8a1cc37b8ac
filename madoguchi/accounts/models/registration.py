"""What was typed to get an ID, until there is one."""

from django.db import models
from django.utils import timezone


class Registration(models.Model):
    """A provisional registration (仮登録): everything typed, waiting for its mail link and the password again.

    Once it has ended, or its time is over, everything personal is emptied; what stays for a while is the digest of
    the link, so that the page can say why the link no longer works.
    """

    # Of the form it was made from: pressing the button twice makes one registration.
    draft = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254, db_index=True, blank=True)
    password = models.CharField(max_length=255, blank=True)  # hashed
    password_rules = models.CharField(max_length=20, blank=True)
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
