"""Changing the mail address: the link to the new one, its one use, and what follows the address."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.change_address import purge
from madoguchi.accounts.models import AddressChange, AuthEvent
from madoguchi.accounts.tests.people import PASSWORD, account, alice, bob, charlie, sign_in
from madoguchi.contracts.tests.household import service
from madoguchi.delivery.models import Suppression
from madoguchi.delivery.returns import suppression
from madoguchi.notices.follow import Wishes, follow
from madoguchi.notices.models import OptOut
from madoguchi.support.identity.tests.letters import letters

pytestmark = pytest.mark.django_db

NEW = "aoki@example.org"
FORM = "/id/profile/email/"


@pytest.fixture
def owner(client):
    someone = alice()
    sign_in(client, someone)
    return someone


def ask(client, email=NEW):
    answer = client.post(FORM, {"email": email})
    assert answer["Location"] == "/id/profile/email/sent/"
    return client.get("/id/profile/email/sent/")


def link(to=NEW):
    found = re.search(r"http://[^/\s]+(/id/profile/email/\S+/)", letters(to)[-1].text)
    assert found, letters(to)[-1].text
    return found[1]


def now_called(account):
    account.refresh_from_db()
    return account.email


def test_until_the_link_is_used_the_old_address_stays(client, owner):
    assert NEW in ask(client, "Ａoki@Example.ORG").content.decode()
    assert now_called(owner) == "alice@example.jp"
    assert NEW in client.get("/id/profile/").content.decode()
    assert letters("alice@example.jp") == []


def test_opening_the_link_changes_nothing_its_button_does(client, owner):
    """The trap "mail scanners open links": GET shows a form, POST acts."""
    ask(client)
    path = link()
    assert client.get(path).status_code == 200
    assert client.head(path).status_code == 200
    assert now_called(owner) == "alice@example.jp"
    assert client.post(path)["Location"] == "/id/profile/?said=email"
    assert now_called(owner) == NEW
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(NEW, True, True)]
    assert AuthEvent.objects.get(method="email_changed").succeeded
    (told,) = letters("alice@example.jp")
    assert "変更されました" in told.subject
    assert "/contact/" in told.text
    assert NEW not in told.text
    assert client.get("/id/profile/").status_code == 200  # still signed in


def test_one_logs_in_with_the_new_address_alone(client, owner):
    ask(client)
    client.post(link())
    other = Client()
    wrong = other.post("/id/login/", {"email": "alice@example.jp", "password": PASSWORD})
    assert wrong.status_code == 422
    assert other.post("/id/login/", {"email": NEW, "password": PASSWORD}).status_code == 302


def test_a_link_works_once(client, owner):
    ask(client)
    path = link()
    client.post(path)
    for method in (client.get, client.post):
        answer = method(path)
        assert answer.status_code == 410
        assert "すでに使われています" in answer.content.decode()


@pytest.mark.usefixtures("owner")
def test_a_link_works_for_half_an_hour(client, time_machine):
    ask(client)
    path = link()
    time_machine.move_to(timezone.now() + timedelta(minutes=31))
    answer = client.post(path)
    assert answer.status_code == 410
    assert "30分" in answer.content.decode()


def test_the_last_link_counts(client, owner):
    ask(client)
    first = link()
    ask(client, "other@example.org")
    assert client.post(first).status_code == 410
    client.post(link("other@example.org"))
    assert now_called(owner) == "other@example.org"


def test_the_change_can_be_called_off(client, owner):
    ask(client)
    assert client.get("/id/profile/email/keep/").status_code == 405
    client.post("/id/profile/email/keep/")
    assert client.post(link()).status_code == 410
    assert now_called(owner) == "alice@example.jp"


def test_the_link_is_nothing_to_anybody_but_the_owner(client, owner):
    """A mistyped address: whoever gets the mail can neither use it signed out nor with an ID of their own."""
    ask(client)
    path = link()
    stranger = Client()
    assert stranger.get(path)["Location"].startswith("/id/login/")
    assert stranger.post(path)["Location"].startswith("/id/login/")
    for other in (bob(), charlie()):
        browser = Client()
        sign_in(browser, other)
        assert browser.get(path).status_code == 404
        assert browser.post(path).status_code == 404
    assert now_called(owner) == "alice@example.jp"


def test_an_address_that_is_taken_gets_the_same_page_and_a_mail_without_a_link(client, owner):
    free = re.sub(NEW, "ADDRESS", ask(client).content.decode())
    taken = re.sub(bob().email, "ADDRESS", ask(client, "bob@example.jp").content.decode())
    times = r"<time.*?</time>|csrfmiddlewaretoken.*?>"
    assert re.sub(times, "", free) == re.sub(times, "", taken)
    (mail,) = letters("bob@example.jp")
    assert "すでに" in mail.subject
    assert "/id/profile/email/" not in mail.text
    assert AuthEvent.objects.filter(method="email_changed").count() == 0


def test_an_address_taken_meanwhile_is_not_taken_away(client, owner):
    ask(client)
    path = link()
    other = bob()
    type(other).objects.filter(pk=other.pk).update(email=NEW)
    answer = client.post(path)
    assert answer.status_code == 410
    assert now_called(owner) == "alice@example.jp"
    assert letters("alice@example.jp") == []


@pytest.mark.parametrize("typed", ["alice@example.jp", "ALICE@example.jp", "nonsense", "", "a" * 250 + "@example.jp"])
def test_what_is_no_other_address_is_refused(client, owner, typed):
    answer = client.post(FORM, {"email": typed})
    assert answer.status_code == 422
    assert AddressChange.objects.count() == 0


@pytest.mark.usefixtures("owner")
def test_one_address_is_not_bombarded(client):
    for _ in range(5):
        assert client.post(FORM, {"email": NEW}).status_code == 302
    assert client.post(FORM, {"email": NEW}).status_code == 429


def test_the_slot_that_held_the_former_address_follows_with_what_it_did_not_want(client, owner):
    follow(owner, service=service(), wishes=Wishes(work=True, trouble=True))
    owner.destinations.update(hours=0b1, state="paused")
    OptOut.objects.create(account=owner, address=owner.email, service=service(), kind="work")
    ask(client)
    client.post(link())
    slot = owner.destinations.standing().get()
    assert (slot.address, slot.hours, slot.state) == (NEW, 0b1, "verified")
    assert OptOut.objects.standing().filter(address=NEW, kind="work").exists()


def test_a_slot_that_holds_the_new_address_already_stays_alone(client, owner):
    follow(owner, service=service(), wishes=Wishes(work=True, trouble=True))
    owner.destinations.create(slot=2, address=NEW)
    ask(client)
    client.post(link())
    assert list(owner.destinations.standing().values_list("slot", "address")) == [(2, NEW)]


@pytest.mark.usefixtures("owner")
def test_an_address_nobody_confirmed_is_forgotten(client):
    ask(client)
    purge(now=timezone.now() + timedelta(hours=1))
    change = AddressChange.objects.get()
    assert (change.email, change.end) == ("", "expired")
    purge(now=timezone.now() + timedelta(days=92))
    assert AddressChange.objects.count() == 0


def test_who_logs_in_with_a_mailbox_keeps_its_address(client, settings):
    settings.MAILBOX_DOMAINS = ("mail.aoba.example",)
    someone = account("hana@mail.aoba.example", password=False)
    sign_in(client, someone)
    for answer in (client.get(FORM), client.post(FORM, {"email": NEW})):
        assert answer.status_code == 403
        assert "hana@mail.aoba.example" in answer.content.decode()
    assert not AddressChange.objects.exists()
    assert not letters(NEW)


def test_mail_that_comes_back_is_said_and_proven_to_arrive_again(client, owner):
    suppression.add(owner.email, Suppression.Reason.HARD)
    for page in ("/my/", "/id/", FORM):
        assert "alice@example.jp あてのメールが戻ってきています" in client.get(page).text
    ask(client, owner.email)
    path = link(owner.email)
    assert suppression.standing(owner.email)
    assert "送信を再開します" in client.get(path).text
    assert suppression.standing(owner.email)
    client.post(path)
    assert not suppression.standing(owner.email)
    assert now_called(owner) == "alice@example.jp"
    assert "戻ってきています" not in client.get("/my/").text
    assert not AuthEvent.objects.filter(method=AuthEvent.Method.EMAIL_CHANGED).exists()
    # Where it does not come back the present address is no change.
    assert client.post(FORM, {"email": owner.email}).status_code == 422


def test_of_delivery_addresses_my_page_says_which_are_paused(client, owner):
    owner.destinations.create(slot=2, address="desk@office.example.jp")
    suppression.add("desk@office.example.jp", Suppression.Reason.SOFT)
    assert "desk@office.example.jp" in client.get("/my/").text
    assert "desk@office.example.jp" in client.get("/en/my/").text
