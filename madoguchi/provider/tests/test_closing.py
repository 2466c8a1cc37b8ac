"""A closed customer ID is nobody to the other sites."""

import pytest

from madoguchi.accounts.tests.people import PASSWORD
from madoguchi.provider.models import AccessToken, Consent, Grant, RefreshToken, Subject

pytestmark = pytest.mark.django_db


def test_tokens_consents_and_numbers_go_with_the_id(shop, customer) -> None:
    tokens = shop.logged_in(customer, scope="openid offline_access")
    assert shop.userinfo(tokens["access_token"]).status_code == 200
    customer.get("/id/profile/close/")
    customer.post("/id/profile/close/")
    answer = customer.post("/id/prove/", {"way": "password", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == "/id/closed/"
    for model in (Grant, AccessToken, RefreshToken, Consent, Subject):
        assert not model._default_manager.exists()
    assert shop.userinfo(tokens["access_token"]).status_code == 401
    assert shop.refresh(tokens["refresh_token"]).status_code == 400
