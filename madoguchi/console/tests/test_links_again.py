"""Staff send the link of a registration or of an address once more: a fresh one, never seen, counted, recorded."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from madoguchi.accounts import change_address
from madoguchi.accounts.activate import waiting_registration
from madoguchi.accounts.links import LinkDead
from madoguchi.accounts.models import Account, AddressChange, Registration
from madoguchi.accounts.register import send_again
from madoguchi.console.models import AuditEntry
from madoguchi.console.tests.test_customers import REASON, do, look, page
from madoguchi.delivery.models import Letter
from madoguchi.lib.tokens import digest, unseal
from madoguchi.notices import register_address
from madoguchi.notices.destinations import Preferences
from madoguchi.notices.models import DestinationChange

pytestmark = pytest.mark.django_db
NEW, AT = "newcomer@example.jp", "/console/customers/registrations/"


@pytest.fixture
def waits() -> Registration:
    now = timezone.now()
    return Registration.objects.create(
        draft="draft",
        email=NEW,
        password="hashed",
        family_name_kana="アオバ",
        language="en",
        terms_agreed_at=now - timedelta(hours=20),
        token_digest=digest("first"),
        created_at=now - timedelta(hours=20),
        expires_at=now + timedelta(hours=4),
        wrong_passwords=2,
    )


def find(client: Client, email: str = NEW) -> Any:
    return client.post("/console/customers/", {"email": email, "reason": REASON})


def token(letter: Letter) -> str:
    """What stands in the link of the mail."""
    return str(json.loads(unseal(bytes(letter.sealed or b"")))["link"]).rstrip("/").rpartition("/")[2]


def test_the_link_of_a_registration_is_sent_anew_and_the_former_one_is_dead(
    support: Client, waits: Registration
) -> None:
    answer = find(support)
    assert answer["Location"] == f"{AT}{waits.pk}/"
    shown = support.get(answer["Location"]).content.decode()
    assert NEW not in shown
    assert "アオバ" not in shown
    answer = support.post(f"{AT}{waits.pk}/", {"reason": REASON})
    again = Registration.objects.get(end="")
    assert answer["Location"] == f"{AT}{again.pk}/?done=sent"
    letter = Letter.objects.get()
    assert (letter.address, letter.language) == (NEW, "en")
    assert waiting_registration(token(letter)) == again
    assert (again.family_name_kana, again.wrong_passwords) == ("アオバ", 2)
    assert again.expires_at > timezone.now() + timedelta(hours=23)
    with pytest.raises(LinkDead, match="superseded"):
        waiting_registration("first")
    shown = support.get(answer["Location"]).content.decode()
    assert token(letter) not in shown
    assert "新しいリンクを送信しました" in shown
    looked, sent = AuditEntry.objects.order_by("pk")
    assert (looked.act, sent.act, sent.reason) == ("registration.look", "registration.send_again", REASON)
    assert (sent.object_key, sent.detail) == (str(again.pk), {"former": waits.pk})


def test_only_who_gave_a_reason_and_only_while_it_waits(support: Client, waits: Registration) -> None:
    assert support.get(f"{AT}{waits.pk}/")["Location"] == "/console/customers/"
    assert support.post(f"{AT}{waits.pk}/", {"reason": REASON})["Location"] == "/console/customers/"
    find(support)
    assert support.post(f"{AT}{waits.pk}/", {"reason": ""}).status_code == 422
    Registration.objects.update(end="expired")
    assert support.post(f"{AT}{waits.pk}/", {"reason": REASON})["Location"] == "/console/customers/"
    with pytest.raises(ValueError, match="over"):
        send_again(waits)
    assert find(support).status_code == 422
    assert not Letter.objects.exists()


def test_a_registration_is_sent_ten_times_an_hour_at_most(support: Client, waits: Registration) -> None:
    at = find(support)["Location"]
    for _ in range(10):
        at = support.post(at, {"reason": REASON})["Location"]
    answer = support.post(at, {"reason": REASON})
    assert answer.status_code == 422
    assert "分後にもう一度お試しください" in answer.content.decode()
    assert Letter.objects.count() == 10
    assert AuditEntry.objects.filter(act="registration.send_again").count() == 10


def test_the_link_of_a_delivery_address_is_sent_anew(support: Client, alice: Account) -> None:
    first = register_address.register(alice, slot=2, address="team@example.jp", preferences=Preferences())
    assert first is not None
    look(support, alice)
    shown = support.get(page(alice)).content.decode()
    assert f"{page(alice)}link_2/" in shown
    assert "team@example.jp" not in shown
    assert support.get(f"{page(alice)}link_1/").status_code == 404
    assert do(support, alice, "link_2")["Location"] == f"{page(alice)}?done=link_2"
    again = DestinationChange.objects.get(end="")
    letter = Letter.objects.order_by("-pk")[0]
    assert (letter.address, again.pk == first.pk) == ("team@example.jp", False)
    assert register_address.waiting_change(token(letter)) == again
    first.refresh_from_db()
    assert first.end == DestinationChange.End.SUPERSEDED
    assert AuditEntry.objects.filter(act="customer.link_2", reason=REASON).count() == 1
    do(support, alice, "link_2")
    full = do(support, alice, "link_2")
    assert full.status_code == 422
    assert "お試しください" in full.content.decode()
    assert Letter.objects.count() == 3, "as often as the customer may"
    assert AuditEntry.objects.filter(act="customer.link_2").count() == 2, "nothing was done"


def test_the_link_of_the_ids_next_address_is_sent_anew(support: Client, alice: Account) -> None:
    change_address.ask(alice, email="next@example.jp")
    look(support, alice)
    english = f"/en{page(alice)}"
    assert support.post(f"{english}new_email/", {"reason": REASON})["Location"] == f"{english}?done=new_email"
    again = AddressChange.objects.get(end="")
    letter = Letter.objects.order_by("-pk")[0]
    assert letter.address == "next@example.jp"
    assert "/en/" not in json.loads(unseal(letter.sealed or b""))["link"]
    assert change_address.waiting_change(alice, token(letter)) == again
    change_address.call_off(alice)
    assert support.get(f"{page(alice)}new_email/").status_code == 404
