"""From imported calls to a mail: each thing once, to those who may know, in their hours."""

from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import alice, bob, charlie
from madoguchi.alerts.look import look
from madoguchi.alerts.models import Alert, Watch
from madoguchi.contracts.models import Contract, CustomerLink
from madoguchi.contracts.tests.household import household
from madoguchi.delivery import renderers
from madoguchi.delivery.models import Letter
from madoguchi.notices.models import Destination
from madoguchi.statements.tests.october import OURS, SHOP, call, take_in

pytestmark = pytest.mark.django_db

PARIS, LONDON = "010331" + "40000000", "0104420" + "70000000"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(datetime.fromisoformat("2026-11-22T10:00:00+09:00"))


class Home(NamedTuple):
    holder: Account
    colleague: Account
    contract: Contract


@pytest.fixture
def home():
    holder, colleague = alice(), bob()
    return Home(holder, colleague, household(holder=holder, colleague=colleague).office)


@pytest.fixture
def came_in(tmp_path):
    """Take calls in, and look for alerts."""

    def take(*rows: str) -> int:
        take_in(tmp_path, *rows)
        return look(now=timezone.now())

    return take


def november(n: int, *, called: str = SHOP, talk: int = 180, month: int = 11) -> str:
    return str(call(OURS, called, n, talk=talk, month=month))


def watch(account: Account, contract, **wanted) -> Watch:
    return Watch.objects.create(account=account, contract=contract, **wanted)


def mails() -> list[tuple[str, str]]:
    """Whom to, and the subject in the ID's language."""
    letters = Letter.objects.filter(mailing__renderer="alerts.alert").select_related("mailing").order_by("pk")
    return [
        (
            letter.address,
            renderers.render("alerts.alert", letter.mailing.reference, letter.language, letter.format).subject,
        )
        for letter in letters
    ]


def test_a_month_that_passes_the_amount_is_told_once(home, came_in):
    watch(home.holder, home.contract, budget=24)
    assert came_in(november(0), november(1)) == 0, "¥16 of calls, ¥6 of fees and the tax are ¥24: not more than ¥24"
    assert came_in(november(2)) == 1
    assert came_in(november(3)) == 0, "told already"
    assert mails() == [("alice@example.jp", "2026年11月の料金が設定された金額を超えました")]
    (alert,) = Alert.objects.all()
    assert (alert.charge, f"{alert.month:%Y-%m}") == (33_000, "2026-11")


def test_the_next_month_is_another_thing_once_it_passes_the_amount_too(home, came_in, time_machine):
    watch(home.holder, home.contract, budget=24)
    assert came_in(*(november(n) for n in range(3))) == 1
    time_machine.move_to(datetime.fromisoformat("2026-12-05T10:00:00+09:00"))
    assert came_in(november(0, month=12)) == 0, "November was told, December is not there yet"
    assert came_in(november(1, month=12), november(2, month=12)) == 1
    assert [f"{alert.month:%Y-%m}" for alert in Alert.objects.order_by("pk")] == ["2026-11", "2026-12"]


def test_another_amount_is_another_thing_and_the_same_again_is_not(home, came_in):
    one = watch(home.holder, home.contract, budget=10)
    assert came_in(november(0)) == 1
    Watch.objects.filter(pk=one.pk).update(budget=None)
    assert came_in(november(1)) == 0
    Watch.objects.filter(pk=one.pk).update(budget=10)
    assert came_in(november(2)) == 0
    Watch.objects.filter(pk=one.pk).update(budget=40)
    assert came_in(november(3)) == 1


def test_one_number_is_told_apart_from_its_contract(home, came_in):
    number = home.contract.telephone_numbers.get(number="+815000000101")
    other = home.contract.telephone_numbers.exclude(pk=number.pk).get()
    for each in (number, other):
        watch(home.holder, home.contract, number=each, budget=5)
    assert came_in(november(0)) == 1
    assert Alert.objects.get().watch.number == number


def test_the_first_call_to_a_country_is_told_and_one_called_before_is_not(home, came_in):
    came_in(november(0, called=PARIS, month=9))
    watch(home.holder, home.contract, new_country=True)
    assert came_in(november(1, called=PARIS)) == 0
    assert came_in(november(2, called=LONDON, talk=0)) == 0, "nobody answered"
    assert came_in(november(3, called=LONDON), november(4, called=LONDON)) == 1
    assert came_in(november(5, called=LONDON)) == 0
    ((_, subject),) = mails()
    assert subject == "初めての国・地域への通話・SMSがありました（2026年11月）"


def test_a_sudden_rise_is_told(home, came_in):
    watch(home.holder, home.contract, rise=True)
    assert came_in(*(november(n, month=10) for n in range(10))) == 0
    assert came_in(*(november(n) for n in range(100))) == 0, "twice as much, but no ¥1,000 more"
    assert came_in(*(november(n) for n in range(100, 140))) == 1
    assert Alert.objects.get().usual == 80_000


def test_last_months_calls_that_come_late_are_told(home, came_in, time_machine):
    watch(home.holder, home.contract, budget=5)
    time_machine.move_to(datetime.fromisoformat("2026-12-01T06:00:00+09:00"))
    assert came_in(november(0)) == 1


def test_who_lost_sight_of_the_contract_is_told_nothing(home, came_in):
    watch(home.colleague, home.contract, budget=1)
    watch(charlie(), home.contract, budget=1)  # as if it had been his once
    CustomerLink.objects.filter(account=home.colleague).delete()
    assert came_in(november(0)) == 0


def test_the_mail_names_nobody_who_was_called(home, came_in):
    number = home.contract.telephone_numbers.get(number="+815000000101")
    watch(home.holder, home.contract, number=number, new_country=True, budget=1)
    came_in(november(0, called=PARIS))
    for alert in Alert.objects.all():
        for language in ("ja", "en"):
            draft = renderers.render("alerts.alert", str(alert.pk), language, "full")
            assert draft.html is not None
            for text in (draft.subject, draft.text, draft.html):
                assert "40000000" not in text
                assert "5000000101" not in text
            assert "0101" in draft.text


@pytest.mark.parametrize(("hours", "due"), [(1 << 10, "10:00"), (1 << 18, "18:00")])
def test_the_hours_of_the_address_are_kept_to(home, came_in, hours, due):
    Destination.objects.create(account=home.holder, slot=1, address="alice@example.jp", hours=hours)
    watch(home.holder, home.contract, budget=1)
    came_in(november(0))
    letter = Letter.objects.get(mailing__renderer="alerts.alert")
    assert f"{timezone.localtime(letter.due_at):%H:%M}" == due
    assert letter.mailing.expires_at - letter.due_at == timedelta(days=2)


def test_without_an_import_nothing_is_read(home, came_in, django_assert_max_num_queries):
    watch(home.holder, home.contract, budget=1)
    came_in(november(0))
    with django_assert_max_num_queries(7):  # two of them the savepoint
        assert look(now=timezone.now()) == 0
