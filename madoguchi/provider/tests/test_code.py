"""The way from ``/oidc/authorize`` to a code, and from a code to tokens."""

import pytest

from madoguchi.accounts.tests.people import alice
from madoguchi.provider.models import Grant
from madoguchi.provider.tests.sites import CALLBACK, Customer, Program, asking, claims, consent, mall, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return Customer(alice())


def test_who_allowed_the_site_goes_straight_through(customer) -> None:
    site, secret = mall()
    consent(customer.account, site)
    answer = customer.get(asking(site))
    assert answer["Location"].startswith(f"{CALLBACK}?")
    assert told(answer)["state"] == "a-state"
    assert told(answer)["iss"] == "http://127.0.0.1:8000"
    tokens = Program(site, secret).exchange(told(answer)["code"]).json()
    said = claims(tokens["id_token"])
    assert said["nonce"] == "a-nonce"
    assert said["aud"] == "aoba-mall"
    assert "refresh_token" not in tokens
    assert Grant.objects.get().used_at
