"""What the nightly job deletes, and what it leaves."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import sign_in
from madoguchi.contracts import jobs
from madoguchi.contracts.contact_phone import Channel
from madoguchi.contracts.models import (
    Dispatch,
    Passcode,
    PhoneChange,
    PhoneEntry,
    PhoneProof,
    RetiredSecret,
    TrustedDevice,
    TrustedPhone,
)
from madoguchi.contracts.tests.household import household

pytestmark = pytest.mark.django_db
KEPT = (Passcode, Dispatch, PhoneEntry, PhoneChange, PhoneProof, TrustedPhone, RetiredSecret)


@pytest.mark.parametrize(
    ("days", "left"),
    [
        (0, {"Passcode", "Dispatch", "PhoneEntry", "PhoneChange", "PhoneProof", "TrustedPhone", "RetiredSecret"}),
        (29, {"Passcode", "Dispatch", "PhoneEntry", "PhoneChange", "PhoneProof", "TrustedPhone", "RetiredSecret"}),
        (31, {"TrustedPhone", "RetiredSecret"}),
        (91, set()),
    ],
)
def test_the_past_is_forgotten_in_its_time(days: int, left: set[str]):
    now = timezone.now()
    alice = Account.objects.create(email="alice@example.jp")
    home = household(holder=alice)
    hers = sign_in(Client(), alice)
    passcode = Passcode.make(sign_in=hers, contract=home.office, channel=Channel.SMS, language="ja")
    Dispatch.objects.create(passcode=passcode, phone=passcode.phone, prefix="+8190")
    PhoneEntry.objects.create(account=alice, contract=home.office, sign_in=hers, right=True)
    about = {"customer": home.customer, "phone": passcode.phone}
    PhoneProof.objects.create(account=alice, sign_in=hers, expires_at=now + timedelta(hours=1), **about)
    PhoneChange.objects.create(
        account=alice, contract=home.office, sign_in=hers, old_phone=passcode.phone, expires_at=now + timedelta(hours=1)
    )
    device = TrustedDevice.objects.create(account=alice, secret_digest="a", password_mark="m")
    TrustedPhone.objects.create(device=device, expires_at=now + timedelta(days=90), **about)
    RetiredSecret.objects.create(device=device, secret_digest="b")
    with time_machine.travel(now + timedelta(days=days)):
        jobs.forget_old(0)
    assert {model.__name__ for model in KEPT if model.objects.exists()} == left
