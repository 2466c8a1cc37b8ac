"""The protocol engine with only what we offer: the authorization code with PKCE S256, and refresh tokens.

What is not here cannot be asked for: no implicit or hybrid answer, no password or client credentials grant, no plain
code challenge (RFC 9700).
"""

from typing import Any

from oauthlib.oauth2.rfc6749.endpoints import AuthorizationEndpoint, RevocationEndpoint, TokenEndpoint
from oauthlib.oauth2.rfc6749.tokens import BearerToken
from oauthlib.openid import RequestValidator
from oauthlib.openid.connect.core.endpoints.userinfo import UserInfoEndpoint
from oauthlib.openid.connect.core.grant_types import AuthorizationCodeGrant, RefreshTokenGrant

from madoguchi.lib.tokens import new_token


class Server(AuthorizationEndpoint, TokenEndpoint, RevocationEndpoint, UserInfoEndpoint):
    def __init__(
        self, request_validator: RequestValidator, token_expires_in: int | None = None, **_not_offered: Any
    ) -> None:
        code = AuthorizationCodeGrant(request_validator)
        challenges = code.proxy_target._code_challenge_methods
        code.proxy_target._code_challenge_methods = {"S256": challenges["S256"]}
        refresh = RefreshTokenGrant(request_validator)
        bearer = BearerToken(request_validator, _token, token_expires_in, _token)
        AuthorizationEndpoint.__init__(
            self, default_response_type="code", response_types={"code": code}, default_token_type=bearer
        )
        TokenEndpoint.__init__(
            self,
            default_grant_type="authorization_code",
            grant_types={"authorization_code": code, "refresh_token": refresh},
            default_token_type=bearer,
        )
        RevocationEndpoint.__init__(self, request_validator, supported_token_types=["access_token", "refresh_token"])
        UserInfoEndpoint.__init__(self, request_validator)


def _token(_request: Any, refresh_token: bool = False) -> str:
    """256 random bits, for either kind."""
    return new_token()
