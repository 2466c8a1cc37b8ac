"""What the customer reads about a code that is on its way, or did not arrive."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from madoguchi.accounts.models import Account
from madoguchi.accounts.tests.people import sign_in
from madoguchi.contracts.models import Dispatch
from madoguchi.contracts.tests.household import Household
from madoguchi.support.mypage.tests.walk import arrived
from tests.telephone import Telephone

pytestmark = pytest.mark.django_db


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
        ("sms", "failed", "no_answer", "電源が入っているか"),
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


@pytest.mark.parametrize(
    ("channel", "minutes", "said"),
    [("sms", 1, "届いたという知らせがまだありません"), ("voice", 2, "結果の知らせがまだありません")],
)
def test_what_is_lost_is_not_on_its_way_for_ever(  # noqa: PLR0917
    home: Household, telephone: Telephone, clock: Any, channel: str, minutes: int, said: str
):
    hers = arrived(channel=channel)
    Dispatch.objects.update(state="sent")
    clock.shift(timedelta(minutes=minutes, seconds=-5))
    assert said not in hers.get("/my/verify/code/").text
    assert hers.get("/my/verify/code/progress/", {"seen": "sent"}).status_code == 204
    clock.shift(timedelta(seconds=5))
    told = hers.get("/my/verify/code/progress/", {"seen": "sent"})
    assert said in told.text
    assert "hx-get" in told.text  # a word about it may still come
    assert hers.get("/my/verify/code/progress/", {"seen": "silent"}).status_code == 204
    Dispatch.objects.update(state="delivered")
    assert said not in hers.get("/my/verify/code/progress/", {"seen": "silent"}).text


def test_what_became_of_hers_is_not_his_to_know(home: Household, telephone: Telephone):
    arrived()
    sign_in(his := Client(), Account.objects.get(email="bob@example.jp"))
    assert his.get("/my/verify/code/progress/").status_code == 204
