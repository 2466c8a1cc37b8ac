"""A grant: one approved visit to a site. Its code, and every token issued on it, end with it."""

from datetime import timedelta
from typing import ClassVar, Self

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from oauth2_provider.models import AbstractAccessToken, AbstractGrant, AbstractIDToken, AbstractRefreshToken

from madoguchi.accounts.models import Account, AuthEvent, SignIn

# Refresh tokens end this long after the customer last was there, however often they were used (ASVS 10.4.8), and
# sooner when unused.
OFFLINE_AT_MOST = timedelta(days=90)
OFFLINE_IDLE = timedelta(days=30)


class GrantQuerySet(models.QuerySet["Grant"]):
    def standing(self) -> Self:
        """Those whose tokens are good now; the rule of :meth:`Grant.stands` as a query."""
        now = timezone.now()
        why = Q(method=AuthEvent.Method.PASSWORD_RESET) | Q(method=AuthEvent.Method.SESSION_ENDED, detail="staff")
        since = AuthEvent.objects.filter(why, account=OuterRef("user"), succeeded=True, at__gte=OuterRef("created"))
        there = Q(sign_in__in=SignIn.objects.standing())
        away = Q(offline=True, created__gt=now - OFFLINE_AT_MOST)
        return self.filter(~Exists(since), there | away, ended_at=None, user__is_active=True)

    def finish_all(self, account: Account, why: "Grant.End", *, site: models.Model | None = None) -> int:
        """End every grant of ``account`` (to ``site``, or to all), and with them their tokens; how many there were."""
        found = self.filter(user=account, ended_at=None)
        ended = found if site is None else found.filter(application=site)
        return sum(grant.finish(why) for grant in ended)


class Grant(AbstractGrant, models.Model):
    """What DOT calls a grant is the code; here the row stays after the code was used, as what its tokens hang on.

    ``code`` holds the SHA-256 of the code.
    """

    class End(models.TextChoices):
        CODE_REPLAYED = "code_replayed"  # somebody else has the code
        REFRESH_REPLAYED = "refresh_replayed"  # somebody else has a refresh token
        REVOKED = "revoked"  # by the site
        DISCONNECTED = "disconnected"  # by the customer
        LOGOUT = "logout"  # of the customer, asked for by the site
        PASSWORD_RESET = "password_reset"  # noqa: S105 - a reason
        CLOSED = "closed"
        STAFF = "staff"

    sign_in = models.ForeignKey(SignIn, null=True, on_delete=models.SET_NULL, related_name="grants")
    # As the sign-in stood when the code was made: what the ID tokens say.
    auth_time = models.DateTimeField()
    acr = models.CharField(max_length=40, blank=True)
    amr = models.CharField(max_length=100, blank=True)
    offline = models.BooleanField(default=False)
    used_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=20, choices=End, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Grant"]] = GrantQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "application"], name="grant_of", condition=Q(ended_at=None))]

    def __str__(self) -> str:
        return f"grant {self.pk}"

    @property
    def stands(self) -> bool:
        """Whether its tokens are good now.

        Without offline access only while the sign-in it was given in lasts. With it also afterwards, until the site
        or the customer ends it, the password is reset, staff end every session, or 90 days are over.
        """
        return Grant.objects.standing().filter(pk=self.pk).exists()

    def take(self) -> bool:
        """Use the code up; False if somebody did before. Of two at the same moment one gets True."""
        return bool(Grant.objects.filter(pk=self.pk, used_at=None).update(used_at=timezone.now()))

    def finish(self, why: "Grant.End") -> bool:
        """End the grant and everything issued on it; False if it had ended already."""
        now = timezone.now()
        with transaction.atomic():
            if not Grant.objects.filter(pk=self.pk, ended_at=None).update(end=why, ended_at=now):
                return False
            RefreshToken.objects.filter(grant=self, revoked=None).update(revoked=now, access_token=None)
            AccessToken.objects.filter(grant=self).delete()
        return True


class IdToken(AbstractIDToken, models.Model):
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="id_tokens")

    def __str__(self) -> str:
        return f"ID token {self.pk}"


class AccessToken(AbstractAccessToken, models.Model):
    """Stored as a SHA-256 of the token alone."""

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="access_tokens")

    def __str__(self) -> str:
        return f"access token {self.pk}"

    def is_valid(self, scopes: list[str] | None = None) -> bool:
        return bool(super().is_valid(scopes) and self.grant.stands)


class RefreshToken(AbstractRefreshToken, models.Model):
    """Good for one use; the row of a used one stays, to know it again (:class:`Grant.End`)."""

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="refresh_tokens")

    def __str__(self) -> str:
        return f"refresh token {self.pk}"

    @property
    def is_idle(self) -> bool:
        return bool(self.created <= timezone.now() - OFFLINE_IDLE)
