"""Business logins through a provider made by others, over HTTP from both sides."""

import time
from collections.abc import Iterator

import httpx
import pytest
from django.test import Client

from madoguchi.accounts.assurance import Level, standing
from madoguchi.accounts.business import asking
from madoguchi.accounts.models import Account, AuthEvent, ExternalIdentity, SignIn
from madoguchi.accounts.second_factor import current_code, enrol_totp
from madoguchi.accounts.tests.people import PASSWORD, alice, sign_in
from madoguchi.support.business.tests.going import START, go, provider, way_back
from tests.business_provider import BusinessProvider

ALICE = {"email": "alice@example.jp", "email_verified": True}
NEW = {
    "email": "Kana@Example.jp",
    "email_verified": True,
    "family_name#ja-Kana-JP": "ﾔﾏﾀﾞ",
    "given_name#ja-Kana-JP": "カナ",
}
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running() -> Iterator[BusinessProvider]:
    peer = BusinessProvider()
    yield peer
    peer.end()


@pytest.fixture
def peer(running: BusinessProvider, settings) -> BusinessProvider:
    asking.forget()
    settings.BUSINESS_PROVIDERS = (provider(running.issuer, two_factors=("company:two", "hwk")),)
    return running


def signed_in_as(client: Client) -> str:
    key = client.session.get("_auth_user_id")
    return Account.objects.get(pk=key).email if key else ""


def test_the_first_login_makes_the_id_and_the_next_one_opens_it(client, peer):
    peer.tell(subject="kana", claims=NEW)
    assert go(client, f"{START}?next=/my/notices/")["Location"] == "/id/welcome/"
    assert not Account.objects.exists()
    assert "kana@example.jp" in client.get("/id/welcome/").content.decode()
    assert client.post("/id/welcome/")["Location"] == "/my/notices/"
    made = Account.objects.get()
    assert (made.email, made.kana_name, made.has_usable_password()) == ("kana@example.jp", "ヤマダ カナ", False)
    identity = made.external_identities.get()
    assert (identity.issuer, identity.subject) == (peer.issuer, "kana")
    client.post("/id/logout/")
    assert signed_in_as(client) == ""
    # The provider may call the address what it likes by then: issuer and subject are the key.
    peer.tell(subject="kana", claims={"email": "alice@example.jp", "email_verified": True})
    alice()
    assert go(client, f"/en{START}")["Location"] == "/en/my/"
    assert signed_in_as(client) == "kana@example.jp"
    assert list(made.auth_events.values_list("method", "succeeded")) == [
        ("business", True),
        ("logout", True),
        ("business", True),
    ]


def test_an_existing_id_is_connected_only_after_its_own_password(client, peer):
    someone = alice()
    peer.tell(subject="alice-at-work", claims=ALICE)
    assert go(client)["Location"] == "/id/business/link/"
    assert signed_in_as(client) == ""
    page = client.get("/id/business/link/").content.decode()
    assert "alice@example.jp" in page
    assert client.get("/id/business/connect/")["Location"].startswith("/id/login/")
    assert client.post("/id/business/link/", {"password": "wrong-1"}).status_code == 422
    assert client.post("/id/business/link/", {"password": PASSWORD})["Location"] == "/id/business/connect/"
    assert not ExternalIdentity.objects.exists()
    assert "あおばビジネス" in client.get("/id/business/connect/").content.decode()
    assert client.post("/id/business/connect/", {"connect": "yes"}).status_code == 302
    assert ExternalIdentity.objects.get().account == someone
    client.post("/id/logout/")
    assert go(client)["Location"] == "/my/"
    assert signed_in_as(client) == "alice@example.jp"


def test_an_id_with_a_second_factor_is_connected_only_after_that_too(client, peer):
    someone = alice()
    enrol_totp(someone)
    peer.tell(subject="alice-at-work", claims=ALICE)
    go(client)
    assert client.post("/id/business/link/", {"password": PASSWORD})["Location"] == "/id/login/code/"
    assert client.get("/id/business/connect/")["Location"].startswith("/id/login/")
    answer = client.post("/id/login/code/", {"code": current_code(someone)})
    assert answer["Location"] == "/id/business/connect/"
    client.post("/id/business/connect/", {"connect": "yes"})
    client.post("/id/logout/")
    # From then on the business account is the first factor, and the second is still asked for.
    assert go(client)["Location"] == "/id/login/code/"


@pytest.mark.parametrize(
    "claims", [{"email": "alice@example.jp", "email_verified": False}, {"email": "alice@example.jp"}, {}]
)
def test_an_address_nobody_confirmed_connects_nothing_and_makes_nothing(client, peer, claims):
    for existing in (False, True):
        if existing:
            alice()
        peer.tell(subject=f"unconfirmed-{existing}", claims=claims)
        answer = go(Client())
        assert answer.status_code == 403
        assert "確認済みのメールアドレス" in answer.content.decode()
    assert Account.objects.count() == 1  # Alice's own
    assert not ExternalIdentity.objects.exists()


def test_who_says_no_at_the_provider_reads_what_to_do(client, peer):
    peer.tell(error="access_denied")
    answer = go(client, f"/en{START}")
    assert answer.status_code == 403
    assert "The login was called off" in answer.content.decode()
    event = AuthEvent.objects.get()
    assert (event.account, event.succeeded, event.detail) == (None, False, "denied")


def test_an_answer_counts_once_and_only_in_the_browser_it_belongs_to(client, peer):
    peer.tell(subject="kana", claims=NEW)
    back = way_back(client.get(START)["Location"])
    assert Client().get(back).status_code == 400
    assert client.get(back)["Location"] == "/id/welcome/"
    again = client.get(back)
    assert again.status_code == 400
    assert "ここから始めたログインではありません" in again.content.decode()


def test_a_code_is_no_good_a_second_time(client, peer):
    """The same code under a fresh state of ours: the provider refuses, and the page says so."""
    peer.tell(subject="kana", claims=NEW)
    used = way_back(client.get(START)["Location"])
    client.get(used)
    fresh = way_back(client.get(START)["Location"])
    code = httpx.QueryParams(used.partition("?")[2])["code"]
    query = httpx.QueryParams(fresh.partition("?")[2]).set("code", code)
    answer = client.get(f"{fresh.partition('?')[0]}?{query}")
    assert answer.status_code == 400
    assert "すでに使われています" in answer.content.decode()


def test_two_factors_at_the_provider_count_where_the_operator_agreed_on_it(client, peer):
    someone = alice()
    ExternalIdentity.objects.create(account=someone, issuer=peer.issuer, subject="alice-at-work")
    enrol_totp(someone)
    peer.tell(subject="alice-at-work", amr=["pwd", "hwk"])
    assert go(client)["Location"] == "/my/"
    assert standing(SignIn.objects.standing(someone).get()).level == Level.MFA
    client.post("/id/logout/")
    peer.tell(subject="alice-at-work", amr=["pwd"])
    assert go(client)["Location"] == "/id/login/code/"


def test_an_earlier_login_at_the_provider_is_no_fresh_proof(client, peer):
    """ASVS 6.8.4: what counts is when it was proven there, not when it was told here."""
    someone = alice()
    ExternalIdentity.objects.create(account=someone, issuer=peer.issuer, subject="alice-at-work")
    peer.tell(subject="alice-at-work")
    with httpx.Client() as browser:
        go(client, browser=browser)
        first = someone.auth_events.latest("pk")
        assert abs(first.proven_at.timestamp() - time.time()) < 30
        client.post("/id/logout/")
        go(client, browser=browser)  # its own session there lets it in at once
        assert someone.auth_events.latest("pk").proven_at == first.proven_at


def test_proving_it_again_goes_to_the_provider_and_is_asked_anew(client, peer):
    someone = alice(password=False)
    ExternalIdentity.objects.create(account=someone, issuer=peer.issuer, subject="alice-at-work")
    sign_in(client, someone)
    peer.tell(subject="alice-at-work")
    with httpx.Client() as browser:
        go(Client(), browser=browser)
        answer = go(client, f"{START}?for=prove", browser=browser)
    assert answer.status_code == 302
    assert someone.auth_events.filter(method="business", succeeded=True).count() == 2
    peer.tell(subject="bob-at-work")
    assert go(client, f"{START}?for=prove").status_code == 403
