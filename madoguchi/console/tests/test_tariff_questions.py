"""“What would this call cost”, as a page."""

import pytest
import time_machine

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.contracts.tests.household import household
from madoguchi.statements.load_tariff import load_tariff

pytestmark = pytest.mark.django_db
PRICE = "/console/tariffs/price/"
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
    assert "他社が請求する通話です" in text
    assert "他社から請求されます" in text
    assert "¥0" not in text
    # The tax class is said in words, as statements say it.
    assert "standard" not in client.post(PRICE, ASKED).content.decode()


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
        ({"seconds": "-1"}, "0以上で入力"),
        ({"seconds": "1000001"}, "1000000以下で入力"),
        ({"seconds": "2.5"}, "整数"),
        ({"at": "gestern"}, "2026-11-22 14:05"),
        ({"usage_kind": "fax"}, "fax"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_it(client, sample, changed, words):
    answer = client.post(PRICE, {**ASKED, **changed})
    assert answer.status_code == 422
    assert words in answer.content.decode()
