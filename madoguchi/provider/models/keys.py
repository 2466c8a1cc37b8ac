"""The keys that ID tokens are signed with: RSA, one signing at a time, older ones published while needed."""

import json
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar, Self

from django.db import connection, models, transaction
from django.utils import timezone
from jwcrypto.jwk import JWK

from madoguchi.lib.tokens import seal, unseal

BITS = 2048
# How long sites may keep the published keys, and how long a new key is published before it signs.
PUBLISHED_AHEAD = timedelta(hours=1)
# How long an ID token is good.
TOKEN_LIFE = timedelta(minutes=10)
# Of clocks.
_LEEWAY = timedelta(minutes=5)
_LOCK = 0x6F696463  # "oidc": an advisory lock of our own


def drawn() -> JWK:
    """A new key pair."""
    return JWK.generate(kty="RSA", size=BITS)


class SigningKeyQuerySet(models.QuerySet["SigningKey"]):
    def usable(self) -> Self:
        return self.filter(withdrawn_at=None)

    def signing(self, *, now: datetime) -> "SigningKey":
        """The key that signs at ``now``: the newest whose time has come. The first is made when first wanted."""
        return self._signing(now) or self._first(now)

    def published(self, *, now: datetime) -> list["SigningKey"]:
        """What sites need at ``now``, newest first: the keys to come, the one that signs, and those before it until
        the tokens they signed have expired.
        """
        found: list[SigningKey] = []
        signs_until: datetime | None = None  # of the key looked at: when the one after it took over
        self.signing(now=now)
        for key in self.usable().order_by("-signs_from", "-pk"):
            if signs_until is None or signs_until > now - TOKEN_LIFE - _LEEWAY:
                found.append(key)
            signs_until = key.signs_from
        return found

    def rotate(self, *, at_once: bool = False) -> "SigningKey":
        """A new key. It is published now, and signs when every site has had time to fetch it, or at once."""
        now = timezone.now()
        return self._made(signs_from=now if at_once else now + PUBLISHED_AHEAD)

    def _signing(self, now: datetime) -> "SigningKey | None":
        return self.usable().filter(signs_from__lte=now).order_by("-signs_from", "-pk").first()

    def _first(self, now: datetime) -> "SigningKey":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            return self._signing(now) or self._made(signs_from=now)

    def _made(self, *, signs_from: datetime) -> "SigningKey":
        key = drawn()
        # `oidc_keys retire` is given this name, and a command takes what begins with a hyphen for an option.
        while key.thumbprint().startswith("-"):
            key = drawn()
        return self.create(
            kid=key.thumbprint(),
            sealed=seal(key.export_to_pem(private_key=True, password=None).decode()),
            public=json.loads(key.export_public()),
            signs_from=signs_from,
        )


class SigningKey(models.Model):
    """One key pair. The private half is sealed with the first of ``MADOGUCHI_SEALING_KEYS``."""

    kid = models.CharField(max_length=64, unique=True)  # RFC 7638
    sealed = models.BinaryField()
    public = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    signs_from = models.DateTimeField()
    # Of a key nobody may trust any more.
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["SigningKey"]] = SigningKeyQuerySet.as_manager()

    def __str__(self) -> str:
        return self.kid

    @property
    def private(self) -> JWK:
        return _opened(self.kid, bytes(self.sealed))

    @property
    def jwk(self) -> dict[str, Any]:
        """The public half as sites fetch it."""
        return {"alg": "RS256", "use": "sig", **self.public, "kid": self.kid}

    def withdraw(self) -> None:
        """Take it out of use and out of what is published, this moment: whoever has it may sign no more."""
        self.withdrawn_at = timezone.now()
        self.save(update_fields=["withdrawn_at"])


@lru_cache(maxsize=4)
def _opened(kid: str, sealed: bytes) -> JWK:
    return JWK.from_pem(unseal(sealed).encode())
