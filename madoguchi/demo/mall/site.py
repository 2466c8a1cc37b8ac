"""あおばモール: another site of the sample operator, as the provider knows it and as it speaks with the provider.

It is a site like any: it reads the provider's addresses from discovery, and speaks with it over HTTP, by Authlib.
"""

from functools import lru_cache
from typing import Any

from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.urls import reverse

from madoguchi.provider.models import Site
from madoguchi.provider.models.sites import hashed
from madoguchi.shell.languages import in_language

CLIENT_ID = "aoba-mall"
# Everybody may know it: the site exists in demos alone.
SECRET = "demo-only-secret-of-aoba-mall"  # noqa: S105
SCOPE = "openid email profile offline_access"


def address(name: str) -> str:
    return settings.SITE_URL + in_language(reverse(f"demo:{name}"), "ja")


def register() -> None:
    """Make the site known to the provider, at the address this demo has today."""
    told = {
        "name_ja": "あおばモール",
        "name_en": "Aoba Mall",
        "home_url": address("mall"),
        "redirect_uris": [address("mall_callback")],
        "post_logout_redirect_uris": [address("mall")],
        "silent": True,
        "offline": True,
    }
    site = Site.objects.filter(client_id=CLIENT_ID).first()
    if site is None:
        site, _secret = Site.objects.add(CLIENT_ID, sector="mall.aoba.example", **told)  # type: ignore[arg-type]
    else:
        site.change(**told)  # type: ignore[arg-type]
    site.client_secret = hashed(SECRET)
    site.save()


@lru_cache(maxsize=1)
def provider() -> Any:
    """The customer ID as this site sees it: an OpenID Connect provider."""
    return OAuth().register(
        "customer_id",
        client_id=CLIENT_ID,
        client_secret=SECRET,
        server_metadata_url=f"{settings.SITE_URL}/.well-known/openid-configuration",
        client_kwargs={"scope": SCOPE, "code_challenge_method": "S256"},
    )
