"""The shipped tariff: labelled a sample, and with a price for every number of the world's plan."""

import phonenumbers
import polars as pl
import pytest
from django.db import connection
from django.utils import timezone

from madoguchi.statements.book import as_tariff
from madoguchi.statements.load_tariff import load_tariff
from madoguchi.statements.rating import compile_tariff, number_key, rate
from madoguchi.statements.tariffs.findings import Level
from madoguchi.statements.tariffs.price_call import price_call
from madoguchi.statements.tariffs.versions import looked_at

pytestmark = pytest.mark.django_db


def priced(number):
    return price_call(number, usage_kind="ip050", at=timezone.now(), talk_seconds=60)


def test_it_is_labelled_and_nothing_is_missing_in_it():
    version = load_tariff()
    assert version.is_sample
    assert "見本" in version.name
    assert [found for found in looked_at(version) if found.level != Level.HINT] == []


def examples():
    """A number of each type of each region, as digits."""
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    found = (phonenumbers.example_number_for_type(region, kind) for region in regions for kind in range(11))
    formatted = {
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:] for number in found if number
    }
    codes = phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS
    beyond = (phonenumbers.example_number_for_non_geo_entity(code) for code in codes)
    return sorted(formatted | {f"{number.country_code}{number.national_number}" for number in beyond if number})


def prefixes(digits, version):
    calls = pl.DataFrame({"digits": digits}).select(
        other=number_key(pl.col("digits")),
        outgoing=pl.lit(value=True),
        talk_seconds=pl.lit(60, dtype=pl.Int32),
        started_at=pl.lit(timezone.now(), dtype=pl.Datetime("us", "UTC")),
    )
    return rate(calls, [compile_tariff(as_tariff(version, version.rules.all()))])["prefix"].cast(pl.String).to_list()


def test_every_region_that_libphonenumber_knows_has_a_price():
    numbers = examples()
    assert len(numbers) > 1000
    found = dict(zip(numbers, prefixes(numbers, load_tariff()), strict=True))
    assert [number for number, prefix in found.items() if not prefix] == []


@pytest.mark.parametrize(
    ("number", "kind", "carried", "charge"),
    [
        ("05000011234", "ip050_partner", True, 0),
        ("05000301234", "ip050_paid", True, 8000),
        ("05000901234", "ip050_unconnected", False, 0),
    ],
)
def test_050_is_told_by_its_four_digits(number, kind, carried, charge):
    load_tariff()
    price = priced(number)
    assert (price.kind, price.carried, price.charge) == (kind, carried, charge)


LONGEST_PREFIX = """
SELECT n, (SELECT prefix FROM statements_tariffrule rule WHERE version_id = %s AND n LIKE prefix || '%%'
           ORDER BY length(prefix) DESC LIMIT 1)
FROM unnest(%s::text[]) n
"""


def test_postgresqls_own_longest_prefix_agrees():
    version = load_tariff()
    numbers = [*examples(), "81671234567", "81600123456", "816012345678", "810117", "8107119"]
    with connection.cursor() as cursor:
        cursor.execute(LONGEST_PREFIX, [version.pk, numbers])
        expected = cursor.fetchall()
    assert list(zip(numbers, prefixes(numbers, version), strict=True)) == expected
