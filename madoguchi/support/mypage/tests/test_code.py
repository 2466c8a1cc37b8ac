"""E4: what a code is good for, how often it may be tried, and how often it is sent."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.accounts.tests.people import alice, bob, sign_in
from madoguchi.contracts import limits
from madoguchi.contracts.models import Contract, CustomerLink, Dispatch, Passcode
from madoguchi.contracts.tests.household import Household, household
from madoguchi.delivery.models import Letter
from madoguchi.delivery.renderers import render
from madoguchi.support.mypage.tests.walk import ask_for_code, name_phone, other_than, type_code
from tests.telephone import Telephone

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def home(clock: Any) -> Household:
    return household(holder=alice(), colleague=bob())


def arrived(email: str = "alice@example.jp", channel: str = "sms") -> Client:
    """Somebody who has asked for a code."""
    client = Client()
    sign_in(client, Account.objects.get(email=email))
    name_phone(client)
    ask_for_code(client, channel)
    return client


def resend(client: Client) -> Any:
    return client.post("/my/verify/code/resend/")


def test_full_width_digits_spaces_and_hyphens_do_not_matter(home: Household, telephone: Telephone):
    hers = arrived()
    code = telephone.code()
    wide = code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert type_code(hers, f" {wide[:3]}-{wide[3:]} ").status_code == 302


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "数字6桁"),
        ("12345", "短すぎます"),
        ("1234567", "長すぎます"),
        ("12345a", "数字だけ"),
        ("①②③④⑤⑥\0", "error"),
    ],
)
def test_what_is_no_code_is_said_so_and_costs_no_try(home: Household, telephone: Telephone, typed: str, said: str):
    page = type_code(arrived(), typed)
    assert page.status_code == 422
    assert said in page.text
    assert Passcode.objects.get().wrong_tries == 0


def test_five_wrong_tries_end_the_code(home: Household, telephone: Telephone, clock: Any):
    hers = arrived()
    code = telephone.code()
    for left in (4, 3, 2, 1):
        page = type_code(hers, other_than(code))
        assert page.status_code == 422
        assert f"あと{left}回" in page.text
    assert "使えなくなりました" in type_code(hers, other_than(code)).text
    assert "使えなくなりました" in type_code(hers, code).text
    assert Passcode.objects.get().sealed_code is None
    clock.shift(timedelta(seconds=60))
    resend(hers)
    assert telephone.code() != code or Passcode.objects.count() == 2
    assert type_code(hers, telephone.code()).status_code == 302


def test_a_code_ends_after_thirty_minutes(home: Household, telephone: Telephone, clock: Any):
    hers = arrived()
    code = telephone.code()
    clock.shift(timedelta(minutes=30))
    page = type_code(hers, code)
    assert page.status_code == 422
    assert "有効期限が切れました" in page.text


def test_a_second_before_its_end_a_code_still_counts(home: Household, telephone: Telephone, clock: Any):
    hers = arrived()
    clock.shift(timedelta(minutes=30, seconds=-1))
    assert type_code(hers, telephone.code()).status_code == 302


def test_the_strict_profile_gives_ten_minutes(home: Household, telephone: Telephone, clock: Any, settings: Any):
    settings.SECURITY_PROFILE = "strict"
    hers = arrived()
    code = telephone.code()
    clock.shift(timedelta(minutes=10))
    assert "有効期限が切れました" in type_code(hers, code).text


def test_a_code_counts_once(home: Household, telephone: Telephone):
    hers = arrived()
    code = telephone.code()
    type_code(hers, code)
    sign_in(again := Client(), Account.objects.get(email="alice@example.jp"))
    name_phone(again)
    assert type_code(again, code).headers["Location"] == "/my/verify/"
    assert Passcode.objects.get().end == "redeemed"


def test_a_code_is_good_in_its_own_session_only(home: Household, telephone: Telephone, clock: Any):
    first = arrived()
    first_code = telephone.code()
    clock.shift(timedelta(seconds=60))
    second = arrived()
    second_code = telephone.code()
    assert type_code(second, first_code).status_code == (422 if first_code != second_code else 302)
    assert type_code(first, first_code).status_code == 302


def test_a_code_is_good_for_its_own_id_only(home: Household, telephone: Telephone, clock: Any):
    arrived()
    hers = telephone.code()
    clock.shift(timedelta(seconds=60))
    his = arrived("bob@example.jp")
    if hers != telephone.code():
        assert type_code(his, hers).status_code == 422


def test_a_code_is_good_for_its_own_contract_only(home: Household, telephone: Telephone, clock: Any):
    Contract.objects.filter(pk=home.branch.pk).update(contact_phone="+819000000002")
    hers = arrived()
    code = telephone.code()
    hers.post("/my/verify/begin/", {"contract": home.branch.number})
    assert type_code(hers, code).headers["Location"] == "/my/verify/"
    name_phone(hers, "090-0000-0002")
    ask_for_code(hers)
    other = telephone.code()
    if code != other:
        assert type_code(hers, code).status_code == 422


def test_a_changed_contact_phone_leaves_the_code_worthless(home: Household, telephone: Telephone):
    hers = arrived()
    code = telephone.code()
    Contract.objects.update(contact_phone="+819000000005")
    assert type_code(hers, code).headers["Location"] == "/my/verify/"


def test_the_same_code_comes_again_with_the_same_end(home: Household, telephone: Telephone, clock: Any):
    hers = arrived()
    code, end = telephone.code(), Passcode.objects.get().expires_at
    early = resend(hers)
    assert early.status_code == 429
    assert "もう一度送れます" in early.text
    clock.shift(timedelta(seconds=60))
    assert resend(hers).status_code == 302
    assert [arrival.channel for arrival in telephone.arrivals()] == ["sms", "sms"]
    assert telephone.code() == code
    assert Passcode.objects.get().expires_at == end


def test_choosing_the_other_way_makes_another_code(home: Household, telephone: Telephone, clock: Any):
    hers = arrived()
    early = ask_for_code(hers, "voice")
    assert early.status_code == 429
    assert 'href="/my/verify/code/"' in early.text
    clock.shift(timedelta(seconds=60))
    assert ask_for_code(hers, "voice").status_code == 302
    assert sorted(Passcode.objects.values_list("channel", "end")) == [("sms", "superseded"), ("voice", "")]
    assert telephone.arrivals()[-1].channel == "voice"


def test_five_codes_an_hour_to_one_number(home: Household, telephone: Telephone, clock: Any):
    hers = arrived()
    for _ in range(4):
        clock.shift(timedelta(minutes=2))
        assert resend(hers).status_code == 302
    clock.shift(timedelta(minutes=2))
    page = resend(hers)
    assert page.status_code == 429
    assert "上限に達しました" in page.text
    assert len(telephone.arrivals()) == 5
    clock.shift(timedelta(minutes=50, seconds=1))
    assert resend(hers).status_code == 302


def test_ten_codes_a_day_to_one_number_over_all_ids(home: Household, telephone: Telephone, clock: Any):
    for turn in range(10):
        arrived("alice@example.jp" if turn % 2 else "bob@example.jp")
        clock.shift(timedelta(minutes=20))
    assert Dispatch.objects.count() == 10
    sign_in(client := Client(), Account.objects.get(email="alice@example.jp"))
    name_phone(client)
    page = ask_for_code(client)
    assert page.status_code == 429
    assert "上限に達しました" in page.text
    clock.shift(timedelta(hours=20, minutes=40, seconds=1))
    sign_in(client, Account.objects.get(email="alice@example.jp"))
    name_phone(client)
    assert ask_for_code(client).status_code in (302, 429)
    assert Dispatch.objects.count() == 11


@pytest.mark.parametrize("hours", [1, 24])
def test_the_operators_budget_cuts_off(home: Household, telephone: Telephone, clock: Any, settings: Any, hours: int):
    setattr(settings, "CODES_AN_HOUR" if hours == 1 else "CODES_A_DAY", 1)
    hers = arrived()
    clock.shift(timedelta(seconds=61))
    page = resend(hers)
    assert page.status_code == 429
    assert "ただいま認証番号をお送りできません" in page.text
    assert len(telephone.arrivals()) == 1
    clock.shift(timedelta(hours=hours))
    assert arrived().get("/my/verify/code/").status_code == 200
    assert len(telephone.arrivals()) == 2


def test_over_its_sms_limit_a_page_with_429_and_no_orphan_row(home: Household, telephone: Telephone, settings: Any):
    settings.CODES_AN_HOUR = 0
    sign_in(client := Client(), Account.objects.get(email="alice@example.jp"))
    name_phone(client)
    page = ask_for_code(client)
    assert page.status_code == 429
    assert "ただいま認証番号をお送りできません" in page.text
    assert not Passcode.objects.exists()
    assert not Dispatch.objects.exists()
    assert telephone.arrivals() == []


def test_180_sms_an_hour_from_one_address_to_different_numbers(home: Household, telephone: Telephone, settings: Any):
    settings.CODES_AN_HOUR = 1000
    answers = []
    for number in range(limits.A_NETWORK.tries + 5):
        if number % limits.AN_ID_AN_HOUR == 0:  # an ID may ask ten times an hour; somebody has many of them
            holder = Account.objects.create_account(f"mallory{number}@example.net", "aoi-madoguchi-1")
            CustomerLink.objects.create(account=holder, customer=home.customer, role=CustomerLink.Role.HOLDER)
            sign_in(client := Client(), holder)
        Contract.objects.update(contact_phone=f"+8190{number:08d}")
        name_phone(client, f"090{number:08d}")
        answers.append(ask_for_code(client).status_code)
    assert answers == [302] * limits.A_NETWORK.tries + [429] * 5
    assert Dispatch.objects.count() == Passcode.objects.count() == limits.A_NETWORK.tries


def test_an_id_asks_ten_times_an_hour_whatever_the_number(home: Household, telephone: Telephone, clock: Any):
    sign_in(client := Client(), Account.objects.get(email="alice@example.jp"))
    for number in range(11):
        Contract.objects.update(contact_phone=f"+8190{number:08d}")
        name_phone(client, f"090{number:08d}")
        page = ask_for_code(client)
    assert page.status_code == 429
    assert "このIDでは、認証番号の送信が上限に達しました" in page.text
    assert Dispatch.objects.count() == 10


@pytest.mark.parametrize(("hours", "setting"), [(1, "CODES_AN_HOUR"), (24, "CODES_A_DAY")])
def test_a_spent_budget_alarms_the_staff_once_a_period(  # noqa: PLR0917
    home: Household, telephone: Telephone, clock: Any, settings: Any, caplog: Any, hours: int, setting: str
):
    setattr(settings, setting, 1)
    settings.ALARM_ADDRESS = "duty@aoba.example"
    hers = arrived()
    for _ in range(3):
        clock.shift(timedelta(seconds=61))
        assert resend(hers).status_code == 429
    [letter] = Letter.objects.filter(address="duty@aoba.example")
    draft = render(letter.mailing.renderer, letter.mailing.reference, "ja", "full")
    assert "090で始まる番号" in draft.subject
    assert f"直近{hours}時間の送信は1件、上限は1件" in draft.text
    assert "/console/budgets/" in draft.text
    said = draft.subject + draft.text + caplog.text
    assert caplog.text.count("codes_budget_spent") == 1
    for secret in ("90000", "0000-0001", telephone.code()):
        assert secret not in said
    clock.shift(timedelta(hours=hours))
    hers = arrived()
    clock.shift(timedelta(seconds=61))
    assert resend(hers).status_code == 429
    assert Letter.objects.filter(address="duty@aoba.example").count() == 2


def test_another_prefix_has_a_budget_of_its_own(home: Household, telephone: Telephone, settings: Any):
    settings.CODES_AN_HOUR = 1
    arrived()
    Contract.objects.update(contact_phone="+81300000003")
    sign_in(client := Client(), Account.objects.get(email="alice@example.jp"))
    name_phone(client, "03-0000-0003")
    assert ask_for_code(client, "voice").status_code == 302


def test_ten_wrong_codes_in_a_day_pause_the_id(home: Household, telephone: Telephone, clock: Any):
    for _ in range(2):
        hers = arrived()
        for _ in range(5):
            page = type_code(hers, other_than(telephone.code()))
        clock.shift(timedelta(minutes=10))
    assert page.status_code == 429
    assert "認証番号の間違いが続きました" in page.text
    assert AuthEvent.objects.filter(detail="wrong_code").count() == 10
    name_phone(hers)
    assert ask_for_code(hers).status_code == 429
    assert resend(hers).status_code == 429
    assert hers.get("/my/verify/").status_code == 429
    assert len(telephone.arrivals()) == 2
    clock.shift(timedelta(days=1))
    assert arrived().get("/my/verify/code/").status_code == 200


def test_a_pause_is_the_ids_own(home: Household, telephone: Telephone, clock: Any):
    for _ in range(2):
        hers = arrived()
        for _ in range(5):
            type_code(hers, other_than(telephone.code()))
        clock.shift(timedelta(minutes=2))
    his = arrived("bob@example.jp")
    assert type_code(his, telephone.code()).status_code == 302


def test_trouble_on_the_line_is_told(home: Household, settings: Any, telephone: Telephone):
    settings.TELEPHONE_URL = "http://127.0.0.1:9"
    hers = arrived()
    telephone.arrivals()
    assert "認証番号をお送りできませんでした" in hers.get("/my/verify/code/").text


@pytest.mark.parametrize(
    ("channel", "state", "reason", "said"),
    [
        ("sms", "queued", "", "送信を準備しています"),
        ("sms", "sent", "", "SMSをお送りしています"),
        ("sms", "delivered", "", "SMSが電話に届きました"),
        ("sms", "failed", "no_answer", "電源が入っていないか"),
        ("sms", "failed", "refused", "受信拒否の設定"),
        ("voice", "sent", "", "まもなく呼出音が鳴ります"),
        ("voice", "delivered", "", "認証番号をお伝えしました"),
        ("voice", "failed", "busy", "話し中でした"),
        ("voice", "failed", "no_answer", "お出になりませんでした"),
        ("voice", "failed", "refused", "着信を拒否されました"),
        ("voice", "failed", "invalid_number", "別の方法"),
        ("voice", "failed", "something new", "もう一度"),
    ],
)
def test_what_became_of_it_is_told(  # noqa: PLR0917
    home: Household, telephone: Telephone, channel: str, state: str, reason: str, said: str
):
    hers = arrived(channel=channel)
    Dispatch.objects.update(state=state, reason=reason)
    page = hers.get("/my/verify/code/").text
    assert said in page
    assert 'aria-live="polite"' in page
    assert ("hx-get" in page.split('role="status"')[1].split("<form")[0]) == (state in ("queued", "sent"))


def test_the_open_page_asks_until_something_changes(home: Household, telephone: Telephone, clock: Any):
    hers = arrived()
    ask = "/my/verify/code/progress/"
    assert hers.get(ask, {"seen": "queued"}).status_code == 204
    telephone.arrivals()
    answer = hers.get(ask, {"seen": "queued"})
    assert "SMSをお送りしています" in answer.text
    assert "hx-get" in answer.text
    Dispatch.objects.update(state="delivered")
    answer = hers.get(ask, {"seen": "sent"})
    assert "SMSが電話に届きました" in answer.text
    assert "hx-get" not in answer.text
    assert "no-store" in answer["Cache-Control"]
    Dispatch.objects.update(state="sent")
    clock.shift(timedelta(minutes=6))  # it will hardly be told any more
    assert "hx-get" not in hers.get(ask, {"seen": "sent"}).text


def test_what_became_of_hers_is_not_his_to_know(home: Household, telephone: Telephone):
    arrived()
    sign_in(his := Client(), Account.objects.get(email="bob@example.jp"))
    assert his.get("/my/verify/code/progress/").status_code == 204


def test_opening_a_page_sends_and_counts_nothing(home: Household, telephone: Telephone):
    hers = arrived()
    for path in ("/my/verify/", "/my/verify/method/", "/my/verify/code/"):
        assert hers.get(path).status_code == 200
    assert hers.get("/my/verify/code/resend/").status_code == 405
    assert Dispatch.objects.count() == 1
