"""What a customer allowed a site to know, and under which name each sector knows the customer."""

import secrets
from datetime import datetime
from typing import ClassVar, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.provider.models.sites import Site


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self, account: Account) -> Self:
        return self.filter(account=account, ended_at=None)

    def give(self, account: Account, site: Site, *, scopes: list[str]) -> "Consent":
        """Remember that ``account`` lets ``site`` have ``scopes``, beside what it was allowed before."""
        now = timezone.now()
        with transaction.atomic():
            # One at a time for an ID: two tabs that approve at once make one consent.
            Account.objects.select_for_update(no_key=True).get(pk=account.pk)
            before = self.standing(account).filter(site=site).first()
            if before is not None and before.covers(scopes):
                return before
            if before is not None:
                before.end(now)
            kept = list(dict.fromkeys([*(before.scopes if before else ()), *scopes]))
            return self.create(account=account, site=site, scope=" ".join(kept), given_at=now)


class Consent(models.Model):
    """That a customer lets a site have something. It ends when the customer disconnects the site, or widens it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="site_consents")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="consents")
    scope = models.CharField(max_length=100)
    given_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Consent"]] = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "site"], condition=Q(ended_at=None), name="one_consent_a_site")
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"

    @property
    def scopes(self) -> list[str]:
        return self.scope.split()

    def covers(self, scopes: list[str]) -> bool:
        return set(scopes) <= set(self.scopes)

    def used(self) -> None:
        self.last_used_at = timezone.now()
        self.save(update_fields=["last_used_at"])

    def end(self, now: datetime | None = None) -> None:
        self.ended_at = now or timezone.now()
        self.save(update_fields=["ended_at"])


class SubjectManager(models.Manager["Subject"]):
    def of(self, account: Account, sector: str) -> str:
        """The ``sub`` under which sites of ``sector`` know ``account``; drawn when first wanted."""
        subject, _new = self.get_or_create(
            account=account, sector=sector, defaults={"value": secrets.token_urlsafe(18)}
        )
        return subject.value


class Subject(models.Model):
    """A pairwise subject identifier (OpenID Connect Core, 8.1): random, so it can be traced to nothing, and kept, so
    that no change of a key makes customers strangers to the sites.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="subjects")
    sector = models.CharField(max_length=200)
    value = models.CharField(max_length=40, unique=True)

    objects: ClassVar[SubjectManager] = SubjectManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "sector"], name="one_subject_a_sector")]

    def __str__(self) -> str:
        return f"subject {self.pk}"
