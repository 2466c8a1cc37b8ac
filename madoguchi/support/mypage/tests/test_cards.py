"""E1's cards: charges so far, notices that touch the reader, what waits, this site's own maintenance, text size."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import alice, bob, charlie, sign_in
from madoguchi.contracts.tests.household import Household, household, service
from madoguchi.lib import own_links
from madoguchi.notices.models import Notice
from madoguchi.statements.load_tariff import load_tariff
from madoguchi.statements.models import Bill, Payment
from madoguchi.support.charges.tests.month import prove

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Household:
    charlie()
    load_tariff()
    return household(holder=alice(), colleague=bob())


def browser(name: str, home: Household, *, proven: bool = False) -> Client:
    client = Client()
    account = Account.objects.get(email__startswith=f"{name}@")
    sign_in(client, account)
    if proven:
        prove(client, account, home.office)
    return client


def notice(slug: str, title: str, *, contract: str = "") -> Notice:
    made = Notice.objects.create(
        kind=Notice.Kind.TROUBLE,
        number=f"T-2026-{Notice.objects.count() + 1:06}",
        title_ja=title,
        state=Notice.State.INVESTIGATING,
        severity="major",
        last_published_at=timezone.now(),
        started_at=timezone.now(),
    )
    made.services.add(service(slug))
    if contract:
        made.affected_contracts.create(contract_number=contract)
    return made


def test_charges_so_far_are_behind_the_contact_phone(home: Household):
    before = browser("alice", home).get("/my/").text
    assert "ご契約の連絡先電話番号を確認すると表示されます" in before
    after = browser("alice", home, proven=True).get("/my/").text
    assert "これまでの料金" in after
    assert "mypage__figure" in after
    assert "mypage__figure" not in before


def test_notices_that_touch_the_reader(home: Household):
    notice("ip-phone-office", "サービス全体の故障")
    notice("ip-phone-office", "アリスだけの故障", contract=home.office.number)
    notice("mail-web", "無関係の故障")
    hers = browser("alice", home).get("/my/").text
    assert "サービス全体の故障" in hers
    assert "アリスだけの故障" in hers
    assert "無関係の故障" not in hers
    his = browser("bob", home).get("/my/").text
    assert "サービス全体の故障" in his
    assert "アリスだけの故障" not in his
    assert "故障はありません" in browser("charlie", home).get("/my/").text


def test_this_sites_own_maintenance_stands_on_top(home: Household):
    made = notice("support-site", "マイページのメンテナンス")
    page = browser("charlie", home).get("/my/").text
    assert "このサイトについて：" in page
    assert "マイページのメンテナンス" in page
    Notice.objects.filter(pk=made.pk).update(state=Notice.State.RECOVERED)
    assert "マイページのメンテナンス" not in browser("charlie", home).get("/my/").text


def test_a_bill_found_unpaid_waits_for_who_proved_the_phone(home: Household):
    bill = _bill(home)
    Payment.objects.create(bill=bill, state=Payment.State.UNPAID, on=date(2026, 11, 20))
    said = f"{home.office.number} の2026年9月分のお支払いを確認できていません"
    assert said in browser("alice", home, proven=True).get("/my/").text
    assert said not in browser("alice", home).get("/my/").text
    assert said not in browser("bob", home, proven=True).get("/my/").text
    Payment.objects.create(bill=bill, state=Payment.State.PAID, on=date(2026, 11, 21))
    assert "ご対応いただくことはありません" in browser("alice", home, proven=True).get("/my/").text


def _bill(home: Household) -> Bill:
    from madoguchi.statements.models import ClosingRun

    month = date(2026, 9, 1)
    sums = dict.fromkeys(("lines", "discount", "fees", "adjustments", "brought", "carried", "tax", "cut", "total"), 0)
    return Bill.objects.create(
        run=ClosingRun.objects.create(month=month),
        month=month,
        contract=home.office,
        customer=home.customer,
        number="202609-0000001",
        due_on=date(2026, 10, 30),
        **sums,
    )


def test_the_operators_own_links(home: Household, settings):
    settings.OWN_LINKS = own_links.read('[{"ja": "お支払い", "en": "Payment", "href": "https://pay.example/"}]')
    assert '<a href="https://pay.example/">お支払い' in browser("alice", home).get("/my/").text
    assert '<a href="https://pay.example/">Payment' in browser("alice", home).get("/en/my/").text


@pytest.mark.parametrize(
    "text",
    ["{", '[{"ja": "a"}]', '[{"ja":"a","en":"b","href":"javascript:x"}]', '[{"ja":"","en":"b","href":"/"}]'],
)
def test_links_that_cannot_be_used_are_refused(text: str):
    with pytest.raises(ValueError, match=r".+"):
        own_links.read(text)


def test_the_size_of_text_is_remembered_in_the_browser(home: Household):
    hers = browser("alice", home)
    assert "data-text-size" not in hers.get("/my/").text
    answer = hers.post("/my/text-size/", {"size": "largest"})
    assert answer.status_code == 302
    assert answer.cookies["text_size"]["httponly"]
    page = hers.get("/my/").text
    assert '<html lang="ja" data-text-size="largest">' in page
    assert '<html lang="en" data-text-size="largest">' in hers.get("/en/my/contracts/").text
    assert "data-text-size" not in hers.get("/").text, "pages for everybody are the same for everybody"
    hers.post("/my/text-size/", {"size": "huge"})
    assert 'data-text-size="largest"' in hers.get("/my/").text
    hers.post("/my/text-size/", {"size": "standard"})
    assert "data-text-size" not in hers.get("/my/").text
