"""``/id/sessions/``: where the ID is signed in, and ending it there."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import AuthEvent, SignIn
from madoguchi.accounts.tests.people import PASSWORD, alice, bob, charlie, sign_in
from madoguchi.contracts.models import PhoneProof, TrustedDevice, TrustedPhone
from madoguchi.contracts.tests.household import household

pytestmark = pytest.mark.django_db

PAGE = "/id/sessions/"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def owner(client):
    someone = alice()
    sign_in(client, someone)
    return someone


def phone_of(account):
    """Another browser, through the login page."""
    browser = Client(headers={"User-Agent": IPHONE}, REMOTE_ADDR="203.0.113.9")
    assert browser.post("/id/login/", {"email": account.email, "password": PASSWORD}).status_code == 302
    return browser, SignIn.objects.filter(account=account).latest("pk")


def remembered(account):
    home = household(holder=account)
    device = TrustedDevice.objects.create(
        account=account, secret_digest=f"x{account.pk}", password_mark=account.get_session_auth_hash(), agent=IPHONE
    )
    until = timezone.now() + timedelta(days=90)
    TrustedPhone.objects.create(device=device, customer=home.customer, phone="+819000000001", expires_at=until)
    mine = SignIn.objects.filter(account=account).first() or sign_in(Client(), account)
    PhoneProof.objects.create(
        account=account, customer=home.customer, phone="+819000000001", sign_in=mine, device=device,
        expires_at=until,
    )  # fmt: skip
    return device


def end(sign_in):
    return f"{PAGE}{sign_in.public_id}/end/"


def test_devices_are_told_in_words_with_this_one_first(client, owner):
    phone_of(owner)
    said = client.get(PAGE).content.decode()
    assert said.index("この端末") < said.index("iPhone の Safari")
    assert "203.0.113.9" in said
    assert "iPhone の Safari" in said
    english = client.get(f"/en{PAGE}").content.decode()
    assert "Safari on iPhone" in english


def test_the_only_device_says_so(client, owner):
    assert "ほかにログイン中の端末はありません" in client.get(PAGE).content.decode()


def test_one_device_is_ended_and_at_once_nobody_there(client, owner):
    browser, theirs = phone_of(owner)
    assert browser.get("/id/profile/").status_code == 200
    assert client.post(end(theirs))["Location"] == f"{PAGE}?said=ended"
    assert browser.get("/id/profile/").status_code == 302
    theirs.refresh_from_db()
    assert theirs.end == "ended"
    assert AuthEvent.objects.get(method="session_ended").detail == "one"
    assert client.get(PAGE).status_code == 200


def test_all_others_are_ended_and_this_one_stays(client, owner):
    phones = [phone_of(owner)[0] for _ in range(2)]
    assert client.post(f"{PAGE}others/end/")["Location"] == f"{PAGE}?said=ended_others"
    assert [phone.get("/id/profile/").status_code for phone in phones] == [302, 302]
    assert client.get(PAGE).status_code == 200
    assert AuthEvent.objects.get(method="session_ended").detail == "others"


def test_this_device_is_not_ended_here(client, owner):
    assert client.post(end(SignIn.objects.get()))["Location"] == f"{PAGE}?said=this"
    assert client.get(PAGE).status_code == 200


def test_sessions_of_others_are_not_there(client, owner):
    theirs = []
    for other in (bob(), charlie()):
        browser = Client()
        theirs.append(sign_in(browser, other))
        assert browser.post(end(SignIn.objects.get(account=owner))).status_code == 404
    for foreign in theirs:
        assert client.post(end(foreign)).status_code == 404
        foreign.refresh_from_db()
        assert foreign.is_standing
    client.post(f"{PAGE}others/end/")
    assert all(SignIn.objects.get(pk=foreign.pk).is_standing for foreign in theirs)


def test_remembered_devices_are_listed_and_forgotten_one_by_one(client, owner):
    device = remembered(owner)
    assert "iPhone の Safari" in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}devices/{device.pk}/forget/")["Location"] == f"{PAGE}?said=forgotten"
    device.refresh_from_db()
    assert device.end == "forgotten"
    assert not PhoneProof.objects.filter(device=device).exists()
    assert AuthEvent.objects.filter(method="device_forgotten").count() == 1
    assert client.post(f"{PAGE}devices/{device.pk}/forget/").status_code == 404


def test_somebody_elses_device_is_not_there(client, owner):
    device = remembered(bob())
    assert client.post(f"{PAGE}devices/{device.pk}/forget/").status_code == 404
    device.refresh_from_db()
    assert not device.end


def test_v7_5_2_ending_needs_a_fresh_proof_and_is_carried_out_after_it(client, owner, time_machine):
    SignIn.objects.update(idle_at=timezone.now() + timedelta(days=1))
    time_machine.move_to(timezone.now() + timedelta(minutes=20))
    _, theirs = phone_of(owner)
    assert client.get(PAGE).status_code == 200
    assert client.post(end(theirs))["Location"] == "/id/prove/"
    assert SignIn.objects.get(pk=theirs.pk).is_standing
    client.post("/id/prove/", {"way": "password", "password": PASSWORD}, follow=True)
    assert SignIn.objects.get(pk=theirs.pk).end == "ended"


@pytest.mark.parametrize("path", ["others/end/", "00000000-0000-0000-0000-000000000000/end/", "devices/1/forget/"])
def test_nothing_is_ended_by_opening_a_page(client, owner, path):
    assert client.get(f"{PAGE}{path}").status_code == 405
