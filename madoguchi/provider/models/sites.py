"""Another site of the operator that lets customers log in with their customer ID: an OpenID Connect client."""

import hashlib
from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from jwcrypto.jwk import JWK
from oauth2_provider.models import AbstractApplication

from madoguchi.lib.tokens import new_token
from madoguchi.provider import uris
from madoguchi.provider.models.keys import SigningKey

# Beyond ``openid``, which every site asks for.
SCOPES = ("openid", "email", "profile", "offline_access")


class SiteManager(models.Manager["Site"]):
    def add(  # noqa: PLR0913 - what the operator says about a site
        self,
        client_id: str,
        *,
        name_ja: str,
        name_en: str,
        redirect_uris: Iterable[str],
        post_logout_redirect_uris: Iterable[str] = (),
        home_url: str = "",
        sector: str = "",
        silent: bool = False,
        offline: bool = False,
    ) -> tuple["Site", str]:
        """A new site and its secret, which is kept nowhere in clear.

        Addresses as :func:`madoguchi.provider.uris.checked` lets them through. Without ``sector`` it is the host of
        the first redirect address.
        """
        addresses = list(redirect_uris)
        site = Site(
            client_id=client_id,
            name_ja=name_ja,
            name_en=name_en,
            name=name_ja,
            redirect_uris=" ".join(addresses),
            post_logout_redirect_uris=" ".join(post_logout_redirect_uris),
            home_url=home_url,
            sector=sector or uris.host(addresses[0]),
            silent=silent,
            offline=offline,
            client_type=Site.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Site.GRANT_AUTHORIZATION_CODE,
            algorithm=Site.RS256_ALGORITHM,
            hash_client_secret=False,
        )
        secret = site.new_secret()
        return site, secret


class Site(AbstractApplication, models.Model):
    """A registered site. Confidential clients alone, by authorization code alone."""

    name_ja = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    # Where its customers begin; shown as a link.
    home_url = models.CharField(max_length=500, blank=True)
    # Sites of one sector know a customer under one ``sub``; others under another (OpenID Connect Core, 8.1).
    sector = models.CharField(max_length=200)
    # Whether it may ask with prompt=none.
    silent = models.BooleanField(default=False)
    # Whether it may ask for offline_access, that is for refresh tokens.
    offline = models.BooleanField(default=False)

    objects: ClassVar[SiteManager] = SiteManager()

    class Meta:
        ordering = ("name_en", "pk")

    def __str__(self) -> str:
        return str(self.client_id)

    def new_secret(self) -> str:
        """Give the site a new secret and return it; the one before stops working at once.

        256 random bits need no slow hash: SHA-256 keeps a copy of the database from logging in as the site, and it
        hangs on no key of ours that may be changed.
        """
        secret = new_token()
        self.client_secret = hashed(secret)
        self.save()
        return secret

    def change(  # noqa: PLR0913 - what the operator says about a site
        self,
        *,
        name_ja: str,
        name_en: str,
        home_url: str,
        redirect_uris: Iterable[str],
        post_logout_redirect_uris: Iterable[str],
        silent: bool,
        offline: bool,
    ) -> None:
        """Describe the site anew. Its name for programs and its sector stay: customers are known under them."""
        self.name_ja, self.name_en, self.name, self.home_url = name_ja, name_en, name_ja, home_url
        self.redirect_uris = " ".join(redirect_uris)
        self.post_logout_redirect_uris = " ".join(post_logout_redirect_uris)
        self.silent, self.offline = silent, offline
        self.save()

    def check_secret(self, secret: str) -> bool:
        return constant_time_compare(hashed(secret), self.client_secret)

    @property
    def addresses(self) -> list[str]:
        return list(self.redirect_uris.split())

    @property
    def leaving_addresses(self) -> list[str]:
        return list(self.post_logout_redirect_uris.split())

    @property
    def origins(self) -> list[str]:
        """Where a form's answer may lead to when a customer goes on to this site."""
        named = [*self.addresses, *self.leaving_addresses, *([self.home_url] if self.home_url else [])]
        return sorted({uris.origin(address) for address in named})

    def redirect_uri_allowed(self, uri: str) -> bool:
        """Character by character (RFC 9700, 2.1)."""
        return uri in self.addresses

    def post_logout_redirect_uri_allowed(self, uri: str) -> bool:
        return uri in self.leaving_addresses

    def get_allowed_schemes(self) -> list[str]:
        return ["https", "http"]  # http for loopback alone: uris.checked

    def allows_grant_type(self, *grant_types: str) -> bool:
        return self.GRANT_AUTHORIZATION_CODE in grant_types

    def clean(self) -> None:
        """Nothing: :mod:`madoguchi.provider.uris` checks addresses where they are typed."""

    @property
    def jwk_key(self) -> JWK:
        """What this site's tokens are signed with now: the provider's key, the same for every site."""
        return SigningKey.objects.signing(now=timezone.now()).private

    @property
    def scopes(self) -> tuple[str, ...]:
        return tuple(scope for scope in SCOPES if scope != "offline_access" or self.offline)


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
