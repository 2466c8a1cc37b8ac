"""RP-initiated logout, from ``/oidc/logout`` to the end of the session."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import SignIn
from madoguchi.accounts.tests.people import bob
from madoguchi.provider.models import Grant
from madoguchi.provider.tests.sites import LEFT, Customer, Program, bank, consent, parameters

pytestmark = pytest.mark.django_db


def leaving(client: Client, **wishes: str):
    answer = client.get("/oidc/logout", wishes)
    return client.get(answer["Location"]) if answer.status_code == 303 else answer


def signed_in(client: Client) -> bool:
    return client.get("/id/sites/").status_code == 200


def test_with_its_id_token_the_session_ends_at_once(shop, customer) -> None:
    token = shop.logged_in(customer)["id_token"]
    answer = leaving(customer, id_token_hint=token, post_logout_redirect_uri=LEFT, state="s")
    assert answer["Location"].startswith(f"{LEFT}?")
    assert parameters(answer["Location"]) == {"state": "s", "iss": settings.SITE_URL}
    assert not signed_in(customer)
    assert SignIn.objects.get(pk=customer.sign_in.pk).end == SignIn.End.LOGOUT


def test_id_token_that_has_expired_still_says_whom_it_means(shop, customer) -> None:
    token = shop.logged_in(customer)["id_token"]
    with time_machine.travel(timezone.now() + timedelta(minutes=30)):
        assert leaving(customer, id_token_hint=token).status_code == 302
    assert not signed_in(customer)


def test_it_ends_the_sites_refresh_tokens_and_no_other_sites(shop, customer) -> None:
    other = Program(*bank())
    consent(customer.account, other.site, "openid offline_access")
    mine = shop.logged_in(customer, scope="openid offline_access")
    others = other.logged_in(customer, scope="openid offline_access")
    leaving(customer, id_token_hint=mine["id_token"])
    assert shop.refresh(mine["refresh_token"]).status_code == 400
    assert other.refresh(others["refresh_token"]).status_code == 200
    assert Grant.objects.get(application=shop.site).end == Grant.End.LOGOUT


@pytest.mark.parametrize("hint", ["", "a.b.c", "nonsense", "x" * 5000])
def test_without_a_valid_id_token_the_customer_is_asked(shop, customer, hint) -> None:
    page = leaving(customer, id_token_hint=hint, client_id="aoba-mall", post_logout_redirect_uri=LEFT)
    assert "ログアウトしますか" in page.content.decode()
    assert "あおばモール" in page.content.decode()
    assert "form-action 'self' https://mall.example" in page["Content-Security-Policy"]
    assert signed_in(customer)
    answer = customer.post(page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"])
    assert answer.status_code == 303
    assert answer["Location"].startswith(LEFT)
    assert not signed_in(customer)


def test_id_token_of_another_sign_in_asks(shop, customer) -> None:
    token = shop.logged_in(customer)["id_token"]
    colleague = Customer(bob())
    page = leaving(colleague, id_token_hint=token)
    assert page.status_code == 200
    assert signed_in(colleague)


@pytest.mark.parametrize(
    "address", [f"{LEFT}/", f"{LEFT}?x=1", "https://evil.example/", "https://mall.example/callback"]
)
def test_address_that_is_not_registered_is_refused(shop, customer, address) -> None:
    token = shop.logged_in(customer)["id_token"]
    assert leaving(customer, id_token_hint=token, post_logout_redirect_uri=address).status_code == 400
    assert leaving(customer, client_id="aoba-mall", post_logout_redirect_uri=address).status_code == 400
    assert leaving(customer, post_logout_redirect_uri=LEFT).status_code == 400  # of whom?
    assert signed_in(customer)


def test_token_of_one_site_and_name_of_another_are_refused(shop, customer) -> None:
    bank()
    token = shop.logged_in(customer)["id_token"]
    assert leaving(customer, id_token_hint=token, client_id="aoba-bank").status_code == 400


def test_by_a_form_too(shop, customer) -> None:
    token = shop.logged_in(customer)["id_token"]
    answer = Client().post("/oidc/logout", {"id_token_hint": token})  # cross-site: no cookies
    assert token not in answer["Location"]
    assert customer.get(answer["Location"]).status_code == 302
    assert not signed_in(customer)


def test_nobody_signed_in_goes_on_to_the_site(shop) -> None:
    answer = leaving(Client(), client_id="aoba-mall", post_logout_redirect_uri=LEFT)
    assert answer["Location"].startswith(LEFT)
    assert leaving(Client())["Location"] == "/id/login/?left=1"


def test_page_in_english(shop, customer) -> None:
    page = leaving(customer, client_id="aoba-mall", ui_locales="en")
    assert "You have left Aoba Mall" in page.content.decode()


def test_damaged_or_old_request(shop, customer) -> None:
    assert customer.get("/id/sites/leave/").status_code == 410
    assert customer.get("/id/sites/leave/?ask=nonsense").status_code == 410
    assert signed_in(customer)
