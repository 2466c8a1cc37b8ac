"""For the operator's other sites: no language, no cookies."""

from django.urls import path

from madoguchi.provider.endpoints.published import discovery, jwks
from madoguchi.provider.endpoints.tokens import introspect, revoke, token
from madoguchi.provider.endpoints.userinfo import userinfo

app_name = "provider"
urlpatterns = [
    path(".well-known/openid-configuration", discovery, name="discovery"),
    path("oidc/token", token, name="token"),
    path("oidc/userinfo", userinfo, name="userinfo"),
    path("oidc/jwks", jwks, name="jwks"),
    path("oidc/revoke", revoke, name="revoke"),
    path("oidc/introspect", introspect, name="introspect"),
]
