"""``madoguchi load_tariff``: a version as a whole, once, or nothing."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from madoguchi.statements.book import Book, all_fees, all_tax_rates
from madoguchi.statements.load_tariff import SAMPLE, load_tariff
from madoguchi.statements.models import BillingMonth, NumberFee, TariffRule, TariffVersion
from madoguchi.statements.rating import WrongTariff, rates_in_force
from madoguchi.statements.tariffs.rules_csv import written

pytestmark = pytest.mark.django_db


def load(*arguments, commit=True, **options):
    out = StringIO()
    call_command("load_tariff", *arguments, commit=commit, language="en", stdout=out, **options)
    return out.getvalue()


def test_without_commit_it_says_what_it_would_do_and_stores_nothing():
    said = load(commit=False)
    assert "見本 2022-01: 249 rules, from 2022-01-01, rates calls from that day on" in said
    assert "Hint · line 62, prefix 81200: It says the same as the rule for 8120" in said
    assert "Nothing was stored. Run it again with --commit" in said
    assert not TariffVersion.objects.exists()
    assert not NumberFee.objects.exists()


def test_the_sample_is_labelled_and_holds_what_the_kernel_needs():
    assert "見本" in load()
    version = TariffVersion.objects.get()
    assert version.is_sample
    book = Book.of_today()
    assert set(book.tables) == {"ip050", "optical", "phone"}
    rules = {rule.prefix: rule for rule in book.tables["ip050"][0].tariff.rules}
    assert (rules["81"].price, rules["81"].block_seconds) == (8000, 180)
    assert (rules["8190"].price, rules["8190"].block_seconds) == (16000, 60)
    assert not rules["81570"].carried
    assert rules["44"].tax == "exempt"
    discount = book.discount("ip050", date(2026, 11, 1))
    assert discount is not None
    assert (discount.amount, discount.unit_seconds) == (500, 60)
    assert book.discount("optical", date(2026, 11, 1)) is None
    assert {fee.name for fee in all_fees()} == {"universal", "relay"}
    assert rates_in_force(all_tax_rates(), date(2026, 11, 1)) == {"standard": 1000}


def test_a_loaded_version_is_never_loaded_over():
    load()
    with pytest.raises(CommandError, match="new name"):
        load()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("block_seconds = 180\nprice = 8000", "block_seconds = 180\nprice = -1"),
        ('prefixes = ["8150"]', 'prefixes = ["8150", "8150"]'),
        ("[tariff]", "[tariff"),
        ("[tariff]", "[prices]"),
        ("block_seconds = 180", "block = 180"),
    ],
)
def test_a_tariff_that_cannot_be_meant_leaves_nothing_behind(tmp_path, before, after):
    path = tmp_path / "wrong.toml"
    path.write_text(SAMPLE.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    with pytest.raises(CommandError):
        load(path)
    assert not TariffVersion.objects.exists()
    assert not TariffRule.objects.exists()


def test_everything_wrong_with_a_file_is_listed_with_its_line(tmp_path):
    path = tmp_path / "wrong.toml"
    text = SAMPLE.read_text(encoding="utf-8").replace("price = 16000", "price = -1").replace('"8150"', '"81"')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError) as refused:
        load(path)
    said = str(refused.value)
    assert "nothing was stored" in said
    assert said.count("price_yen: “-0.001” is not an amount") == 6
    assert "line 26, prefix 81: Line 14 has the same prefix and time band." in said


def test_rules_in_csv_become_a_draft_with_the_bands_of_another(tmp_path):
    load()
    like = TariffVersion.objects.get()
    path = tmp_path / "rules.csv"
    path.write_text("".join(written(like.rules.all())), encoding="utf-8-sig")
    with pytest.raises(CommandError, match="--name"):
        load(path)
    said = load(path, name="次", valid_from="2027-04-01", like=like.name)
    assert "次: 249 rules, from 2027-04-01, a draft" in said
    draft = TariffVersion.objects.get(name="次")
    assert draft.is_draft
    assert fingerprint_of_rules(draft) == fingerprint_of_rules(like)
    assert len(Book.of_today().tables["ip050"]) == 1


def fingerprint_of_rules(version):
    return list(written(version.rules.all()))


def test_a_fee_stored_with_another_amount_is_not_overwritten(tmp_path):
    load()
    path = tmp_path / "next.toml"
    text = SAMPLE.read_text(encoding="utf-8").replace("見本 2022-01", "次").replace("amount = 3000", "amount = 4000")
    path.write_text(text.replace("valid_from = 2022-01-01\n\n", "valid_from = 2027-01-01\n\n", 1), encoding="utf-8")
    with pytest.raises(CommandError, match="universal 2025-07-01 is stored with another amount: 3000, not 4000"):
        load(path)
    assert not TariffVersion.objects.filter(name="次").exists()


def test_an_absent_file_is_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="absent"):
        load(tmp_path / "absent.toml")


FEE = """
[[fees]]
code = "closing"
name_ja = "試験の料金"
name_en = "A fee for the test"
usage_kinds = ["ip050"]
amounts = [{ valid_from = 2026-10-01, amount = 3000 }]
"""


def test_no_fee_comes_into_a_month_while_it_is_being_closed(tmp_path):
    """Some of its contracts would be billed by it and others without."""
    path = tmp_path / "with-a-fee.toml"
    tariff = SAMPLE.read_text(encoding="utf-8").replace("\n[[", f"{FEE}\n[[", 1)
    path.write_text(tariff, encoding="utf-8")
    month = BillingMonth.objects.create(month=date(2026, 10, 1), frozen_at=timezone.now())
    with pytest.raises(WrongTariff, match="2026-10 is being closed"):
        load_tariff(path)
    assert not NumberFee.objects.filter(code="closing").exists()
    month.closed_at = timezone.now()
    month.save()
    load_tariff(path)
    assert NumberFee.objects.filter(code="closing").exists()
