"""What a site is told about a customer, and to whom about which token."""

import pytest

from madoguchi.accounts.models import AuthEvent
from madoguchi.provider.models import AccessToken, Grant
from madoguchi.provider.tests.sites import Program, bank, claims, consent

pytestmark = pytest.mark.django_db


def test_claims_follow_the_scopes(shop, customer) -> None:
    tokens = shop.logged_in(customer)
    said = shop.userinfo(tokens["access_token"]).json()
    assert said == {
        "sub": claims(tokens["id_token"])["sub"],
        "email": "alice@example.jp",
        "email_verified": True,
        "name": "アオキ アリス",
        "family_name": "アオキ",
        "given_name": "アリス",
        "locale": "ja",
        "zoneinfo": "Asia/Tokyo",
        "updated_at": int(customer.account.created_at.timestamp()),
    }
    assert set(shop.userinfo(shop.logged_in(customer, scope="openid")["access_token"]).json()) == {"sub"}
    assert set(shop.userinfo(shop.logged_in(customer, scope="openid email")["access_token"]).json()) == {
        *("sub", "email", "email_verified")
    }


def test_updated_at_is_the_last_change_of_the_profile(shop, customer) -> None:
    change = AuthEvent.objects.create(account=customer.account, method=AuthEvent.Method.PROFILE_CHANGED, succeeded=True)
    said = shop.userinfo(shop.logged_in(customer)["access_token"]).json()
    assert said["updated_at"] == int(change.at.timestamp())


def test_address_that_is_not_verified_is_said_to_be_so(shop, customer) -> None:
    customer.account.emailaddress_set.update(verified=False)
    assert shop.userinfo(shop.logged_in(customer)["access_token"]).json()["email_verified"] is False


def test_token_comes_in_the_header_alone(shop, customer) -> None:
    token = shop.logged_in(customer)["access_token"]
    assert shop.http.get("/oidc/userinfo", {"access_token": token}).status_code == 401
    assert shop.http.post("/oidc/userinfo", {"access_token": token}).status_code == 401
    bearer = {"Authorization": f"Bearer {token}"}
    assert shop.http.post("/oidc/userinfo", headers=bearer).json()["sub"]
    assert "no-store" in shop.http.get("/oidc/userinfo", headers=bearer)["Cache-Control"]


@pytest.mark.parametrize("header", ["Bearer unknown", "Bearer", "Basic abc", "nonsense", "Bearer \x7f"])
def test_what_is_no_token_gets_nothing(shop, header) -> None:
    answer = shop.http.get("/oidc/userinfo", headers={"Authorization": header})
    assert answer.status_code == 401
    assert "Bearer" in answer["WWW-Authenticate"]


class TestIntrospection:
    def test_site_learns_about_its_own_tokens(self, shop, customer) -> None:
        tokens = shop.logged_in(customer, scope="openid offline_access")
        said = shop.post("/oidc/introspect", token=tokens["access_token"]).json()
        assert said["active"] is True
        assert said["sub"] == claims(tokens["id_token"])["sub"]
        assert said["client_id"] == "aoba-mall"
        assert said["scope"] == "openid offline_access"
        assert customer.account.email not in str(said)
        assert shop.post("/oidc/introspect", token=tokens["refresh_token"]).json()["active"] is True

    def test_another_sites_token_is_not_active_to_it(self, shop, customer) -> None:
        token = shop.logged_in(customer)["access_token"]
        assert Program(*bank()).post("/oidc/introspect", token=token).json() == {"active": False}

    def test_needs_the_site_to_say_its_secret(self, shop, customer) -> None:
        token = shop.logged_in(customer)["access_token"]
        assert shop.http.post("/oidc/introspect", {"token": token}).status_code == 401
        assert shop.http.post("/oidc/introspect", {"token": token, "client_id": "aoba-mall"}).status_code == 401
        form = {"token": token, "client_id": "aoba-mall", "client_secret": shop.secret}
        assert shop.http.post("/oidc/introspect", form).json()["active"] is True

    def test_secrets_in_the_address_are_refused(self, shop, customer) -> None:
        token = shop.logged_in(customer)["access_token"]
        assert shop.post(f"/oidc/introspect?token={token}").status_code == 400
        assert shop.post("/oidc/introspect").status_code == 400
        assert shop.post(f"/oidc/token?client_secret={shop.secret}").status_code == 400
        assert shop.post(f"/oidc/revoke?token={token}").status_code == 400


class TestRevocation:
    @pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
    def test_either_token_ends_the_grant(self, shop, customer, kind) -> None:
        tokens = shop.logged_in(customer, scope="openid offline_access")
        assert shop.post("/oidc/revoke", token=tokens[kind], token_type_hint=kind).status_code == 200
        assert shop.userinfo(tokens["access_token"]).status_code == 401
        assert shop.refresh(tokens["refresh_token"]).status_code == 400
        assert Grant.objects.get().end == Grant.End.REVOKED
        assert AccessToken.objects.count() == 0

    def test_unknown_and_others_tokens_are_answered_alike_and_unharmed(self, shop, customer) -> None:
        token = shop.logged_in(customer)["access_token"]
        other = Program(*bank())
        consent(customer.account, other.site)
        assert other.post("/oidc/revoke", token=token).status_code == 200
        assert other.post("/oidc/revoke", token="unknown").status_code == 200
        assert shop.userinfo(token).status_code == 200

    def test_needs_the_site_to_say_its_secret(self, shop, customer) -> None:
        token = shop.logged_in(customer)["access_token"]
        assert shop.http.post("/oidc/revoke", {"token": token, "client_id": "aoba-mall"}).status_code == 401
        assert shop.userinfo(token).status_code == 200
