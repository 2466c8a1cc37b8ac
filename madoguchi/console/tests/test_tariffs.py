"""``/console/tariffs/``: versions from draft to release, by the billing role alone; everybody of the staff reads."""

import re
from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from madoguchi.accounts.models import StaffRole
from madoguchi.accounts.tests import people
from madoguchi.console.models import AuditEntry
from madoguchi.statements.load_tariff import load_tariff
from madoguchi.statements.models import NumberFee, TariffVersion, TaxRate
from madoguchi.statements.tariffs import versions
from madoguchi.statements.tariffs.rules_csv import COLUMNS, written

pytestmark = pytest.mark.django_db
TARIFFS = "/console/tariffs/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-22 10:00:00+09:00", tick=False):
        yield


@pytest.fixture
def sample(db):
    return load_tariff()


@pytest.fixture
def billing(client, sample):
    people.sign_in(client, people.staff(StaffRole.BILLING))
    return client


@pytest.fixture
def draft(sample):
    version = TariffVersion.objects.create(
        name="2027-04", usage_kinds=["ip050"], valid_from=date(2027, 4, 1), bands=[BAND]
    )
    versions.copy_rules(version, sample)
    return version


BAND = {"name": "夜間", "days": [5, 6, 7], "hours": [22, 23]}


def page(client, path, status=200, **said):
    answer = client.post(path, said) if said else client.get(path)
    assert answer.status_code == status, answer
    return answer.content.decode()


def file(*lines):
    return SimpleUploadedFile("rules.csv", "\n".join([",".join(COLUMNS), *lines]).encode("utf-8-sig"))


def test_the_board_shows_states_and_warns_of_the_sample(billing, draft):
    text = page(billing, TARIFFS)
    assert "見本の料金表が適用中です" in text
    assert text.index("2027-04") < text.index("見本 2022-01")
    for word in ("下書き", "適用中"):
        assert word in text


def test_without_a_version_the_board_says_what_to_do(client):
    people.sign_in(client, people.staff(StaffRole.VIEWER))
    text = page(client, f"/en{TARIFFS}")
    assert "There is no tariff yet" in text
    assert "Begin a version" not in text


def test_a_version_begins_as_a_copy_is_changed_checked_and_released(billing, sample):
    said = {"name": "2027-04", "valid_from": "2027-04-01", "usage_kinds": ["ip050"], "source": sample.pk}
    where = billing.post(f"{TARIFFS}new/", said)["Location"]
    draft = TariffVersion.objects.get(name="2027-04")
    assert where == f"{TARIFFS}{draft.pk}/"
    assert draft.rules.count() == sample.rules.count()
    rule = draft.rules.get(prefix="81")
    changed = {"prefix": "81", "kind": "fixed", "price_yen": "8.5", "block_seconds": "180", "carried": "on"}
    # Back to the rule in the list, wherever in 5,000 it stands, and without looking at all of them again.
    answer = billing.post(f"{where}rules/{rule.pk}/", changed)
    assert answer["Location"] == f"{where}?q=81#rules"
    assert "81200" in page(billing, where)
    text = page(billing, f"{where}?q=81#rules")
    assert "¥8.5" in text
    assert "のルールと同じ内容のため" not in text
    assert "check=1#findings" in text
    assert draft.rules.get(prefix="81").price == 8500
    text = page(billing, f"{where}release/")
    assert "81200" in text  # a hint
    seen = text.partition('name="seen" value="')[2].partition('"')[0]
    assert billing.post(f"{where}release/", {"seen": seen})["Location"] == where
    draft.refresh_from_db()
    assert not draft.is_draft
    assert "適用前" in page(billing, where)
    acts = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
    assert acts == ["tariff.add", "tariff.rule", "tariff.release"]
    # What is released has no editing pages any more.
    for path in ("edit/", "upload/", "remove/", "rules/new/", "bands/new/", "release/"):
        assert billing.get(where + path).status_code == 404
    assert billing.post(f"{where}take-back/").status_code == 302
    draft.refresh_from_db()
    assert draft.is_draft


def test_what_was_changed_since_is_not_released(billing, draft):
    text = page(billing, f"{TARIFFS}{draft.pk}/release/", status=422, seen="something else")
    assert "その間に下書きが変更されました" in text
    draft.refresh_from_db()
    assert draft.is_draft


def test_errors_keep_a_draft_from_its_release(billing, sample, draft):
    TariffVersion.objects.filter(pk=draft.pk).update(valid_from=sample.valid_from)
    text = page(billing, f"{TARIFFS}{draft.pk}/release/")
    assert "同じ日に始まる版「見本 2022-01」" in text
    assert "この版を適用する" not in text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "版の名前を入力"),
        ({"name": "見本 2022-01"}, "同じ名前の版"),
        ({"valid_from": "4/1"}, "2027-04-01のように"),
        ({"valid_from": "1999-12-31"}, "2000年から2035年"),
        ({"usage_kinds": []}, "1つ以上"),
        ({"usage_kinds": ["fax"]}, "fax"),
        ({"source": "99999"}, "選択"),
    ],
)
def test_facts_that_cannot_be_are_said_beside_them(billing, changed, words):
    said = {"name": "2027-04", "valid_from": "2027-04-01", "usage_kinds": ["ip050"], "source": "", **changed}
    text = page(billing, f"{TARIFFS}new/", status=422, **said)
    assert words in text
    assert TariffVersion.objects.count() == 1


def test_rules_are_uploaded_checked_and_only_then_taken(billing, draft):
    path = f"{TARIFFS}{draft.pk}/upload/"
    lines = ["81,,fixed,8.5,180,,,,", "8190,,mobile,17.5,60,,,,", "44,夜間,international,9,60,,,exempt,"]
    text = page(billing, path, file=file(*lines))
    assert "まだ登録していません" in text
    assert "国番号" in text  # gaps
    assert draft.rules.count() == 249
    content = "\n".join([",".join(COLUMNS), *lines])
    seen = versions.fingerprint(draft)
    text = page(billing, path, content=content, seen="other", confirm="1")
    assert "その間に下書きが変更されました" in text
    assert draft.rules.count() == 249
    assert billing.post(path, {"content": content, "seen": seen, "confirm": "1"}).status_code == 302
    assert sorted(draft.rules.values_list("prefix", "price")) == [("44", 9000), ("81", 8500), ("8190", 17500)]
    assert AuditEntry.objects.get().detail == {"rules": 3}


def test_a_file_with_errors_stores_nothing_and_names_them_all(billing, draft):
    path = f"/en{TARIFFS}{draft.pk}/upload/"
    text = page(
        billing, path, status=422, file=file("03,,fixed,8,180,,,,", "81,昼,fixed,x,180,,,,", "82,昼,fixed,8,180,,,,")
    )
    for words in ("begins with 0", "is not an amount", "no time band called", "The file has 3 errors"):
        assert words in text
    # What may come of the rows that cannot be read is left unsaid.
    assert "No rule reaches" not in text
    text = page(billing, path, status=422, file=SimpleUploadedFile("rules.csv", b"prefix,kind,price\n81,fixed,8\n"))
    for words in (
        "does not name these columns: band, price_yen, block",
        "are not known: “price”",
        "in this order: pre",
    ):
        assert words in text
    assert "The version has no rules" not in text
    assert draft.rules.count() == 249
    assert "Please choose a file." in page(billing, path, status=422, confirm="1")


def test_what_is_downloaded_can_be_uploaded(billing, draft):
    answer = billing.get(f"{TARIFFS}{draft.pk}/rules.csv")
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbfprefix,band,kind,")
    assert content.decode("utf-8-sig") == "".join(written(draft.rules.all()))
    text = page(billing, f"/en{TARIFFS}{draft.pk}/upload/", file=SimpleUploadedFile("a.csv", content))
    assert "249 rules: 0 new, 0 changed, 249 as they are" in text


def test_rules_are_found_by_prefix_number_class_and_country(billing, sample):
    path = f"{TARIFFS}{sample.pk}/"

    def found(query):
        text = page(billing, f"{path}?{query}")
        return [part.partition("<")[0] for part in text.split('<th scope="row" role="rowheader">')[1:]]

    assert found("q=8190") == ["8190"]
    assert found("q=090") == ["8190"]
    assert found("q=イギリス") == found("q=united+kingdom") == ["44"]
    assert found("q=衛星") == found("q=satellite") == ["870", "881"]
    assert found("kind=freedial") == ["81120", "81800"]
    assert found("q=nowhere") == []
    assert len(found("page=3")) == 49


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"prefix": "03"}, "国番号から"),
        ({"prefix": ""}, "必須"),
        ({"prefix": "8190"}, "同じルール"),
        ({"price_yen": "8.0005"}, "小数第3位"),
        ({"block_seconds": "0"}, "1〜86400"),
        ({"kind": "Fixed Line"}, "英小文字"),
        ({"band": "昼"}, "昼"),
    ],
)
def test_a_rule_that_cannot_be_is_said_beside_its_field(billing, draft, changed, words):
    said = {"prefix": "81312", "kind": "fixed", "price_yen": "8", "block_seconds": "180", "carried": "on", **changed}
    assert "fixed（固定電話）" in page(billing, f"{TARIFFS}{draft.pk}/rules/new/")
    assert words in page(billing, f"{TARIFFS}{draft.pk}/rules/new/", status=422, **said)
    assert draft.rules.count() == 249


def test_a_rule_is_added_and_deleted(billing, draft):
    said = {"prefix": "81312", "kind": "fixed", "band": "夜間", "price_yen": "4"}
    billing.post(f"{TARIFFS}{draft.pk}/rules/new/", said)
    rule = draft.rules.get(prefix="81312")
    assert (rule.band, rule.price, rule.block_seconds, rule.carried) == ("夜間", 4000, 60, False)
    billing.post(f"{TARIFFS}{draft.pk}/rules/{rule.pk}/", {"remove": "1"})
    assert draft.rules.count() == 249
    assert AuditEntry.objects.order_by("-pk")[0].detail["after"] == ""


def test_time_bands_are_kept_apart_and_their_rules_follow_the_name(billing, draft):
    path = f"{TARIFFS}{draft.pk}/bands/"
    text = page(billing, f"{path}new/", status=422, name="深夜", days=["6", "7"], hours=["23", "0"])
    assert "「夜間」と重なっています（日、祝日 23:00–24:00）" in text
    draft.rules.filter(prefix="81").update(band="夜間")
    billing.post(f"{path}0/", {"name": "週末夜", "days": ["5"], "hours": ["22"]})
    draft.refresh_from_db()
    assert draft.bands == [{"name": "週末夜", "days": [5], "hours": [22]}]
    assert draft.rules.get(prefix="81").band == "週末夜"
    page(billing, f"{path}0/", status=422, remove="1")  # a rule holds in it
    draft.rules.filter(prefix="81").delete()
    assert billing.post(f"{path}0/", {"remove": "1"}).status_code == 302
    draft.refresh_from_db()
    assert draft.bands == []
    assert billing.get(f"{path}0/").status_code == 404


def test_a_draft_is_thrown_away(billing, draft):
    assert "249件を完全に削除" in page(billing, f"{TARIFFS}{draft.pk}/remove/")
    assert billing.post(f"{TARIFFS}{draft.pk}/remove/").status_code == 302
    assert not TariffVersion.objects.filter(pk=draft.pk).exists()
    assert AuditEntry.objects.get().detail == {"name": "2027-04", "rules": 249}


@pytest.mark.parametrize("role", [role for role in StaffRole if role not in {"billing", "administrator"}])
def test_others_of_the_staff_only_read(client, draft, role):
    people.sign_in(client, people.staff(role))
    text = page(client, f"{TARIFFS}{draft.pk}/")
    for path in ("release/", "edit/", "upload/", "remove/", "rules/new/"):
        assert f"{draft.pk}/{path}" not in text
        assert client.post(f"{TARIFFS}{draft.pk}/{path}", {"seen": versions.fingerprint(draft)}).status_code == 403
    draft.refresh_from_db()
    assert draft.is_draft


FEE = {
    "valid_from": "2027-01-01",
    "code": "broadband",
    "name_ja": "ブロードバンドユニバーサルサービス料",
    "name_en": "Broadband universal service fee",
    "amount": "2.5",
    "usage_kinds": ["internet"],
    "free_prefixes": "8120",
    "lag_months": "1",
    "tax": "standard",
}


def test_a_fee_is_added_from_a_month_on_changed_and_taken_away(billing):
    path = f"{TARIFFS}dated/fee/"
    assert billing.post(f"{path}new/", FEE)["Location"] == f"{TARIFFS}dated/"
    fee = NumberFee.objects.get(code="broadband")
    assert (fee.amount, fee.free_prefixes, fee.lag_months) == (2500, ["8120"], 1)
    assert "¥2.5" in page(billing, f"{TARIFFS}dated/")
    billing.post(f"{path}{fee.pk}/", {**FEE, "amount": "3"})
    fee.refresh_from_db()
    assert fee.amount == 3000
    billing.post(f"{path}{fee.pk}/", {"remove": "1"})
    assert not NumberFee.objects.filter(code="broadband").exists()
    acts = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
    assert acts == ["fee.add", "fee.change", "fee.remove"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"valid_from": "2027-01-02"}, "月の初日"),
        ({"valid_from": "2026-10-01"}, "請求済み"),
        ({"code": "universal", "valid_from": "2026-12-01", "amount": "-1"}, "小数第3位"),
        ({"code": "Ü"}, "英小文字"),
        ({"free_prefixes": "020x"}, "020x"),
        ({"lag_months": "13"}, "12"),
        ({"usage_kinds": []}, "1つ以上"),
    ],
)
def test_a_fee_that_cannot_be_is_said_beside_its_field(billing, changed, words):
    before = NumberFee.objects.count()
    text = page(billing, f"{TARIFFS}dated/fee/new/", status=422, **{**FEE, **changed})
    assert words in text
    assert "ブロードバンドユニバーサルサービス料" in text
    assert NumberFee.objects.count() == before


def test_what_bills_were_made_of_is_not_touched(billing):
    old = NumberFee.objects.filter(code="universal").earliest("valid_from")
    assert billing.get(f"{TARIFFS}dated/fee/{old.pk}/").status_code == 404
    assert billing.post(f"{TARIFFS}dated/fee/{old.pk}/", {"remove": "1"}).status_code == 404
    assert billing.get(f"{TARIFFS}dated/coupon/new/").status_code == 404


def test_a_tax_rate_and_a_discount_are_dated_too(billing):
    path = f"{TARIFFS}dated/"
    billing.post(f"{path}tax/new/", {"tax": "standard", "valid_from": "2027-04-01", "percent": "12.5"})
    assert TaxRate.objects.get(valid_from=date(2027, 4, 1)).basis_points == 1250
    assert "始まる行がすでにあります" in page(
        billing, f"{path}tax/new/", status=422, tax="standard", valid_from="2027-04-01", percent="8"
    )
    discount = {
        "valid_from": "2027-04-01",
        "name_ja": "着割",
        "name_en": "Discount",
        "usage_kinds": ["ip050"],
        "kinds": "fixed、mobile",
        "amount": "0.25",
        "unit_seconds": "30",
        "rounding": "up",
        "not_in_base": "",
        "cap": "1,000",
        "scope": "number",
    }
    assert billing.post(f"{path}discount/new/", discount).status_code == 302
    text = page(billing, path)
    assert "30秒ごとに¥0.25" in text
    cells = re.sub(r"<span class=\"stacked__label\".*?</span>", "", text)
    assert '<td role="cell">番号ごと</td><td role="cell">切り上げる</td>' in cells
    assert '<td role="cell">契約ごと</td><td role="cell">切り捨てる</td>' in cells
    assert "¥1,000" in text
    assert "12.5 %" in text
