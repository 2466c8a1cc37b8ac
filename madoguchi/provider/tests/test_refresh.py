"""Refresh tokens: only with offline access, each good once, ended by a replay, by the customer and by time."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from madoguchi.accounts.close import close
from madoguchi.accounts.models import AuthEvent, SignIn
from madoguchi.provider.disconnect import disconnect, end_everything
from madoguchi.provider.models import Consent, Grant, RefreshToken, Subject
from madoguchi.provider.tests.sites import Program, asking, bank, claims, told
from madoguchi.provider.validator import Validator

pytestmark = pytest.mark.django_db
AWAY = "openid email offline_access"


def test_refresh_gives_new_tokens_that_say_the_same_login(shop, customer) -> None:
    first = shop.logged_in(customer, scope=AWAY)
    second = shop.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    before, after = claims(first["id_token"]), claims(second["id_token"])
    assert {name: before[name] for name in ("sub", "auth_time", "iss", "aud")} == {
        name: after[name] for name in ("sub", "auth_time", "iss", "aud")
    }
    assert "nonce" not in after
    assert shop.userinfo(first["access_token"]).status_code == 401  # the new one stands in for it
    assert shop.userinfo(second["access_token"]).json()["email"] == customer.account.email


def test_refresh_token_outlasts_the_sign_in(shop, customer) -> None:
    tokens = shop.logged_in(customer, scope=AWAY)
    customer.sign_in.finish(SignIn.End.LOGOUT)
    assert shop.refresh(tokens["refresh_token"]).status_code == 200


def test_replay_ends_the_whole_family(shop, customer) -> None:
    first = shop.logged_in(customer, scope=AWAY)
    second = shop.refresh(first["refresh_token"]).json()
    third = shop.refresh(second["refresh_token"]).json()
    assert shop.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert shop.refresh(third["refresh_token"]).json()["error"] == "invalid_grant"
    assert shop.userinfo(third["access_token"]).status_code == 401
    assert Grant.objects.get().end == Grant.End.REFRESH_REPLAYED


def test_replay_ends_no_other_login(shop, customer) -> None:
    first, other = shop.logged_in(customer, scope=AWAY), shop.logged_in(customer, scope=AWAY)
    shop.refresh(first["refresh_token"])
    shop.refresh(first["refresh_token"])
    assert shop.refresh(other["refresh_token"]).status_code == 200


def test_two_uses_at_the_same_moment_count_as_a_replay(shop, customer, monkeypatch) -> None:
    """Both found the token good; the second to store its successor is refused, and the family ends."""
    first = shop.logged_in(customer, scope=AWAY)
    validate = Validator.validate_refresh_token
    inner: list[int] = []

    def in_between(self, *args, **kwargs):
        good = validate(self, *args, **kwargs)
        if not inner:
            inner.append(0)
            inner[0] = shop.refresh(first["refresh_token"]).status_code
        return good

    monkeypatch.setattr(Validator, "validate_refresh_token", in_between)
    assert shop.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert inner == [200]
    assert Grant.objects.get().end == Grant.End.REFRESH_REPLAYED


def test_site_without_leave_for_it_cannot_ask_for_offline_access(customer, shop) -> None:
    shop.site.offline = False
    shop.site.save()
    assert told(customer.get(asking(shop.site, scope=AWAY)))["error"] == "invalid_scope"


def test_refresh_token_of_another_site_is_unknown_and_unharmed(shop, customer) -> None:
    tokens = shop.logged_in(customer, scope=AWAY)
    assert Program(*bank()).refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert shop.refresh(tokens["refresh_token"]).status_code == 200


def test_fewer_scopes_may_be_asked_for_and_more_may_not(shop, customer) -> None:
    tokens = shop.logged_in(customer, scope=AWAY)
    assert shop.refresh(tokens["refresh_token"], scope="openid email profile").json()["error"] == "invalid_scope"
    fewer = shop.refresh(tokens["refresh_token"], scope="openid").json()
    assert "email" not in shop.userinfo(fewer["access_token"]).json()


def test_unused_for_thirty_days_it_is_over(shop, customer) -> None:
    tokens = shop.logged_in(customer, scope=AWAY)
    with time_machine.travel(timezone.now() + timedelta(days=30, seconds=1)):
        assert shop.refresh(tokens["refresh_token"]).status_code == 400


def test_ninety_days_after_the_login_it_is_over_however_often_used(shop, customer) -> None:
    token = shop.logged_in(customer, scope=AWAY)["refresh_token"]
    began = timezone.now()
    for day in (25, 50, 75, 89):
        with time_machine.travel(began + timedelta(days=day)):
            token = shop.refresh(token).json()["refresh_token"]
    with time_machine.travel(began + timedelta(days=90, seconds=1)):
        assert shop.refresh(token).status_code == 400


def test_password_reset_ends_every_grant_made_before(shop, customer) -> None:
    tokens = shop.logged_in(customer, scope=AWAY)
    AuthEvent.objects.create(account=customer.account, method=AuthEvent.Method.PASSWORD_RESET, succeeded=True)
    assert shop.refresh(tokens["refresh_token"]).status_code == 400
    assert shop.userinfo(tokens["access_token"]).status_code == 401
    fresh = shop.logged_in(customer, scope=AWAY)
    assert shop.refresh(fresh["refresh_token"]).status_code == 200


def test_staff_who_end_every_session_end_the_grants_too(shop, customer) -> None:
    tokens = shop.logged_in(customer, scope=AWAY)
    ended = AuthEvent.Method.SESSION_ENDED
    AuthEvent.objects.create(account=customer.account, method=ended, succeeded=True)  # by the owner, of one
    tokens = shop.refresh(tokens["refresh_token"]).json()
    AuthEvent.objects.create(account=customer.account, method=ended, succeeded=True, detail="staff")
    assert shop.refresh(tokens["refresh_token"]).status_code == 400


def test_closed_id_has_no_tokens_consents_or_numbers(shop, customer, rf) -> None:
    tokens = shop.logged_in(customer, scope=AWAY)
    request = rf.post("/id/close/")
    request.session, request.user = customer.session, customer.account
    close(request, customer.account)
    assert shop.refresh(tokens["refresh_token"]).status_code == 400
    assert shop.userinfo(tokens["access_token"]).status_code == 401
    assert [model.objects.count() for model in (Grant, Consent, Subject)] == [0, 0, 0]


def test_id_that_may_not_log_in_has_no_tokens(shop, customer) -> None:
    tokens = shop.logged_in(customer, scope=AWAY)
    customer.account.is_active = False
    customer.account.save()
    assert shop.refresh(tokens["refresh_token"]).status_code == 400


def test_everything_can_be_ended_at_once(shop, customer) -> None:
    tokens = [shop.logged_in(customer, scope=AWAY) for _login in range(2)]
    assert end_everything(customer.account, Grant.End.STAFF) == 2
    assert [shop.refresh(token["refresh_token"]).status_code for token in tokens] == [400, 400]
    assert RefreshToken.objects.filter(revoked=None).count() == 0


def test_disconnecting_ends_tokens_and_asks_again(shop, customer) -> None:
    tokens = shop.logged_in(customer, scope=AWAY)
    assert disconnect(customer.account, shop.site)
    assert shop.refresh(tokens["refresh_token"]).status_code == 400
    assert customer.get(asking(shop.site))["Location"].startswith("/id/sites/approve/")
    assert not disconnect(customer.account, shop.site)
