"""E4: what a code is good for, and how often it may be tried."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import sign_in
from madoguchi.contracts.models import Contract, Dispatch, Passcode
from madoguchi.contracts.tests.household import Household
from madoguchi.support.mypage.tests.walk import arrived, ask_for_code, name_phone, other_than, resend, type_code
from tests.telephone import Telephone

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize(
    ("prefix", "why", "label"),
    [("", "有効期限が切れました", "新しい認証番号を送る"), ("/en", "This code has expired", "Send a new code")],
)
def test_a_page_with_a_code_that_is_over_says_why_and_offers_a_new_one(  # noqa: PLR0917
    home: Household, telephone: Telephone, clock: Any, prefix: str, why: str, label: str
):
    hers, code = arrived(), telephone.code()
    clock.shift(timedelta(minutes=30))
    opened = hers.get(f"{prefix}/my/verify/code/")
    typed = hers.post(f"{prefix}/my/verify/code/", {"code": code})
    assert (opened.status_code, typed.status_code) == (200, 422)
    for page in (opened, typed):
        assert why in page.text
        assert label in page.text
        assert 'name="code"' not in page.text  # no code there is to be typed


def test_a_code_typed_on_the_page_of_a_refused_sending_counts(home: Household, telephone: Telephone):
    hers = arrived()
    refused = resend(hers)
    assert refused.status_code == 429
    assert '<form method="post" action="/my/verify/code/"' in refused.text


def test_another_way_is_offered_only_where_there_is_one(home: Household, telephone: Telephone):
    assert "別の方法を選ぶ" in arrived().get("/my/verify/code/").text
    Contract.objects.update(contact_phone="+81300000003")
    sign_in(hers := Client(), Account.objects.get(email="alice@example.jp"))
    name_phone(hers, "03-0000-0003")
    ask_for_code(hers, "voice")
    page = hers.get("/my/verify/code/").text
    assert "もう一度送る" in page
    assert "別の方法を選ぶ" not in page


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


def test_opening_a_page_sends_and_counts_nothing(home: Household, telephone: Telephone):
    hers = arrived()
    for path in ("/my/verify/", "/my/verify/method/", "/my/verify/code/"):
        assert hers.get(path).status_code == 200
    assert hers.get("/my/verify/code/resend/").headers["Location"] == "/my/verify/code/"
    assert Dispatch.objects.count() == 1
