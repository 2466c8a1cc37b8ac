"""``madoguchi load_tariff``: a version as a whole, once, or nothing."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from madoguchi.statements.book import Book, all_fees, all_tax_rates
from madoguchi.statements.load_tariff import SAMPLE
from madoguchi.statements.models import TariffRule, TariffVersion
from madoguchi.statements.rating import rates_in_force

pytestmark = pytest.mark.django_db


def load(*arguments):
    out = StringIO()
    call_command("load_tariff", *arguments, stdout=out)
    return out.getvalue()


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


def test_an_absent_file_is_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="absent"):
        load(tmp_path / "absent.toml")
