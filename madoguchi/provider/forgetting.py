"""What is no longer needed goes: requests nobody came back for, grants that can issue nothing any more."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from madoguchi.provider.models import AccessToken, AuthorizationRequest, Grant
from madoguchi.provider.models.grants import OFFLINE_AT_MOST
from madoguchi.provider.models.requests import KEPT

# After a grant's end its rows still tell a replay, and an ID token in a logout whom it means.
_GRANTS_KEPT = timedelta(days=30)


def forget_old(*, now: datetime | None = None) -> None:
    now = now or timezone.now()
    AuthorizationRequest.objects.filter(asked_at__lte=now - KEPT).delete()
    AccessToken.objects.filter(expires__lte=now).delete()
    ended = Q(ended_at__lte=now - _GRANTS_KEPT)
    over = Q(created__lte=now - OFFLINE_AT_MOST - _GRANTS_KEPT)
    Grant.objects.filter(ended | over).delete()
