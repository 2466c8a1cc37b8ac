"""What is found in a tariff: the worked table of docs/tariffs.md, and gaps."""

from datetime import date

import pytest
from django.utils import translation

from madoguchi.statements.models import TariffVersion, TaxRate
from madoguchi.statements.rating import EXEMPT, Rule
from madoguchi.statements.tariffs.examine import examine
from madoguchi.statements.tariffs.rules_csv import Row
from madoguchi.statements.tests.worked import table

pytestmark = pytest.mark.django_db
ALL_DAY = list(range(24))


@pytest.fixture(autouse=True)
def taxed(db):
    TaxRate.objects.create(tax="standard", valid_from=date(2019, 10, 1), basis_points=1000)


def version(bands=()):
    return TariffVersion(name="x", usage_kinds=["ip050"], valid_from=date(2026, 4, 1), bands=list(bands))


def rows(*rules):
    return [Row(line, rule) for line, rule in enumerate(rules, start=2)]


def as_rule(text):
    where, _, price = text.partition("=")
    prefix, _, band = where.partition("@")
    return Rule(prefix, "fixed", int(price or 8) * 1000, 180, band=band)


def as_bands(text):
    bands: list[dict[str, object]] = []
    for word in text.split():
        if word.startswith("day-"):
            bands[-1]["days"] = [int(digit) for digit in word[4:]]
        elif word.startswith("hours-"):
            bands[-1]["hours"] = ALL_DAY if word == "hours-all" else [int(word[6:])] if word[6:] else []
        else:
            bands.append({"name": word})
    return bands


@pytest.mark.parametrize("row", table("findings", document="tariffs.md"), ids=lambda row: row["rules"] + row["bands"])
def test_findings_are_those_of_the_table(row):
    found = examine(version(as_bands(row["bands"])), rows(*(as_rule(text) for text in row["rules"].split())))
    said = [f"{one.code} {one.prefix}".strip() for one in found if not one.code.startswith("gap_")]
    assert said == ([row["found"]] if row["found"] else [])


def gaps(*rules, bands=()):
    return {(one.code, *one.args.values()) for one in examine(version(bands), rows(*rules)) if "gap" in one.code}


JAPAN = (Rule("81", "fixed", 8000, 180),)
ABROAD = tuple(Rule(str(digit), "international", 60_000, tax=EXEMPT) for digit in range(1, 10) if digit != 8)
ASIA = tuple(Rule(f"8{digit}", "international", 60_000, tax=EXEMPT) for digit in (0, 2, 3, 4, 5, 6, 7, 8, 9))


def test_a_tariff_that_reaches_everything_has_no_gap():
    assert gaps(*JAPAN, *ABROAD, *ASIA) == set()


def test_country_codes_without_a_rule_are_named():
    with translation.override("en"):
        found = {args[1:] for args in gaps(*JAPAN, *ABROAD[1:], *ASIA) if args[0] == "gap_country"}
        assert {code for code, _where in found} == {1}
        ((_code, where),) = found
        assert where.endswith("and 20 more")
        assert gaps(*JAPAN, *ABROAD, *ASIA[1:]) == {
            ("gap_country", 800, "International toll-free numbers"),
            ("gap_country", 808, "International shared-cost numbers"),
        }


def test_a_code_reached_in_part_names_the_countries_without():
    russia = Rule("79", "international", 60_000, tax=EXEMPT)
    found = gaps(*JAPAN, *(rule for rule in ABROAD if rule.prefix != "7"), russia, *ASIA)
    with translation.override("en"):
        ((code, country, _where, example),) = found
    assert (code, country) == ("gap_region", 7)
    assert example.startswith("7")


def test_ranges_of_japan_without_a_rule_are_named():
    with translation.override("en"):
        found = gaps(Rule("813", "fixed", 8000, 180), Rule("8150", "ip050_paid", 8000, 180), *ABROAD, *ASIA)
        names = {args[1] for args in found if args[0] == "gap_japan"}
        assert "Toll-free numbers 0120 and 0800" in names
        assert "Numbers beginning with 050" not in names
        ((_code, count, where),) = (args for args in found if args[0] == "gap_areas")
        assert count > 1000
        assert "Sapporo, Hokkaido (011)" in where


def test_a_price_at_some_times_only_names_the_time_without():
    night = {"name": "night", "days": list(range(8)), "hours": [22, 23]}
    with translation.override("en"):
        found = gaps(Rule("81", "fixed", 8000, 180, band="night"), *ABROAD, *ASIA, bands=[night])
        assert {args[0] for args in found} == {"gap_time"}
        assert ("gap_time", "81", "outside the time bands", "fixed lines in Japan") in found


def test_the_last_of_all_prefixes_has_its_bands_too():
    night = {"name": "night", "days": list(range(8)), "hours": [22, 23]}
    assert (
        gaps(*JAPAN, *ABROAD, Rule("9", "international", 1000, tax=EXEMPT, band="night"), *ASIA, bands=[night]) == set()
    )


def test_all_errors_of_all_rules_come_together():
    found = examine(
        version([{"name": "a", "days": [0], "hours": [1]}, {"name": "b", "days": [0], "hours": [1]}]),
        rows(*JAPAN, *JAPAN, Rule("813", "fixed", band="c")),
    )
    assert [one.code for one in found if one.level == "error"] == ["bands_overlap", "twice", "unknown_band"]


def test_a_tax_class_without_a_rate_and_a_class_without_words_are_said_once():
    odd = [Rule(prefix, "vip", 9000, tax="odd") for prefix in ("813", "816")]
    found = examine(version(), rows(*JAPAN, *odd))
    assert [(one.code, one.line) for one in found if one.code in {"untaxed", "own_kind"}] == [
        ("untaxed", 3),
        ("own_kind", 3),
    ]
