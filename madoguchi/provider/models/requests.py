"""What a site asked for, while the customer logs in or makes up their mind."""

from datetime import timedelta
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone

from madoguchi.lib.tokens import new_token
from madoguchi.provider.models.sites import Site

KEPT = timedelta(hours=1)


class AuthorizationRequestQuerySet(models.QuerySet["AuthorizationRequest"]):
    def waiting(self) -> Self:
        return self.filter(asked_at__gt=timezone.now() - KEPT)


class AuthorizationRequest(models.Model):
    """An authorization request that passed every check and waits for the customer.

    Its handle stands in addresses in its place: they stay short, and logging in keeps the way back. The handle
    proves nothing; it says no more than the request itself, which anybody can make.
    """

    handle = models.CharField(max_length=43, unique=True, default=new_token)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="requests")
    parameters = models.JSONField()  # as the site sent them, of those we know
    asked_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects: ClassVar[models.Manager["AuthorizationRequest"]] = AuthorizationRequestQuerySet.as_manager()

    def __str__(self) -> str:
        return f"request {self.pk}"
