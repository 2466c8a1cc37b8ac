"""The rules of the provider, where the protocol engine asks for them.

django-oauth-toolkit's validator is the base; what it deletes or keeps in clear, or says otherwise than the ledger, is
said here. ``docs/provider.md`` has the reasons as a table.
"""

import hashlib
import json
import uuid
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from jwcrypto.jwt import JWT
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749 import errors

from madoguchi.provider import claims
from madoguchi.provider.models import AccessToken, Consent, Grant, IdToken, RefreshToken, SigningKey, Site
from madoguchi.provider.models.keys import TOKEN_LIFE

log = structlog.get_logger(__name__)

CODE_LIFE = timedelta(seconds=60)
Token = dict[str, Any]


def checksum(token: str) -> str:
    """What is stored of a code or token: both are 256 random bits, so no slow or keyed hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


class Validator(OAuth2Validator):
    # --- the site -------------------------------------------------------------------------------------------------
    def _check_secret(self, provided_secret: str, stored_secret: str) -> bool:
        return Site(client_secret=stored_secret).check_secret(provided_secret)

    def _load_application(self, client_id: str | None, request: Request) -> Site | None:
        if client_id is None or "\0" in client_id:  # which PostgreSQL takes for no text
            return None
        site: Site | None = super()._load_application(client_id, request)
        return site

    def validate_response_type(self, client_id: str, response_type: str, *_: Any, **__: Any) -> bool:
        return response_type == "code"

    def validate_scopes(self, client_id: str, scopes: list[str], client: Site, *_: Any, **__: Any) -> bool:
        return "openid" in scopes and set(scopes) <= set(client.scopes)

    def get_default_scopes(self, *_: Any, **__: Any) -> list[str]:
        return []  # without openid it is no request of ours: validate_scopes refuses it

    # --- the authorization request --------------------------------------------------------------------------------
    def validate_silent_login(self, request: Request) -> bool:
        return True  # madoguchi.provider.authorize decides, with the customer's session at hand

    def validate_silent_authorization(self, request: Request) -> bool:
        return True

    # --- the code -------------------------------------------------------------------------------------------------
    def _create_authorization_code(self, request: Request, code: Token, expires: Any = None) -> Grant:
        return Grant.objects.create(
            application=request.client,
            user=request.user,
            code=checksum(code["code"]),
            expires=timezone.now() + CODE_LIFE,
            redirect_uri=request.redirect_uri,
            scope=" ".join(request.scopes),
            offline="offline_access" in request.scopes,
            code_challenge=request.code_challenge,
            code_challenge_method=request.code_challenge_method,
            nonce=request.nonce or "",
            sign_in=request.sign_in,
            auth_time=request.auth_time,
            acr=request.acr,
            amr=" ".join(request.amr),
        )

    def validate_code(self, client_id: str, code: str, client: Site, request: Request, *_: Any, **__: Any) -> bool:
        """Use the code up. One that comes a second time ends everything issued on it (RFC 6749, 4.1.2)."""
        grant = self._grant(code, client)
        if grant is None or not grant.stands:
            return False
        if not grant.take():
            grant.finish(Grant.End.CODE_REPLAYED)
            log.warning("authorization code replayed", site=client.client_id, grant=grant.pk)
            return False
        if grant.is_expired():
            return False
        request.user, request.scopes, request.grant = grant.user, grant.scope.split(), grant
        request.nonce = grant.nonce or None
        return True

    def invalidate_authorization_code(self, *_: Any, **__: Any) -> None:
        """Done by :meth:`validate_code`, before anything is issued."""

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Site, request: Request, *_: Any, **__: Any
    ) -> bool:
        return bool(request.grant.redirect_uri == redirect_uri)

    def get_code_challenge(self, code: str, request: Request) -> str:
        return str(request.grant.code_challenge)

    def get_code_challenge_method(self, code: str, request: Request) -> str:
        return str(request.grant.code_challenge_method)

    def get_authorization_code_scopes(
        self, client_id: str, code: str, redirect_uri: str, request: Request
    ) -> list[str]:
        return list(request.grant.scope.split())

    def get_authorization_code_nonce(
        self, client_id: str, code: str, redirect_uri: str, request: Request
    ) -> str | None:
        return request.grant.nonce or None

    # --- tokens ---------------------------------------------------------------------------------------------------
    def validate_refresh_token(self, refresh_token: str, client: Site, request: Request, *_: Any, **__: Any) -> bool:
        """A refresh token is good once; one that comes again ends the whole family (RFC 9700, 4.14.2)."""
        found = RefreshToken.objects.filter(token_checksum=checksum(refresh_token), application=client)
        token = found.select_related("grant", "user").order_by("pk").first()
        if token is None:
            return False
        if token.revoked is not None:
            self._replayed(token)
            return False
        if token.is_idle or not token.grant.stands:
            return False
        request.user, request.grant, request.refresh_token_instance = token.user, token.grant, token
        return True

    def get_original_scopes(self, refresh_token: str, request: Request, *_: Any, **__: Any) -> list[str]:
        return list(request.grant.scope.split())

    def refresh_id_token(self, request: Request) -> bool:
        return True

    def save_bearer_token(self, token: Token, request: Request, *_: Any, **__: Any) -> None:
        """Store what is being handed out; of a rotated refresh token's two users at the same moment one is refused."""
        before: RefreshToken | None = getattr(request, "refresh_token_instance", None)
        if not request.grant.offline:
            token.pop("refresh_token", None)
        with transaction.atomic():
            rotated = before is None or self._rotate(before)
            if rotated:
                self._store(token, request)
        if before is not None and not rotated:
            self._replayed(before)
            raise errors.InvalidGrantError(request=request)

    def _rotate(self, before: RefreshToken) -> bool:
        """Use a refresh token up, and the access token that came with it; False if somebody just did."""
        used = RefreshToken.objects.filter(pk=before.pk, revoked=None).update(revoked=timezone.now(), access_token=None)
        AccessToken.objects.filter(grant=before.grant_id).delete()
        return bool(used)

    def _store(self, token: Token, request: Request) -> None:
        grant: Grant = request.grant
        access = AccessToken(
            user=request.user,
            application=request.client,
            grant=grant,
            scope=token["scope"],
            expires=timezone.now() + timedelta(seconds=token["expires_in"]),
            id_token=getattr(request, "id_token", None),
        )
        self._set_token_value(access, token["access_token"])
        access.save()
        if "refresh_token" in token:
            refresh = RefreshToken(user=request.user, application=request.client, grant=grant, access_token=access)
            self._set_token_value(refresh, token["refresh_token"])
            refresh.save()
        for consent in Consent.objects.standing(request.user).filter(site=request.client):
            consent.used()

    def _replayed(self, token: RefreshToken) -> None:
        if token.grant.finish(Grant.End.REFRESH_REPLAYED):
            log.warning("refresh token replayed", site=token.application.client_id, grant=token.grant_id)

    def revoke_token(self, token: str, token_type_hint: str, request: Request, *_: Any, **__: Any) -> None:
        """Revoking either kind ends the grant (RFC 7009, 2.1). A site reaches its own tokens alone."""
        for kind in (RefreshToken, AccessToken):
            found = kind.objects.filter(token_checksum=checksum(token), application=request.client)
            for row in found.select_related("grant"):
                row.grant.finish(Grant.End.REVOKED)

    # --- what is said about the customer --------------------------------------------------------------------------
    def finalize_id_token(self, id_token: Token, token: Token, token_handler: Any, request: Request) -> str:
        key = SigningKey.objects.signing(now=timezone.now())
        expires = timezone.now() + TOKEN_LIFE
        row = IdToken.objects.create(
            user=request.user,
            application=request.client,
            grant=request.grant,
            jti=uuid.uuid4(),
            scope=" ".join(request.scopes),
            expires=expires,
        )
        id_token |= {
            **claims.of_login(request.grant, request.client),
            "iss": self.get_oidc_issuer_endpoint(request),
            "exp": int(expires.timestamp()),
            "jti": str(row.jti),
        }
        if request.grant.nonce and request.grant_type == "authorization_code":
            id_token["nonce"] = request.grant.nonce
        made = JWT(header=json.dumps({"typ": "JWT", "alg": "RS256", "kid": key.kid}), claims=json.dumps(id_token))
        made.make_signed_token(key.private)
        request.id_token = row
        return str(made.serialize())

    def get_userinfo_claims(self, request: Request) -> dict[str, Any]:
        return claims.of_customer(request.user, request.client, request.scopes)

    # --- rows -----------------------------------------------------------------------------------------------------
    def _grant(self, code: str, client: Site) -> Grant | None:
        return Grant.objects.select_related("user").filter(code=checksum(code), application=client).first()
