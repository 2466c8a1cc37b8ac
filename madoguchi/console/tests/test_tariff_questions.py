"""“What would this call cost” and the comparison of two versions, as pages."""

from datetime import date

import pytest
import time_machine
from django.utils import timezone

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.contracts.tests.household import household
from madoguchi.statements.import_calls import CallFile, import_calls
from madoguchi.statements.load_tariff import load_tariff
from madoguchi.statements.models import TariffVersion
from madoguchi.statements.tariffs.versions import copy_rules

pytestmark = pytest.mark.django_db
PRICE, COMPARE = "/console/tariffs/price/", "/console/tariffs/compare/"
ASKED = {"called": "03-1234-5678", "usage_kind": "ip050", "at": "2026-11-20T10:00", "seconds": "181"}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False):
        yield


@pytest.fixture
def sample(client):
    people.sign_in(client, people.staff(StaffRole.VIEWER))
    return load_tariff()


def test_a_call_is_priced_and_explained(client, sample):
    text = client.post(f"/en{PRICE}", ASKED).content.decode()
    for words in ("¥16 before tax", "03-1234-5678", "2 × 3 min = 6 min", "2 × ¥8 = ¥16", "見本 2022-01", "Fixed line"):
        assert words in text
    text = client.post(PRICE, {**ASKED, "called": "0570-001-234"}).content.decode()
    assert "他社から請求されます" in text


def test_a_number_of_ours_decides_the_kind_of_contract(client, sample):
    household(holder=people.alice())
    text = client.post(PRICE, {**ASKED, "usage_kind": "internet", "caller": "050-0000-0101"}).content.decode()
    assert "¥16（税抜）" in text
    text = client.post(PRICE, {**ASKED, "usage_kind": "internet"}).content.decode()
    assert "料金がありません" in text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"called": ""}, "通話先の番号を入力"),
        ({"called": "anonymous"}, "通話先の番号を入力"),
        ({"called": "03"}, "桁数"),
        ({"caller": "050-9999-9999"}, "この番号を持つ契約はありません"),
        ({"seconds": "-1"}, "0"),
        ({"seconds": "2.5"}, "整数"),
        ({"at": "gestern"}, "2026-11-22 14:05"),
        ({"usage_kind": "fax"}, "fax"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_it(client, sample, changed, words):
    answer = client.post(PRICE, {**ASKED, **changed})
    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.fixture
def calls(sample, tmp_path):
    household(holder=people.alice())
    rows = []
    for ordinal, number in enumerate(["0312345678", "09012345678"]):
        cells = ["", "05000000101", number, "x", "", "a", "b", "Dial", ""]
        cells += ["2026-10-03 10:00:00", "2026-10-03 10:00:00", "2026-10-03 10:03:10", "190", "181", "ANSWERED"]
        rows.append(",".join([*cells, "3", f"1790000000.{ordinal}", ""]))
    path = tmp_path / "calls.csv"
    path.write_text("\n".join(rows) + "\n")
    assert import_calls(CallFile(path, "asterisk", "test"), now=timezone.now(), commit=True).stored == 2
    second = TariffVersion.objects.create(name="次", usage_kinds=["ip050"], valid_from=date(2027, 4, 1))
    copy_rules(second, sample)
    second.rules.filter(prefix="81").update(price=8500)
    return f"first={sample.pk}&second={second.pk}&month=2026-10"


def test_two_versions_are_compared_over_a_month(client, calls):
    text = client.get(f"{COMPARE}?{calls}").content.decode()
    for words in ("+¥1", "¥80", "¥81", "C100000001", "1契約のうち、1契約", "固定電話"):
        assert words in text
    answer = client.get(f"/console/tariffs/compare.csv?{calls}")
    assert b"".join(answer.streaming_content).decode("utf-8-sig").splitlines() == [
        "contract,calls,before_yen,after_yen,difference_yen,calls_changed",
        "C100000001,2,80,81,1,1",
    ]


def test_a_month_without_calls_says_so(client, calls):
    assert "この月の通話はありません" in client.get(f"{COMPARE}?{calls}".replace("2026-10", "2026-01")).content.decode()


@pytest.mark.parametrize("query", ["first=&second=&month=2026-10", "first=1&second=x&month=2026-13", "first=1"])
def test_what_cannot_be_compared_is_said(client, sample, query):
    answer = client.get(f"{COMPARE}?{query}")
    assert answer.status_code == 422
    assert client.get(f"/console/tariffs/compare.csv?{query}").status_code == 302
