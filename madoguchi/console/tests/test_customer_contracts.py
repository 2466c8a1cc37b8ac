"""Staff find a customer by a number, see contracts and bills, unlink; call records only with role and reason."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import Account, AuthEvent, StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console.models import AuditEntry
from madoguchi.contracts.models import CustomerLink
from madoguchi.contracts.tests.household import Household, household
from madoguchi.delivery.models import Mailing
from madoguchi.statements.closing.close import close_month
from madoguchi.statements.models import Bill
from madoguchi.statements.tests.october import OURS, SHOP, call, take_in

pytestmark = pytest.mark.django_db
FIND, REASON = "/console/customers/", "お問い合わせ 2026-1122"


@pytest.fixture
def home() -> Household:
    people.charlie()
    return household(holder=people.alice(), colleague=people.bob())


def staff(role: StaffRole = StaffRole.SUPPORT) -> Client:
    client = Client()
    people.sign_in(client, people.staff(role))
    return client


def look(client: Client, typed: str):
    return client.post(FIND, {"customer": typed, "reason": REASON})


def place(home: Household, rest: str = "") -> str:
    return f"/console/customers/contracts/{home.customer.pk}/{rest}"


@pytest.mark.parametrize("typed", ["N123456789", "ｎ123-456-789", "090-0000-0001", "050-0000-0201"])
def test_a_customer_is_found_by_number_or_phone(home: Household, typed: str) -> None:
    support = staff()
    assert look(support, typed)["Location"] == place(home)
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.object_type, entry.object_key) == ("customer.look", "customer", str(home.customer.pk))
    page = support.get(place(home)).text
    assert home.office.number in page
    assert "株式会社ありす" in page
    assert "090-0000-0001" not in page, "the contact phone is masked"
    assert "alice@example.jp" not in page
    assert page.count('<table class="table stacked"') == page.count("<table") == 2, "cards on a phone"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("N999999999", "この番号のお客さまはいません。"),
        ("abc", "お客さま番号でも電話番号でもありません。"),
        ("", "どちらか一方を入力してください。"),
    ],
)
def test_what_leads_to_nobody_is_said_and_kept(home: Household, typed: str, said: str) -> None:
    answer = look(staff(), typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{typed}"' in answer.text or not typed


def test_nothing_is_shown_without_a_look_of_ones_own(home: Household) -> None:
    look(staff(), home.customer.number)
    other = staff(StaffRole.ADMINISTRATOR)
    link = CustomerLink.objects.get(account__email="bob@example.jp")
    for rest in ("", f"bills/{home.office.pk}/", f"unlink/{link.pk}/", f"calls/{home.office.pk}/"):
        assert other.get(place(home, rest))["Location"] == FIND, rest
    assert other.post(place(home, f"unlink/{link.pk}/"), {"reason": REASON})["Location"] == FIND
    assert CustomerLink.objects.count() == 2


def test_from_the_customer_to_the_id_and_back(home: Household) -> None:
    support = staff()
    look(support, home.customer.number)
    bob = Account.objects.get(email="bob@example.jp")
    assert support.post(place(home, f"ids/{bob.public_id}/"))["Location"] == f"{FIND}{bob.public_id}/"
    page = support.get(f"{FIND}{bob.public_id}/").text
    assert "N******789" in page
    assert support.post(f"{FIND}{bob.public_id}/customer/{home.customer.pk}/")["Location"] == place(home)
    charlie = Account.objects.get(email__startswith="charlie@")
    assert support.post(place(home, f"ids/{charlie.public_id}/")).status_code == 404


def test_a_link_is_taken_away_with_a_reason_and_the_customer_is_told(home: Household) -> None:
    support = staff()
    look(support, home.customer.number)
    link = CustomerLink.objects.get(account__email="bob@example.jp")
    path = place(home, f"unlink/{link.pk}/")
    assert support.post(path, {"reason": ""}).status_code == 422
    assert support.post(path, {"reason": REASON}).status_code == 302
    assert not CustomerLink.objects.filter(pk=link.pk).exists()
    assert AuditEntry.objects.filter(act="customer.unlink", reason=REASON).exists()
    event = AuthEvent.objects.get(account__email="bob@example.jp", method="contract_unlinked")
    assert (event.detail, event.network, event.agent) == ("staff", None, ""), "whose they are is not Bob's business"
    assert Mailing.objects.exists() or mail.outbox
    assert support.post(path, {"reason": REASON}).status_code == 404


def test_bills_are_shown_and_each_look_recorded(home: Household, tmp_path: Path) -> None:
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Asia/Tokyo")), tick=False):
        take_in(tmp_path, call(OURS, SHOP, 1), call(OURS, "0312345678", 2))
        close_month(date(2026, 10, 1), now=timezone.now())
        support = staff()
        look(support, home.customer.number)
        page = support.get(place(home, f"bills/{home.office.pk}/?month=2026-10")).text
        bill = Bill.objects.get(contract=home.office)
        assert bill.number in page
        assert f"¥{bill.total:,}" in page
        assert AuditEntry.objects.filter(act="customer.bills", detail__month="2026-10").count() == 1
        assert "暫定" in support.get(place(home, f"bills/{home.office.pk}/?month=junk")).text


def test_call_records_are_for_administrators_with_a_reason_of_their_own(home: Household, tmp_path: Path) -> None:
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Asia/Tokyo")), tick=False):
        take_in(tmp_path, call(OURS, SHOP, 1), call(OURS, "0312345678", 2), call(OURS, "0120444556", 3))
        support = staff()
        look(support, home.customer.number)
        path = place(home, f"calls/{home.office.pk}/")
        assert support.get(path).status_code == 403
        assert support.post(path, {"reason": REASON}).status_code == 403
        administrator = staff(StaffRole.ADMINISTRATOR)
        look(administrator, home.customer.number)
        assert "通信の秘密" in administrator.get(path).text
        assert not AuditEntry.objects.filter(act="customer.calls_shown").exists()
        administrator.post(path, {"reason": REASON})
        page = administrator.get(f"{path}?month=2026-10").text
        assert "03-1234-****" in page
        assert "0120-44*-***" in page
        assert "03-1234-5678" not in page
        assert AuditEntry.objects.filter(act="customer.calls_shown", reason=REASON).count() == 1
        seen = AuthEvent.objects.filter(method=AuthEvent.Method.CALL_RECORDS, detail="staff")
        assert list(seen.values_list("account__email", flat=True)) == ["alice@example.jp"], (
            "Bob does not see the office"
        )
        holder = Client()
        people.sign_in(holder, Account.objects.get(email="alice@example.jp"))
        assert "弊社の担当者による閲覧" in holder.get("/id/history/").text
        other = administrator.get(place(home, f"calls/{home.branch.pk}/"))
        assert "通信の秘密" in other.text, "a reason is for one contract"


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_both_languages(home: Household, prefix: str) -> None:
    administrator = staff(StaffRole.ADMINISTRATOR)
    look(administrator, home.customer.number)
    link = home.customer.links.first()
    assert link
    for rest in ("", f"bills/{home.office.pk}/", f"unlink/{link.pk}/", f"calls/{home.office.pk}/"):
        answer = administrator.get(prefix + place(home, rest))
        assert answer.status_code == 200, rest
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("role", [StaffRole.VIEWER, StaffRole.EDITOR, StaffRole.PUBLISHER, StaffRole.BILLING])
def test_other_roles_are_refused(home: Household, role: StaffRole) -> None:
    client = staff(role)
    assert look(client, home.customer.number).status_code == 403
    for rest in ("", f"bills/{home.office.pk}/", f"calls/{home.office.pk}/"):
        assert client.get(place(home, rest)).status_code == 403
