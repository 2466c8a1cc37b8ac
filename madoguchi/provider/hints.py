"""An ID token that a site hands back, to say whom it means: signed by us, whatever its age."""

import json

from django.conf import settings
from jwcrypto.common import JWException
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from jwcrypto.jwt import JWT

from madoguchi.provider.models import IdToken, SigningKey

_LONGEST = 4000


def read(token: str) -> IdToken | None:
    """The row of the ID token, with its site, customer and grant; None if it is none of ours, or long forgotten."""
    if not token or len(token) > _LONGEST:
        return None
    try:
        unproven = JWS()
        unproven.deserialize(token)
        key = SigningKey.objects.usable().filter(kid=str(unproven.jose_header.get("kid"))).first()
        if key is None:
            return None
        # An expired one still says whom it was issued to (RP-Initiated Logout, 2).
        proven = JWT(jwt=token, key=JWK(**key.public), algs=["RS256"], check_claims={})
        claims = json.loads(proven.claims)
    except (JWException, ValueError, TypeError):
        return None
    if claims.get("iss") != settings.SITE_URL:
        return None
    found = IdToken.objects.select_related("application", "user", "grant").filter(jti=claims.get("jti")).first()
    return found if found is not None and found.application.client_id == claims.get("aud") else None
