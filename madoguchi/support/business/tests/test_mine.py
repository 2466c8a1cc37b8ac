"""``/id/business/``: my business accounts, and nobody else's."""

import pytest

from madoguchi.accounts.models import AuthEvent, ExternalIdentity
from madoguchi.accounts.tests.people import account, alice, bob, charlie, sign_in
from madoguchi.delivery.models import Letter
from madoguchi.support.business.tests.going import provider

ISSUER = "https://id.aoba.example"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_provider(settings):
    settings.BUSINESS_PROVIDERS = (provider(ISSUER),)


def connected(someone, subject="at-work", issuer=ISSUER):
    return ExternalIdentity.objects.create(account=someone, issuer=issuer, subject=subject)


def disconnect(client, identity):
    return client.post(f"/id/business/{identity.pk}/disconnect/")


def test_alice_sees_hers_and_disconnects_it(client):
    someone = alice()
    identity = connected(someone)
    sign_in(client, someone)
    page = client.get("/id/business/").content.decode()
    assert "あおばビジネス" in page
    assert "for=connect" not in page
    assert disconnect(client, identity)["Location"] == "/id/business/?done=disconnected"
    assert not ExternalIdentity.objects.exists()
    assert AuthEvent.objects.filter(account=someone, method="business_unlinked").count() == 1
    assert Letter.objects.get(address=someone.email).mailing.renderer == "accounts.told.business_unlinked"
    assert "for=connect" in client.get("/en/id/business/?done=disconnected").content.decode()


@pytest.mark.parametrize("person", [bob, charlie])
def test_nobody_else_sees_it_or_disconnects_it(client, person):
    identity = connected(alice(), subject="alices-own")
    sign_in(client, person())
    assert "連携した日時" not in client.get("/id/business/").content.decode()
    assert disconnect(client, identity).status_code == 404
    assert ExternalIdentity.objects.exists()


def test_the_only_way_in_stays(client):
    someone = alice(password=False)
    identity = connected(someone)
    connected(someone, issuer="https://gone.example")  # of a provider the operator no longer has
    sign_in(client, someone)
    answer = disconnect(client, identity)
    assert answer.status_code == 409
    assert "ただ一つの方法" in answer.content.decode()
    assert identity in ExternalIdentity.objects.all()


def test_a_mailbox_is_another_way_in(client, settings):
    settings.MAILBOX_DOMAINS = ("mail.aoba.example",)
    someone = account("hana@mail.aoba.example", password=False)
    identity = connected(someone)
    sign_in(client, someone)
    assert disconnect(client, identity).status_code == 302


def test_a_provider_no_longer_in_use_is_shown_as_such(client):
    someone = alice()
    connected(someone, issuer="https://gone.example")
    sign_in(client, someone)
    assert "現在は使われていない提供元" in client.get("/id/business/").content.decode()


def test_pages_that_need_a_login_under_way_lead_back(client):
    assert client.get("/id/business/link/")["Location"] == "/id/login/"
    assert client.get("/id/business/")["Location"].startswith("/id/login/")
    for purpose in ("prove", "connect"):
        assert client.get(f"/id/business/aoba/?for={purpose}")["Location"] == "/id/login/"
    sign_in(client, alice())
    assert client.get("/id/business/aoba/")["Location"] == "/my/"
    assert client.get("/id/business/connect/")["Location"] == "/id/business/"
    for path in ("/id/business/nobody/", "/id/business/nobody/callback/"):
        assert client.get(path).status_code == 404


def test_the_door_is_on_the_login_page_only_where_there_is_one(client, settings):
    assert "あおばビジネスでログインする" in client.get("/id/login/").content.decode()
    assert "Log in with Aoba Business" in client.get("/en/id/login/?next=/en/my/").content.decode()
    settings.BUSINESS_PROVIDERS = ()
    assert "/id/business/" not in client.get("/id/login/").content.decode()


def test_the_page_of_the_id_leads_here_where_there_is_a_provider(client, settings):
    sign_in(client, alice())
    assert 'href="/id/business/"' in client.get("/id/").content.decode()
    settings.BUSINESS_PROVIDERS = ()
    assert 'href="/id/business/"' not in client.get("/id/").content.decode()
