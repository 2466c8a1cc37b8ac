"""Alerts of everything a month bills: messages, data, what came late; and what falls and rises again is told once."""

from datetime import datetime

import pytest
from django.utils import timezone

from madoguchi.accounts.tests.people import alice
from madoguchi.alerts.look import look
from madoguchi.alerts.models import Alert, Watch
from madoguchi.alerts.tests.test_rules import milliyen, table
from madoguchi.alerts.used import used_in
from madoguchi.contracts.models import Contract
from madoguchi.contracts.tests.household import household
from madoguchi.delivery import renderers
from madoguchi.delivery.models import Letter
from madoguchi.notices.models import Destination
from madoguchi.statements.billing.sheets import totals_so_far
from madoguchi.statements.closing import rerate
from madoguchi.statements.closing.close import close_month
from madoguchi.statements.models import TariffRule, UsageImport
from madoguchi.statements.tests import october
from madoguchi.statements.tests.mobile import MOBILE, OCTOBER, data, message, mobile, prices, take_in
from madoguchi.statements.undo_import import undo_import

pytestmark = pytest.mark.django_db

GB = 10**9
FRANCE, ITALY = "+33140000000", "+390640000000"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(datetime.fromisoformat("2026-10-22T10:00:00+09:00"))


@pytest.fixture
def contract(tmp_path) -> Contract:
    prices()
    return mobile(household(holder=alice()).customer)


def watch(contract: Contract, **wanted) -> Watch:
    return Watch.objects.create(account=contract.customer.links.get().account, contract=contract, **wanted)


def looked() -> int:
    return look(now=timezone.now())


def letters() -> list[Letter]:
    return list(Letter.objects.filter(mailing__renderer="alerts.alert").select_related("mailing").order_by("pk"))


def words_of(letter: Letter, language: str = "ja") -> str:
    made = renderers.render("alerts.alert", letter.mailing.reference, language, letter.format)
    return f"{made.subject}\n{made.text}"


@pytest.mark.parametrize("row", table("calls"), ids=" ".join)
def test_what_counts_is_what_the_table_says(contract, tmp_path, row):
    calls, messages, used, number, lines, total = row
    if calls != "–":
        october.take_in(tmp_path, october.call(MOBILE, october.SHOP, 0, talk=60))
    if messages != "–":
        take_in(tmp_path, "messages", *(message(n) for n in range(3)))
    take_in(tmp_path, "data", data(0, round(float(used.removesuffix(" GB")) * GB)))
    found = used_in([contract], OCTOBER, since=0)
    of_contract, of_number = found[contract.pk, ""], found.get((contract.pk, "+819000000101"))
    assert (of_number.comes_to(OCTOBER) if of_number else 0) == milliyen(number)
    assert of_contract.charges[OCTOBER] == milliyen(lines)
    assert of_contract.comes_to(OCTOBER) == milliyen(total)
    assert totals_so_far([contract], OCTOBER)[contract.pk] * 1000 == milliyen(total), "as My page shows it"


def test_messages_and_data_make_a_month_pass_an_amount(contract, tmp_path):
    watch(contract, budget=10)
    take_in(tmp_path, "messages", message(0))
    assert looked() == 0
    take_in(tmp_path, "messages", message(1), message(2), message(3))
    assert looked() == 1
    watch(contract, budget=500, number=contract.telephone_numbers.get())
    Watch.objects.filter(number=None).update(budget=500)
    take_in(tmp_path, "data", data(0, 4 * GB))
    assert looked() == 1, "data is the contract's, and not its number's"
    assert "これまでの料金（税込）：¥" in words_of(letters()[-1])


def test_the_data_of_the_plan_is_told_of_at_four_fifths_and_when_it_is_used_up(contract, tmp_path):
    watch(contract, data_used=True)
    for n, (amount, told) in enumerate(((2.3, 0), (0.2, 1), (0.1, 0), (0.4, 1), (3, 0))):
        take_in(tmp_path, "data", data(n, int(amount * GB)))
        assert looked() == told, n
    assert [alert.percent for alert in Alert.objects.order_by("pk")] == [80, 100]
    first, second = letters()
    assert "データのご利用量：2.50 GB\nプランのデータ容量：3 GB" in words_of(first)
    assert words_of(second).startswith("2026年10月のデータ容量を使い切りました")
    assert "used up for October 2026" in words_of(second, "en")


def test_an_import_that_passes_both_steps_tells_of_the_higher_alone(contract, tmp_path):
    watch(contract, data_used=True)
    take_in(tmp_path, "data", data(0, 3 * GB))
    assert looked() == 1
    undo_import(UsageImport.objects.get().pk, now=timezone.now())
    take_in(tmp_path, "data", data(0, int(2.5 * GB)))
    assert looked() == 0
    assert Alert.objects.get().percent == 100


def test_the_first_message_to_a_country_is_told_and_a_call_to_it_is_none_then(contract, tmp_path):
    watch(contract, new_country=True)
    take_in(tmp_path, "messages", message(0, FRANCE), message(1, sender=FRANCE, to=MOBILE), message(2))
    assert looked() == 1
    october.take_in(tmp_path, october.call(MOBILE, "010" + FRANCE[1:], 0, talk=60))
    assert looked() == 0
    assert "国・地域：フランス\n" in words_of(letters()[0])


def test_countries_of_one_import_are_one_mail(contract, tmp_path):
    watch(contract, new_country=True)
    take_in(tmp_path, "messages", message(0, FRANCE), message(1, ITALY))
    assert looked() == 2
    (letter,) = letters()
    assert "国・地域：フランス、イタリア\n" in words_of(letter)
    assert "Country: France, Italy\n" in words_of(letter, "en")


def test_a_country_in_two_months_of_one_import_is_told_once(contract, tmp_path, time_machine):
    time_machine.move_to(datetime.fromisoformat("2026-11-01T10:00:00+09:00"))
    watch(contract, new_country=True)
    called = "010" + FRANCE[1:]
    rows = (october.call(MOBILE, called, n, talk=60, month=month, day=1) for n, month in enumerate((10, 11)))
    october.take_in(tmp_path, *rows)
    assert looked() == 1
    assert Alert.objects.get().month == OCTOBER


def test_what_falls_and_passes_again_is_told_once(contract, tmp_path):
    watch(contract, budget=10, new_country=True)
    for _time in range(2):
        take_in(tmp_path, "messages", message(0, FRANCE))
        looked()
        assert Alert.objects.count() == 2
        undo_import(UsageImport.objects.latest("pk").pk, now=timezone.now())
        assert looked() == 0


def test_a_rerating_can_make_a_month_pass_an_amount_once(contract, tmp_path):
    watch(contract, budget=100)
    october.take_in(tmp_path, october.call(MOBILE, october.SHOP, 0, talk=60))
    assert looked() == 0
    for price, told in ((200_000, 1), (20_000, 0), (300_000, 0)):
        TariffRule.objects.filter(version__name__contains="携帯", kind="fixed").update(price=price)
        rerate.apply(rerate.look(OCTOBER, now=timezone.now()), now=timezone.now())
        assert looked() == told, price
    assert Alert.objects.get().yen == 443


def test_what_comes_late_for_a_closed_month_counts_on_the_next(contract, tmp_path, time_machine):
    october.take_in(tmp_path, october.call(MOBILE, october.SHOP, 0, talk=60))
    time_machine.move_to(datetime.fromisoformat("2026-11-12T10:00:00+09:00"))
    close_month(OCTOBER, now=timezone.now())
    watch(contract, budget=60)
    looked()
    october.take_in(tmp_path, *(october.call(MOBILE, october.SHOP, n, talk=60) for n in (1, 2)))
    assert looked() == 1
    assert f"{Alert.objects.get().month:%Y-%m}" == "2026-11"


def test_a_keitai_gets_a_short_mail(contract, tmp_path):
    owner = contract.customer.links.get().account
    Destination.objects.create(account=owner, slot=1, address=owner.email, device=Destination.Device.MOBILE)
    watch(contract, budget=1)
    take_in(tmp_path, "messages", message(0))
    looked()
    (letter,) = letters()
    assert letter.format == Letter.Format.SHORT
    assert len(words_of(letter)) < 300


def test_the_button_leads_to_what_can_be_seen_already(contract, tmp_path):
    watch(contract, budget=1)
    take_in(tmp_path, "messages", message(0))
    looked()
    assert f"/my/charges/bills/{contract.number}/2026-10/" in words_of(letters()[0])
