"""``/my/alerts/``: Alice sets what she is told, Bob what he is told of the contract he sees, Charlie nothing."""

from datetime import datetime

import pytest
from django.test import Client

from madoguchi.accounts.tests.people import alice, bob, charlie, sign_in
from madoguchi.alerts.models import Alert, Watch
from madoguchi.contracts.tests.household import household
from madoguchi.statements.tests.mobile import home as broadband
from madoguchi.statements.tests.mobile import mobile, prices
from madoguchi.support.charges.tests.month import prove

pytestmark = pytest.mark.django_db

OFFICE = "/my/alerts/C100000001/"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(datetime.fromisoformat("2026-11-22T10:00:00+09:00"))


@pytest.fixture
def home():
    return household(holder=alice(), colleague=bob())


@pytest.fixture
def hers(client, home):
    holder = home.customer.links.get(role="holder").account
    sign_in(client, holder)
    prove(client, holder, home.office)
    return client


def test_what_is_chosen_is_kept_and_shown(hers, home):
    assert "なし" in hers.get("/my/alerts/").text
    answer = hers.post(OFFICE, {"budget": "５，０００円", "new_country": "on"})
    assert (answer.status_code, answer["Location"]) == (302, "/my/alerts/")
    watch = Watch.objects.get()
    assert (watch.budget, watch.new_country, watch.rise, watch.number) == (5000, True, False, None)
    page = hers.get("/my/alerts/").text
    assert "ひと月に¥5,000を超えたとき" in page
    assert "A month passes ¥5,000" in hers.get("/en/my/alerts/").text
    assert 'value="5000"' in hers.get(OFFICE).text
    hers.post(OFFICE, {"budget": ""})
    watch.refresh_from_db()
    assert not watch.is_awake


def test_a_single_number_has_settings_of_its_own(hers, home):
    number = home.office.telephone_numbers.order_by("number").first()
    assert f'href="{OFFICE}{number.pk}/"' in hers.get(OFFICE).text
    assert hers.post(f"{OFFICE}{number.pk}/", {"rise": "on"}).status_code == 302
    assert Watch.objects.get().number == number
    assert "料金の急な増加" in hers.get(OFFICE).text
    assert "電話番号ごとの設定：1件" in hers.get("/my/alerts/").text
    assert ">For 1 telephone number<" in hers.get("/en/my/alerts/").text


def test_another_contracts_number_is_not_found(hers, home):
    other = home.branch.telephone_numbers.get()
    assert hers.get(f"{OFFICE}{other.pk}/").status_code == 404


def test_what_a_plan_offers_can_be_chosen(hers, home):
    holder = home.customer.links.get(role="holder").account
    prices()
    for contract, offered in (
        (mobile(home.customer, plan="3GB"), {"budget", "new_country", "rise", "data_used"}),
        (mobile(home.customer, plan="", number="C000000202", line="09000000102"), {"budget", "new_country", "rise"}),
        (broadband(home.customer), {"budget", "rise", "data_used"}),
        (broadband(home.customer, slug="hikari-internet", plan="", number="C000000302"), {"budget"}),
    ):
        prove(hers, holder, contract)
        answer = hers.get(f"/my/alerts/{contract.number}/")
        assert set(answer.context["form"].fields) == offered, contract.number
        assert "電話番号ごとに設定する" not in answer.text, "its only number is the contract"
        assert ("海外でのご利用" in answer.text) == (contract.usage_kind == "mobile")
    assert "3 GBの80%" in hers.get("/my/alerts/C000000201/").text
    hers.post("/my/alerts/C000000201/", {"data_used": "on"})
    assert Watch.objects.get().data_used
    page = hers.get("/my/alerts/").text
    assert "C000000201の設定を保存しました" in page
    assert "データ容量の残りが少ないとき" in page
    assert "設定を保存しました" not in hers.get("/my/alerts/").text
    hers.post("/my/alerts/C000000302/", {"data_used": "on", "new_country": "on", "rise": "on", "budget": "1"})
    flat = Watch.objects.get(contract__number="C000000302")
    assert (flat.data_used, flat.new_country, flat.rise, flat.budget) == (False, False, False, 1)


@pytest.mark.parametrize("typed", ["abc", "-5", "1,00", "5.5", "0", "100000001", "9" * 19, "５千"])
def test_what_is_no_amount_is_said_beside_the_field_and_kept(hers, typed):
    answer = hers.post(OFFICE, {"budget": typed, "rise": "on"})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    assert answer.text.count("金額は") >= 2
    assert not Watch.objects.exists()


def test_charges_that_were_told_are_shown_only_after_the_phone_is_proven(hers, home):
    watch = Watch.objects.create(account=home.customer.links.get(role="holder").account, contract=home.office, budget=1)
    Alert.objects.create(watch=watch, kind="budget", month="2026-11-01", budget=1, charge=12_345_000)
    assert "¥12,345" in hers.get("/my/alerts/").text
    again = Client()
    sign_in(again, watch.account)
    assert "¥12,345" not in again.get("/my/alerts/").text


def test_the_contact_phone_comes_first(client, home):
    sign_in(client, home.customer.links.get(role="holder").account)
    answer = client.get(OFFICE)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/my/verify/")


def test_a_colleague_and_a_stranger(client, home):
    colleague = home.customer.links.get(role="colleague").account
    sign_in(client, colleague)
    prove(client, colleague, home.branch)
    assert client.get(OFFICE).status_code == 404
    assert client.post("/my/alerts/C100000002/", {"rise": "on"}).status_code == 302
    assert Watch.objects.get().account == colleague
    stranger = Client()
    sign_in(stranger, charlie())
    assert stranger.get("/my/alerts/C100000002/").status_code == 404
    assert "ご契約が登録されていません" in stranger.get("/my/alerts/").text
